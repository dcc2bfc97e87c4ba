"""Errors of pydantic as diagnostics in plain words."""

import functools
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from owscale.console.invocation import owscale_command
from owscale.console.text import suggest
from owscale.diagnostics.model import Diagnostic
from owscale.spec.document import Document, Path, dotted
from owscale.spec.validation import KeyInfo, key_of_path, model_data

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_ROOT_SECTION = "Spec"
_ANY_ENTRY = "*"
"""The placeholder in paths of sections for the entries of a list or a mapping."""
_TYPE_NAMES = {
    "bool_type": "true or false",
    "dict_type": "a mapping",
    "float_type": "a number",
    "int_from_float": "a whole number",
    "int_type": "a whole number",
    "model_type": "a mapping",
    "string_type": "text",
    "tuple_type": "a list",
}
_MULTIPLES = {"k": 1_000, "m": 1_000_000}
_NUMBERS = {"float_type": r"-?\d+([.]\d+)?", "int_type": r"-?\d+"}
_BOUNDS = {  # the name of the bound in the context of the error, its relation, and the hint for a valid value
    "greater_than": ("gt", "greater than", "more than {}"),
    "greater_than_equal": ("ge", "at least", "{} or more"),
    "less_than_equal": ("le", "at most", "{} or less"),
}
_INVALID_FORMAT = "has an invalid format"


def translate_error(document: Document, error: "ErrorDetails") -> Diagnostic:
    """Return the diagnostic for an error of pydantic."""
    kind, value, path = error["type"], error["input"], error["loc"]
    is_about_key = path[-1:] == ("[key]",) and path not in document  # pydantic marks an invalid key like this
    if is_about_key:
        path = path[:-1]
    if kind == "extra_forbidden":
        return document.at_key(path, document.diagnostic("S102", path, "unknown key", _unknown_key_hint(path)))
    if kind == "missing":
        return document.diagnostic("S103", path, "is missing", _missing_key_hint(path))
    if kind in _TYPE_NAMES:
        message = f"must be {_TYPE_NAMES[kind]}, not {_type_name(value)}"
        return document.diagnostic("S107", path, message, _type_hint(kind, path, value) or _explain_hint(path))
    message, hint = _invalid_value(error, path)
    diagnostic = document.diagnostic("S108", path, message, hint or _explain_hint(path))
    return document.at_key(path, diagnostic) if is_about_key else diagnostic


def _explain_hint(path: Path) -> str:
    """Return the default hint for a value: the command that prints the limits of its key."""
    key = key_of_path(path)
    return f"run `{owscale_command('explain', key, takes_paths=False)}` for limits and meaning" if key else ""


def is_secondary_error(error: "ErrorDetails") -> bool:
    """Return whether an error only follows from others: pydantic does not count invalid entries of a collection."""
    return error["type"] == "too_short" and len(error["input"]) >= error["ctx"]["min_length"]


def _invalid_value(error: "ErrorDetails", path: Path) -> tuple[str, str]:
    """Return the message and the hint for a value of the right type that is not allowed."""
    kind, value, context = error["type"], error["input"], error.get("ctx", {})
    if kind in _BOUNDS:
        name, relation, correction = _BOUNDS[kind]
        bound = _number(context[name])
        hint = _other_unit_hint(path, value, context[name]) if kind == "less_than_equal" else ""
        return f"must be {relation} {bound}, not {value}", hint or f"write {correction.format(bound)}"
    match kind:
        case "literal_error":
            allowed = [text or number for text, number in re.findall(r"'([^']*)'|(-?\d+)", context["expected"])]
            return f"must be one of {', '.join(allowed)}", _allowed_value_hint(value, allowed)
        case "string_pattern_mismatch" if context["pattern"] in model_data().formats:
            description, example = model_data().formats[context["pattern"]]
            return f"must be {description}", _symbol_hint(
                value, context["pattern"]
            ) or f"write a value such as `{example}`"
        case "string_too_long":
            maximum = context["max_length"]
            return f"has {len(value)} characters; the maximum is {maximum}", f"shorten it to {maximum} characters"
        case "string_too_short":
            minimum = context["min_length"]
            return f"has {len(value)} characters; the minimum is {minimum}", f"write at least {minimum} characters"
        case "too_short":
            message = f"has {_entries(len(value))}; the minimum is {context['min_length']}"
            return message, f"add an entry. {_description(path)}".rstrip()
        case "too_long":
            actual, maximum = context["actual_length"], context["max_length"]
            return f"has {_entries(actual)}; the maximum is {maximum}", f"remove {_entries(actual - maximum)}"
    return _INVALID_FORMAT, _missing_value_hint(path)


