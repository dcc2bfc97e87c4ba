"""Typed Markdown values: how texts of a spec stand in a sentence, in a table, and in a command.

Templates may only print what went through one of the filters, so no text of a spec can become a heading, a link, HTML,
another cell, or a command: a `str` is always escaped, and only a `Ready` is Markdown.
"""

import functools
import re
import shlex
from collections.abc import Sequence

# Control characters and what nobody sees, as in HCL (hcl.py); those that turn the direction of a line among them.
_UNSEEN = re.compile(
    r"[\x00-\x1f\x7f-\xa0\xad\u200b-\u200f\u2028-\u202f\u205f-\u206f\ud800-\udfff\ufeff\U000e0000-\U000e0fff]"
)
_BREAK = re.compile(r"\s*[\t\r\n\u2028\u2029]\s*")
_SPECIAL = re.compile(r"[\\`*\[\]<|&~$]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_OPENING = re.compile(r"^(\d{0,9})(?=[-+=#>]|(?<=\d)[.)](?:\s|$))")  # of a list, a heading, a rule, a quotation
_NO_CODE = re.compile(r"[`|]")  # readers of Markdown disagree on how a code span in a table may hold these
_DOUBLE_QUOTED = re.compile(r'["$`\\!]')
_LAST_OF_BMP = 0xFFFF


class Markdown(str):
    """Finished Markdown: what the filters return and the only thing a template may print."""

    __slots__ = ()


class Ready(str):
    """What the generator wrote itself, texts in it escaped: Markdown, a line of a diagram, part of a command."""

    __slots__ = ()


def md(value: object) -> Markdown:
    """A text or a number as it reads in a sentence or in a cell of a table, always on one line."""
    match value:
        case Ready():
            return Markdown(value)
        case str():
            return Markdown(_OPENING.sub(r"\1\\", _escaped(value).strip()))
        case bool():
            raise TypeError(f"no Markdown for {value!r}: choose the words with an if")
        case int() | float():
            return Markdown(f"{value:.10g}")
    raise TypeError(f"no Markdown for {value!r}, of type {type(value).__name__}")


def code(value: object) -> Markdown:
    """A text or a number as a code span; several of them in a row."""
    match value:
        case list() | tuple():
            return Markdown(", ".join(code(item) for item in value))
        case str() if not value:
            return Markdown("(empty)")
        case str() if _NO_CODE.search(value):
            return md(str(value))
        case str():
            text = _one_line(value)
            return Markdown(f"` {text} `" if text.strip() and text[0] == text[-1] == " " else f"`{text}`")
        case int() | float() if not isinstance(value, bool):
            return Markdown(f"`{value:.10g}`")
    raise TypeError(f"no code for {value!r}, of type {type(value).__name__}")


def sh(value: object) -> Markdown:
    """A word of a shell command, quoted where it has to be; of a list, its words."""
    match value:
        case Ready():
            return Markdown(value)
        case list() | tuple():
            return Markdown(" ".join(sh(item) for item in value))
        case str() if _UNSEEN.search(value):
            return Markdown(f"$'{_UNSEEN.sub(_escape, _ansi(value))}'")
        case str() if "'" in value and not _DOUBLE_QUOTED.search(value):
            return Markdown(f'"{value}"')  # it reads better than what shlex.quote makes of a quote
        case str():
            return Markdown(shlex.quote(value))
        case int() if not isinstance(value, bool):
            return Markdown(str(value))
    raise TypeError(f"no word of a command for {value!r}, of type {type(value).__name__}")


def laid_out(body: str) -> str:
    """The text with one empty line where an `if` that left something out would leave two."""
    while "\n\n\n" in body:
        body = body.replace("\n\n\n", "\n\n")
    return body


def table(head: Sequence[str], rows: Sequence[Sequence[str]], numbers: int) -> list[str]:
    """Lines of a table of texts; the columns from `numbers` on stand to the right."""
    rule = ["---:" if place >= numbers else "---" for place in range(len(head))]
    return [f"| {' | '.join(cells)} |" for cells in (map(_escaped, head), rule, *(map(_escaped, row) for row in rows))]


def _one_line(text: str) -> str:
    return _UNSEEN.sub(_escape, _BREAK.sub(" ", text))


@functools.lru_cache(maxsize=4096)  # the cells of two deployments' tables are mostly the same
def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", _one_line(text))


def _escape(found: re.Match[str]) -> str:
    point = ord(found[0])
    return f"\\u{point:04x}" if point <= _LAST_OF_BMP else f"\\U{point:08x}"


def _ansi(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")
