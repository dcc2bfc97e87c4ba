"""YAML text → plain data, and where each key stands.

A spec uses the part of YAML that every reader takes alike: mappings, lists, text, decimal numbers, `true`, `false`
and `null`. The rest is refused, with what to write instead. PyYAML only splits the text into events: its own
constructor would take `on` for true and `010` for 8, and keep the last of two equal keys in silence.
"""

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Any

import yaml

from generator.diagnostics import Diagnostic, Related
from generator.document import Document, Located, Path, Place, dotted
from generator.errors import OwscaleError, Report
from generator.scalars import misreading, plain
from generator.spec_text import UnreadableError, load, place_at, unreadable
from generator.yaml_errors import explain

_LONGEST_SHOWN = 60

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MAX_DEPTH = 32
_MAX_EVENTS = 20_000  # PyYAML's, of which a key and its value are two
_DIRECTIVE = re.compile(r"([ \t]*(#[^\n]*)?\r?\n)*%")
_INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # categories of Unicode


def find(folder_or_file: FilePath) -> list[FilePath]:
    """The specs of a folder by name, editors' hidden files left out; anything but a folder stands for itself."""
    try:
        if not folder_or_file.is_dir():
            return [folder_or_file]
        files = [path for path in folder_or_file.iterdir() if path.suffix in {".yaml", ".yml"} and not path.is_dir()]
    except OSError as error:
        raise OwscaleError(f"{folder_or_file}: {error.strerror}") from None
    return sorted(path for path in files if not path.name.startswith("."))


def read(path: FilePath, name: str, report: Report) -> Document | None:
    """The spec at `path`, called `name` in messages; None where its structure cannot be trusted (S101, S105).

    After a duplicate key (S104) the first one counts. After a doubtful value (S106) the likely one does, so that
    the stages to come find what else is wrong with the spec in the same run.
    """
    composer = _Composer(name)
    try:
        composer.text = report.texts[name] = load(path, name)
        data = composer.compose()
    except UnreadableError as error:
        composer.found.append(error.diagnostic)
    report.extend(composer.found)
    if any(diagnostic.code in {"S101", "S105"} for diagnostic in composer.found):
        return None
    return Document(name, data, composer.places)


def _place(mark: Any, end: Any = None) -> Place:
    length = end.column - mark.column if end and end.line == mark.line else 1
    return Place(mark.line + 1, mark.column + 1, max(length, 1))


