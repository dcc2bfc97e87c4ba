"""Compare the expected value of an argument with the planned one; ignore differences in form.

The provider and AWS store some values in another form. Only these forms count as the same:

- a number, a boolean and its text; null, empty and a missing key of a document; - a list in another order, because most
lists of AWS are sets, and a plan does not show which ones are; - JSON with other spaces or order of keys; in documents
of AWS also a single element instead of a list; - a block with more arguments than the configuration sets, if the caller
allows their values.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from owscale.terraform.config.values import UNKNOWN, BlockValue, contains_unknown

Path = tuple[str, ...]
"""The names that lead to an argument in nested blocks, without indexes: the type of the resource comes first."""

IsUnset = Callable[[Path, Any], bool]
"""Return whether an argument may have a planned value that the configuration does not set."""

_PRINCIPALS = {"Principal", "NotPrincipal"}
_STARTS_OF_JSON = ("[", "{")


def is_same(expected: Any, planned: Any, path: Path, is_unset: IsUnset) -> bool:
    """Whether an argument is planned with the expected value; each may contain unknown values."""
    if expected is UNKNOWN:
        return contains_unknown(planned)
    if planned is UNKNOWN:
        return contains_unknown(expected) or is_empty(expected)  # the provider computes an argument that is null
    if isinstance(expected, BlockValue):
        return isinstance(planned, Mapping) and _is_same_block(expected, planned, path, is_unset)
    if is_empty(expected):
        return is_empty(planned) or is_zero(planned)
    if isinstance(expected, Mapping):
        keys = {*expected, *planned} if isinstance(planned, Mapping) else set()
        return bool(keys) and all(is_same(expected.get(key), planned.get(key), path, is_unset) for key in keys)
    if isinstance(expected, list):
        items = planned if isinstance(planned, list) else [planned]
        return len(expected) == len(items) and _is_permutation(expected, items, path, is_unset)
    return not isinstance(planned, list | Mapping) and _is_same_scalar(expected, planned)


def _is_same_block(expected: BlockValue, planned: Mapping[str, Any], path: Path, is_unset: IsUnset) -> bool:
    return all(
        is_same(expected[name], planned.get(name), (*path, name), is_unset)
        if name in expected
        else is_unset((*path, name), planned[name])
        for name in {*expected, *planned}
    )


def _is_permutation(expected: Iterable[Any], planned: Iterable[Any], path: Path, is_unset: IsUnset) -> bool:
    """Whether each expected element has its own planned element; elements without unknown values are matched first."""
    remaining = list(planned)
    for each in sorted(expected, key=contains_unknown):
        index = next((index for index, other in enumerate(remaining) if is_same(each, other, path, is_unset)), None)
        if index is None:
            return False
        del remaining[index]
    return True


def is_empty(value: Any) -> bool:
    """Whether a value is null, or a text, a list or a mapping without content."""
    return value is None or (isinstance(value, str | list | Mapping) and not value)


def is_zero(value: Any) -> bool:
    """Whether a value is false or 0, which the provider stores for an argument that is not set."""
    return value is False or value in (0, "0", "false")


def _is_same_scalar(expected: Any, planned: Any) -> bool:
    one, other = _text(expected), _text(planned)
    if one == other or not (one.startswith(_STARTS_OF_JSON) and other.startswith(_STARTS_OF_JSON)):
        return one == other
    try:
        documents = json.loads(one), json.loads(other)
    except (ValueError, RecursionError):
        return False
    first, second = map(_canonical_policy if "Statement" in documents[0] else _canonical, documents)
    return bool(first == second)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def _canonical(value: Any) -> Any:
    """Return a document without its empty parts, and with lists of named objects in the order of their names."""
    if isinstance(value, Mapping):
        return {name: form for name, item in value.items() if not is_empty(form := _canonical(item))}
    if not isinstance(value, list):
        return value
    items = [_canonical(item) for item in value]
    has_names = all(isinstance(item, Mapping) and isinstance(item.get("name"), str) for item in items)
    return sorted(items, key=lambda item: str(item["name"])) if has_names else items


def _canonical_policy(value: Any, key: str = "") -> Any:
    """Return a policy with sorted lists, because their order has no meaning, and without lists of one element.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
    """
    if key in _PRINCIPALS and value == "*":
        return {"AWS": "*"}
    if isinstance(value, Mapping):
        return {name: form for name, item in value.items() if not is_empty(form := _canonical_policy(item, name))}
    if not isinstance(value, list):
        return value
    items = sorted((_canonical_policy(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
    return items[0] if len(items) == 1 else items
