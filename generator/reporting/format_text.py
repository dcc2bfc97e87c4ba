"""Diagnostics as text: one line each, and on a terminal the source line with carets under the value."""

import os
import sys
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple, TextIO

from owscale.console.live_line import terminal_width
from owscale.console.secret_texts import mask_source
from owscale.console.text import printable
from owscale.diagnostics.model import Diagnostic
from owscale.diagnostics.report import DiagnosticReport
from owscale.reporting.source_excerpt import source_excerpt

_DEFAULT_WIDTH = 100
_MAX_PER_FILE = 50
_BOLD, _DIM, _RED, _YELLOW, _GREEN = "1", "2", "31", "33", "32"
_COLORS = {"": _RED, "warning": _YELLOW, "accepted": _GREEN}


class TextStyle(NamedTuple):
    """Whether source lines are shown and colours are used, and the columns of a source line."""

    source: bool = False
    color: bool = False
    width: int = _DEFAULT_WIDTH

    def paint(self, text: str, style: str = "") -> str:
        """Return a printable text with an SGR style such as `31`, for red."""
        text = printable(text)
        return f"\x1b[{style}m{text}\x1b[0m" if self.color and style else text


def text_style(color: str, stream: TextIO | None = None) -> TextStyle:
    """Return the style for a stream, stderr by default.

    `color` is `auto`, `never`, or `always`, which treats a pipe like a terminal.
    """
    stream = stream or sys.stderr
    is_terminal = stream.isatty()
    is_color_terminal = is_terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return TextStyle(
        source=is_terminal or color == "always",
        color=is_color_terminal if color == "auto" else color == "always",
        width=terminal_width(stream, _DEFAULT_WIDTH),
    )


def format_report(report: DiagnosticReport, style: TextStyle, *, lists_accepted: bool = True) -> str:
    """Return the diagnostics in their order; without colour and source in the one-line form that other tools parse.

    Without `lists_accepted`, accepted diagnostics are left out.
    """
    sources = {file: text.split("\n") for file, text in report.texts.items()} if style.source else {}
    lines: list[str] = []
    listed = (diagnostic for diagnostic in report if lists_accepted or not diagnostic.accepted)
    for file, group in groupby(listed, key=lambda diagnostic: diagnostic.file):
        diagnostics = list(group)
        for diagnostic in diagnostics[:_MAX_PER_FILE]:
            lines += _lines(diagnostic, style, sources.get(file, []))
        if len(diagnostics) > _MAX_PER_FILE:
            lines.append(f"{printable(file)}: … and {len(diagnostics) - _MAX_PER_FILE:,} more")
    return "".join(f"{line}\n" for line in lines)


def _lines(diagnostic: Diagnostic, style: TextStyle, source: list[str]) -> Iterator[str]:
    color = _COLORS[diagnostic.label]
    label = style.paint(f"{diagnostic.label}: ", color) if diagnostic.label else ""
    place, code = style.paint(diagnostic.place, _BOLD), style.paint(f"[{diagnostic.code}]", color)
    yield f"{place}: {label}{style.paint(diagnostic.text)} {code}"
    if diagnostic.line and source:
        number, margin = str(diagnostic.line), " " * len(str(diagnostic.line))
        line, columns = mask_source(source[diagnostic.line - 1]), style.width - len(number) - 5
        excerpt, carets = source_excerpt(line, diagnostic.column - 1, diagnostic.length, columns)
        indent = carets[: carets.index("^")]
        yield f"  {style.paint(f'{number} |', _DIM)} {excerpt}".rstrip()
        yield f"  {style.paint(f'{margin} |', _DIM)} {indent}{style.paint(carets.lstrip(), color)}"
    for name, text in diagnostic.details:
        yield f"  {style.paint(f'{name}:', _DIM)} {style.paint(text)}"
