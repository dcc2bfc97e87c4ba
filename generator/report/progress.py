"""How far a large run is: one live line on a terminal, and elsewhere a line for each hundred."""

import time
from typing import Self, TextIO

from generator.report.live import Live

_LARGE = 100
_REDRAW_SECONDS = 0.1
_BAR = 20


class Progress:
    """Counts to `total`, and tells so on a stream; nothing of a run that is not large.

    What is to be told otherwise comes after `clear`.
    """

    def __init__(self, stream: TextIO, total: int, what: str) -> None:
        self._live = Live(stream)
        self._total, self._what = total, what
        self._done = 0
        self._drawn = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    def step(self) -> None:
        self._done += 1
        if self._total < _LARGE:
            return
        if not self._live.on:
            if self._done % _LARGE == 0:
                self._live.say(self._told())
        elif (now := time.monotonic()) - self._drawn >= _REDRAW_SECONDS:
            self._drawn = now
            full = _BAR * self._done // self._total
            self._live.draw(f"[{'#' * full}{' ' * (_BAR - full)}] {self._told()}")

    def clear(self) -> None:
        """Makes room for what comes next."""
        self._live.clear()

    def _told(self) -> str:
        return f"{self._done:,} of {self._total:,} {self._what}"
