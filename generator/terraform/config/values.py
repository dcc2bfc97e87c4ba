"""Values of HCL in Python: JSON types, sets, and values that are known only after the apply."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final


class Unknown:
    """A value that is known only after the apply."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()


class InvalidExpressionError(Exception):
    """An expression that fails in Terraform too, such as a missing key; `try` and `can` catch it."""


class UnsupportedExpressionError(Exception):
    """A part of the language, named in the message, that owscale does not evaluate."""


# Errors of an expression with values of the wrong type, as a damaged plan may have them.
EVALUATION_ERRORS = (
    ArithmeticError,
    AttributeError,
    InvalidExpressionError,
    LookupError,
    RecursionError,
    TypeError,
    UnsupportedExpressionError,
    ValueError,
)


class SetValue(list[Any]):
    """A set, with its elements sorted and each only once."""

    is_set = True


class BlockValue(dict[str, Any]):
    """A nested block: unlike an object, it leaves out arguments that the provider gives a default."""


def make_set(values: Iterable[Any]) -> SetValue:
    """Return the set of some values, in the order in which Terraform iterates over them."""
    unique = {json.dumps(value, sort_keys=True, default=str): value for value in values}
    return SetValue(unique[key] for key in sorted(unique))


def contains_unknown(value: Any) -> bool:
    """Whether a value or a part of it is unknown."""
    if isinstance(value, Mapping):
        return any(map(contains_unknown, value.values()))
    return any(map(contains_unknown, value)) if isinstance(value, list) else value is UNKNOWN


def attribute(value: Any, name: str) -> Any:
    """Return an attribute of an object."""
    if value is UNKNOWN:
        return UNKNOWN
    try:
        return value[name]
    except (KeyError, TypeError) as error:
        raise InvalidExpressionError(f"no attribute {name}") from error


def element(value: Any, key: Any) -> Any:
    """Return the element of a list or a mapping."""
    if value is UNKNOWN or key is UNKNOWN:
        return UNKNOWN
    try:
        return value[text_of(key) if isinstance(value, Mapping) else int(key)]
    except (LookupError, TypeError, ValueError) as error:
        raise InvalidExpressionError("no such element") from error


def elements(value: Any) -> list[Any]:
    """Return the elements of a list, a set or a mapping."""
    if isinstance(value, Mapping):
        return [item for _, item in sorted(value.items())]
    if not isinstance(value, list):
        raise InvalidExpressionError("not a collection")
    return value


def text_of(value: Any) -> str:
    """Return a scalar as Terraform converts it to text."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(int(value)) if value == int(value) else repr(value)
    raise InvalidExpressionError("not text")
