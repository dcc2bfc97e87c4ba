"""Retry checks until all pass or the timeout expires."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from owscale.verify.check import Check, CheckError, Outcome
from owscale.verify.target import Target


@dataclass
class CheckResult:
    """A check, its latest outcome (None before the first attempt), and the number of attempts.

    `elapsed_seconds` is the time from the start of the run to the end of the last attempt.
    """

    check: Check
    outcome: Outcome | None = None
    attempts: int = 0
    elapsed_seconds: float = 0


@dataclass
class CheckRun:
    """One run of checks, complete or interrupted.

    It calls `on_attempt` with itself after each attempt.
    """

    target: Target
    checks: Sequence[Check]
    timeout_seconds: float
    interval_seconds: float
    on_attempt: Callable[["CheckRun"], None]
    results: list[CheckResult] = field(init=False)
    _started: float = field(init=False)

    def __post_init__(self) -> None:
        self.results = [CheckResult(check) for check in self.checks]
        self._started = time.monotonic()

    @property
    def elapsed_seconds(self) -> float:
        """Seconds since the start of the run."""
        return time.monotonic() - self._started

    @property
    def unsettled(self) -> list[CheckResult]:
        """The results that may still change."""
        return [result for result in self.results if result.outcome is None or not result.outcome.is_settled]

    def run(self) -> list[CheckResult]:
        """Attempt each check at least once; start the last round before the timeout expires."""
        while True:
            for result in self.unsettled:
                self._attempt(result)
            remaining = self.timeout_seconds - self.elapsed_seconds
            if not self.unsettled or remaining <= 0:
                return self.results
            time.sleep(min(self.interval_seconds, remaining))

    def _attempt(self, result: CheckResult) -> None:
        required = next((each for each in self.results if each.check.name == result.check.requires), None)
        if required and (required.outcome is None or required.outcome.status != "passed"):
            is_permanent = required.outcome is not None and required.outcome.is_settled
            evidence = f"not run: {required.check.name} has not passed"
            result.outcome = Outcome("skipped", evidence, is_permanent=is_permanent)
            return
        try:
            result.outcome = result.check.probe(self.target)
        except CheckError as error:
            result.outcome = error.outcome
        result.attempts += 1
        result.elapsed_seconds = self.elapsed_seconds
        self.on_attempt(self)
