"""What a template asked for and nobody has, in words with the likely name."""

import difflib
import re
from collections.abc import Mapping
from typing import Any

from generator.validation import entries

_UNDEFINED = re.compile(r"'(?P<name>[^']+)' is undefined")
_NO_ATTRIBUTE = re.compile(r"'(?:[\w.]+\.)?(?P<of>\w+) object' has no attribute '(?P<name>[^']+)'")


def missing(message: str, context: Mapping[str, Any]) -> str:
    """Jinja's message about an undefined name or attribute, with a hint where one in `context` is near."""
    if found := _UNDEFINED.match(message):
        return _hinted(f"{found['name']} is undefined", found["name"], context)
    if found := _NO_ATTRIBUTE.match(message):
        return _hinted(f"{found['of']} has no {found['name']}", found["name"], _fields(found["of"], context.values()))
    return message


def _hinted(message: str, name: str, known: Mapping[str, Any]) -> str:
    near = [other for other in difflib.get_close_matches(name, known, n=1) if other != name]
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(sorted(known))}" if known else ""
    return f"{message}\n  hint: {hint}" if hint else message


def _fields(kind: str, values: Any) -> dict[str, Any]:
    """The fields of the section of that type, wherever in the context it is."""
    for value in values:
        fields = dict(entries(value) or {})
        if type(value).__name__ == kind:
            return fields
        if below := _fields(kind, fields.values()):
            return below
    return {}
