"""Retry checks until all pass or the timeout expires."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from owscale.verify.check import Check, CheckError, Outcome, failed
from owscale.verify.deadline import call_with_deadline
from owscale.verify.target import Target

CHECK_SECONDS = 45
"""Deadline of one attempt of a check. A call to AWS may take 30 s: two attempts of 5 s for the connection and 10 s for
the response."""
GRACE_SECONDS = 60
"""Time after the timeout in which the first attempts of all checks must end."""


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
    check_seconds: float = CHECK_SECONDS
    grace_seconds: float = GRACE_SECONDS
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
        """Attempt each check at least once; start the last round before the timeout expires.

        The run ends at the latest `grace_seconds` after the timeout, and each attempt after `check_seconds`, whatever
        the servers do.
        """
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
        result.outcome = self._probe(result.check)
        result.attempts += 1
        result.elapsed_seconds = self.elapsed_seconds
        self.on_attempt(self)

    def _probe(self, check: Check) -> Outcome:
        remaining = self.timeout_seconds + self.grace_seconds - self.elapsed_seconds
        seconds = max(min(self.check_seconds, remaining), 0)
        try:
            return call_with_deadline(lambda: check.probe(self.target), seconds)
        except CheckError as error:
            return error.outcome
        except TimeoutError:
            return failed(
                f"no result within {seconds:.3g} s", "check the network, or leave out this check with `--skip`"
            )
        except Exception as error:
            return failed(
                f"unexpected response: {type(error).__name__}: {error}",
                "check that the address leads to Open WebUI; if it does, report this as a bug of owscale",
            )
