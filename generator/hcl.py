"""Typed HCL values, and the layout that `terraform fmt` would give them.

Templates may only print what went through the `hcl` filter, so no text of a spec can become an expression:
a `str` is always a quoted, escaped literal, and only a `Ref` is an expression.
"""

import math
import re
from collections.abc import Mapping

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_KEYWORDS = frozenset({"true", "false", "null", "for", "if", "in", "else", "endif", "endfor"})
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
# Control characters and what nobody sees: by range, since Python's own idea of "printable" changes with its version.
_ESCAPED = re.compile(
    r'["\\\x00-\x1f\x7f-\xa0\xad\u200b-\u200f\u2028-\u202f\u205f-\u206f\ud800-\udfff\ufeff\U000e0000-\U000e0fff]'
)
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
# How most arguments begin, or all there is of them: a bare name, no bracket, then a string without escapes.
_PLAIN = re.compile(
    r"""
    (\s*+ [\w-]++) \s*+ = (?![=>]) \s*+
    ( [^"\#()\[\]{}]*+ (?: " (?: [^"\\$%]++ | [$%]\{ [^"{}]*+ \} )*+ " )?+ )
    """,
    re.VERBOSE,
)


class Hcl(str):
    """Finished HCL text: what the `hcl` filter returns and the only thing a template may print."""

    __slots__ = ()


class Ref(str):
    """An HCL expression, such as `module.redis.port`; written by the generator, never taken from a spec."""

    __slots__ = ()


def hcl(value: object) -> Hcl:
    """The HCL literal of a value: None, bool, int, finite float, str, Ref, or lists, tuples and mappings of them.

    A mapping has one line an entry, sorted by key; a list has one line in all, or one an item where that would
    be too wide. Raises TypeError for any other value.
    """
    return Hcl("\n".join(_lines(value)))


def _lines(value: object) -> list[str]:
    match value:
        case None:
            return ["null"]
        case bool():
            return ["true" if value else "false"]
        case Ref():
            return [str(value)]
        case str():
            return [quoted(value)]
        case int():
            return [str(int(value))]
        case float() if math.isfinite(value):
            return [str(int(value)) if value.is_integer() else repr(float(value))]
        case Mapping():
            return _block("{", [(f"{_key(key)} = ", _lines(value[key]), "") for key in sorted(value)], "}")
        case list() | tuple():
            flat = [_lines(item) for item in value]
            row = f"[{', '.join(lines[0] for lines in flat)}]"
            if all(len(lines) == 1 for lines in flat) and len(row) <= _LINE_WIDTH:
                return [row]
            return _block("[", [("", lines, ",") for lines in flat], "]")
    raise TypeError(f"no HCL for {value!r}, of type {type(value).__name__}")


def _block(opening: str, entries: list[tuple[str, list[str], str]], closing: str) -> list[str]:
    if not entries:
        return [opening + closing]
    body: list[str] = []
    for lead, (first, *rest), tail in entries:
        lines = [lead + first, *rest]
        lines[-1] += tail
        body += [_INDENT + line for line in lines]
    return [opening, *body, closing]


def quoted(text: str) -> str:
    """A quoted HCL literal that evaluates to exactly `text` (in NFC, as all of Terraform's strings are)."""
    escaped = _ESCAPED.sub(_escape, text)
    return '"' + escaped.replace("${", "$${").replace("%{", "%%{") + '"'


def _escape(found: re.Match[str]) -> str:
    point = ord(found[0])
    return _ESCAPES.get(found[0]) or (f"\\u{point:04x}" if point <= _LAST_OF_BMP else f"\\U{point:08x}")


def _key(key: str) -> str:
    return key if _IDENTIFIER.fullmatch(key) and key not in _KEYWORDS else quoted(key)


def aligned(text: str) -> str:
    """The text with the `=` of neighbouring single-line arguments in one column, as `terraform fmt` has them.

    This is the one rule of fmt that a template cannot keep by itself, because an `if` may leave a line out. fmt
    looks at nothing but the line: an argument whose right side leaves a bracket open ends the run. See
    https://github.com/hashicorp/hcl/blob/main/hclwrite/format.go (linesForFormat, formatCells).

    For text without heredocs, comments other than `#` on lines of their own, and keys with combining marks.
    """
    lines: list[str] = []
    names: list[str] = []
    values: list[str] = []
    for line in text.split("\n"):
        if "=" in line and (parts := _argument(line)):
            names.append(parts[0])
            values.append(parts[1])
            continue
        if names:
            lines += _columns(names, values)
            names, values = [], []
        lines.append(line)
    return "\n".join(lines + _columns(names, values))


def _columns(names: list[str], values: list[str]) -> list[str]:
    width = max(map(len, names), default=0)
    return [f"{name.ljust(width)} = {value}" for name, value in zip(names, values, strict=True)]


def _argument(line: str) -> tuple[str, str] | None:
    """The two sides of a single-line argument; None for every other line."""
    if plain := _PLAIN.match(line):
        rest = line[plain.end() :]
        return (plain[1], plain[2] + rest) if not rest or _closed(_code(rest)) else None
    code = _code(line)
    equals = _EQUALS.search(code)
    if equals is None or not code[: equals.start()].strip() or not _closed(code[equals.end() :]):
        return None
    return line[: equals.start()].rstrip(), line[equals.end() :].lstrip()


def _code(text: str) -> str:
    """A line or its end without a comment, and with its strings blotted out."""
    return _STRING.sub(_blotted, text).partition("#")[0]


def _blotted(string: re.Match[str]) -> str:
    return "_" * len(string[0])


def _closed(code: str) -> bool:
    return sum(map(code.count, _OPEN)) == sum(map(code.count, _CLOSE))
