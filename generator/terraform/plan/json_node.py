"""Read JSON of a known shape; any other shape raises PlanFormatError with its path in the document."""

from collections.abc import Iterator
from typing import Any

from owscale.errors import PlanFormatError


class JsonNode:
    """A value of a JSON document and its path. Null and a missing key count as empty or false."""

    def __init__(self, value: Any, path: str) -> None:
        self._value = value
        self._path = path

    def __bool__(self) -> bool:
        return bool(self._value)

    def __getitem__(self, key: str) -> "JsonNode":
        """Return the node of a key."""
        return JsonNode(self.mapping().get(key), f"{self._path}.{key}" if self._path else key)

    def any(self) -> Any:
        """Return the value, of any type."""
        return self._value

    def mapping(self) -> dict[str, Any]:
        """Return the value as a mapping."""
        if self._value is None:
            return {}
        if not isinstance(self._value, dict):
            raise self._type_error("a mapping")
        return self._value

    def entries(self) -> "Iterator[tuple[str, JsonNode]]":
        """Yield the nodes of a mapping by key; the keys may be names of the user, so the path has `*` for them."""
        for key, value in self.mapping().items():
            yield key, JsonNode(value, f"{self._path}.*")

    def items(self) -> "Iterator[JsonNode]":
        """Yield the nodes of a list."""
        if self._value is None:
            return
        if not isinstance(self._value, list):
            raise self._type_error("a list")
        for index, item in enumerate(self._value):
            yield JsonNode(item, f"{self._path}[{index}]")

    def text(self) -> str:
        """Return the value as a string."""
        if self._value is None:
            return ""
        if not isinstance(self._value, str):
            raise self._type_error("text")
        return self._value

    def required(self) -> str:
        """Return the value as a string that is not empty."""
        if not self.text():
            raise PlanFormatError(f"not a plan: {self._path} is missing")
        return self.text()

    def flag(self) -> bool:
        """Return the value as a boolean."""
        if self._value is None:
            return False
        if not isinstance(self._value, bool):
            raise self._type_error("true or false")
        return self._value

    def _type_error(self, expected: str) -> PlanFormatError:
        return PlanFormatError(f"not a plan: {self._path or 'the document'} must be {expected}")