def _symbol_hint(text: str, pattern: str) -> str:
    """Return the hint that names a character to replace: a look-alike of an allowed one, or one that is not allowed."""
    symbol = next((char for char in text if not char.isascii() and not char.isalnum()), "")
    symbol = symbol or next(_disallowed_characters(text, pattern), "")
    if not symbol:
        return ""
    import unicodedata  # noqa: PLC0415 -- only a mistake needs it

    return f"replace `{symbol}` (U+{ord(symbol):04X}, {unicodedata.name(symbol, 'no name').lower()})"


def _disallowed_characters(text: str, pattern: str) -> Iterator[str]:
    """Yield the characters that a pattern of any number of allowed characters, such as `^[a-z]+$`, does not allow."""
    if not re.fullmatch(r"\^\[[^]]+\][*+]\$", pattern):
        return
    from pydantic_core import SchemaValidator  # noqa: PLC0415 -- only a mistake needs it

    allowed = SchemaValidator({"type": "str", "pattern": pattern})
    yield from (char for char in text if not allowed.isinstance_python(char))


def _allowed_value_hint(value: object, allowed: list[str]) -> str:
    match value:
        case str() if value in allowed and value.isdecimal():
            return "remove the quotes"
        case int() | float() if not isinstance(value, bool) and all(map(str.isdecimal, allowed)):
            return f"use an allowed value; the nearest is {min(allowed, key=lambda number: abs(int(number) - value))}"
        case str():
            return suggest(value, allowed, "")
    return ""


def _entries(number: int) -> str:
    return "1 entry" if number == 1 else f"{number} entries"


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else str(value)


