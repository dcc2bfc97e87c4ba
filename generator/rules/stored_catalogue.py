"""The catalogue stored in `_generated/`, with which `owscale explain` need load neither rules nor models."""

import json
import os

from owscale import _generated
from owscale.fs.hashing import files_digest

TYPE_CHECKING = False  # `explain CODE` does not wait for typing
if TYPE_CHECKING:
    from typing import Any

    from owscale.spec.key_reference import KeyReference

FILE = f"{_generated.DIRECTORY}/catalogue.json"
_DIRECTORIES = ("rules", "rules/definitions", "spec/models")
"""The directories of the modules with texts of the catalogue. The rationales of schema errors are in spec/."""
_MODULES = ("spec/key_reference.py", "spec/schema_codes.py")


class StoredCatalogue:
    """The fields of each diagnostic by its code, and the reference of each key by its path."""

    def __init__(self, entries: "dict[str, dict[str, Any]]", keys: "dict[str, KeyReference]") -> None:
        self.entries = entries
        self.keys = keys


def load() -> StoredCatalogue:
    """Return the catalogue; built from the rules and the models if the file is missing or outdated."""
    try:
        with open(FILE, encoding="utf-8") as file:
            stored = json.load(file)
        if stored["digest"] == sources_digest():
            return StoredCatalogue(stored["entries"], stored["keys"])
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return StoredCatalogue(**build())


def build() -> "dict[str, Any]":
    """Return the fields of a catalogue, from the rules and the models."""
    from owscale.rules.catalogue import entries_by_code  # noqa: PLC0415 -- loads every rule, which takes long
    from owscale.spec.key_reference import key_references  # noqa: PLC0415 -- loads the models, which takes long

    return {"entries": entries_by_code(), "keys": key_references()}


def sources_digest() -> str:
    """Return the digest of the code that the catalogue is built from."""
    package = _generated.PACKAGE
    modules = (
        f"{directory}/{name}"
        for directory in _DIRECTORIES
        for name in os.listdir(f"{package}/{directory}")
        if name.endswith(".py")
    )
    return files_digest(package, (*_MODULES, *modules))
