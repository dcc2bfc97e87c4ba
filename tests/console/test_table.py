"""Tables as text and as Markdown."""

from owscale.console.table import Table

_TABLE = Table(["name", "size"], [["x|y", "1"], ["z", "1,000"]], numbers=1)


def test_text_is_aligned() -> None:
    assert _TABLE.text() == ["name   size", "----  -----", "x|y       1", "z     1,000"]


def test_markdown_cells_are_escaped() -> None:
    assert _TABLE.markdown() == ["| name | size |", "| --- | ---: |", r"| x\|y | 1 |", "| z | 1,000 |"]
