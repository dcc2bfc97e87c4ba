"""What a plain scalar means, and whether another reader of YAML would take it for something else.

YAML 1.1, which PyYAML and many tools read, and YAML 1.2 differ on `on`, `010`, `1:30` and more. A spec takes the
spellings that all agree on.
"""

import json
import re
from decimal import Decimal
from typing import Any

import yaml
from pydantic_core import PydanticCustomError

_CONSTANTS = {"true": True, "false": False, "null": None, "": None}
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
_YAML_1_1: Any = yaml.SafeLoader("")  # knows what YAML 1.1 makes of a plain scalar
_YAML_1_2_NUMBER = re.compile(r"0o[0-7]+|[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_MISREAD = dict.fromkeys(("y", "yes", "on", "true"), "true") | dict.fromkeys(("n", "no", "off", "false"), "false")
_MISREAD |= {"~": "null", "null": "null"}
_PLAIN_TEXT = re.compile(r"[A-Za-z0-9/](?:[A-Za-z0-9_./@+=-]|:(?=[A-Za-z0-9/:]))*")  # for certain; much else could be
_LONGEST_NUMBER = 80  # characters: more than any spelling of 64 bits takes, and little enough to compute with
_SMALLEST_EXPONENT = -60


def plain(text: str) -> Any:
    """What a plain scalar means that nobody misreads."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if match := _NUMBER.fullmatch(text):
        return float(text) if match[2] else int(text)
    return text


def whole(value: object) -> object:
    """For pydantic: refuses what Python takes for a whole number among others: true is 1 to it, and 30.0 is 30."""
    if isinstance(value, bool | float):
        raise PydanticCustomError("int_type", "not a whole number")
    return value


def written(value: object) -> str:
    """A scalar as a spec writes it: the reader takes it for this very value, and every other reader does too."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"{Decimal(str(value)):f}".removesuffix(".0")
    text = str(value)
    simple = _PLAIN_TEXT.fullmatch(text) and isinstance(plain(text), str) and misreading(text) is None
    return text if simple else json.dumps(text, ensure_ascii=False)


def misreading(text: str) -> tuple[str, str] | None:
    """What a reader of YAML 1.1 or 1.2 may take a plain scalar for, and the plain way to write that, if any."""
    if text in _CONSTANTS:
        return None
    if word := _MISREAD.get(text.lower()):
        return word, word
    tag = _YAML_1_1.resolve(yaml.ScalarNode, text, (True, False))
    kind = tag.rpartition(":")[2]
    if kind == "str" and not _YAML_1_2_NUMBER.fullmatch(text):
        return None
    if kind not in {"int", "float", "str"}:
        return "a date" if kind == "timestamp" else "an instruction", ""
    decimal = _decimal(text, tag)
    return None if decimal and _NUMBER.fullmatch(text) else (decimal or "a number beyond 64 bits", decimal)


def _decimal(text: str, tag: str) -> str:
    """A number in plain decimal; "" where 64 bits cannot hold it."""
    if len(text) > _LONGEST_NUMBER:
        return ""
    try:
        if text.startswith("0o"):
            number = Decimal(int(text, 8))
        elif tag.endswith(":str"):
            number = Decimal(text)
        else:
            read_number = _YAML_1_1.construct_yaml_int if tag.endswith(":int") else _YAML_1_1.construct_yaml_float
            number = Decimal(str(read_number(yaml.ScalarNode(tag, text))))
        held = -(2**63) <= number < 2**63 and (not number or number.adjusted() > _SMALLEST_EXPONENT)
    except (ValueError, ArithmeticError):  # `0x_`, or an exponent of twenty digits
        return ""
    return f"{number:f}" if held else ""
