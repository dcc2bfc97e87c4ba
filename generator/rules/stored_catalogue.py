"""The catalogue stored in `_generated/`, so that `owscale explain` loads neither rules nor models."""

import json

from owscale import _generated
from owscale.fs import observed

TYPE_CHECKING = False  # `explain CODE` does not wait for typing
if TYPE_CHECKING:
    from typing import Any

    from owscale.spec.key_reference import KeyReference

FILE = f"{_generated.DIRECTORY}/catalogue.json"
_DIRECTORIES = ("rules", "rules/definitions", "spec/effects", "spec/models")
"""The directories of the modules with texts of the catalogue. The rationales of schema errors are in spec/."""
_PARTS_OF_ENVIRONMENT = 2  # `environments` and a name
_NAME = "<name>"  # owscale.spec.validation has it too, and is slow to import
_MODULES = ("spec/key_reference.py", "spec/schema_codes.py")


class StoredCatalogue:
    """The fields of each diagnostic by its code, and the reference of each key by its path."""

    def __init__(self, entries: "dict[str, dict[str, Any]]", keys: "dict[str, KeyReference]") -> None:
        self.entries = entries
        self.keys = keys

    def find_keys(self, name: str) -> "list[str]":
        """Return the key with a path, or all keys whose last part is `name`.

        A path may contain an environment, the name of an entry, or a list index.
        """
        parts = name.partition("[")[0].split(".")
        if parts[0] == "environments" and len(parts) > _PARTS_OF_ENVIRONMENT:
            parts = parts[_PARTS_OF_ENVIRONMENT:]
        matches = [key for key in self.keys if _matches(key, parts)]
        mapping = [key for key in self.keys if _matches(key, parts[:-1]) and self._has_named_entries(key)]
        return matches or mapping or [key for key in self.keys if key.rpartition(".")[2] == name]

    def _has_named_entries(self, name: str) -> bool:
        children = self.children(name)
        return children[0].startswith(_NAME) if children else self.keys[name]["type"] == "mapping"

    def children(self, name: str) -> "list[str]":
        """Return the keys of the section at a key, or of each section in the mapping there, relative to it."""
        below = [key.removeprefix(f"{name}.") for key in self.keys if key.startswith(f"{name}.")]
        return [key for key in below if "." not in key.removeprefix(f"{_NAME}.")]

    def entries_about(self, name: str) -> "list[dict[str, Any]]":
        """Return the entries of the diagnostics about a key or the keys below it."""
        entries = self.entries.values()
        return [entry for entry in entries if any(f"{key}.".startswith(f"{name}.") for key in entry["keys"])]


def _matches(key: str, parts: "list[str]") -> bool:
    own_parts = key.split(".")
    pairs = zip(own_parts, parts, strict=False)
    return len(own_parts) == len(parts) and all(own in (part, _NAME) for own, part in pairs)


def load() -> StoredCatalogue:
    """Return the catalogue; built from the rules and the models if the file is missing or outdated."""
    try:
        stored = json.loads(observed.read_bytes(FILE))
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
        for name, _ in observed.scan(f"{package}/{directory}")
        if name.endswith(".py")
    )
    return observed.files_digest(package, (*_MODULES, *modules))
