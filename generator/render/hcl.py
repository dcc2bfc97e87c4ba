"""Typed HCL values, and the layout of `terraform fmt`.

Templates can print a value only through the `hcl` filter, so no text of a spec can become an expression: a `str` is
always a quoted, escaped literal, and only an `HclExpression` is an expression.
"""

import math
import re
from collections.abc import Mapping

from owscale.console.text import INVISIBLE

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_KEYWORDS = frozenset({"true", "false", "null", "for", "if", "in", "else", "endif", "endfor"})
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ESCAPED = re.compile(rf'["\\{INVISIBLE}]')
_LAST_OF_BMP = 0xFFFF
_INDENT = "  "
_LINE_WIDTH = 100
_OPEN, _CLOSE = "([{", ")]}"
_STRING = re.compile(
    r"""
    " (?: [^"\\$%]++
        | \\. | \$\$\{ | %%\{                               # escapes
        | [$%]\{ (?: "(?:\\.|[^"\\])*" | [^"{}] )*+ \}      # an interpolation, with the strings inside it
        | [$%]
    )*+ "
    """,
    re.VERBOSE,
)
_EQUALS = re.compile(r"(?<![=!<>])=(?![=>])")
# The start of most arguments, or all of it: a bare name, no bracket, then a string without escapes.
_SIMPLE_ARGUMENT = re.compile(
    r"""
    (\s*+ [\w-]++) \s*+ = (?![=>]) \s*+
    ( [^"\#()\[\]{}]*+ (?: " (?: [^"\\$%]++ | [$%]\{ [^"{}]*+ \} )*+ " )?+ )
    """,
    re.VERBOSE,
)


class Hcl(str):
    """Finished HCL text: the result of the `hcl` filter, and the only type that a template can print."""

    __slots__ = ()


class HclExpression(str):
    """An HCL expression such as `module.redis.port`, written by owscale and never taken from a spec."""

    __slots__ = ()


def hcl(value: object) -> Hcl:
    """Return the HCL of a None, bool, int, finite float, str or HclExpression, or of lists and mappings of them.

    A mapping has one line for each entry, sorted by key. A list is on one line, or has one line for each item where
    that would be too wide. Raises TypeError for any other value.
    """
    return Hcl("\n".join(_literal_lines(value)))


def _literal_lines(value: object) -> list[str]:
    match value:
        case None:
            return ["null"]
        case bool():
            return ["true" if value else "false"]
        case HclExpression():
            return [str(value)]
        case str():
            return [quote(value)]
        case int():
            return [str(int(value))]
        case float() if math.isfinite(value):
            return [str(int(value)) if value.is_integer() else repr(float(value))]
        case Mapping():
            return _block("{", [(f"{_key(key)} = ", _literal_lines(value[key]), "") for key in sorted(value)], "}")
        case list() | tuple():
            items = [_literal_lines(item) for item in value]
            row = f"[{', '.join(lines[0] for lines in items)}]"
            if all(len(lines) == 1 for lines in items) and len(row) <= _LINE_WIDTH:
                return [row]
            return _block("[", [("", lines, ",") for lines in items], "]")
    raise TypeError(f"no HCL for {value!r}, of type {type(value).__name__}")


def _block(opening: str, entries: list[tuple[str, list[str], str]], closing: str) -> list[str]:
    """Return the lines of brackets around entries, each of which has a prefix, its lines and a suffix."""
    if not entries:
        return [opening + closing]
    body: list[str] = []
    for prefix, (first, *others), suffix in entries:
        lines = [prefix + first, *others]
        lines[-1] += suffix
        body += [_INDENT + line for line in lines]
    return [opening, *body, closing]


def quote(text: str) -> str:
    """Return the quoted HCL literal that evaluates to exactly `text` (in NFC, like every string of Terraform)."""
    escaped = _ESCAPED.sub(_escape, text)
    return '"' + escaped.replace("${", "$${").replace("%{", "%%{") + '"'


def _escape(match: re.Match[str]) -> str:
    point = ord(match[0])
    return _ESCAPES.get(match[0]) or (f"\\u{point:04x}" if point <= _LAST_OF_BMP else f"\\U{point:08x}")


def _key(key: str) -> str:
    return key if _IDENTIFIER.fullmatch(key) and key not in _KEYWORDS else quote(key)


def align_equals(text: str) -> str:
    """Put the `=` of neighbouring single-line arguments into one column, as `terraform fmt` does.

    Templates follow all other rules of fmt, but not this one: an `if` may omit a line.
    fmt looks only at the line: an argument whose right side leaves a bracket open ends the run. See
    https://github.com/hashicorp/hcl/blob/main/hclwrite/format.go (linesForFormat, formatCells).

    The text must not have heredocs, comments other than `#` on lines of their own, or keys with combining marks.
    """
    lines: list[str] = []
    names: list[str] = []
    values: list[str] = []
    for line in text.split("\n"):
        if "=" in line and (argument := _split_argument(line)):
            names.append(argument[0])
            values.append(argument[1])
            continue
        if names:
            lines += _align(names, values)
            names, values = [], []
        lines.append(line)
    return "\n".join(lines + _align(names, values))


def _align(names: list[str], values: list[str]) -> list[str]:
    width = max(map(len, names), default=0)
    return [f"{name.ljust(width)} = {value}" for name, value in zip(names, values, strict=True)]


def _split_argument(line: str) -> tuple[str, str] | None:
    """Return the two sides of a single-line argument; None for every other line."""
    if simple := _SIMPLE_ARGUMENT.match(line):
        rest = line[simple.end() :]
        return (simple[1], simple[2] + rest) if not rest or _is_balanced(_mask_strings(rest)) else None
    code = _mask_strings(line)
    equals = _EQUALS.search(code)
    if equals is None or not code[: equals.start()].strip() or not _is_balanced(code[equals.end() :]):
        return None
    return line[: equals.start()].rstrip(), line[equals.end() :].lstrip()


def _mask_strings(text: str) -> str:
    """Return a line, or the end of one, without its comment and with `_` for each character of a string."""
    return _STRING.sub(_mask, text).partition("#")[0]


def _mask(string: re.Match[str]) -> str:
    return "_" * len(string[0])


def _is_balanced(code: str) -> bool:
    return sum(map(code.count, _OPEN)) == sum(map(code.count, _CLOSE))
