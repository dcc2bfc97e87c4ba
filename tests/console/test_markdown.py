"""Texts in Markdown and in shell commands: a reader sees the text, and nothing of it has an effect."""

import re
import shlex
import subprocess
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from owscale.console.markdown import Markdown, SafeMarkdown, code, escape, md, sh

_READER = MarkdownIt("commonmark").enable("table")
# Characters with a meaning in Markdown, HTML, tables, a shell, or on GitHub.
_TEXTS = st.text("ab1 .)#+-*_`~|<>[]()!&;$\\\"'{}=\n\té漢@/:?GH", max_size=20)
# GitHub replaces these in the texts of the HTML that it makes of Markdown, but not in code. Its `\w` is ASCII alone.
# https://github.com/gjtorikian/html-pipeline/blob/main/lib/html_pipeline/node_filter/mention_filter.rb
_GITHUB_REFERENCE = re.compile(
    r"(?:^|\W)@[a-z0-9][a-z0-9-]*(?!/)(?=\.+[ \t\W]|\.+$|[^0-9a-zA-Z_.]|$)"
    r"|(?:^|\W)@[a-z0-9][a-z0-9-]*/[a-z0-9]"
    r"|#[0-9]+|(?:^|\W)gh-[0-9]+",
    re.ASCII | re.IGNORECASE,
)


def cell(text: str) -> str:
    """Return the visible text of a cell of a table."""
    parsed = _READER.parse(f"| a | b |\n|---|---|\n| x {text} | z |\n")
    inline = [token for token in parsed if token.type == "inline"]
    assert [inline[index].content for index in (0, 1, 3)] == ["a", "b", "z"]
    return "".join(child.content for child in inline[2].children or []).removeprefix("x ").removeprefix("x")


def text_nodes(markdown: str) -> list[str]:
    """Return the texts between tags of the HTML, without those in code."""
    nodes = [""]
    for token in _READER.parseInline(markdown)[0].children or []:
        if token.type == "text":
            nodes[-1] += token.content
        else:
            nodes.append("")
    return nodes


def on_one_line(text: str) -> str:
    return " ".join(text.split())


@given(_TEXTS)
def test_text_in_a_cell_is_that_text(text: str) -> None:
    assert on_one_line(cell(md(text))) == on_one_line(text)


@given(_TEXTS)
def test_code_in_a_cell_is_that_text(text: str) -> None:
    assert on_one_line(cell(code(text))) == (on_one_line(text) or ("(empty)" if not text else ""))


@given(_TEXTS)
def test_text_at_the_start_of_a_line_is_a_paragraph(text: str) -> None:
    if text.strip():
        types = [token.type for token in _READER.parse(md(text.strip()))]
        assert types == ["paragraph_open", "inline", "paragraph_close"]


@given(_TEXTS)
def test_text_has_no_mention_and_no_reference(text: str) -> None:
    assert not [node for node in text_nodes(escape(text)) if _GITHUB_REFERENCE.search(node)]


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("ask @ops.", "ask `@ops`."),
        ("(@org/team-a, @b)", "(`@org/team-a`, `@b`)"),
        ("see #12; GH-12", "see `#12`; `GH-12`"),
        ("owner/repo#12", "`owner/repo#12`"),
        ("@a@b", "`@a@b`"),
        ("`@a`", r"\``@a`\`"),
        ("*@a*", r"\*`@a`\*"),
        ("é@a", "`é@a`"),
        ("https://example.com/#12", "`https://example.com/#12`"),
    ],
)
def test_references_are_code(text: str, escaped: str) -> None:
    assert escape(text) == escaped
    assert md(text) == escaped


@pytest.mark.parametrize(
    "text",
    [
        "ops@example.com",
        "C# and # and #a",
        "a @ b",
        "75 % of 2.5 GB, at 10:30 (UTC)",
        "arn:aws:sns:us-east-1:123456789012:alarms",
        "gravity-ai-chat/production",
        "service.memory_gb: 4 → 8",
    ],
)
def test_usual_texts_are_not_escaped(text: str) -> None:
    assert escape(text) == text
    assert md(text) == text


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
        (SafeMarkdown('"$(terraform output)"'), '"$(terraform output)"'),
        ("a\nb\u202e", r"$'a\u000ab\u202e'"),
    ],
)
def test_words_are_quoted_for_a_shell(value: object, shown: str) -> None:
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
        ("+ a", r"\+ a"),
        ("===", r"\==="),
        ("1. a", r"1\. a"),
        ("1.5", "1.5"),
        ("- a", r"\- a"),
        ("-", r"\-"),
        ("---", r"\---"),
        ("> a", r"\> a"),
        ("a\r\n b", "a b"),
        ("\u202e", r"\\u202e"),
        (SafeMarkdown("**a**"), "**a**"),
    ],
)
def test_text_is_escaped(value: object, shown: str) -> None:
    assert md(value) == shown
    assert isinstance(md(value), Markdown)


@pytest.mark.parametrize("value", [True, None, b"a", {"a": 1}])
@pytest.mark.parametrize("function", [md, code, sh])
def test_other_types_are_errors(function: Callable[[object], str], value: object) -> None:
    with pytest.raises(TypeError, match=r"^no "):
        function(value)


def test_list_is_several_code_spans() -> None:
    assert code(["a", "b c"]) == "`a`, `b c`"
    assert code(" a ") == "`  a  `"
