"""Progress of a large run: one live line on a terminal, elsewhere a line for every hundred."""

import time
from typing import Self, TextIO

from owscale.console.live_line import LiveLine

_LARGE = 100
_REDRAW_SECONDS = 0.1
_BAR_WIDTH = 20


class ProgressBar:
    """A counter from 0 to `total`, in units of `noun`; it prints nothing if `total` is below 100.

    Every progress display has `step` for an event and `clear`, which must precede any other text.
    """

    def __init__(self, stream: TextIO, total: int, noun: str) -> None:
        self._live = LiveLine(stream)
        self._total, self._noun = total, noun
        self._done = 0
        self._drawn_at = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    def step(self) -> None:
        """Count one more."""
        self._done += 1
        if self._total < _LARGE:
            return
        if not self._live.is_live:
            if self._done % _LARGE == 0:
                self._live.print_line(self._count())
        elif (now := time.monotonic()) - self._drawn_at >= _REDRAW_SECONDS:
            self._drawn_at = now
            filled = _BAR_WIDTH * self._done // self._total
            self._live.draw(f"[{'#' * filled}{' ' * (_BAR_WIDTH - filled)}] {self._count()}")

    def clear(self) -> None:
        """Remove the live line, so that other text can follow."""
        self._live.clear()

    def _count(self) -> str:
        return f"{self._done:,} of {self._total:,} {self._noun}"
