"""A spec as plain data, with the position of each node in its file."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path as FilePath
from typing import Any, NamedTuple

from owscale.diagnostics.model import Diagnostic, Related, Severity

Path = tuple[str | int, ...]
"""The keys and list indexes that lead from the root to a node; `()` is the root."""


class Position(NamedTuple):
    """The position of a key or a value in a file.

    `line` and `column` (in characters) count from 1; both are 0 where no file contains the node. `length` is the number
    of characters to mark in an excerpt: those of the key or value where it is on one line, else 1.
    """

    line: int
    column: int
    length: int = 1


class NodeLocation(NamedTuple):
    """Where a file contains a node.

    `path` is the path in the file. It differs from the path in the data where an environment overrides the value: then
    it begins with `environments`. `key` is the position of the node's key and `value` that of its value. The root and
    the items of a list have no key; their `key` equals `value`.
    """

    path: Path
    key: Position
    value: Position


class Document(NamedTuple):
    """One spec: its data, and the location of each node.

    `file` is the name of the spec in messages, such as `spec/spec.yaml` or `main:spec/spec.yaml` for a git revision.
    `source` is the path of the file on disk; paths in the spec, such as `custom.extra`, are relative to its directory.
    `locations` has exactly the paths of `data`.
    """

    file: str
    source: FilePath
    data: dict[str, Any]
    locations: Mapping[Path, NodeLocation]

    def locate(self, path: Path) -> NodeLocation:
        """Return the location of a node or, where the data lacks it, of its nearest ancestor."""
        while path not in self.locations:
            path = path[:-1]
        return self.locations[path]

    def diagnostic(
        self, code: str, path: Path, message: str, hint: str = "", severity: Severity = "error"
    ) -> Diagnostic:
        """Return a diagnostic at the value of `path`, or at its key where the value is a list or a mapping.

        Where the file lacks `path`, the diagnostic points at the nearest key above it.
        """
        position, name = self._position_and_name(path)
        return Diagnostic(
            self.file, position.line, position.column, code, name, message, hint, severity, length=position.length
        )

    def related(self, path: Path) -> Related:
        """Return `path` as another key that a diagnostic is about."""
        position, name = self._position_and_name(path)
        is_default = path not in self.locations
        return Related(self.file, position.line, position.column, name, position.length, is_default)

    def _position_and_name(self, path: Path) -> tuple[Position, str]:
        location = self.locate(path)
        position = location.value if path in self.locations and self._is_scalar(path) else location.key
        # The name of a key that the file lacks continues the path of its nearest ancestor in the file.
        depth = next(length for length in range(len(path), -1, -1) if path[:length] in self.locations)
        return position, dotted((*location.path, *path[depth:]))

    def at_key(self, path: Path, diagnostic: Diagnostic) -> Diagnostic:
        """Return the diagnostic with the position of the key of `path`."""
        key = self.locate(path).key
        return diagnostic._replace(line=key.line, column=key.column, length=key.length)

    def _is_scalar(self, path: Path) -> bool:
        node: Any = self.data
        for segment in path:
            node = node[segment]
        return not isinstance(node, dict | list)

    def merged(self, override: Path) -> "Document":
        """Return a document with the mapping (or null) at `override` merged onto the top level, less `environments`.

        Mappings merge; any other value replaces the value below it, and keeps its own location. Raises TypeError where
        `override` is not a mapping.
        """
        locations: dict[Path, NodeLocation] = {}

        def copy(value: Any, path: Path, source: Path) -> Any:
            locations[path] = self.locations[source]
            if isinstance(value, dict):
                return {key: copy(child, (*path, key), (*source, key)) for key, child in value.items()}
            if isinstance(value, list):
                return [copy(child, (*path, index), (*source, index)) for index, child in enumerate(value)]
            return value

        def merge(below: dict[str, Any], above: dict[str, Any], path: Path) -> dict[str, Any]:
            locations[path] = self.locations[path]
            return {key: merge_key(below, above, key, (*path, key)) for key in below | above}

        def merge_key(below: dict[str, Any], above: dict[str, Any], key: str, path: Path) -> Any:
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
        return self._replace(data=merge(below, above or {}, ()), locations=locations)


def unlocated_document(template: Document, data: dict[str, Any]) -> Document:
    """Return a document of data that no file contains, such as the values applied last.

    Its `file` and `source` are those of `template`; every position is 0:0.
    """
    nowhere = Position(0, 0)

    def paths(value: Any, path: Path) -> Iterator[Path]:
        yield path
        if isinstance(value, dict | list):
            for key, item in value.items() if isinstance(value, dict) else enumerate(value):
                yield from paths(item, (*path, key))

    locations = {path: NodeLocation(path, nowhere, nowhere) for path in paths(data, ())}
    return template._replace(data=data, locations=locations)


def dotted(path: Path) -> str:
    """Return a path as text, such as `existing.private_subnets[0]` or `aws.tags."cost center"`."""
    parts = (
        f"[{key}]" if isinstance(key, int) else f".{key if key.isidentifier() else json.dumps(key, ensure_ascii=False)}"
        for key in path
    )
    return "".join(parts).removeprefix(".")
