"""pydantic's errors in the words of somebody who writes YAML."""

import difflib
import functools
import re
from typing import TYPE_CHECKING, Any

from generator.diagnostics import Diagnostic
from generator.document import Document, Path
from generator.validation import compiled

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

Key = dict[str, Any]
"""What there is to say of a key; see compiling.py."""

_WHOLE = "Spec"
_KINDS = {
    "bool_type": "true or false",
    "dict_type": "a mapping",
    "float_type": "a number",
    "int_from_float": "a whole number",
    "int_type": "a whole number",
    "model_type": "a mapping",
    "string_type": "text",
    "tuple_type": "a list",
}
_UNFIT = "does not have the form that it must have"


def translated(document: Document, error: "ErrorDetails") -> Diagnostic:
    """A pydantic error in the words of somebody who writes YAML."""
    kind, value, path = error["type"], error["input"], error["loc"]
    about_key = path[-1:] == ("[key]",) and path not in document.places  # pydantic's mark for the key itself
    if about_key:
        path = path[:-1]
    if kind == "extra_forbidden":
        return document.at_key(path, document.diagnostic("S102", path, "unknown key", _meant(path)))
    if kind == "missing":
        return document.diagnostic("S103", path, "is missing", _described(path))
    if kind in _KINDS:
        message = f"must be {_KINDS[kind]}, not {_kind_of(value)}"
        return document.diagnostic("S107", path, message, _retyped(kind, path, value))
    message, hint = _out_of_bounds(error, path)
    told = document.diagnostic("S108", path, message, hint)
    return document.at_key(path, told) if about_key else told


def follows(error: "ErrorDetails") -> bool:
    """Whether an error only follows from others: pydantic does not count the entries that are wrong."""
    return error["type"] == "too_short" and len(error["input"]) >= error["ctx"]["min_length"]


def _out_of_bounds(error: "ErrorDetails", path: Path) -> tuple[str, str]:
    value, context = error["input"], error.get("ctx", {})
    match error["type"]:
        case "literal_error":
            allowed = [text or number for text, number in re.findall(r"'([^']*)'|(-?\d+)", context["expected"])]
            return f"must be one of {', '.join(allowed)}", _nearest_allowed(value, allowed)
        case "string_pattern_mismatch":
            what, example = compiled().forms.get(context["pattern"], ("", ""))
            return (f"must be {what}", f"for example {example}") if what else (_UNFIT, _described(path))
        case "string_too_long":
            return f"has {len(value)} characters; at most {context['max_length']} are allowed", ""
        case "string_too_short":
            return f"has {len(value)} characters; at least {context['min_length']} must be there", ""
        case "too_short":
            message = f"has {_entries(len(value))}; at least {context['min_length']} must be there"
            return message, _described(path)
        case "too_long":
            return f"has {_entries(context['actual_length'])}; at most {context['max_length']} are allowed", ""
        case "greater_than_equal":
            return f"must be at least {_number(context['ge'])}, not {value}", ""
        case "greater_than":
            return f"must be more than {_number(context['gt'])}, not {value}", ""
        case "less_than_equal":
            return f"must be at most {_number(context['le'])}, not {value}", ""
    return _UNFIT, _described(path)


def _nearest_allowed(value: object, allowed: list[str]) -> str:
    match value:
        case str() if value in allowed and value.isdecimal():
            return "write it without quotes"
        case int() | float() if not isinstance(value, bool) and all(map(str.isdecimal, allowed)):
            return f"the nearest is {min(allowed, key=lambda number: abs(int(number) - value))}"
        case str():
            return _nearest(value, tuple(allowed))
    return ""


def _entries(number: int) -> str:
    return "1 entry" if number == 1 else f"{number} entries"


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else str(value)


def _kind_of(value: object) -> str:
    match value:
        case None:
            return "nothing"
        case bool():
            return "true or false"
        case int():
            return "a number"
        case float():
            return f"a number with decimals ({value})"
        case str():
            return "text"
        case list():
            return "a list"
    return "a mapping"


def _retyped(kind: str, path: Path, value: object) -> str:
    match kind, value:
        case "string_type", bool() | int() | float():
            text = str(value).lower() if isinstance(value, bool) else value
            return f'write it in quotes: "{text}"'
        case "int_type" | "float_type" | "bool_type", str() if _reads_as(kind, value):
            return "write it without quotes"
        case "tuple_type", str():
            return "write it in brackets: [ … ]"
        case "dict_type" | "model_type", list():
            return "write `key: value` lines, without hyphens"
        case _, None:
            key = _key_at(path)
            return "leave the key out for its default" if key and not key["required"] else _described(path)
    return ""


def _reads_as(kind: str, text: str) -> bool:
    """Whether a text is of the kind that was wanted, but for its quotes."""
    forms = {"bool_type": "true|false", "float_type": r"-?\d+([.]\d+)?", "int_type": r"-?\d+"}
    return re.fullmatch(forms[kind], text, re.ASCII) is not None


def _meant(path: Path) -> str:
    """What an unknown key may have been meant to be."""
    if path == ("environments",):  # of an environment: at the top it is none of the model's business
        return "an environment has no environments of its own"
    known = _known_keys(path[:-1])
    return _nearest(str(path[-1]), tuple(known)) or f"known here: {', '.join(sorted(known))}"


@functools.cache  # a key that is wrong is wrong in every environment
def _nearest(word: str, known: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return f"did you mean {near[0]}?" if near else ""


def _known_keys(path: Path) -> list[str]:
    keys = list(_section_at(path))
    return keys if path else [*keys, "environments"]


def _described(path: Path) -> str:
    """What belongs at `path`: its description, what it must hold, or an example."""
    key = _key_at(path)
    if key is None or not key["description"]:
        return ""
    description: str = key["description"]
    if key["section"] and not key["entries"]:
        required = [name for name, below in compiled().sections[key["section"]].items() if below["required"]]
        return f"{description} It needs {', '.join(required)}." if required else description
    return f"{description} For example {key['example']}" if key["example"] else description


def _key_at(path: Path) -> Key | None:
    """What is known of the key at `path`; None where the models know no such key."""
    return _section_at(path[:-1]).get(str(path[-1])) if path else None


def _section_at(path: Path) -> dict[str, Key]:
    """The keys of the section at `path`; none where no section belongs there."""
    section, is_entry = _WHOLE, False
    for segment in path:
        if is_entry:  # of a list or a mapping, whose name means nothing
            is_entry = False
            continue
        key = compiled().sections[section].get(str(segment)) if section else None
        section, is_entry = (key["section"], key["entries"]) if key else ("", False)
    return {} if is_entry or not section else compiled().sections[section]
