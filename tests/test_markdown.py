"""Values in Markdown and in commands: what each filter makes of a text."""

import shlex
import subprocess
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from generator.markdown import Markdown, Ready, code, md, sh, table

_READER = MarkdownIt("commonmark").enable("table")
# Characters that Markdown, HTML, tables or a shell give a meaning to.
_TEXTS = st.text("ab1 .)#+-*_`~|<>[]()!&;$\\\"'{}=\n\té漢", max_size=20)


def cell(text: str) -> str:
    """What a reader sees in a table's cell."""
    parsed = _READER.parse(f"| a | b |\n|---|---|\n| x {text} | z |\n")
    inline = [token for token in parsed if token.type == "inline"]
    assert [each.content for each in (inline[0], inline[1], inline[3])] == ["a", "b", "z"]
    return "".join(child.content for child in inline[2].children or []).removeprefix("x ").removeprefix("x")


def seen(text: str) -> str:
    """A text on one line, as the documents show it."""
    return " ".join(text.split())


@given(_TEXTS)
def test_text_in_a_cell_is_that_text(text: str) -> None:
    assert " ".join(cell(md(text)).split()) == seen(text)


@given(_TEXTS)
def test_code_in_a_cell_is_that_text(text: str) -> None:
    assert " ".join(cell(code(text)).split()) == (seen(text) or ("(empty)" if not text else ""))


@given(_TEXTS)
def test_text_at_the_start_of_a_line_is_a_paragraph(text: str) -> None:
    if text.strip():
        types = [token.type for token in _READER.parse(md(text.strip()))]
        assert types == ["paragraph_open", "inline", "paragraph_close"]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)))
def test_words_of_a_command_stay_words(words: list[str]) -> None:
    script = f"printf '%s\\0' {sh(words)}"
    ran = subprocess.run(["bash", "-c", script], capture_output=True, check=True, env={"LC_ALL": "C.UTF-8"})  # noqa: S603, S607 -- the machine's
    assert ran.stdout.decode() == "".join(f"{word}\0" for word in words or [""])
    assert "\n" not in script


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("plain-1.2", "plain-1.2"),
        ("two words", "'two words'"),
        ("a[?b=='c'].d", "\"a[?b=='c'].d\""),
        ("$x's", shlex.quote("$x's")),
        (["--profile", "a b", 3], "--profile 'a b' 3"),
        (Ready('"$(terraform output)"'), '"$(terraform output)"'),
        ("a\nb\u202e", r"$'a\u000ab\u202e'"),
    ],
)
def test_commands(value: object, shown: str) -> None:
    assert sh(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (3, "3"),
        (8080, "8080"),
        (1.5, "1.5"),
        (2.0, "2"),
        ("a_b and _c_", r"a_b and \_c\_"),
        ("# a", r"\# a"),
        ("1. a", r"1\. a"),
        ("1.5", "1.5"),
        ("- a", r"\- a"),
        ("-", r"\-"),
        ("---", r"\---"),
        ("> a", r"\> a"),
        ("a\r\n b", "a b"),
        ("\u202e", r"\\u202e"),
        (Ready("**a**"), "**a**"),
    ],
)
def test_text(value: object, shown: str) -> None:
    assert md(value) == shown
    assert isinstance(md(value), Markdown)


@pytest.mark.parametrize("value", [True, None, b"a", {"a": 1}])
@pytest.mark.parametrize("function", [md, code, sh])
def test_other_values_are_refused(function: Callable[[object], str], value: object) -> None:
    with pytest.raises(TypeError, match=r"^no "):
        function(value)


def test_several_code_spans() -> None:
    assert code(["a", "b c"]) == "`a`, `b c`"
    assert code(" a ") == "`  a  `"


def test_tables() -> None:
    assert table(["a", "b"], [["x|y", "1"]], 1) == ["| a | b |", "| --- | ---: |", r"| x\|y | 1 |"]
