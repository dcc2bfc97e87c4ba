"""The Jinja environment of a template language: its filters, and the check that every printed value passed one."""

import functools
from collections.abc import Callable
from typing import Any

import jinja2

from owscale.render.languages import TemplateLanguage

# A filter has no access to the indentation of its line. Until the line is complete, this character replaces each line
# end inside a value. No filter returns the character itself (hcl.quote escapes it).
_LINE_END = "\x00"


def environment_for(
    language: TemplateLanguage,
    loader: jinja2.BaseLoader,
    environment_type: type[jinja2.Environment] = jinja2.Environment,
) -> jinja2.Environment:
    """Return an environment whose templates can print a value only after a filter of the language."""

    def require_filtered(value: object) -> object:
        if isinstance(value, language.output_type):
            return value.replace("\n", _LINE_END)
        if isinstance(value, jinja2.Undefined):
            return value  # Jinja raises with the missing name when it prints this
        raise language.unfiltered_error(value)

    environment = environment_type(
        loader=loader,
        autoescape=False,
        finalize=require_filtered,
        keep_trailing_newline=True,
        lstrip_blocks=True,
        trim_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters |= {name: _cached(function) for name, function in language.filters.items()}
    return environment


def indent_continuations(text: str) -> str:
    """Indent the later lines of each value like the line that the value is printed on."""
    if _LINE_END not in text:
        return text
    lines = text.split("\n")
    for index, line in enumerate(lines):
        if _LINE_END in line:
            indent = line[: len(line) - len(line.lstrip())]
            lines[index] = line.replace(_LINE_END, "\n" + indent)
    return "\n".join(lines)


def _cached(function: Callable[[Any], str]) -> Callable[[Any], str]:
    """Cache the results of a filter for texts, most of which recur in other files and deployments."""
    filter_text = functools.lru_cache(maxsize=4096)(function)

    def apply(value: object) -> str:
        if type(value) is str:
            return filter_text(value)
        # Turning an undefined value into text makes Jinja raise with the missing name.
        return function(str(value) if isinstance(value, jinja2.Undefined) else value)

    return apply
