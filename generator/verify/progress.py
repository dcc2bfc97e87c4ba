"""How a run goes on, while it does: one live line on a terminal, a line for each change elsewhere."""

from dataclasses import dataclass, field
from typing import TextIO

from generator.report import printable
from generator.report.live import Live
from generator.verify.check import Outcome
from generator.verify.runner import Result, Run


@dataclass
class Progress:
    """Tells it on a stream, stderr as a rule."""

    stream: TextIO
    _last: dict[str, Outcome] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._line = Live(self.stream)

    def __call__(self, run: Run) -> None:
        if self._line.on:
            self._line.draw(self._live(run))
        else:
            for line in self._changes(run):
                self._line.say(line)

    def end(self) -> None:
        """Makes room for what comes next."""
        self._line.clear()

    def _live(self, run: Run) -> str:
        waiting = [_told(result) for result in run.open if result.attempts]
        text = f"{run.seconds:.0f} of {run.timeout:g} s: {len(run.results) - len(run.open)} of {len(run.results)} done"
        return "; ".join([text, *waiting])

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
