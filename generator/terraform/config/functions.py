"""The functions of Terraform that owscale evaluates: https://developer.hashicorp.com/terraform/language/functions."""

import base64
import hashlib
import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote_plus

from owscale.terraform.config.values import (
    UNKNOWN,
    InvalidExpressionError,
    contains_unknown,
    elements,
    make_set,
    text_of,
)

_FORMAT = re.compile(r"%(?P<flags>[-+ 0]*)(?P<width>\d*)(?P<precision>\.\d+)?(?P<verb>[sdfgvqt%])")


def _coalesce(*values: Any) -> Any:
    return next(value for value in values if value not in (None, ""))


def _distinct(values: Sequence[Any]) -> list[Any]:
    return [value for index, value in enumerate(values) if value not in values[:index]]


def _flatten(values: Sequence[Any]) -> list[Any]:
    return [inner for value in values for inner in (_flatten(value) if isinstance(value, list) else [value])]


def _format(template: str, *values: Any) -> str:
    remaining = iter(values)

    def convert(match: re.Match[str]) -> str:
        verb = match["verb"]
        if verb == "%":
            return "%"
        value = next(remaining)
        if verb in "df":
            number = int(value) if verb == "d" else float(value)
            return f"%{match['flags']}{match['width']}{match['precision'] or ''}{verb}" % number
        text = json.dumps(value) if verb == "q" else text_of(value)
        return f"%{match['flags']}{match['width']}s" % text

    return _FORMAT.sub(convert, template)


def _json_encode(value: Any) -> str:
    text = json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _keys(value: Mapping[str, Any]) -> list[str]:
    return sorted(value)


def _lookup(mapping: Mapping[str, Any], key: str, *default: Any) -> Any:
    return mapping.get(key, *default) if default else mapping[key]


def _merge(*mappings: Mapping[str, Any] | None) -> dict[str, Any]:
    return {key: value for mapping in mappings for key, value in (mapping or {}).items()}


def _range(*limits: int) -> list[int]:
    return list(range(*limits))


def _regex(pattern: str, text: str) -> Any:
    match = re.search(pattern, text)
    if match is None:
        raise InvalidExpressionError("no match")
    return match.groupdict() or list(match.groups()) or match[0]


def _replace(text: str, old: str, new: str) -> str:
    if len(old) > 1 and old.startswith("/") and old.endswith("/"):
        return re.sub(old[1:-1], re.sub(r"\$\{?(\w+)\}?", r"\\g<\1>", new), text)
    return text.replace(old, new)


def _one(values: Sequence[Any]) -> Any:
    if len(values) > 1:
        raise InvalidExpressionError("more than one element")
    return values[0] if values else None


def _tonumber(value: Any) -> float:
    number = float(value)
    return int(number) if number == int(number) else number


def _url_encode(text: str) -> str:
    return quote_plus(text, safe="")


def _try(arguments: Sequence[Callable[[], Any]]) -> Any:
    for argument in arguments:
        try:
            return argument()
        except InvalidExpressionError:
            continue
    raise InvalidExpressionError("try fails")


def _can(arguments: Sequence[Callable[[], Any]]) -> Any:
    try:
        return UNKNOWN if contains_unknown(arguments[0]()) else True
    except InvalidExpressionError:
        return False


LAZY_FUNCTIONS: dict[str, Callable[[Sequence[Callable[[], Any]]], Any]] = {"try": _try, "can": _can}
"""Functions that catch the errors of their arguments."""

FUNCTIONS: dict[str, Callable[..., Any]] = {
    "abs": abs,
    "alltrue": all,
    "anytrue": any,
    "base64encode": lambda text: base64.b64encode(text.encode()).decode(),
    "ceil": math.ceil,
    "chomp": lambda text: text.rstrip("\r\n"),
    "coalesce": _coalesce,
    "compact": lambda values: [value for value in values if value],
    "concat": lambda *lists: [item for each in lists for item in each],
    "contains": lambda values, value: value in values,
    "distinct": _distinct,
    "element": lambda values, index: values[index % len(values)],
    "endswith": str.endswith,
    "flatten": _flatten,
    "floor": math.floor,
    "format": _format,
    "join": lambda separator, *lists: separator.join(text_of(item) for each in lists for item in each),
    "jsondecode": json.loads,
    "jsonencode": _json_encode,
    "keys": _keys,
    "length": len,
    "lookup": _lookup,
    "lower": str.lower,
    "max": max,
    "merge": _merge,
    "min": min,
    "nonsensitive": lambda value: value,
    "one": _one,
    "parseint": int,
    "range": _range,
    "regex": _regex,
    "replace": _replace,
    "reverse": lambda values: values[::-1],
    "sensitive": lambda value: value,
    "sha1": lambda text: hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest(),
    "setunion": lambda *sets: make_set(item for each in sets for item in each),
    "slice": lambda values, start, end: values[start:end],
    "sort": lambda values: sorted(map(text_of, values)),
    "split": lambda separator, text: text.split(separator),
    "startswith": str.startswith,
    "substr": lambda text, start, length: text[start:][: length if length >= 0 else None],
    "sum": sum,
    "tobool": lambda value: {"true": True, "false": False}[text_of(value)],
    "tolist": lambda values: list(elements(values)),
    "tomap": dict,
    "tonumber": _tonumber,
    "toset": make_set,
    "tostring": lambda value: None if value is None else text_of(value),
    "trim": str.strip,
    "trimprefix": str.removeprefix,
    "trimspace": str.strip,
    "trimsuffix": str.removesuffix,
    "upper": str.upper,
    "urlencode": _url_encode,
    "values": elements,
    "zipmap": lambda keys, values: dict(zip(keys, values, strict=True)),
}

PARTIAL_FUNCTIONS = {
    "concat",
    "element",
    "flatten",
    "keys",
    "length",
    "merge",
    "nonsensitive",
    "one",
    "sensitive",
    "slice",
    "tolist",
    "tomap",
    "values",
    "zipmap",
}
"""Functions whose result may have unknown parts; any other result is unknown if a part of an argument is."""
