"""Plain scalars: their values, and the spellings that YAML tools read differently.

YAML 1.1, which PyYAML and many other tools read, and YAML 1.2 differ on `on`, `010`, `1:30` and more. A spec may only
use spellings that both read alike.
"""

import functools
import json
import re
from decimal import Decimal
from typing import Any, NamedTuple

import yaml

_CONSTANTS = {"true": True, "false": False, "null": None, "": None}
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
_YAML_1_1: Any = yaml.SafeLoader("")  # resolves plain scalars as YAML 1.1 does
_YAML_1_2_NUMBER = re.compile(r"0o[0-7]+|[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_AMBIGUOUS_WORDS = dict.fromkeys(("y", "yes", "on", "true"), "true")
_AMBIGUOUS_WORDS |= dict.fromkeys(("n", "no", "off", "false"), "false")
_AMBIGUOUS_WORDS |= dict.fromkeys(("~", "null"), "null")
_UNAMBIGUOUS_TEXT = re.compile(
    r"[A-Za-z0-9/](?:[A-Za-z0-9_./@+=-]|:(?=[A-Za-z0-9/:]))*"
)  # a subset that is easy to check
_MAX_NUMBER_LENGTH = 80  # longer than any usual spelling of 64 bits, and short enough to compute with
_MIN_EXPONENT = -60


class Ambiguity(NamedTuple):
    """The other meaning of a scalar that YAML tools may also read as text.

    `meaning` names it, such as `true` or `a date`. `spelling` is how a spec writes that value, or "" if it cannot.
    """

    meaning: str
    spelling: str


def parse_scalar(text: str) -> Any:
    """Return the value of an unambiguous plain scalar."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if match := _NUMBER.fullmatch(text):
        return float(text) if match[2] else int(text)
    return text


def reject_non_integers(value: object) -> object:
    """Raise PydanticCustomError for a boolean or a float; validates a `Literal` of integers.

    pydantic compares with `==`, and in Python `True == 1` and `30.0 == 30`.
    """
    if isinstance(value, bool | float):
        from pydantic_core import PydanticCustomError  # noqa: PLC0415 -- takes long to import, for an error alone

        raise PydanticCustomError("int_type", "not a whole number")
    return value


def format_scalar(value: object) -> str:
    """Return a scalar in the notation of a spec, which every YAML tool reads as this value."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"{Decimal(str(value)):f}".removesuffix(".0")
    text = str(value)
    is_plain = (
        _UNAMBIGUOUS_TEXT.fullmatch(text) and isinstance(parse_scalar(text), str) and yaml_ambiguity(text) is None
    )
    return text if is_plain else json.dumps(text, ensure_ascii=False)


def format_inline(value: object) -> str:
    """Return a value on one line, as a spec writes it: mappings and lists in the flow style of YAML."""
    match value:
        case dict():
            return f"{{{', '.join(f'{format_scalar(key)}: {format_inline(item)}' for key, item in value.items())}}}"
        case list() | tuple():
            return f"[{', '.join(map(format_inline, value))}]"
    return format_scalar(value)


@functools.lru_cache(maxsize=4096)  # the specs of a project share most values
def yaml_ambiguity(text: str) -> Ambiguity | None:
    """Return the non-text meaning of a plain scalar in YAML 1.1 or 1.2; None if unambiguous."""
    if text in _CONSTANTS:
        return None
    if word := _AMBIGUOUS_WORDS.get(text.lower()):
        return Ambiguity(word, word)
    tag = _YAML_1_1.resolve(yaml.ScalarNode, text, (True, False))
    kind = tag.rpartition(":")[2]
    if kind == "str" and not _YAML_1_2_NUMBER.fullmatch(text):
        return None
    if kind not in {"int", "float", "str"}:
        return Ambiguity("a date" if kind == "timestamp" else "a special YAML key", "")
    decimal = _decimal(text, tag)
    return None if decimal and _NUMBER.fullmatch(text) else Ambiguity(decimal or "a number beyond 64 bits", decimal)


def _decimal(text: str, tag: str) -> str:
    """Return a number in plain decimal notation; "" if 64 bits cannot hold it."""
    if len(text) > _MAX_NUMBER_LENGTH:
        return ""
    try:
        if text.startswith("0o"):
            number = Decimal(int(text, 8))
        elif tag.endswith(":str"):
            number = Decimal(text)
        else:
            construct = _YAML_1_1.construct_yaml_int if tag.endswith(":int") else _YAML_1_1.construct_yaml_float
            number = Decimal(str(construct(yaml.ScalarNode(tag, text))))
        is_in_range = -(2**63) <= number < 2**63 and (not number or number.adjusted() > _MIN_EXPONENT)
    except (ValueError, ArithmeticError):  # such as `0x_`, or an exponent of 20 digits
        return ""
    return f"{number:f}" if is_in_range else ""
