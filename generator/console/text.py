"""Small texts for messages: counts, suggestions, shortened lists, and text that is safe to print."""

import unicodedata

TYPE_CHECKING = False  # a usage error and `explain CODE` must not wait for the import of typing
if TYPE_CHECKING:
    from collections.abc import Collection

INVISIBLE = r"\x00-\x1f\x7f-\xa0\xad\u200b-\u200f\u2028-\u202f\u205f-\u206f\ud800-\udfff\ufeff\U000e0000-\U000e0fff"
"""Ranges, inside the brackets of a pattern, of the characters that generated files never contain as they are: control
characters and invisible ones, some of which change the direction of a line. `str.isprintable` would depend on the
version of Python."""

_UNPRINTABLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # categories of Unicode
_MAX_LENGTH = 100


def plural(number: int, noun: str) -> str:
    """Return a count such as `1 error` or `1,200 errors`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def printable(text: str) -> str:
    """Replace the characters that are invisible or that control a terminal."""
    if text.isprintable():  # the usual case, and fast
        return text
    return "".join("\N{REPLACEMENT CHARACTER}" if unicodedata.category(c) in _UNPRINTABLE else c for c in text)


def truncate(text: str, length: int = _MAX_LENGTH) -> str:
    """Cut a text that is too long for a message."""
    return text if len(text) <= length else f"{text[:length]}..."


def closest(word: str, known: "Collection[str]", *, cutoff: float = 0.6) -> str:
    """Return the most similar known word; empty where none is similar."""
    import difflib  # noqa: PLC0415 -- only a mistake needs it

    return next(iter(difflib.get_close_matches(word, known, n=1, cutoff=cutoff)), "")


def suggest(word: str, known: "Collection[str]", otherwise: "str | None" = None) -> str:
    """Return a hint for an unknown word: the most similar known word, or `otherwise` where none is similar.

    Without `otherwise`, that hint lists all known words; it is empty where there are none.
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
