"""Goals: bounds on ratios within one run on one machine, so that they hold on any machine."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from benchmarks.result import CaseResult

Results = Mapping[str, CaseResult]
_RENDERING_MILLISECONDS = 6


@dataclass(frozen=True)
class Goal:
    """An upper bound on a figure of the case named `case`; the figure also depends on the cases of `needs`."""

    case: str
    bound: str
    needs: tuple[str, ...]
    figure: Callable[[Results], float]
    limit: float
    unit: str

    def measured(self, results: Results) -> float | None:
        """Return the figure; None where one of its cases was not measured."""
        return self.figure(results) if all(name in results for name in self.needs) else None

    def is_met(self, figure: float) -> bool:
        """Return whether a figure is within the bound."""
        return figure <= self.limit


_UNITS = {
    "floor": "F",
    "pass": "× pass",
    "generate-changed": "× the same with caches",
    "bare-hash-1000": "× the bare loop that hashes",
}


def _ratio(case: str, to: str, limit: float) -> Goal:
    unit = _UNITS[to]
    return Goal(case, f"≤ {limit:g} {unit}", (case, to), lambda r: r[case].median / r[to].median, limit, unit)


def _per_deployment(case: str, milliseconds: float) -> Goal:
    bound = f"≤ {milliseconds:g} ms per deployment"
    return Goal(case, bound, (case,), lambda r: r[case].per_deployment * 1000, milliseconds, "ms")


def _memory(case: str, megabytes: float) -> Goal:
    return Goal(case, f"≤ {megabytes:g} MB peak memory", (case,), lambda r: r[case].peak_mb, megabytes, "MB")


def _beyond(case: str, bare: str, seconds: float) -> Goal:
    bound = f"≤ {seconds:g} s more than the bare command"
    return Goal(case, bound, (case, bare), lambda r: r[case].median - r[bare].median, seconds, "s")


def _growth(series: str, limit: float) -> Goal:
    """Compare a further deployment of 1,000 with one of 100; the start of the program is in neither."""
    one, hundred, thousand = needs = (f"{series}-1", f"{series}-100", f"{series}-1000")

    def figure(results: Results) -> float:
        def per_further_deployment(case: str) -> float:
            return (results[case].median - results[one].median) / (results[case].case.deployments - 1)

        return per_further_deployment(thousand) / per_further_deployment(hundred)

    return Goal(thousand, f"a further deployment ≤ {limit:g} × one of 100", needs, figure, limit, "×")


def _beside_bare_loop(case: str, bare_loop: str, limit: float) -> Goal:
    def figure(results: Results) -> float:
        rendering = _RENDERING_MILLISECONDS / 1000 * results[case].case.deployments
        return (results[case].median - rendering) / results[bare_loop].median

    bound = f"without {_RENDERING_MILLISECONDS} ms per deployment for rendering, ≤ {limit:g} × the bare loop"
    return Goal(case, bound, (case, bare_loop), figure, limit, "×")


GOALS = (
    _ratio("generate-changed", "floor", 1.6),
    _ratio("generate-first", "generate-changed", 1.2),
    _ratio("check-unchanged-1", "floor", 0.2),
    _ratio("check-unchanged-1", "pass", 2),
    _ratio("generate-unchanged", "floor", 0.2),
    _ratio("generate-unchanged", "pass", 2),
    _ratio("help", "floor", 0.3),
    _ratio("explain", "floor", 0.3),
    _ratio("usage", "floor", 0.3),
    _ratio("validate-50", "floor", 1.5),
    _beyond("check-plan-1000", "bare-read-plan", 1),
    _per_deployment("check-rendered-1000", _RENDERING_MILLISECONDS),
    _growth("check-rendered", 1.2),
    _memory("check-rendered-1000", 100),
    _beside_bare_loop("generate-new-1000", "bare-write-1000", 1.4),
    _per_deployment("check-unchanged-1000", 2),
    _ratio("check-unchanged-1000", "bare-hash-1000", 1),
)
