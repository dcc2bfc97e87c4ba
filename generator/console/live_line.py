"""One line at the end of a terminal that is redrawn while a command runs, and removed at its end."""

import os
from contextlib import suppress
from typing import TextIO

from owscale.console.streams import StreamError, write
from owscale.console.text import printable, printable_lines

_CLEAR = "\r\x1b[K"


class LiveLine:
    """The live line of a stream, usually stderr.

    `is_live` is false where a line cannot be redrawn: on a file, a pipe and a dumb terminal. Progress that cannot be
    written is dropped: Terraform must not stop in the middle because its progress cannot be printed.
    """

    def __init__(self, stream: TextIO) -> None:
        self.is_live = stream.isatty() and os.environ.get("TERM") != "dumb"
        self._stream = stream
        self._is_drawn = False

    def draw(self, text: str) -> None:
        """Replace the live line, cut to the width of the terminal: a wrapped line could not be removed."""
        if self.is_live:
            import shutil  # noqa: PLC0415 -- only a live line waits for it

            width = (terminal_width(self._stream, 0) or shutil.get_terminal_size().columns) - 1
            text = printable_lines(printable(text))  # on one line
            self._write(_CLEAR + (text if len(text) <= width else f"{text[: width - 1]}…"[:width]))
            self._is_drawn = True

    def clear(self) -> None:
        """Remove the live line, so that other text can follow."""
        if self._is_drawn:
            self._write(_CLEAR)
            self._is_drawn = False

    def print_line(self, text: str) -> None:
        """Print a line that stays."""
        self.clear()
        self._write(f"{printable_lines(text)}\n")

    def _write(self, text: str) -> None:
        with suppress(StreamError):
            write(self._stream, text)


def terminal_width(stream: TextIO, default: int) -> int:
    """Return the columns of the terminal behind a stream, or `default` where there is none."""
    try:
        return os.get_terminal_size(stream.fileno()).columns or default
    except (OSError, ValueError):  # not a terminal, or not a file at all
        return default