def _type_name(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int():
            return "a number"
        case float():
            return f"a number with decimals ({value})"
        case str():
            return "text"
        case list():
            return "a list"
    return "a mapping"


def _type_hint(kind: str, path: Path, value: object) -> str:
    match kind, value:
        case _, None:
            key = _key_info(path)
            return "remove the key to use its default" if key and not key["required"] else _missing_value_hint(path)
        case "int_type" | "int_from_float" | "float_type", _:
            return _unit_hint(kind, path, value) or _number_hint(kind, value)
        case "bool_type", _:
            return "remove the quotes" if value in ("true", "false") else "write true or false"
        case "string_type", bool() | int() | float():
            text = str(value).lower() if isinstance(value, bool) else value
            return f'put it in quotes: `"{text}"`'
        case "string_type", _:
            return _missing_value_hint(path)
        case "tuple_type", _:
            return "write a list in brackets, such as `[a, b]`"
        case "dict_type" | "model_type", list():
            return "write `key: value` lines, without hyphens"
    return ""


def _unit_hint(kind: str, path: Path, value: object) -> str:
    """Return the hint for a number with a unit, such as `5min`, or for a fraction of 1: the number for the key."""
    if isinstance(value, float):
        return _other_unit_hint(path, value, 100) if 0 < value < 1 else ""
    from owscale.spec import units  # noqa: PLC0415 -- only an error needs it

    converted = units.convert_text(str(path[-1]), value) if isinstance(value, str) else None
    if converted is None or (kind == "int_type" and converted[0].denominator != 1):
        return ""
    return f"write the number of {converted[1]} alone: `{_number(float(converted[0]))}`"


def _other_unit_hint(path: Path, value: float, maximum: float) -> str:
    """Return the hint for a number that is invalid, but would be at most `maximum` in another unit; empty otherwise."""
    from owscale.spec import units  # noqa: PLC0415 -- only an error needs it

    converted = units.convert_number(str(path[-1]), value)
    if converted is None or converted[0] > maximum:
        return ""
    number, unit, other = converted
    return f"if {value} is {other}, write it in {unit}: `{_number(float(number))}`"


def _number_hint(kind: str, value: object) -> str:
    match value:
        case str() if re.fullmatch(_NUMBERS[kind], value, re.ASCII):
            return "remove the quotes"
        case str() if re.fullmatch(r"\d{1,3}([,._ ']\d{3})+", value, re.ASCII):
            return f"write the digits alone: `{re.sub('[^0-9]', '', value)}`"
        case str() if multiple := re.fullmatch(r"(\d+) ?([km])", value.lower(), re.ASCII):
            return f"write all digits: `{int(multiple[1]) * _MULTIPLES[multiple[2]]}`"
        case str() if number := re.match(_NUMBERS[kind], value, re.ASCII):
            return f"write the number alone, without a unit: `{number[0]}`"
        case str() | bool():
            return "write a number in digits"
        case float():
            return f"write {value:.0f}" if value.is_integer() else "write a number without decimals"
    return ""


def _unknown_key_hint(path: Path) -> str:
    if path == ("environments",):  # in an environment: at the top level, it is removed before the validation
        return "move it to the top level; an environment cannot contain environments"
    parent = path[:-1]
    known = [*_section_keys(parent), *([] if parent else ["environments"])]
    return _suggest_key(str(path[-1]), tuple(known))


@functools.cache  # a wrong key in the common part is wrong in every environment
def _suggest_key(name: str, known: tuple[str, ...]) -> str:
    """Return the hint for an unknown key: a similar key, the section where the key belongs, or all known keys."""
    sections = [path for path, keys in _sections_by_path() if name in keys]
    otherwise = f"use one of the keys {', '.join(sorted(known))}"
    if len(sections) == 1 and _ANY_ENTRY not in sections[0]:
        place = f"below `{dotted(sections[0])}:`" if sections[0] else "to the top level"
        otherwise = f"move it {place}, and check its indentation"
    return suggest(name, known, otherwise)


def _sections_by_path(section: str = _ROOT_SECTION, path: Path = ()) -> Iterator[tuple[Path, dict[str, KeyInfo]]]:
    """Yield the keys of each section with its path."""
    keys = model_data().sections[section]
    yield path, keys
    for name, key in keys.items():
        if key["section"]:
            below = (*path, name, _ANY_ENTRY) if key["has_entries"] else (*path, name)
            yield from _sections_by_path(key["section"], below)


def _missing_key_hint(path: Path) -> str:
    key = _key_info(path)
    if key is None:
        return ""
    name = path[-1]
    if required := _required_keys(key):
        return f"add `{name}:` with {required}. {key['description']}"
    line = f"for example `{name}: {key['example']}`" if key["example"] else f"`{name}:` with a value"
    return f"add {line}. {key['description']}"


def _missing_value_hint(path: Path) -> str:
    key = _key_info(path)
    if key is None:
        return ""
    if required := _required_keys(key):
        return f"add {required} below it. {key['description']}"
    value = f"a value such as `{key['example']}`" if key["example"] else "a value"
    return f"write {value}. {key['description']}"


def _required_keys(key: KeyInfo) -> str:
    """Return the required keys of the section at a key in words; "" if the key holds no section."""
    if not key["section"] or key["has_entries"]:
        return ""
    return ", ".join(f"`{name}`" for name, info in model_data().sections[key["section"]].items() if info["required"])


def _description(path: Path) -> str:
    key = _key_info(path)
    return key["description"] if key else ""


def _key_info(path: Path) -> KeyInfo | None:
    """Return the documentation of the key at `path`; None if there is no such key."""
    return _section_keys(path[:-1]).get(str(path[-1])) if path else None


def _section_keys(path: Path) -> dict[str, KeyInfo]:
    """Return the keys of the section at `path`; none where the models have no section there."""
    sections = model_data().sections
    section, is_collection = _ROOT_SECTION, False
    for segment in path:
        if is_collection:  # the segment is an index, or a name that the user chose
            is_collection = False
            continue
        key = sections[section].get(str(segment)) if section else None
        section, is_collection = (key["section"], key["has_entries"]) if key else ("", False)
    return sections[section] if section and not is_collection else {}
