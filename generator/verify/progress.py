"""How a run goes on, while it does: one live line on a terminal, a line for each change elsewhere."""

import shutil
from dataclasses import dataclass, field
from typing import TextIO

from generator.report import printable
from generator.verify.check import Outcome
from generator.verify.runner import Result, Run

_CLEAR = "\r\x1b[K"


@dataclass
class Progress:
    """Tells it on a stream, stderr as a rule."""

    stream: TextIO
    _last: dict[str, Outcome] = field(default_factory=dict)

    def __call__(self, run: Run) -> None:
        if self.stream.isatty():
            self.stream.write(_CLEAR + self._live(run))
        else:
            for line in self._changes(run):
                self.stream.write(f"{line}\n")
        self.stream.flush()

    def end(self) -> None:
        """Makes room for what comes next."""
        if self.stream.isatty():
            self.stream.write(_CLEAR)
            self.stream.flush()

    def _live(self, run: Run) -> str:
        waiting = [_told(result) for result in run.open if result.attempts]
        text = f"{run.seconds:.0f} of {run.timeout:g} s: {len(run.results) - len(run.open)} of {len(run.results)} done"
        line = printable("; ".join([text, *waiting]))
        width = shutil.get_terminal_size().columns - 1
        return line if len(line) <= width else f"{line[: width - 1]}…"

    def _changes(self, run: Run) -> list[str]:
        """What has begun to wait, waits for another reason, or waits no more."""
        lines = []
        for result in run.results:
            outcome, name = result.outcome, result.check.name
            if outcome is None or not result.attempts or outcome == self._last.get(name):
                continue
            if not outcome.settled:
                lines.append(printable(f"waiting for {_told(result)}"))
            elif name in self._last:
                lines.append(printable(f"{outcome.status} after {result.seconds:.0f} s: {name}"))
            if not outcome.settled or name in self._last:
                self._last[name] = outcome
        return lines


def _told(result: Result) -> str:
    return f"{result.check.name}: {result.outcome.evidence if result.outcome else ''}"
