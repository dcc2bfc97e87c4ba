"""Every change of a spec that its schema allows: each key added, removed, changed, and replaced by another kind."""

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from owscale.spec.document import Path as KeyPath
from owscale.spec.validation import ValidationError, model_data, validate

ChangeKind = Literal["added", "removed", "changed", "replaced by another kind"]
Data = dict[str, Any]

_WRAPPERS = {"default", "function-after", "function-before", "function-wrap", "model", "nullable"}
_ENTRY = "an_entry"  # the name of an entry where no spec has one; every mapping that takes any name accepts it
_OTHER_KINDS: tuple[Any, ...] = (None, True, 1, "x", [], ["x"], {}, {"x": "x"})
_TEXTS = (
    "eu-west-1",
    "222233334444",
    "x",
    "text",
    "EXAMPLE",
    "S352",
    "a reason of ten characters",
    "v1.0.0",
    "a/b",
    "2",
    "300",
)


@dataclass(frozen=True)
class KeyChange:
    """A change of one key: two specs as data, of which at least one is valid."""

    key: KeyPath
    kind: ChangeKind
    before: Data
    after: Data


def schema_keys(data: Data) -> dict[KeyPath, Any]:
    """Return the schema of every key below the root; a mapping has the entries of `data`, or one of any name."""
    return dict(_keys(model_data().schema, (), data))


def key_changes(data: Data, section: str) -> Iterator[KeyChange]:
    """Yield every change of the keys of one section of a valid spec."""
    for key, schema in schema_keys(data).items():
        if key[0] == section:
            yield from _changes_of(data, key, schema)


def with_value(data: Data, key: KeyPath, value: Any) -> Data:
    """Return a spec with a key set, in mappings that are created where they are missing; it shares all others."""
    changed = dict(data)
    node: Any = changed
    for segment in key[:-1]:
        child = node.get(segment)
        node[segment] = dict(child) if isinstance(child, dict) else {}
        node = node[segment]
    node[key[-1]] = copy.deepcopy(value)
    return changed


def without(data: Data, key: KeyPath) -> Data:
    """Return a spec without a key; it shares all other mappings."""
    changed = dict(data)
    node: Any = changed
    for segment in key[:-1]:
        if not isinstance(node.get(segment), dict):
            return changed
        node[segment] = dict(node[segment])
        node = node[segment]
    node.pop(key[-1], None)
    return changed


def value_at(data: Any, key: KeyPath) -> Any:
    """Return the value of a key; None where the spec lacks it."""
    for segment in key:
        data = data.get(segment) if isinstance(data, dict) else None
    return data


def is_valid(data: Data) -> bool:
    """Return whether the schema accepts a spec."""
    try:
        validate(data)
    except ValidationError:
        return False
    return True


def _changes_of(data: Data, key: KeyPath, schema: Any) -> Iterator[KeyChange]:
    absent = without(data, key)
    values = _valid_values(data, key, schema)
    assert values, f"{key}: this test has no valid value for it"
    present = with_value(data, key, values[0])
    if is_valid(absent):
        yield KeyChange(key, "added", absent, present)
        yield KeyChange(key, "removed", present, absent)
    for value in values[1:2]:
        yield KeyChange(key, "changed", present, with_value(data, key, value))
    for other in _OTHER_KINDS:
        if type(other) is not type(values[0]):
            yield KeyChange(key, "replaced by another kind", present, with_value(data, key, other))


def _valid_values(data: Data, key: KeyPath, schema: Any) -> list[Any]:
    """Return different values that the schema accepts for a key, the spec's value first."""
    candidates = [value_at(data, key), *_candidates(schema, value_at(data, key))]
    distinct = {json.dumps(value): value for value in candidates if value is not None}.values()
    return [value for value in distinct if is_valid(with_value(data, key, value))]


def _candidates(schema: Any, value: Any) -> Iterator[Any]:
    while schema["type"] in _WRAPPERS:
        if schema.get("default") is not None:
            yield schema["default"]
        schema = schema["schema"]
    match schema["type"]:
        case "bool":
            yield from (True, False)
        case "int" | "float":
            bounds = [schema[name] for name in ("ge", "gt", "le") if name in schema]
            yield from (value and value + 1, value and value - 1, *bounds, *(bound + 1 for bound in bounds), 2, 60, 90)
        case "literal":
            yield from schema["expected"]
        case "str":
            yield from _texts(schema)
        case "tuple" | "list":
            items = list(value or ())
            item = schema.get("items_schema", {"type": "str"})
            new = list(_candidates(item[0] if isinstance(item, list) else item, None))
            yield from (items[:-1], [*items, *new[:1]], *([each] for each in new), [])
        case "dict":
            yield from _mappings(schema, value or {})
        case "model-fields":
            yield from _sections(schema, value or {})
        case other:
            raise AssertionError(f"no values for the schema type {other}")


def _texts(schema: Any) -> Iterator[str]:
    if "pattern" in schema:
        example = model_data().formats.get(schema["pattern"], ["", ""])[1].strip('"')
        yield from (
            example,
            example.replace("0", "1"),
            example.replace("AbCdEf", "AbCdEg"),
            f"{example}x",
            f"{example}2",
            "7.0",
        )
    yield from _TEXTS


def _mappings(schema: Any, value: Data) -> Iterator[Data]:
    names = list(_candidates(schema["keys_schema"], None))
    entries = list(_candidates(schema["values_schema"], None))
    yield from ({name: entry} for name in (_ENTRY, *names) for entry in entries)
    yield from ({**value, name: entry} for name in names for entry in entries)
    yield {}


def _sections(schema: Any, value: Data) -> Iterator[Data]:
    """Yield sections with the first valid value of each required key, and with one key changed."""
    required = {
        name: field["schema"] for name, field in schema["fields"].items() if field["schema"]["type"] != "default"
    }
    least = {name: next(_candidates(field, None)) for name, field in required.items()}
    if least:  # a section without a key says nothing
        yield least
    for name, field in schema["fields"].items():
        yield from ({**(value or least), name: each} for each in _candidates(field["schema"], value.get(name)))


def _keys(schema: Any, path: KeyPath, data: Any) -> Iterator[tuple[KeyPath, Any]]:
    inner = schema
    while inner["type"] in _WRAPPERS:
        inner = inner["schema"]
    if path:
        yield path, schema
    if inner["type"] == "model-fields":
        for name, field in inner["fields"].items():
            yield from _keys(field["schema"], (*path, name), value_at(data, (name,)))
    elif inner["type"] == "dict":
        names = list(data)[:1] if data else []
        keys = names or [next(_candidates(inner["keys_schema"], None), _ENTRY)]
        for name in keys:
            yield from _keys(inner["values_schema"], (*path, name), value_at(data, (name,)))
