"""The catalogue stored in `_generated/`, with which `owscale explain CODE` need not load the rules."""

import json

from owscale import _generated
from owscale.fs import observed
from owscale.fs.hashing import files_digest

TYPE_CHECKING = False  # `explain CODE` does not wait for typing
if TYPE_CHECKING:
    from typing import Any

FILE = f"{_generated.DIRECTORY}/catalogue.json"
_DIRECTORIES = ("rules", "rules/definitions")
"""The directories of the modules with texts of the catalogue. The rationales of schema errors are in spec/."""


def load() -> "dict[str, dict[str, Any]]":
    """Return the fields of each entry by its code; built from the rules if the file is missing or outdated."""
    try:
        stored = json.loads(observed.read_bytes(FILE))
        if stored["digest"] == sources_digest():
            entries: dict[str, dict[str, Any]] = stored["entries"]
            return entries
    except (OSError, ValueError, KeyError, TypeError):
        pass
    from owscale.rules.catalogue import entries_by_code  # noqa: PLC0415 -- loads every rule, which takes long

    return entries_by_code()


def sources_digest() -> str:
    """Return the digest of the code that the catalogue is built from."""
    package = _generated.PACKAGE
    rules = (
        f"{directory}/{name}"
        for directory in _DIRECTORIES
        for name, _ in observed.scan(f"{package}/{directory}")
        if name.endswith(".py")
    )
    return files_digest(package, ("spec/schema_codes.py", *rules))
