"""A spec as plain data, with the position of each node in its file."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path as FilePath
from types import MappingProxyType
from typing import Any, NamedTuple, cast

from owscale.diagnostics.model import Diagnostic, Related, Severity

Path = tuple[str | int, ...]
"""The keys and list indexes that lead from the root to a node; `()` is the root."""


class Position(NamedTuple):
    """The position of a key or a value in a file.

    `line` and `column` (in characters) count from 1; both are 0 if no file contains the node. `length` is the number of
    characters to mark in an excerpt: the length of a key or value on one line, else 1.
    """

    line: int
    column: int
    length: int = 1


class NodeLocation(NamedTuple):
    """Where a file contains a node.

    `path` is the path in the file. If an environment overrides the value, it begins with `environments`, unlike the
    path in the data. `key` is the position of the node's key, `value` the position of its value. The root and the items
    of a list have no key; their `key` equals `value`.
    """

    path: Path
    key: Position
    value: Position


class Document:
    """One spec: its data, and the location of each node. It is immutable.

    `file` is the name of the spec in messages, such as `spec/spec.yaml` or `main:spec/spec.yaml` for a git revision.
    `source` is the path of the file on disk; paths in the spec, such as `custom.extra`, are relative to its directory.
    `locations` has exactly the paths of `data`: both are given together, and every method that returns another document
    changes both.
    """

    __slots__ = ("_data", "_locations", "_texts", "file", "source")

    def __init__(self, file: str, source: FilePath, data: dict[str, Any], locations: dict[Path, NodeLocation]) -> None:
        self.file = file
        self.source = source
        self._data = data
        self._locations = locations
        self._texts: tuple[tuple[Path, str], ...] | None = None

    @property
    def data(self) -> Mapping[str, Any]:
        """The values as plain data."""
        return self._data

    @property
    def locations(self) -> Mapping[Path, NodeLocation]:
        """The location of each node of `data`, the root included."""
        return MappingProxyType(self._locations)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Document) and self._fields() == other._fields()

    def __hash__(self) -> int:
        return hash((self.file, self.source))

    @property
    def texts(self) -> tuple[tuple[Path, str], ...]:
        """The path and the value of each text, cached because several rules read them."""
        if self._texts is None:
            self._texts = tuple(_texts_below(self._data, ()))
        return self._texts

    def __contains__(self, path: object) -> bool:
        return path in self._locations

    def locate(self, path: Path) -> NodeLocation:
        """Return the location of a node or, if the data lacks it, of its nearest ancestor."""
        while path not in self._locations:
            path = path[:-1]
        return self._locations[path]

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
        """Return the related key at `path`."""
        position, name = self._position_and_name(path)
        is_default = path not in self._locations
        return Related(self.file, position.line, position.column, name, position.length, is_default)

    def _position_and_name(self, path: Path) -> tuple[Position, str]:
        location = self.locate(path)
        position = location.value if path in self._locations and self._is_scalar(path) else location.key
        # The name of a key that the file lacks continues the path of its nearest ancestor in the file.
        depth = next(length for length in range(len(path), -1, -1) if path[:length] in self._locations)
        return position, dotted((*location.path, *path[depth:]))

    def at_key(self, path: Path, diagnostic: Diagnostic) -> Diagnostic:
        """Return the diagnostic with the position of the key of `path`."""
        key = self.locate(path).key
        return diagnostic._replace(line=key.line, column=key.column, length=key.length)

    def _is_scalar(self, path: Path) -> bool:
        return not isinstance(self._value(path), dict | list)

    def merged(self, override: Path) -> "Document":
        """Return a document with the mapping (or null) at `override` merged onto the top level, less `environments`.

        Mappings merge; any other value replaces the value below it, and keeps its own location. Raises TypeError if
        `override` is not a mapping.
        """
        locations: dict[Path, NodeLocation] = {}

        def copy(value: Any, path: Path, source: Path) -> Any:
            _add_location(locations, path, self._locations[source])
            if isinstance(value, dict):
                return {key: copy(child, (*path, key), (*source, key)) for key, child in value.items()}
            if isinstance(value, list):
                return [copy(child, (*path, index), (*source, index)) for index, child in enumerate(value)]
            return value

        def merge(below: dict[str, Any], above: dict[str, Any], path: Path) -> dict[str, Any]:
            _add_location(locations, path, self._locations[path])
            return {key: merge_key(below, above, key, (*path, key)) for key in below | above}

        def merge_key(below: dict[str, Any], above: dict[str, Any], key: str, path: Path) -> Any:
            if key not in above:
                return copy(below[key], path, path)
            if isinstance(above[key], dict) and isinstance(below.get(key), dict):
                return merge(below[key], above[key], path)
            return copy(above[key], path, (*override, *path))

        above: Any = self._data
        for segment in override:
            above = above[segment]
        if not isinstance(above, dict | None):
            raise TypeError(f"{dotted(override)} is not a mapping")
        below = {key: value for key, value in self._data.items() if key != "environments"}
        return Document(self.file, self.source, merge(below, above or {}, ()), locations)

    def without(self, path: Path) -> "Document":
        """Return a document without the key at `path` and all below it; `self` if there is no such key."""
        if path not in self._locations:
            return self
        data, parent = self._copy_mappings_above(path)
        del parent[cast("str", path[-1])]
        return Document(self.file, self.source, data, self._locations_outside(path))

    def with_key_of(self, other: "Document", path: Path) -> "Document":
        """Return a document with the key at `path`, and all below it, as `other` has it: set, replaced or removed.

        The mappings above it are created, and replace values of other kinds. All keys of `path` are keys of mappings.
        """
        if path not in other:
            return self.without(path)
        data, parent = self._copy_mappings_above(path)
        parent[cast("str", path[-1])] = other._value(path)
        created = {above: other.locate(above) for above in _paths_above(path)}
        added = {each: location for each, location in other.locations.items() if each[: len(path)] == path}
        return Document(self.file, self.source, data, created | self._locations_outside(path) | added)

    def with_data(self, data: dict[str, Any]) -> "Document":
        """Return a document without a file, such as the last applied values.

        It has the `file` and `source` of this document; every position is 0:0.
        """
        nowhere = Position(0, 0)
        locations = {path: NodeLocation(path, nowhere, nowhere) for path in _node_paths(data, ())}
        return Document(self.file, self.source, data, locations)

    def _fields(self) -> tuple[object, ...]:
        return self.file, self.source, self._data, self._locations

    def _copy_mappings_above(self, path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return copies of the root and of the mapping that `path` is a key of; all other nodes are shared."""
        root = parent = dict(self._data)
        for segment in path[:-1]:
            child = parent.get(cast("str", segment))
            parent[cast("str", segment)] = parent = dict(child) if isinstance(child, dict) else {}
        return root, parent

    def _locations_outside(self, path: Path) -> dict[Path, NodeLocation]:
        """Return the locations outside `path`, and outside a value that a mapping of `path` replaces."""
        replaced = next((above for above in _paths_above(path) if not self._is_mapping(above)), path)
        kept = {each: location for each, location in self._locations.items() if each[: len(path)] != path}
        if replaced == path:
            return kept
        return {each: place for each, place in kept.items() if each == replaced or each[: len(replaced)] != replaced}

    def _is_mapping(self, path: Path) -> bool:
        return path in self._locations and isinstance(self._value(path), dict)

    def _value(self, path: Path) -> Any:
        node: Any = self._data
        for segment in path:
            node = node[segment]
        return node


def _add_location(locations: dict[Path, NodeLocation], path: Path, location: NodeLocation) -> None:
    """Add the location of a node. If its path in the file is the same as in the data, both share one object."""
    locations[location.path if location.path == path else path] = location


def _texts_below(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _texts_below(item, (*path, key))


def _paths_above(path: Path) -> Iterator[Path]:
    """Yield the paths above a path, without the root."""
    return (path[:length] for length in range(1, len(path)))


def _node_paths(value: Any, path: Path) -> Iterator[Path]:
    """Yield the path of each node of a value at `path`."""
    yield path
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _node_paths(item, (*path, key))


def dotted(path: Path) -> str:
    """Return a path as text, such as `existing.private_subnets[0]` or `aws.tags."cost center"`."""
    parts = (
        f"[{key}]" if isinstance(key, int) else f".{key if key.isidentifier() else json.dumps(key, ensure_ascii=False)}"
        for key in path
    )
    return "".join(parts).removeprefix(".")
