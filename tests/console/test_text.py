"""Counts, suggestions, shortened lists and printable text."""

import pytest

from owscale.console.text import and_more, closest, plural, printable, suggest, truncate


@pytest.mark.parametrize(("number", "text"), [(0, "0 errors"), (1, "1 error"), (1200, "1,200 errors")])
def test_plural(number: int, text: str) -> None:
    assert plural(number, "error") == text


@pytest.mark.parametrize("char", ["\x1b", "\r", "\n", "\x9b", "\N{RIGHT-TO-LEFT OVERRIDE}", "\u2028", "\ud800"])
def test_control_characters_are_replaced(char: str) -> None:
    assert printable(f"é{char}漢") == "é\N{REPLACEMENT CHARACTER}漢"


@pytest.mark.parametrize("text", ["a b", "é漢🚀", "no-break\u00a0space"])
def test_visible_text_is_printed_as_it_is(text: str) -> None:
    assert printable(text) == text


def test_truncate_cuts_long_text_alone() -> None:
    assert truncate("abc", 3) == "abc"
    assert truncate("abcd", 3) == "abc..."


def test_closest_is_empty_where_nothing_is_similar() -> None:
    assert closest("chekc", ["check", "generate"]) == "check"
    assert not closest("xyz", ["check", "generate"])


@pytest.mark.parametrize(
    ("known", "hint"),
    [
        (["check", "generate"], "did you mean check?"),
        (["plan", "apply"], "use one of plan, apply"),
        (["plan"], "use plan"),
        ([], ""),
    ],
)
def test_suggest_names_the_closest_word_or_all(known: list[str], hint: str) -> None:
    assert suggest("chekc", known) == hint


def test_suggest_takes_another_hint_where_nothing_is_similar() -> None:
    assert suggest("chekc", ["check"], "write a word") == "did you mean check?"
    assert suggest("chekc", ["plan"], "write a word") == "write a word"
    assert not suggest("chekc", ["plan"], "")


@pytest.mark.parametrize(("count", "text"), [(1, "0"), (3, "0, 1, 2"), (1004, "0, 1, 2 and 1,001 more")])
def test_and_more_counts_the_others(count: int, text: str) -> None:
    assert and_more([str(number) for number in range(count)], 3) == text
