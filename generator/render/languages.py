"""The two template languages: HCL, and Markdown for the documents."""

import functools
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from owscale.console import markdown
from owscale.render import hcl


class UnfilteredValueError(TypeError):
    """A template prints a value that no filter has escaped."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


class TemplateLanguage(NamedTuple):
    """A template language: its filters, the type that they return, its header comment and its layout."""

    name: str
    filters: Mapping[str, Callable[[Any], str]]
    output_type: type[str]
    header: Callable[[str], str]
    layout: Callable[[str], str]

    def unfiltered_error(self, value: object) -> UnfilteredValueError:
        """Return the error for a value that was printed without a filter."""
        default, *others = self.filters
        missing = f"one of the filters {', '.join(self.filters)}" if others else f"the {default} filter"
        return UnfilteredValueError(f"{value!r} was printed without {missing}", f"write {{{{ … | {default} }}}}")


HCL = TemplateLanguage(
    "HCL",
    {"hcl": hcl.hcl},
    hcl.Hcl,
    "# {}".format,
    functools.lru_cache(maxsize=256)(hcl.align_equals),  # most files of two deployments differ only in their header
)
MARKDOWN = TemplateLanguage(
    "Markdown",
    {"md": markdown.md, "code": markdown.code, "sh": markdown.sh},
    markdown.Markdown,
    lambda text: f"<!-- {text.replace('>', '&gt;')} -->",
    markdown.collapse_blank_lines,
)
LANGUAGES = (HCL, MARKDOWN)


def language_of(template: str) -> TemplateLanguage:
    """Return the language of a template by its name."""
    return MARKDOWN if template.endswith(".md.j2") else HCL
