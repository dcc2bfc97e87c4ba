"""Reads JSON whose shape is known, and refuses any other shape with the place where it differs."""

from collections.abc import Iterator
from typing import Any

from generator.errors import OwscaleError


class NotAPlanError(OwscaleError):
    """The file is not what `terraform show -json` writes of a plan. The message holds no value of it."""

    def __init__(self, why: str) -> None:
        super().__init__(f"{why}\n  hint: terraform show -json NEXT.tfplan > plan.json writes what is read here")


class Node:
    """A value of the file and the place where it stands."""

    def __init__(self, value: Any, place: str) -> None:
        self._value = value
        self._place = place

    def __getitem__(self, key: str) -> "Node":
        """The value of a key; where there is none, a value that counts as missing."""
        return Node(self.mapping().get(key), f"{self._place}.{key}" if self._place else key)

    def mapping(self) -> dict[str, Any]:
        """A mapping; nothing counts as an empty one."""
        if self._value is None:
            return {}
        if not isinstance(self._value, dict):
            raise self._wrong("a mapping")
        return self._value

    def items(self) -> "Iterator[Node]":
        """The entries of a list; nothing counts as an empty one."""
        if self._value is None:
            return
        if not isinstance(self._value, list):
            raise self._wrong("a list")
        for number, item in enumerate(self._value):
            yield Node(item, f"{self._place}[{number}]")

    def entries(self) -> "Iterator[tuple[str, Node]]":
        """The values of a mapping by their keys, which are somebody's own and so no part of the place."""
        for key, value in self.mapping().items():
            yield key, Node(value, f"{self._place}.*")

    def text(self) -> str:
        """A text; nothing counts as an empty one."""
        if self._value is None:
            return ""
        if not isinstance(self._value, str):
            raise self._wrong("text")
        return self._value

    def required(self) -> str:
        """A text that must be there."""
        if not self.text():
            raise NotAPlanError(f"not a plan: {self._place} is missing")
        return self.text()

    def flag(self) -> bool:
        """True or false; nothing counts as false."""
        if self._value is None:
            return False
        if not isinstance(self._value, bool):
            raise self._wrong("true or false")
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def any(self) -> Any:
        return self._value

    def _wrong(self, what: str) -> NotAPlanError:
        return NotAPlanError(f"not a plan: {self._place or 'the whole'} must be {what}")
