"""Tables that a person reads: in a terminal, or in Markdown."""

from collections.abc import Sequence
from typing import NamedTuple

from generator import markdown


class Table(NamedTuple):
    """A head and rows of as many cells; the columns from `numbers` on are numbers, and stand to the right."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: int


def as_text(table: Table) -> list[str]:
    """Lines in columns."""
    widths = [max(map(len, column)) for column in zip(table.head, *table.rows, strict=True)]
    return [
        _line(cells, widths, table.numbers) for cells in (table.head, ["-" * width for width in widths], *table.rows)
    ]


def _line(cells: Sequence[str], widths: Sequence[int], numbers: int) -> str:
    placed = (
        cell.rjust(width) if place >= numbers else cell.ljust(width)
        for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return "  ".join(placed).rstrip()


def as_markdown(table: Table) -> list[str]:
    """Lines of a Markdown table."""
    return markdown.table(table.head, table.rows, table.numbers)
