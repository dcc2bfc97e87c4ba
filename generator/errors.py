"""What ends a run: exceptions that cli.py tells, and words for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection


class OwscaleError(Exception):
    """Something that the user can mend, told in one message; exit code 1."""


class UsageError(OwscaleError):
    """The command line asks for what is not there; exit code 2."""


def nearest(word: str, known: Collection[str]) -> str:
    """A way out for a name that is not there: the one that was meant, or all there are."""
    import difflib  # noqa: PLC0415 -- only a mistake waits for it

    near = difflib.get_close_matches(word, known, n=1)
    return f"did you mean {near[0]}?" if near else f"there {'is' if len(known) == 1 else 'are'} {', '.join(known)}"


def count(number: int, noun: str) -> str:
    """`1 error`, `2 errors`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
