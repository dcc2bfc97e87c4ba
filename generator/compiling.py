"""The models as plain data, for validation.py."""

from collections.abc import Mapping
from typing import Any, get_args

from pydantic import TypeAdapter

from generator.model.base import Section
from generator.model.spec import Spec
from generator.model.types import FORMS

_FOR_PYDANTIC_ALONE = {"default_factory_takes_data", "metadata", "ref"}  # no section refers to one above it


def compiled() -> dict[str, Any]:
    """What pydantic makes of the models, and what they say of each key: the fields of `validation.Compiled`."""
    sections: dict[str, dict[str, dict[str, Any]]] = {}
    _describe(Spec, sections)
    forms = {pattern: [form.what, form.example] for pattern, form in FORMS.items()}
    return {"schema": _plain(TypeAdapter(Spec).core_schema), "sections": sections, "forms": forms}


def _plain(node: Any) -> Any:
    match node:
        case Mapping():
            found = {key: _plain(value) for key, value in node.items() if key not in _FOR_PYDANTIC_ALONE}
            if node.get("type") == "default":
                value = node["default_factory"]() if "default_factory" in node else node["default"]
                found.pop("default_factory", None)
                found["default"] = _data(value)
                if isinstance(value, Section | dict | tuple):  # of which data has another form
                    found["validate_default"] = True
            return found
        case list() | tuple():
            return [_plain(item) for item in node]
        case type():
            return node.__name__
    return f"{node.__module__}:{node.__qualname__}" if callable(node) else node


def _data(value: Any) -> Any:
    """A default as a spec would write it."""
    if isinstance(value, Section):
        return value.model_dump(exclude_unset=True)
    if isinstance(value, dict):
        return {key: _data(item) for key, item in value.items()}
    return list(value) if isinstance(value, tuple) else value


def _describe(section: type[Section], known: dict[str, dict[str, dict[str, Any]]]) -> None:
    """Each key of a section and of those below it: what it means, whether it must be there, and what it holds."""
    told = known[section.__name__] = {}
    for name, field in section.model_fields.items():
        below = _section_in(field.annotation)
        told[name] = {
            "description": field.description or "",
            "example": field.examples[0] if field.examples else "",
            "required": field.is_required(),
            "section": below.__name__ if below else "",
            "entries": below is not None and below is not field.annotation,
        }
        if below and below.__name__ not in known:
            _describe(below, known)


def _section_in(annotation: object) -> type[Section] | None:
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return annotation
    return next((found for part in get_args(annotation) if (found := _section_in(part))), None)
