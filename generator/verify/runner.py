"""Tries checks until each has passed or the time is over."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from generator.verify.check import Check, CheckError, Outcome
from generator.verify.subject import Subject


@dataclass
class Result:
    """How a check stands: its latest outcome, None before the first; and what it took."""

    check: Check
    outcome: Outcome | None = None
    attempts: int = 0
    seconds: float = 0


@dataclass
class Run:
    """One verification, whole or broken off.

    After each attempt `watch` sees the run. A check that has passed is not tried again.
    """

    subject: Subject
    checks: Sequence[Check]
    timeout: float
    interval: float
    watch: Callable[["Run"], None]
    results: list[Result] = field(init=False)
    started: float = field(init=False)

    def __post_init__(self) -> None:
        self.results = [Result(check) for check in self.checks]
        self.started = time.monotonic()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    @property
    def open(self) -> list[Result]:
        return [result for result in self.results if result.outcome is None or not result.outcome.settled]

    def to_the_end(self) -> list[Result]:
        """Each check has at least one attempt; the last round begins before the time is over."""
        while True:
            for result in self.open:
                self._try(result)
            left = self.timeout - self.seconds
            if not self.open or left <= 0:
                return self.results
            time.sleep(min(self.interval, left))

    def _try(self, result: Result) -> None:
        before = {each.check.name: each for each in self.results}.get(result.check.after)
        if before and (before.outcome is None or before.outcome.status != "passed"):
            final = before.outcome is not None and before.outcome.settled
            result.outcome = Outcome("skipped", f"not tried: {before.check.name} has not passed", final=final)
            return
        try:
            result.outcome = result.check.ask(self.subject)
        except CheckError as error:
            result.outcome = error.outcome
        result.attempts += 1
        result.seconds = self.seconds
        self.watch(self)
