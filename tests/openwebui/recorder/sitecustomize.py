"""Record the names of the environment variables that a process reads; Python imports this module when it starts."""

import os
from pathlib import Path

_FILE = os.environ.get("OWSCALE_RECORD_VARIABLES")
_getitem = os._Environ.__getitem__
_names: set[object] = set()


def _recording(self: "os._Environ[str]", name: str) -> str:
    if _FILE and name not in _names:
        _names.add(name)
        with Path(_FILE).open("a") as file:
            file.write(f"{name}\n")
    return _getitem(self, name)


setattr(os._Environ, "__getitem__", _recording)  # noqa: B010 -- mypy accepts no assignment to a method
