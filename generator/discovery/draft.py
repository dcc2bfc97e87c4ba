"""A draft of a spec: each value with its origin, and placeholders for missing values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

from owscale.console.secret_texts import find_secrets
from owscale.spec.document import Path, dotted

Mark = Literal["", "CHANGE", "CONFIRM"]


VARIABLES: tuple[Path, ...] = (("app", "environment"), ("app", "secrets"))
"""Sections whose entries are optional: a variable that the rules refuse is left out, not a placeholder."""


_GIVEN = "given"
"""The comment of a value that the user gave."""


class Entry(NamedTuple):
    """A value of the spec, and its comment: its origin, or with a mark the question for the user.

    `is_found` is false for a value that owscale chose. `topic` is the key that a placeholder is for, and `command` the
    command that creates the resource for that key.
    """

    value: Any
    comment: str = ""
    mark: Mark = ""
    is_found: bool = True
    topic: str = ""
    command: str = ""


def has_secret(value: Any, name: str) -> bool:
    """Whether a value of a spec, or one of its parts, contains a secret. `name` is its key."""
    if isinstance(value, dict):
        return any(has_secret(item, str(key)) or has_secret(str(key), "id") for key, item in value.items())
    if isinstance(value, list | tuple):
        return any(has_secret(item, name) for item in value)
    return isinstance(value, str) and bool(find_secrets(value, name))


class Draft:
    """The entries by their paths, in the order of the spec, and comments on sections.

    `given` are the user's values: they replace the values of the source. `refused` are values that the spec cannot
    have, with the reason: such a value is left out, or replaced by a placeholder. The same happens to a secret, unless
    the draft is for the rules alone (`with_secrets`).
    """

    def __init__(
        self, given: Mapping[Path, Any] = {}, refused: Mapping[str, str] = {}, *, with_secrets: bool = False
    ) -> None:
        self._with_secrets = with_secrets
        self.entries: dict[Path, Entry] = {}
        self.comments: dict[Path, list[str]] = {}
        self.left_out: dict[str, str] = {}
        self._given = dict(given)
        self._refused = refused

    def put(self, path: Path, value: Any, comment: str = "", confirm: str = "") -> bool:
        """Add a value of the source; returns whether the spec has it."""
        reason = self._refused.get(dotted(path)) or self._secret_problem(path, value)
        if reason:
            self.left_out[dotted(path)] = reason
            return False
        comment = f"{comment}; {confirm}" if comment and confirm else comment or confirm
        self._add(path, Entry(value, comment, "CONFIRM" if confirm else ""))
        return True

    def choose(self, path: Path, value: Any, comment: str = "", confirm: str = "") -> None:
        """Add a value that owscale chose."""
        self._add(path, Entry(value, confirm or comment, "CONFIRM" if confirm else "", is_found=False))

    def leave_open(self, path: Path, placeholder: Any, question: str, topic: Path = (), command: str = "") -> None:
        """Add a placeholder and its question. `topic` is the key that is open, if that is not `path`."""
        topic = topic or path
        if path[:2] in VARIABLES and (refused := self._refused.get(dotted(path))):
            self.left_out[dotted(path)] = refused
            return
        reason = self.left_out.pop(dotted(path), self.left_out.pop(dotted(topic), ""))
        question = f"today's value is refused: {reason}; {question}" if reason else question
        if any(given[: len(topic)] == topic for given in self._given):
            self._add_given(topic)
            return
        self.entries[path] = Entry(placeholder, question, "CHANGE", False, dotted(topic), command)

    def comment(self, path: Path, *lines: str) -> None:
        """Add comment lines above a key."""
        self.comments.setdefault(path, []).extend(lines)

    def finish(self) -> None:
        """Add the user's values for keys that the draft does not have."""
        for path, value in self._given.items():
            self.entries[path] = Entry(value, _GIVEN, is_found=False)
        self._given.clear()

    @property
    def open_topics(self) -> dict[str, Entry]:
        """The placeholders by the key that is open."""
        return {entry.topic: entry for entry in self.entries.values() if entry.mark == "CHANGE"}

    def covering(self, name: str) -> Iterable[tuple[Path, Entry]]:
        """Yield the entries whose key is, contains, or lies in a key that is written with dots."""
        for path, entry in self.entries.items():
            own = dotted(path)
            if own == name or name.startswith((f"{own}.", f"{own}[")) or own.startswith((f"{name}.", f"{name}[")):
                yield path, entry

    def _secret_problem(self, path: Path, value: Any) -> str:
        if self._with_secrets or not (has_secret(value, str(path[-1])) or has_secret([*map(str, path)], "id")):
            return ""
        return "it contains a secret"

    def _add(self, path: Path, entry: Entry) -> None:
        if any(given[: len(path)] == path or path[: len(given)] == given for given in self._given):
            self._add_given(path)
        elif not any(path[: len(above)] == above for above, each in self.entries.items() if each.comment == _GIVEN):
            self.entries[path] = entry

    def _add_given(self, topic: Path) -> None:
        for path in [each for each in self._given if each[: len(topic)] == topic or topic[: len(each)] == each]:
            self.entries[path] = Entry(self._given.pop(path), _GIVEN, is_found=False)
