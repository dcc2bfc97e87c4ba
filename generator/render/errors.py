"""Explain an undefined name in a template, and suggest the most similar known name."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from owscale.console.text import suggest
from owscale.errors import TemplateError
from owscale.render.failure import describe_failure
from owscale.render.template_loader import TemplateLoader
from owscale.spec.validation import child_values

_UNDEFINED_NAME = re.compile(r"'(?P<name>[^']+)' is undefined")
_MISSING_FIELD = re.compile(r"'(?:[\w.]+\.)?(?P<type>\w+) object' has no attribute '(?P<name>[^']+)'")


def template_error(
    error: BaseException, template: str, loader: TemplateLoader, context: Mapping[str, Any]
) -> TemplateError:
    """Return the error of the user for an exception that rendering a template raised."""
    failure = describe_failure(error, template, loader)
    problem, hint = explain_undefined(failure.problem, context) if failure.is_undefined else failure[1:3]
    return TemplateError(f"{failure.place}: {problem}", hint=hint or failure.hint)


def explain_undefined(message: str, context: Mapping[str, Any]) -> tuple[str, str]:
    """Return a message and a hint for Jinja's message about an undefined name or attribute."""
    if match := _UNDEFINED_NAME.match(message):
        name = match["name"]
        return f"{name} is undefined", _suggest_known(name, context)
    if match := _MISSING_FIELD.match(message):
        section, name = match["type"], match["name"]
        return f"{section} has no {name}", _suggest_known(name, _section_fields(section, context.values()))
    return message, ""


def _suggest_known(name: str, known: Iterable[str]) -> str:
    return suggest(name, sorted(set(known) - {name}))


def _section_fields(type_name: str, values: Iterable[Any]) -> dict[str, Any]:
    """Return the fields of the spec's section of that type, at any place in the context; {} if it has none."""
    for value in values:
        fields = dict(child_values(value) or {})
        if type(value).__name__ == type_name and not isinstance(value, Mapping):
            return fields
        if fields_below := _section_fields(type_name, fields.values()):
            return fields_below
    return {}
