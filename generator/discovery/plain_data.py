"""Read values of data of any type, such as a file of the user: a value of another type counts as missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

_NUMBER = re.compile(r"\d{1,12}(?:\.\d{1,6})?")


def text(value: object) -> str:
    """Return a text, or a number as a text; "" for anything else."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def mapping(value: object) -> dict[str, Any]:
    """Return the entries of a mapping whose keys are texts."""
    return {key: item for key, item in value.items() if isinstance(key, str)} if isinstance(value, dict) else {}


def mappings(value: object) -> list[dict[str, Any]]:
    """Return the mappings of a list."""
    return [mapping(item) for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def texts(value: object) -> list[str]:
    """Return the texts of a list."""
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def number(value: object) -> float | None:
    """Return a number that is not negative, also one that is written as a text."""
    found = _NUMBER.fullmatch(text(value).strip())
    return float(found[0]) if found else None


def at(value: object, *path: str) -> Any:
    """Return the value at a path of keys; None if there is none."""
    for key in path:
        value = mapping(value).get(key)
    return value


def named_values(value: object) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the entries of a list of mappings with a `name`, and that name."""
    for item in mappings(value):
        if name := text(item.get("name")):
            yield name, item
