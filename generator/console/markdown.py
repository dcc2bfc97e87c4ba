"""Typed Markdown values: a text of a spec in a sentence, in a table, and in a shell command.

Templates may only print the result of a filter. A filter escapes every `str`, so no text of a spec can become a
heading, emphasis, HTML, another table cell, a mention or a command; only a `SafeMarkdown` is Markdown already. URLs are
not escaped: GitHub turns a plain URL into a link.
"""

import functools
import re
import shlex

from owscale.console.text import INVISIBLE

_INVISIBLE = re.compile(f"[{INVISIBLE}]")
_LINE_BREAK = re.compile(r"\s*[\t\r\n\u2028\u2029]\s*")
_SPECIAL = re.compile(r"[\\`*\[\]<>|&~$]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
# At the start of a line: a list, a heading, a quotation, a rule or the underline of a heading.
_BLOCK_START = re.compile(r"^(\d{1,9}(?=[.)](?:\s|$))|(?=[-+=#]))")
# Texts that GitHub turns into a mention or into a reference to an issue. GitHub searches the text after Markdown, where
# a backslash is gone, but not code. Only ASCII letters count: for GitHub, `é@name` has a mention.
# https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting/autolinked-references-and-urls
_REFERENCE = re.compile(r"(?<![A-Za-z0-9_])(?:@[A-Za-z0-9]|[Gg][Hh]-[0-9])|#[0-9]")
# The whole word becomes a code span: a part of it, such as `@b` in `@a@b`, could be a mention of its own.
_WORD = re.compile(r"""([^\s`|*()\[\]{}<>"',;!]*[^\s`|*()\[\]{}<>"',;!.:?])""")
_NOT_IN_CODE = re.compile(r"[`|]")  # readers of Markdown disagree on how a code span in a table may contain these
_SPECIAL_IN_DOUBLE_QUOTES = re.compile(r'["$`\\!]')
_MAX_BMP = 0xFFFF


class Markdown(str):
    """Finished Markdown: the return type of the filters, and the only type that a template may print."""

    __slots__ = ()


class SafeMarkdown(str):
    """Text of the generator itself: Markdown, a line of a diagram, or part of a command, with its values escaped."""

    __slots__ = ()


def md(value: object) -> Markdown:
    """Return a text or a number for a sentence or a table cell, on one line; it may also start the line."""
    match value:
        case SafeMarkdown():
            return Markdown(value)
        case str():
            return Markdown(_BLOCK_START.sub(r"\1\\", escape(value).strip()))
        case bool():
            raise TypeError(f"no Markdown for {value!r}: choose the words with an if")
        case int() | float():
            return Markdown(f"{value:.10g}")
    raise TypeError(f"no Markdown for {value!r}, of type {type(value).__name__}")


def code(value: object) -> Markdown:
    """Return a text or a number as a code span, and a list as several."""
    match value:
        case list() | tuple():
            return Markdown(", ".join(code(item) for item in value))
        case str() if not value:
            return Markdown("(empty)")
        case str() if _NOT_IN_CODE.search(value):
            return md(str(value))
        case str():
            text = _one_line(value)
            return Markdown(f"` {text} `" if text.strip() and text[0] == text[-1] == " " else f"`{text}`")
        case int() | float() if not isinstance(value, bool):
            return Markdown(f"`{value:.10g}`")
    raise TypeError(f"no code for {value!r}, of type {type(value).__name__}")


def sh(value: object) -> Markdown:
    """Return a word of a shell command, quoted where necessary, and a list as several words."""
    match value:
        case SafeMarkdown():
            return Markdown(value)
        case list() | tuple():
            return Markdown(" ".join(sh(item) for item in value))
        case str() if _INVISIBLE.search(value):
            return Markdown(f"$'{_show_invisible(_escape_ansi_c(value))}'")
        case str() if "'" in value and not _SPECIAL_IN_DOUBLE_QUOTES.search(value):
            return Markdown(f'"{value}"')  # shlex.quote would write each single quote as '"'"'
        case str():
            return Markdown(shlex.quote(value))
        case int() if not isinstance(value, bool):
            return Markdown(str(value))
    raise TypeError(f"no word of a command for {value!r}, of type {type(value).__name__}")


def collapse_blank_lines(body: str) -> str:
    """Return the text with one empty line where an `if` without output leaves several."""
    while "\n\n\n" in body:
        body = body.replace("\n\n\n", "\n\n")
    return body


@functools.lru_cache(maxsize=4096)  # most cells recur in the tables of other deployments
def escape(text: str) -> str:
    """Return a text on one line without markup, HTML, mentions and issue numbers.

    It is safe inside a line; `md` also makes it safe at the start of one.
    """
    line = _one_line(text)
    if not _REFERENCE.search(line):
        return _SPECIAL.sub(r"\\\g<0>", line)
    return "".join(
        f"`{part}`" if _REFERENCE.search(part) else _SPECIAL.sub(r"\\\g<0>", part) for part in _WORD.split(line)
    )


def _one_line(text: str) -> str:
    return _show_invisible(_LINE_BREAK.sub(" ", text))


def _show_invisible(text: str) -> str:
    return _INVISIBLE.sub(_code_point, text)


def _code_point(match: re.Match[str]) -> str:
    point = ord(match[0])
    return f"\\u{point:04x}" if point <= _MAX_BMP else f"\\U{point:08x}"


def _escape_ansi_c(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")
