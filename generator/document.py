"""A spec as data, and where each of its nodes stands in the file."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from generator.diagnostics import Diagnostic, Related, Severity

Path = tuple[str | int, ...]
"""The keys and indexes that lead to a node, from the root on."""


class Place(NamedTuple):
    """A position in a file; line and column (in characters) count from 1. `length` is that of what stands there."""

    line: int
    column: int
    length: int = 1


class Located(NamedTuple):
    """Where a node stands. An item of a list, and the root, have no key: theirs is the place of the value."""

    path: Path
    key: Place
    value: Place


class Document(NamedTuple):
    """One spec: its data and, for each node, where it stands in the file. The paths of `places` are those of `data`."""

    file: str
    data: dict[str, Any]
    places: Mapping[Path, Located]

    def locate(self, path: Path) -> Located:
        """Where `path` stands or, where the data lacks it, its nearest ancestor."""
        while path not in self.places:
            path = path[:-1]
        return self.places[path]

    def diagnostic(
        self, code: str, path: Path, message: str, hint: str = "", severity: Severity = "error"
    ) -> Diagnostic:
        """A diagnostic at the value of `path`, or at its key where the value is a list or a mapping.

        Where the file does not write `path` out, it is at the nearest key above.
        """
        place, name = self._told(path)
        return Diagnostic(self.file, place.line, place.column, code, name, message, hint, severity, length=place.length)

    def related(self, path: Path) -> Related:
        """The place of `path` as that of another field that a diagnostic is about."""
        place, name = self._told(path)
        return Related(self.file, place.line, place.column, name, place.length, path not in self.places)

    def _told(self, path: Path) -> tuple[Place, str]:
        located = self.locate(path)
        place = located.value if path in self.places and self._is_scalar(path) else located.key
        # A key that is not written out is named from where its nearest written parent really stands.
        written = next(length for length in range(len(path), -1, -1) if path[:length] in self.places)
        return place, dotted((*located.path, *path[written:]))

    def at_key(self, path: Path, diagnostic: Diagnostic) -> Diagnostic:
        """The diagnostic, moved from the value of `path` to its key."""
        key = self.locate(path).key
        return diagnostic._replace(line=key.line, column=key.column, length=key.length)

    def _is_scalar(self, path: Path) -> bool:
        node: Any = self.data
        for segment in path:
            node = node[segment]
        return not isinstance(node, dict | list)

    def merged(self, override: Path) -> "Document":
        """The document with the mapping (or null) at `override` merged onto the top level, less `environments`.

        Mappings merge; anything else replaces what was there, and keeps the place it has in the file.
        """
        places: dict[Path, Located] = {}

        def copy(value: Any, path: Path, source: Path) -> Any:
            places[path] = self.places[source]
            if isinstance(value, dict):
                return {key: copy(child, (*path, key), (*source, key)) for key, child in value.items()}
            if isinstance(value, list):
                return [copy(child, (*path, index), (*source, index)) for index, child in enumerate(value)]
            return value

        def merge(below: dict[str, Any], above: dict[str, Any], path: Path) -> dict[str, Any]:
            places[path] = self.places[path]
            return {key: pick(below, above, key, (*path, key)) for key in below | above}

        def pick(below: dict[str, Any], above: dict[str, Any], key: str, path: Path) -> Any:
            if key not in above:
                return copy(below[key], path, path)
            if isinstance(above[key], dict) and isinstance(below.get(key), dict):
                return merge(below[key], above[key], path)
            return copy(above[key], path, (*override, *path))

        above: Any = self.data
        for segment in override:
            above = above[segment]
        if not isinstance(above, dict | None):
            raise TypeError(f"{dotted(override)} is not a mapping")
        below = {key: value for key, value in self.data.items() if key != "environments"}
        return self._replace(data=merge(below, above or {}, ()), places=places)


def dotted(path: Path) -> str:
    """`existing.private_subnets[0]`, `aws.tags."cost center"`."""
    parts = (
        f"[{key}]" if isinstance(key, int) else f".{key if key.isidentifier() else json.dumps(key, ensure_ascii=False)}"
        for key in path
    )
    return "".join(parts).removeprefix(".")
