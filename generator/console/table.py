"""Tables as aligned text for a terminal, or as Markdown."""

from collections.abc import Sequence
from typing import NamedTuple

from owscale.console.markdown import escape


class Table(NamedTuple):
    """A header and rows with as many cells each; columns from index `numbers` on are right-aligned."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: int

    def text(self) -> list[str]:
        """Return the lines of the table for a terminal."""
        widths = [max(map(len, column)) for column in zip(self.header, *self.rows, strict=True)]
        rule = ["-" * width for width in widths]
        return [self._text_line(cells, widths) for cells in (self.header, rule, *self.rows)]

    def markdown(self) -> list[str]:
        """Return the lines of the table in Markdown."""
        rule = ["---:" if index >= self.numbers else "---" for index in range(len(self.header))]
        escaped = [[escape(cell) for cell in cells] for cells in (self.header, *self.rows)]
        return [f"| {' | '.join(cells)} |" for cells in (escaped[0], rule, *escaped[1:])]

    def _text_line(self, cells: Sequence[str], widths: Sequence[int]) -> str:
        columns = enumerate(zip(cells, widths, strict=True))
        aligned = (cell.rjust(w) if index >= self.numbers else cell.ljust(w) for index, (cell, w) in columns)
        return "  ".join(aligned).rstrip()
