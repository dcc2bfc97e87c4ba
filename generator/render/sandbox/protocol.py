"""Messages between owscale and the sandbox process: JSON documents, each after its length.

JSON has no types of its own for sections of a spec, records, HCL expressions and Markdown. So every container and every
such value is a list that begins with a letter: `["l", items]`, `["m", mapping]`, `["s", type, fields]` and so on.
"""

import json
from collections import namedtuple
from collections.abc import Mapping
from functools import cache
from typing import Any

from owscale.console.markdown import SafeMarkdown
from owscale.render.hcl import HclExpression

LENGTH_BYTES = 8
MAX_FILE_CHARACTERS = 4 * 1024 * 1024
"""Limit of a rendered file."""
MAX_MESSAGE_BYTES = 64 * 1024 * 1024
MEMORY_BYTES = 512 * 1024 * 1024
CPU_SECONDS = 5
"""Time for one file."""


class SandboxSection:
    """A section of a spec in the sandbox, in place of the class of the same name in `spec/models/`."""

    __slots__ = ("__dict__",)

    def __init__(self, fields: Mapping[str, Any]) -> None:
        self.__dict__.update(fields)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{name}: a spec is immutable")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash(type(self))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in vars(self).items())})"


def encode(document: object) -> bytes:
    """Return the message for a document of plain JSON values."""
    content = json.dumps(document).encode()
    return len(content).to_bytes(LENGTH_BYTES, "big") + content


def to_json(value: Any) -> Any:
    """Return a value of a template's context as JSON. Raises TypeError for an unknown type."""
    match value:
        case None | bool() | int() | float():
            return value
        case HclExpression():
            return ["h", str(value)]
        case SafeMarkdown():
            return ["d", str(value)]
        case str():
            return str(value)
        case Mapping():
            return ["m", {key: to_json(item) for key, item in value.items()}]
        case tuple() if fields := getattr(value, "_fields", None):
            return ["r", type(value).__name__, dict(zip(fields, map(to_json, value), strict=True))]
        case list() | tuple():
            return ["l", [to_json(item) for item in value]]
    if hasattr(type(value), "model_fields_set"):
        return ["s", type(value).__name__, {key: to_json(item) for key, item in vars(value).items()}]
    raise TypeError(f"no JSON for {value!r}, of type {type(value).__name__}")


def from_json(value: Any) -> Any:
    """Return the argument of `to_json`, or a value that behaves the same in templates."""
    match value:
        case ["h", text]:
            return HclExpression(text)
        case ["d", text]:
            return SafeMarkdown(text)
        case ["m", dict(items)]:
            return {key: from_json(item) for key, item in items.items()}
        case ["l", list(items)]:
            return [from_json(item) for item in items]
        case ["r", name, dict(fields)]:
            return _record_type(name, tuple(fields))(*map(from_json, fields.values()))
        case ["s", name, dict(fields)]:
            return _section_type(name)({key: from_json(item) for key, item in fields.items()})
    return value


@cache
def _record_type(name: str, fields: tuple[str, ...]) -> Any:
    return namedtuple(name, fields)


@cache
def _section_type(name: str) -> type[SandboxSection]:
    return type(name, (SandboxSection,), {"__slots__": ()})