class _Composer:
    """Builds data and places from the events of one text; recursion is bounded by `_MAX_DEPTH`."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.text = ""
        self.found: list[Diagnostic] = []
        self.places: dict[Path, Located] = {}
        self.events: Iterator[Any] = iter(())
        self.read = 0

    def compose(self) -> dict[str, Any]:
        if directive := _DIRECTIVE.match(self.text):  # libyaml and PyYAML disagree about them
            self.refuse(place_at(self.text, directive.end() - 1), (), "a directive (%)", "remove the line")
            raise UnreadableError(self.found.pop())
        self.events = iter(yaml.parse(self.text, Loader=_LOADER))
        self.next()  # the start of the stream
        start = self.next()
        if not isinstance(start, yaml.DocumentStartEvent):
            raise self.empty()
        root = self.node(self.next(), ())
        self.next()  # the end of the document
        if not isinstance(event := self.next(), yaml.StreamEndEvent):
            self.refuse(_place(event.start_mark), (), "a second document", "put each spec in a file of its own")
        if root is None:
            raise self.empty()
        if not isinstance(root, dict):
            kind = "a list" if isinstance(root, list) else "a single value"
            place = self.places[()].value
            raise unreadable(self.file, f"the spec is {kind}, not a mapping", "write `key: value` lines", place)
        return root

    def empty(self) -> UnreadableError:
        return unreadable(self.file, "the spec is empty", "start from the example in README.md")

    def next(self) -> Any:
        self.read += 1
        if self.read > _MAX_EVENTS:
            raise unreadable(self.file, f"has more than {_MAX_EVENTS // 2:,} values", "a spec has a few hundred")
        try:
            return next(self.events)
        except yaml.MarkedYAMLError as error:
            raise self.syntax_error(error) from None
        except (yaml.YAMLError, ValueError, OverflowError) as error:
            # The loader in Python trips over numbers that no character has ("\UFFFFFFFF"), and says not where.
            raise unreadable(self.file, f"not YAML: {error}") from None

    def syntax_error(self, error: yaml.MarkedYAMLError) -> UnreadableError:
        explained = explain(error, self.text)
        return unreadable(self.file, explained.message, explained.hint, _place(explained.mark))

    def add(self, code: str, at: Place, path: Path, message: str, hint: str) -> None:
        told = Diagnostic(self.file, at.line, at.column, code, dotted(path), message, hint, length=at.length)
        self.found.append(told)

    def refuse(self, place: Place, path: Path, what: str, hint: str) -> None:
        self.add("S105", place, path, f"{what} is YAML that a spec does not use", hint)

    def discard(self, event: Any, path: Path) -> None:
        """Reads a node for its diagnostics alone."""
        places, self.places = self.places, {}
        self.node(event, path)
        self.places = places

    def node(self, event: Any, path: Path, key: Place | None = None) -> Any:
        place = _place(event.start_mark, event.end_mark)
        self.places[path] = Located(path, key or place, place)
        self.check_features(event, place, path)
        if isinstance(event, yaml.ScalarEvent):
            return self.scalar(event, path)
        if len(path) >= _MAX_DEPTH:
            raise unreadable(self.file, f"nested deeper than {_MAX_DEPTH} levels", "a spec needs about five", place)
        return self.mapping(path) if isinstance(event, yaml.MappingStartEvent) else self.sequence(path)

    def check_features(self, event: Any, place: Place, path: Path) -> None:
        if isinstance(event, yaml.AliasEvent):
            self.refuse(place, path, f"the alias *{event.anchor}", "write the value out")
            raise UnreadableError(self.found.pop())
        if event.anchor:
            self.refuse(place, path, f"the anchor &{event.anchor}", "remove it; write the value out at each place")
        if event.tag:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self.refuse(place, path, f"the tag {tag}", "remove it; quotes make text of any value")

    def sequence(self, path: Path) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := self.next(), yaml.SequenceEndEvent):
            items.append(self.node(event, (*path, len(items))))
        return items

    def mapping(self, path: Path) -> dict[str, Any]:
        data: dict[str, Any] = {}
        while not isinstance(event := self.next(), yaml.MappingEndEvent):
            place = _place(event.start_mark, event.end_mark)
            if isinstance(event, yaml.CollectionStartEvent):
                self.refuse(place, path, "a list or mapping as a key", "keys are text")
                self.discard(event, (*path, "?"))
                self.discard(self.next(), (*path, "?"))
                continue
            self.check_features(event, place, path)
            key = self.visible(event, path)
            child = (*path, key)
            if key == "<<" and event.implicit[0]:
                self.refuse(place, path, "the merge key <<", "write the keys out")
            if key in data:
                first = self.places[child].key
                message = f"duplicate key: it stands on line {first.line} already"
                self.add("S104", place, child, message, "keep one of them")
                other = Related(self.file, first.line, first.column, dotted(child), first.length)
                self.found.append(self.found.pop()._replace(also=(other,)))
                self.discard(self.next(), child)
            else:
                data[key] = self.node(self.next(), child, place)
        return data

    def scalar(self, event: Any, path: Path) -> Any:
        text = self.visible(event, path)
        if not event.implicit[0]:
            return text  # in quotes, or a block
        if (reading := misreading(text)) is None:
            return plain(text)
        what, meant = reading
        shown = text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."
        hint = f'write "{shown}" in quotes if it is text' + (f", or {meant}" if meant else "")
        place = _place(event.start_mark, event.end_mark)
        self.add("S106", place, path, f"{shown} is easily misread: it may be text or {what}", hint)
        return plain(meant) if meant else text

    def visible(self, event: Any, path: Path) -> str:
        """The text of a scalar; a character in it that nobody can see is reported, and replaced."""
        text: str = event.value
        if text.isprintable():  # as most is, and Python knows that at once
            return text
        unseen = {char for char in text if char not in "\n\t" and unicodedata.category(char) in _INVISIBLE}
        for char in sorted(unseen):
            written = self.text[event.start_mark.index : event.end_mark.index]
            place = place_at(written, max(written.find(char), 0), _place(event.start_mark))
            message = f"contains the invisible character U+{ord(char):04X}"
            text = text.replace(char, "\N{REPLACEMENT CHARACTER}")
            self.add("S106", place, path, message, "remove it")
        return text
