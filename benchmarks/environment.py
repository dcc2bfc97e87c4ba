"""The environment variables of measured processes: few, and the same on every machine."""

import os
from pathlib import Path

NOT_INHERITED = ("XDG_CACHE_HOME",)
"""Variables that pyperf does not pass on by itself."""


def variables(directory: Path) -> dict[str, str]:
    """Return the variables for a case, with its caches in its own directory, so that no case fills those of another.

    PYTHONPATH and PYTHONDONTWRITEBYTECODE of the user are left out, since they would slow Python down.
    """
    home = directory / "home"
    home.mkdir(exist_ok=True)
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "XDG_CACHE_HOME": str(home / ".cache"),
    }
