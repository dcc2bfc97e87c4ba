"""What a check is, and what can come of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from generator.verify.subject import Subject

Status = Literal["passed", "warning", "failed", "skipped"]


@dataclass(frozen=True)
class Outcome:
    """What one attempt came to: what was asked and seen, and what to do next where that was not well.

    `final` says that another attempt will see the same.
    """

    status: Status
    evidence: str
    next_step: str = ""
    final: bool = False

    @property
    def settled(self) -> bool:
        return self.final or self.status == "passed"


def passed(evidence: str) -> Outcome:
    return Outcome("passed", evidence)


def failed(evidence: str, next_step: str, *, final: bool = False) -> Outcome:
    return Outcome("failed", evidence, next_step, final)


def warning(evidence: str, next_step: str, *, final: bool = False) -> Outcome:
    return Outcome("warning", evidence, next_step, final)


def skipped(evidence: str) -> Outcome:
    return Outcome("skipped", evidence, final=True)


class CheckError(Exception):
    """Raised within a check that cannot go on; its outcome is the check's."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.evidence)
        self.outcome = outcome


@dataclass(frozen=True)
class Check:
    """One question to a deployment, named `group.what`. It waits for the check `after`, if one is named, to pass."""

    name: str
    ask: Callable[[Subject], Outcome]
    after: str = ""

    @property
    def group(self) -> str:
        return self.name.partition(".")[0]
