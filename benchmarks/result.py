"""The result of a case, independent of the tool that measured it."""

from dataclasses import dataclass

from benchmarks.case import Case


@dataclass(frozen=True)
class CaseResult:
    """The times of a case in seconds, their median and median absolute deviation, and its peak memory."""

    case: Case
    seconds: tuple[float, ...]
    peak_mb: float
    median: float
    spread: float

    @property
    def per_deployment(self) -> float:
        """Seconds per deployment."""
        return self.median / self.case.deployments
