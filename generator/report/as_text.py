"""A report for people: a line for each diagnostic, and on a terminal the line of the spec with a mark under it."""

import os
import sys
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple, TextIO

from generator.diagnostics import Diagnostic
from generator.errors import Report
from generator.report import printable
from generator.report.excerpt import excerpt
from generator.report.live import width

_WIDTH = 100
_MOST_SHOWN = 50  # of one file: whoever has more mends these first
_BOLD, _DIM, _RED, _YELLOW, _GREEN = "1", "2", "31", "33", "32"
_COLORS = {"": _RED, "warning": _YELLOW, "accepted": _GREEN}


class Look(NamedTuple):
    """Whether the lines of the spec are shown, how wide they may be, and whether there is colour."""

    source: bool = False
    color: bool = False
    width: int = _WIDTH

    def paint(self, text: str, style: str = "") -> str:
        text = printable(text)
        return f"\x1b[{style}m{text}\x1b[0m" if self.color and style else text


def look(color: str, stream: TextIO | None = None) -> Look:
    """How text looks on a stream, stderr as a rule. `always` makes of a pipe what would be on a terminal."""
    stream = stream or sys.stderr
    terminal = stream.isatty()
    wanted = terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    colored = wanted if color == "auto" else color == "always"
    return Look(terminal or color == "always", colored, width(stream, _WIDTH))


def rendered(report: Report, look: Look) -> str:
    """Each diagnostic in its order; without colour and source the one-line form that tools know."""
    texts = {file: text.split("\n") for file, text in report.texts.items()} if look.source else {}
    lines: list[str] = []
    for file, found in groupby(report, key=lambda diagnostic: diagnostic.file):
        told = list(found)
        for diagnostic in told[:_MOST_SHOWN]:
            lines += _lines(diagnostic, look, texts)
        if len(told) > _MOST_SHOWN:
            lines.append(f"{printable(file)}: … and {len(told) - _MOST_SHOWN:,} more")
    return "".join(f"{line}\n" for line in lines)


def _lines(told: Diagnostic, look: Look, texts: dict[str, list[str]]) -> Iterator[str]:
    style = _COLORS[told.mark]
    mark = look.paint(f"{told.mark}: ", style) if told.mark else ""
    yield f"{look.paint(told.place, _BOLD)}: {mark}{look.paint(told.what)} {look.paint(f'[{told.code}]', style)}"
    if told.line and told.file in texts:
        line = texts[told.file][told.line - 1]
        number, margin = str(told.line), " " * len(str(told.line))
        shown, marks = excerpt(line, told.column - 1, told.length, look.width - len(number) - 5)
        yield f"  {look.paint(f'{number} |', _DIM)} {shown}".rstrip()
        yield f"  {look.paint(f'{margin} |', _DIM)} {marks[: marks.index('^')]}{look.paint(marks.lstrip(), style)}"
    for name, text in told.details:
        yield f"  {look.paint(f'{name}:', _DIM)} {look.paint(text)}"
