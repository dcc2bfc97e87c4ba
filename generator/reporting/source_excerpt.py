"""The part of a source line that fits on a terminal, and the carets under a value."""

import unicodedata
from functools import lru_cache

from owscale.console.text import printable

_MIN_COLUMNS = 20
_TAB = "    "


def source_excerpt(line: str, start: int, length: int, columns: int) -> tuple[str, str]:
    """Return the part of `line` around the `length` characters from index `start`, and the carets under these.

    Both fit into `columns` of a terminal: a tab takes four, a wide character two, a combining accent none.
    """
    line = line.removesuffix("\r")
    start = min(start, len(line))
    available = max(columns, _MIN_COLUMNS) - 2  # an ellipsis at each end
    after = available * 2 // 3
    last, unused = _extend(line, start, 1, after)
    first, unused = _extend(line, start, -1, available - after + unused)
    last, _ = _extend(line, last, 1, unused)
    head, tail = "…" if first else "", "…" if last < len(line) else ""
    marked = _columns(line[start : min(start + length, last)])
    carets = " " * (len(head) + _columns(line[first:start])) + "^" * max(marked, 1)
    return f"{head}{''.join(map(_displayed, line[first:last]))}{tail}", carets


def _extend(line: str, index: int, step: int, columns: int) -> tuple[int, int]:
    """Move `index` by characters that take up to `columns`; return it and the columns left at the end of the line."""
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
def _displayed(character: str) -> str:
    return _TAB if character == "\t" else printable(character)
