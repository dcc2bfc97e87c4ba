"""Documentation of each key of a spec, as plain data."""

from collections.abc import Iterator, Mapping
from typing import Any, TypedDict

from owscale.spec.effects.lookup import effect_lines
from owscale.spec.models import Spec
from owscale.spec.scalars import format_inline, format_scalar
from owscale.spec.validation import NAME, model_data

ENVIRONMENTS = "Environments of this deployment by name, each with the values that differ there."


class KeyReference(TypedDict):
    """A key: its description, the type of its values with their bounds, other limits, its default, and an example.

    `default` is `required` for a required key, `empty` for a mapping without entries, and "" for a key that has no
    value unless a spec sets it. `example` is a part of a spec, or "" if the models have no value for it. `effects` has
    a line for each effect of a change of the key, none for a section. `keys` has the names of the keys of the section
    below.
    """

    description: str
    type: str
    limits: str
    default: str
    example: str
    effects: list[str]
    keys: list[str]


def key_references() -> dict[str, KeyReference]:
    """Return the reference of every key by its path, such as `redis.nodes`, in the order of the models."""
    schema = Spec.model_json_schema()
    environments: KeyReference = {
        "description": f"{ENVIRONMENTS} Mappings are merged, lists and plain values are replaced, and `null` removes "
        "an optional value.",
        "type": "mapping",
        "limits": "1 to 50 entries",
        "default": "{production: {}}",
        "example": "environments: {production: {}, staging: {service: {instances: 1}}}",
        "effects": effect_lines("environments"),
        "keys": [],
    }
    return {**dict(_references(schema, schema, ())), "environments": environments}


def _references(
    schema: dict[str, Any], section: dict[str, Any], path: tuple[tuple[str, str], ...]
) -> Iterator[tuple[str, KeyReference]]:
    """Yield the keys of a section and of those below it; `path` has each part, and its spelling in an example."""
    for name, field in section["properties"].items():
        key, definition = (*path, (name, name)), resolve(schema, field)
        full_name = ".".join(part for part, _ in key)
        below, is_named = section_below(schema, field)
        yield (
            full_name,
            {
                "description": field.get("description") or definition["description"],  # pydantic drops an equal one
                "type": value_type(schema, definition),
                "limits": "; ".join(filter(None, _limits(schema, field))),
                "default": "required" if name in section.get("required", ()) else _default(field),
                "example": "" if below else _example([part for _, part in key], schema, field),
                "effects": effect_lines(full_name),
                "keys": list(below["properties"]) if below else [],
            },
        )
        if below:
            yield from _references(schema, below, (*key, (NAME, _entry_name(definition))) if is_named else key)


def section_below(schema: dict[str, Any], field: dict[str, Any]) -> tuple[dict[str, Any] | None, bool]:
    """Return the section below a key, and whether the key holds several of them, each with a name."""
    definition = resolve(schema, field)
    if "properties" in definition:
        return definition, False
    entry = resolve(schema, _entry(definition))
    entry = resolve(schema, entry.get("anyOf", [entry])[0])
    return (entry, True) if "properties" in entry else (None, False)


def _entry(definition: dict[str, Any]) -> Any:
    """Return the schema of the entries of a mapping whose keys are names; {} for any other value."""
    patterns = definition.get("patternProperties") or {}
    return next(iter(patterns.values()), definition.get("additionalProperties") or {})


def _entry_name(definition: dict[str, Any]) -> str:
    """Return an example of the name of an entry."""
    names = definition.get("propertyNames") or {}
    return str(next(iter(names.get("examples") or names.get("enum") or ()), "NAME"))


def resolve(schema: dict[str, Any], node: Any) -> dict[str, Any]:
    """Return the definition that a node of a JSON Schema refers to, else the node itself."""
    if isinstance(node, dict) and "$ref" in node:
        definition: dict[str, Any] = schema["$defs"][node["$ref"].rpartition("/")[2]]
        return definition
    return node if isinstance(node, dict) else {}


