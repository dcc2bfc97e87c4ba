"""Parse YAML text to plain data, with the location of each node.

A spec uses the part of YAML that all tools read alike: mappings, lists, text, decimal numbers, `true`, `false` and
`null`. Everything else is an error with a hint. PyYAML only splits the text into events: its constructor would read
`on` as true and `010` as 8, and silently keep the last of two equal keys.
"""

import re
from functools import cache
from sys import intern
from typing import Any

import yaml

from owscale.console.invocation import owscale_command
from owscale.console.text import printable, truncate
from owscale.diagnostics.model import Diagnostic, Related
from owscale.spec.document import NodeLocation, Path, Position, dotted
from owscale.spec.scalars import parse_scalar, yaml_ambiguity
from owscale.spec.text_file import UnreadableError, position_at, unreadable_error
from owscale.spec.yaml_events import EventStream, event_position, mark_position

_MAX_DEPTH = 32
_MAX_SCALAR_SHOWN = 60
_DIRECTIVE = re.compile(r"([ \t]*(#[^\n]*)?\r?\n)*%")


@cache
def _shared_location(path: Path, key: Position, value: Position) -> NodeLocation:
    """Return one object for equal locations: of a thousand specs, most have most keys at the same places."""
    return NodeLocation(path, key, value)


class YamlParser:
    """Parses the text of one spec.

    `diagnostics` and `locations` are filled by `parse`; they are valid even where it raises UnreadableError. After a
    duplicate key (S104), the data has the first value. After an ambiguous value (S106), it has the likely one.
    """

    def __init__(self, text: str, file: str) -> None:
        self.diagnostics: list[Diagnostic] = []
        self.locations: dict[Path, NodeLocation] = {}
        self._text = text
        self._file = file
        self._events = EventStream(text, file)

    def parse(self) -> dict[str, Any]:
        """Return the data of the spec. Raises UnreadableError if the rest of the text cannot be parsed."""
        if directive := _DIRECTIVE.match(self._text):  # libyaml and PyYAML read directives differently
            position = position_at(self._text, directive.end() - 1)
            raise UnreadableError(self._unsupported(position, (), "a directive (`%`)", "remove the line"))
        self._events.next()  # the start of the stream
        if not isinstance(self._events.next(), yaml.DocumentStartEvent):
            raise self._empty()
        root = self._node(self._events.next(), ())
        self._events.next()  # the end of the document
        if not isinstance(event := self._events.next(), yaml.StreamEndEvent):
            hint = "move each document to a file of its own"
            self.diagnostics.append(self._unsupported(mark_position(event.start_mark), (), "a second document", hint))
        if root is None:
            raise self._empty()
        if not isinstance(root, dict):
            kind = "a list" if isinstance(root, list) else "a single value"
            message = f"the spec is {kind}, not a mapping"
            raise unreadable_error(self._file, message, "write `key: value` lines", self.locations[()].value)
        return root

    def _node(self, event: Any, path: Path, key: Position | None = None) -> Any:
        """Return the value that starts with an event; `key` is the position of its key."""
        position = event_position(event)
        location = _shared_location(path, key or position, position)
        self.locations[location.path] = location
        self._check_features(event, position, path)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, position, path)
        if len(path) >= _MAX_DEPTH:
            message, hint = f"nested deeper than {_MAX_DEPTH} levels", "use fewer levels; a spec needs about 5"
            raise unreadable_error(self._file, message, hint, position)
        return self._mapping(path) if isinstance(event, yaml.MappingStartEvent) else self._sequence(path)

    def _sequence(self, path: Path) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := self._events.next(), yaml.SequenceEndEvent):
            items.append(self._node(event, (*path, len(items))))
        return items

    def _mapping(self, path: Path) -> dict[str, Any]:
        data: dict[str, Any] = {}
        while not isinstance(event := self._events.next(), yaml.MappingEndEvent):
            position = event_position(event)
            if isinstance(event, yaml.CollectionStartEvent):
                self.diagnostics.append(
                    self._unsupported(position, path, "a list or mapping as a key", "use text as the key")
                )
                self._discard(event, (*path, "?"))
                self._discard(self._events.next(), (*path, "?"))
                continue
            self._check_features(event, position, path)
            key = intern(self._visible_text(event, path))
            child = (*path, key)
            if key == "<<" and event.implicit[0]:
                self.diagnostics.append(
                    self._unsupported(position, path, "the merge key `<<`", "write out the keys themselves")
                )
            if key in data:
                self.diagnostics.append(self._duplicate(position, child))
                self._discard(self._events.next(), child)
            else:
                data[key] = self._node(self._events.next(), child, position)
        return data

    def _discard(self, event: Any, path: Path) -> None:
        """Parse a node for its diagnostics only."""
        locations, self.locations = self.locations, {}
        self._node(event, path)
        self.locations = locations

    def _scalar(self, event: Any, position: Position, path: Path) -> Any:
        text = self._visible_text(event, path)
        if not event.implicit[0]:
            return text  # in quotes, or a block
        if (ambiguity := yaml_ambiguity(text)) is None:
            return parse_scalar(text)
        shown = truncate(text, _MAX_SCALAR_SHOWN)
        message = f"`{shown}` is ambiguous: YAML tools read it as text or as {ambiguity.meaning}"
        hint = f'write `"{shown}"` for text' + (f", or `{ambiguity.spelling}`" if ambiguity.spelling else "")
        self.diagnostics.append(self._diagnostic("S106", position, path, message, hint))
        return parse_scalar(ambiguity.spelling) if ambiguity.spelling else text

    def _visible_text(self, event: Any, path: Path) -> str:
        """Return the text of a scalar; report invisible characters, and replace them."""
        text: str = event.value
        if text.isprintable():  # the usual case, and fast
            return text
        invisible = {char for char in set(text) if char not in "\n\t" and char != printable(char)}
        source = self._text[event.start_mark.index : event.end_mark.index]
        for char in sorted(invisible):
            # An escape such as "\u200b" is not that character in the source: then the position of the scalar is used.
            position = position_at(source, max(source.find(char), 0), mark_position(event.start_mark))
            message = f"contains the invisible character U+{ord(char):04X}"
            self.diagnostics.append(self._diagnostic("S106", position, path, message, "remove it"))
            text = text.replace(char, "\N{REPLACEMENT CHARACTER}")
        return text

    def _check_features(self, event: Any, position: Position, path: Path) -> None:
        """Report an anchor or a tag. Raises UnreadableError for an alias, since its value is unknown."""
        if isinstance(event, yaml.AliasEvent):
            alias = f"the alias `*{event.anchor}`"
            raise UnreadableError(self._unsupported(position, path, alias, "write out the value itself"))
        if event.anchor:
            hint = "remove it, and write out the value wherever it is used"
            self.diagnostics.append(self._unsupported(position, path, f"the anchor `&{event.anchor}`", hint))
        if event.tag:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            hint = "remove it; to get text, put the value in quotes"
            self.diagnostics.append(self._unsupported(position, path, f"the tag `{tag}`", hint))

    def _duplicate(self, position: Position, path: Path) -> Diagnostic:
        first = self.locations[path].key
        message = f"duplicate key; the first one is on line {first.line}"
        related = Related(self._file, first.line, first.column, dotted(path), first.length)
        return self._diagnostic("S104", position, path, message, "remove one of them")._replace(related=(related,))

    def _unsupported(self, position: Position, path: Path, feature: str, hint: str) -> Diagnostic:
        return self._diagnostic("S105", position, path, f"{feature} is not allowed in a spec", hint)

    def _diagnostic(self, code: str, position: Position, path: Path, message: str, hint: str) -> Diagnostic:
        line, column, length = position
        return Diagnostic(self._file, line, column, code, dotted(path), message, hint, length=length)

    def _empty(self) -> UnreadableError:
        init = owscale_command("init", takes_paths=False)
        return unreadable_error(self._file, "the spec is empty", f"remove it; `{init}` writes a commented one to edit")
