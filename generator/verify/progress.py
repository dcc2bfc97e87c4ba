"""Progress of a run: one live line on a terminal, elsewhere a line for each change."""

from dataclasses import dataclass, field
from typing import TextIO

from owscale.console.live_line import LiveLine
from owscale.console.text import printable
from owscale.verify.check import Outcome
from owscale.verify.runner import CheckResult, CheckRun


@dataclass
class VerifyProgress:
    """Reports progress on a stream, usually stderr."""

    stream: TextIO
    _reported: dict[str, Outcome] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._line = LiveLine(self.stream)

    def step(self, run: CheckRun) -> None:
        """Report the progress after an attempt."""
        if self._line.is_live:
            self._line.draw(self._summary(run))
        else:
            for line in self._changes(run):
                self._line.print_line(line)

    def clear(self) -> None:
        """Remove the live line before other output."""
        self._line.clear()

    def _summary(self, run: CheckRun) -> str:
        total = len(run.results)
        done = f"{total - len(run.unsettled)} of {total} done"
        waiting = [_describe(result) for result in run.unsettled if result.attempts]
        return "; ".join([f"{run.elapsed_seconds:.0f} of {run.timeout_seconds:g} s: {done}", *waiting])

    def _changes(self, run: CheckRun) -> list[str]:
        """Return a line for each check that starts or stops waiting, or waits for another reason."""
        lines = []
        for result in run.results:
            outcome, name = result.outcome, result.check.name
            if outcome is None or not result.attempts or outcome == self._reported.get(name):
                continue
            if not outcome.is_settled:
                lines.append(printable(f"waiting for {_describe(result)}"))
            elif name in self._reported:
                lines.append(printable(f"{outcome.status} after {result.elapsed_seconds:.0f} s: {name}"))
            if not outcome.is_settled or name in self._reported:
                self._reported[name] = outcome
        return lines


def _describe(result: CheckResult) -> str:
    return f"{result.check.name}: {result.outcome.evidence if result.outcome else ''}"
