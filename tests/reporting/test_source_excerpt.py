"""Excerpts of source lines, and the carets under a value."""

import unicodedata

import pytest

from owscale.reporting.source_excerpt import source_excerpt


def text_above_carets(line: str, start: int, length: int) -> str:
    """Return the characters above the carets, counted in the columns of a terminal."""
    excerpt, carets = source_excerpt(line, start, length, 95)
    columns = "".join(
        char + ("\0" if unicodedata.east_asian_width(char) in "WF" else "")
        for char in excerpt
        if not unicodedata.combining(char)
    )
    marks = zip(columns, carets.ljust(len(columns)), strict=False)
    return "".join(char for char, mark in marks if mark == "^").replace("\0", "")


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("a: wrong", "wrong"),
        ("\ta:\twrong\t# tabs", "wrong"),
        ("日本: wrong", "wrong"),
        ("日本: {鍵: 値}", "鍵"),
        ("\uff21\uff22: wrong", "wrong"),  # full-width letters
        ("cafe\N{COMBINING ACUTE ACCENT}: wrong", "wrong"),
        ("# \N{RIGHT-TO-LEFT OVERRIDE}x\x07\x1b[31m: wrong", "wrong"),
        ("a: wrong\r", "wrong"),
        ("x" * 500 + ": wrong", "wrong"),
        ("wrong" + " x" * 500, "wrong"),
        ("字" * 300 + " wrong " + "字" * 300, "wrong"),
    ],
)
def test_carets_are_under_the_word(line: str, word: str) -> None:
    assert text_above_carets(line, line.index(word), len(word)) == word


def test_carriage_return_is_left_out() -> None:
    assert source_excerpt("a: wrong\r", 3, 5, 95) == ("a: wrong", "   ^^^^^")


@pytest.mark.parametrize("start", [0, 3, 40, 250, 498, 500, 900])
@pytest.mark.parametrize("line", ["x" * 500, "字" * 500, "\t" * 500, "short", ""])
def test_long_line_is_cut_around_the_carets(line: str, start: int) -> None:
    excerpt, carets = source_excerpt(line, start, 400, 60)
    columns = sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in excerpt)
    assert columns <= 60
    assert len(carets) <= max(columns, 1) + 1
    assert carets.strip()[0] == "^"
    assert excerpt.startswith("…") == (len(line) > 60 and start >= 40)
