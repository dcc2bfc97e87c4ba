"""The part of a line that fits on a terminal, and the mark under what is meant."""

import unicodedata
from functools import lru_cache

from generator.report import printable

_NARROWEST = 20
_TAB = "    "


def excerpt(line: str, start: int, length: int, room: int) -> tuple[str, str]:
    """As much of `line` as `room` columns hold around the `length` characters from `start` on, and carets under them.

    Columns are those of a terminal: a tab has four, a wide character two, an accent of its own none.
    """
    line = line.removesuffix("\r")
    start = min(start, len(line))
    room = max(room, _NARROWEST) - 2  # a dot-dot-dot at each end
    last, left = _reach(line, start, 1, room * 2 // 3)
    first, left = _reach(line, start, -1, room - room * 2 // 3 + left)
    last, _ = _reach(line, last, 1, left)
    before, after = "…" if first else "", "…" if last < len(line) else ""
    marked = _columns(line[start : min(start + length, last)])
    carets = " " * (len(before) + _columns(line[first:start])) + "^" * max(marked, 1)
    return f"{before}{''.join(map(_shown, line[first:last]))}{after}", carets


def _reach(line: str, index: int, step: int, columns: int) -> tuple[int, int]:
    """How far from `index` so many columns go, and how many are left over at the end of the line."""
    while 0 <= (character := index if step > 0 else index - 1) < len(line):
        width = _width(line[character])
        if width > columns:
            break
        index, columns = index + step, columns - width
    return index, columns


def _columns(text: str) -> int:
    return sum(map(_width, text))


@lru_cache(maxsize=1024)
def _width(character: str) -> int:
    if character == "\t":
        return len(_TAB)
    if unicodedata.category(character) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


@lru_cache(maxsize=1024)
def _shown(character: str) -> str:
    return _TAB if character == "\t" else printable(character)
