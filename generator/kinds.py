"""The two languages that templates are written in: HCL, and Markdown for people."""

import functools
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from generator import hcl, markdown


class Kind(NamedTuple):
    """A language: the filters that a value has to pass, what they return, how a header stands, and the layout."""

    filters: Mapping[str, Callable[[Any], str]]
    finished: type[str]
    header: Callable[[str], str]
    laid_out: Callable[[str], str]

    def unfiltered(self, value: object) -> str:
        """What is said of a value that passed no filter."""
        name, *others = self.filters
        lacks = f"one of the filters {', '.join(self.filters)}" if others else f"the {name} filter"
        return f"{value!r} was printed without {lacks}: write {{{{ … | {name} }}}}"


# Most files of two deployments have the same text, but for their header.
_aligned = functools.lru_cache(maxsize=256)(hcl.aligned)

HCL = Kind({"hcl": hcl.hcl}, hcl.Hcl, "# {}".format, _aligned)
MARKDOWN = Kind(
    {"md": markdown.md, "code": markdown.code, "sh": markdown.sh},
    markdown.Markdown,
    lambda text: f"<!-- {text.replace('>', '&gt;')} -->",
    markdown.laid_out,
)


def kind_of(template: str) -> Kind:
    """The language of a template, by its name."""
    return MARKDOWN if template.endswith(".md.j2") else HCL
