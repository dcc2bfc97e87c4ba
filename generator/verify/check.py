"""Checks and their outcomes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from owscale.verify.target import Target

Status = Literal["passed", "warning", "failed", "skipped"]


@dataclass(frozen=True)
class Outcome:
    """The result of one attempt: the evidence, and a hint where the check did not pass.

    `is_permanent` means that another attempt gives the same result.
    """

    status: Status
    evidence: str
    hint: str = ""
    is_permanent: bool = False

    @property
    def is_settled(self) -> bool:
        """Whether the check is not retried."""
        return self.is_permanent or self.status == "passed"


def passed(evidence: str) -> Outcome:
    """Return the outcome of a check that passed."""
    return Outcome("passed", evidence)


def failed(evidence: str, hint: str, *, is_permanent: bool = False) -> Outcome:
    """Return the outcome of a check that failed."""
    return Outcome("failed", evidence, hint, is_permanent)


def warning(evidence: str, hint: str, *, is_permanent: bool = False) -> Outcome:
    """Return an outcome that is reported, but does not make the run fail."""
    return Outcome("warning", evidence, hint, is_permanent)


def skipped(evidence: str) -> Outcome:
    """Return the outcome of a check that does not apply to the deployment."""
    return Outcome("skipped", evidence, is_permanent=True)


class CheckError(Exception):
    """Raised in a check that cannot continue; `outcome` becomes the outcome of the check.

    `is_not_found` means that AWS does not have the resource, and `code` is the code of its error.
    """

    def __init__(self, outcome: Outcome, code: str = "", *, is_not_found: bool = False) -> None:
        super().__init__(outcome.evidence)
        self.outcome, self.code, self.is_not_found = outcome, code, is_not_found


@dataclass(frozen=True)
class Check:
    """A check named `group.subject`; it runs once the check that `requires` names has passed."""

    name: str
    probe: Callable[[Target], Outcome]
    requires: str = ""

    @property
    def group(self) -> str:
        """The part of the name before the dot."""
        return self.name.partition(".")[0]
