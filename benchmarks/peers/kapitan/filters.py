"""The filters that the templates need, as Kapitan takes them; it runs this file, with a copy of `generator` beside it.

Kapitan makes a filter of every function here.
"""

import os
import sys

sys.path.insert(0, os.path.dirname(__file__))  # noqa: PTH120 -- Kapitan runs this once a file, and pathlib would cost it

from generator import hcl as _hcl
from generator import markdown as _markdown

_CONTINUED = "\x00"


def hcl(value: object) -> str:
    return _hcl.hcl(_typed(value)).replace("\n", _CONTINUED)


def md(value: object) -> str:
    return _markdown.md(_typed(value))


def code(value: object) -> str:
    return _markdown.code(_typed(value))


def sh(value: object) -> str:
    return _markdown.sh(_typed(value))


def hcl_laid_out(body: str) -> str:
    """As owscale's own layout: values of several lines are indented, and `=` aligned."""
    lines = []
    for line in body.split("\n"):
        indent = line[: len(line) - len(line.lstrip())]
        lines.append(line.replace(_CONTINUED, "\n" + indent))
    return _hcl.aligned("\n".join(lines))


def md_laid_out(body: str) -> str:
    return _markdown.laid_out(body)


def _typed(value: object) -> object:
    """The value as it was before it went through YAML, which knows no references."""
    match value:
        case str():
            kind, mark, text = value.partition("!")
            return (
                {"ref": _hcl.Ref, "ready": _markdown.Ready}[kind](text) if mark and kind in ("ref", "ready") else value
            )
        case dict():
            return {key: _typed(item) for key, item in value.items()}
        case list():
            return [_typed(item) for item in value]
    return value