def value_type(schema: dict[str, Any], field: dict[str, Any]) -> str:
    """Return the type of the values of a key, such as `whole number, 1 to 6`."""
    if "anyOf" in field:
        return value_type(schema, resolve(schema, field["anyOf"][0]))
    if "enum" in field:
        return "one of " + ", ".join(f"`{value}`" for value in field["enum"])
    match field.get("type"):
        case "integer" | "number":
            return ("whole number" if field["type"] == "integer" else "number") + _bounds(field)
        case "boolean":
            return "`true` or `false`"
        case "array":
            return f"list of {value_type(schema, resolve(schema, field['items']))}"
        case "object":
            return "mapping"
    return "text"


def _limits(schema: dict[str, Any], field: dict[str, Any]) -> Iterator[str]:
    """Yield the format and the length of a text, a list or a mapping, then the same of its items."""
    definition = resolve(schema, field)
    definition = resolve(schema, definition.get("anyOf", [definition])[0])
    match definition.get("type"):
        case "string" if "enum" not in definition:
            description, _ = model_data().formats.get(definition.get("pattern", ""), ("", ""))
            yield from (description, _count(definition, "Length", "character", "characters"))
        case "array":
            yield _count(definition, "Items", "item", "items")
            yield from (f"each {limit}" for limit in _limits(schema, definition["items"]) if limit)
        case "object" if "properties" not in definition:
            yield _count(definition, "Properties", "entry", "entries")
            entry = resolve(schema, _entry(definition))
            yield from (f"each {limit}" for limit in _limits(schema, entry) if limit)


def _count(definition: Mapping[str, Any], kind: str, singular: str, plural: str) -> str:
    """Return the bounds of a length, such as `at most 32 characters`; empty if there are none."""
    low, high = definition.get(f"min{kind}"), definition.get(f"max{kind}")
    if low is not None and high is not None:
        return f"{low} to {high} {plural}"
    bounds = (("at least", low), ("at most", high))
    return "".join(
        f"{word} {bound} {singular if bound == 1 else plural}" for word, bound in bounds if bound is not None
    )


def _bounds(field: Mapping[str, Any]) -> str:
    low, above, high = (field.get(name) for name in ("minimum", "exclusiveMinimum", "maximum"))
    if low is not None and high is not None:
        return f", {format_scalar(low)} to {format_scalar(high)}"
    words = (("more than", above), ("at least", low), ("at most", high))
    return "".join(f", {word} {format_scalar(bound)}" for word, bound in words if bound is not None)


def _default(field: Mapping[str, Any]) -> str:
    default = field.get("default")
    if default is None:  # pydantic has no default for a collection that a factory creates
        return "empty" if "default" not in field and field.get("type") in ("object", "array") else ""
    return format_inline(default)


def _example(path: list[str], schema: dict[str, Any], field: dict[str, Any]) -> str:
    """Return a part of a spec that sets a key; empty if there is no example of its value."""
    value = _example_value(schema, field)
    *sections, name = map(format_scalar, path)
    start, end = "".join(f"{section}: {{" for section in sections), "}" * len(sections)
    return f"{start}{name}: {value}{end}" if value else ""


def _example_value(schema: dict[str, Any], field: dict[str, Any]) -> str:
    """Return a value as a spec writes it: the example of the models, else another value than the default, if any."""
    definition = resolve(schema, field)
    definition = resolve(schema, definition.get("anyOf", [definition])[0])
    for node in (field, definition):
        if node.get("examples"):
            return str(node["examples"][0])
    default = field.get("default")
    match definition.get("type"):
        case "array":
            item = _example_value(schema, definition["items"])
            more = ", …" if definition.get("minItems", 0) > 1 else ""
            return f"[{item}{more}]" if item else ""
        case "object":
            item = _example_value(schema, _entry(definition)) or "VALUE"
            return f"{{{format_scalar(_entry_name(definition))}: {item}}}"
        case "boolean":
            return format_inline(not default)
    others = [value for value in definition.get("enum", ()) if value != default]
    return format_inline(others[0] if others else default) if others or default is not None else ""
