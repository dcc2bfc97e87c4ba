"""One line at the end of a terminal that is drawn anew as a run goes on, and leaves nothing behind."""

import os
from typing import TextIO

from generator.report import printable

_CLEAR = "\r\x1b[K"


class Live:
    """The line of a stream, stderr as a rule. `on` tells whether it can have one: a file or a pipe cannot."""

    def __init__(self, stream: TextIO) -> None:
        self.on = stream.isatty() and os.environ.get("TERM") != "dumb"
        self._stream = stream
        self._drawn = False

    def draw(self, text: str) -> None:
        """Puts `text` there, as much of it as fits: a line that wraps cannot be taken back."""
        if self.on:
            import shutil  # noqa: PLC0415 -- only a live line waits for it

            room = (width(self._stream, 0) or shutil.get_terminal_size().columns) - 1
            text = printable(text)
            self._write(_CLEAR + (text if len(text) <= room else f"{text[: room - 1]}…"[:room]))
            self._drawn = True

    def clear(self) -> None:
        """Makes room for what comes next."""
        if self._drawn:
            self._write(_CLEAR)
            self._drawn = False

    def say(self, text: str) -> None:
        """A line that stays."""
        self.clear()
        self._write(f"{text}\n")

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


def width(stream: TextIO, otherwise: int) -> int:
    """The columns of the terminal that a stream is."""
    try:
        return os.get_terminal_size(stream.fileno()).columns or otherwise
    except (OSError, ValueError):  # no terminal, or no file at all
        return otherwise
