"""Small texts for messages: counts, suggestions, shortened lists, and text that is safe to print."""

import unicodedata

TYPE_CHECKING = False  # a usage error and `explain CODE` must not wait for the import of typing
if TYPE_CHECKING:
    from collections.abc import Collection

INVISIBLE = r"\x00-\x1f\x7f-\xa0\xad\u200b-\u200f\u2028-\u202f\u205f-\u206f\ud800-\udfff\ufeff\U000e0000-\U000e0fff"
"""Character ranges for a regular expression: control characters and invisible characters, which generated files escape.
Some of them change the direction of a line. `str.isprintable` would depend on the version of Python."""

_UNPRINTABLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # categories of Unicode
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_MAX_LENGTH = 100


def plural(number: int, noun: str) -> str:
    """Return a count such as `1 error` or `1,200 errors`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def printable(text: str) -> str:
    """Replace the characters that are invisible or that control a terminal."""
    if text.isprintable():  # the usual case, and fast
        return text
    return "".join(_REPLACEMENT if unicodedata.category(c) in _UNPRINTABLE else c for c in text)


def printable_lines(text: str, *, styled: bool = False) -> str:
    """Return a text of any number of lines without characters that control a terminal or CI.

    Beside the characters that `printable` replaces, the first character of a command to CI is replaced. A tab stays.
    With `styled`, codes for colours (SGR) stay too: use it only for a text whose codes owscale wrote.
    """
    return "\n".join(map(_styled_line if styled and "\x1b" in text else _printable_line, text.split("\n")))


def without_ci_commands(line: str) -> str:
    """Replace the first character of each command to CI in a line.

    GitHub Actions obeys `::command::` after white space at the start of a line, and `##[command]` anywhere:
    https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs. Azure Pipelines obeys
    `##vso[command]`, and TeamCity `##teamcity[command]`.
    """
    start = len(line) - len(line.lstrip())
    if line.startswith("::", start):
        line = f"{line[:start]}{_REPLACEMENT}{line[start + 1 :]}"
    if "##" in line:
        import re  # noqa: PLC0415 -- hardly any line needs it

        line = re.sub(r"#(?=#\w*\[)", _REPLACEMENT, line)
    return line


def _printable_line(line: str) -> str:
    return without_ci_commands(line if line.isprintable() else "\t".join(map(printable, line.split("\t"))))


def _styled_line(line: str) -> str:
    import re  # noqa: PLC0415 -- only a terminal needs it

    parts = re.split("(\x1b\\[[0-9]{1,2}m)", line)
    return "".join(part if index % 2 else _printable_line(part) for index, part in enumerate(parts))


def truncate(text: str, length: int = _MAX_LENGTH) -> str:
    """Cut a text that is too long for a message, without the secrets in it: a cut secret would not be recognised."""
    from owscale.console.secret_texts import mask_secrets  # noqa: PLC0415 -- only a mistake needs it

    text = mask_secrets(text)
    return text if len(text) <= length else f"{text[:length]}..."


def closest(word: str, known: "Collection[str]", *, cutoff: float = 0.6) -> str:
    """Return the most similar known word; empty if none is similar."""
    import difflib  # noqa: PLC0415 -- only a mistake needs it

    return next(iter(difflib.get_close_matches(word, known, n=1, cutoff=cutoff)), "")


def suggest(word: str, known: "Collection[str]", otherwise: "str | None" = None) -> str:
    """Return a hint for an unknown word: the most similar known word, or `otherwise` if none is similar.

    Without `otherwise`, that hint lists all known words; it is empty if there are none.
    """
    if match := closest(word, known):
        return f"did you mean {match}?"
    if otherwise is not None:
        return otherwise
    return f"use {'' if len(known) == 1 else 'one of '}{', '.join(known)}" if known else ""


def and_more(items: "Collection[str]", maximum: int) -> str:
    """Join the first items of a list and count the others, such as `a, b and 3 more`."""
    shown = ", ".join(list(items)[:maximum])
    return f"{shown} and {len(items) - maximum:,} more" if len(items) > maximum else shown
