"""Export the models as plain data, which `validation.py` uses instead of the models."""

from collections.abc import Mapping
from typing import Any, get_args

from pydantic import TypeAdapter

from owscale.spec.models.base import Section
from owscale.spec.models.spec import Spec
from owscale.spec.models.types import STRING_FORMATS

_UNUSED_KEYS = {"default_factory_takes_data", "metadata", "ref"}  # validation works without; no section is recursive


def export_models() -> dict[str, Any]:
    """Return the fields of `validation.ModelData`, except the digest."""
    sections: dict[str, dict[str, dict[str, Any]]] = {}
    _export_section(Spec, sections)
    formats = {pattern: [form.description, form.example] for pattern, form in STRING_FORMATS.items()}
    return {"schema": _plain_schema(TypeAdapter(Spec).core_schema), "sections": sections, "formats": formats}


def nested_section(annotation: object) -> type[Section] | None:
    """Return the section in the type of a field, such as `Section` in `dict[str, Section]`; None for plain values."""
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return annotation
    return next((section for part in get_args(annotation) if (section := nested_section(part))), None)


def _plain_schema(node: Any) -> Any:
    """Return a core schema with names for classes and functions, and values for default factories."""
    match node:
        case Mapping():
            plain = {key: _plain_schema(value) for key, value in node.items() if key not in _UNUSED_KEYS}
            if node.get("type") == "default":
                default = node["default_factory"]() if "default_factory" in node else node["default"]
                plain.pop("default_factory", None)
                plain["default"] = _plain_default(default)
                if isinstance(default, Section | dict | tuple):  # validation turns the plain data into these types
                    plain["validate_default"] = True
            return plain
        case list() | tuple():
            return [_plain_schema(item) for item in node]
        case type():
            return node.__name__
    return f"{node.__module__}:{node.__qualname__}" if callable(node) else node


def _plain_default(value: Any) -> Any:
    """Return a default as the data of a spec."""
    if isinstance(value, Section):
        return value.model_dump(exclude_unset=True)
    if isinstance(value, dict):
        return {key: _plain_default(item) for key, item in value.items()}
    return list(value) if isinstance(value, tuple) else value


def _export_section(section: type[Section], sections: dict[str, dict[str, dict[str, Any]]]) -> None:
    """Add the keys of a section, and the sections below it, to `sections`; see `validation.KeyInfo`."""
    keys = sections[section.__name__] = {}
    for name, field in section.model_fields.items():
        nested = nested_section(field.annotation)
        keys[name] = {
            "description": field.description or "",
            "example": field.examples[0] if field.examples else "",
            "required": field.is_required(),
            "section": nested.__name__ if nested else "",
            "has_entries": nested is not None and nested is not field.annotation,
        }
        if nested and nested.__name__ not in sections:
            _export_section(nested, sections)
