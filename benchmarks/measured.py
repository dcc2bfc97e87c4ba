"""What came out of measuring, without what measured it."""

from dataclasses import dataclass

from benchmarks.case import Case


@dataclass(frozen=True)
class Measured:
    """The time of each run of a case, the highest peak of its memory, and what pyperf makes of the times."""

    case: Case
    seconds: tuple[float, ...]
    peak_mb: float
    median: float
    spread: float

    @property
    def of_one(self) -> float:
        """Seconds a deployment."""
        return self.median / self.case.deployments
