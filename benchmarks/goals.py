"""What the figures are to be: ratios within one run on one machine, so that they hold on any."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from benchmarks.measured import Measured

Results = Mapping[str, Measured]
_MILLISECONDS_OF_ONE = 6


@dataclass(frozen=True)
class Goal:
    """A bound on one figure that follows from the results of the cases it needs."""

    what: str
    bound: str
    needs: tuple[str, ...]
    figure: Callable[[Results], float]
    limit: float
    at_least: bool = False
    unit: str = ""

    def measured(self, results: Results) -> float | None:
        """The figure; None where one of its cases was not measured."""
        return self.figure(results) if all(name in results for name in self.needs) else None

    def met(self, figure: float) -> bool:
        return figure >= self.limit if self.at_least else figure <= self.limit


def _ratio(name: str, to: str, limit: float) -> Goal:
    unit = {"floor": "F", "pass": "× pass"}[to]
    return Goal(name, f"≤ {limit:g} {unit}", (name, to), lambda r: r[name].median / r[to].median, limit, unit=unit)


def _of_one(name: str, milliseconds: float) -> Goal:
    return Goal(name, f"≤ {milliseconds:g} ms each", (name,), lambda r: r[name].of_one * 1000, milliseconds, unit="ms")


def _memory(name: str, megabytes: float) -> Goal:
    return Goal(name, f"≤ {megabytes:g} MB at its peak", (name,), lambda r: r[name].peak_mb, megabytes, unit="MB")


def _growth(series: str, limit: float) -> Goal:
    """One more deployment among 1,000 against one more among 100, so that the start of the program is in neither."""
    one, hundred, thousand = names = (f"{series}-1", f"{series}-100", f"{series}-1000")

    def figure(r: Results) -> float:
        def of_one_more(many: str) -> float:
            return (r[many].median - r[one].median) / (r[many].case.deployments - 1)

        return of_one_more(thousand) / of_one_more(hundred)

    return Goal(thousand, f"one more costs ≤ {limit:g} × what it does at 100", names, figure, limit, unit="×")


def _beside_bare(name: str, bare: str, limit: float) -> Goal:
    def figure(r: Results) -> float:
        rendering = _MILLISECONDS_OF_ONE / 1000 * r[name].case.deployments
        return (r[name].median - rendering) / r[bare].median

    bound = f"≤ {limit:g} × the bare loop that writes, and {_MILLISECONDS_OF_ONE} ms each for rendering"
    return Goal(name, bound, (name, bare), figure, limit, unit="×")


def _faster(name: str, peer: str, called: str, limit: float) -> Goal:
    return Goal(
        name,
        f"≥ {limit:g} times faster than {called}",
        (name, peer),
        lambda r: r[peer].median / r[name].median,
        limit,
        at_least=True,
        unit="×",
    )


GOALS = (
    _ratio("generate-changed", "floor", 1.6),
    _ratio("check-unchanged-1", "floor", 0.2),
    _ratio("check-unchanged-1", "pass", 2),
    _ratio("generate-unchanged", "floor", 0.2),
    _ratio("generate-unchanged", "pass", 2),
    _ratio("help", "floor", 0.3),
    _ratio("explain", "floor", 0.3),
    _ratio("usage", "floor", 0.3),
    _ratio("validate-50", "floor", 1.5),
    _of_one("check-rendered-1000", _MILLISECONDS_OF_ONE),
    _growth("check-rendered", 1.2),
    _memory("check-rendered-1000", 100),
    _beside_bare("generate-new-1000", "bare-write-1000", 1.4),
    _of_one("check-unchanged-1000", 2),
    _faster("generate-changed", "kapitan-1", "Kapitan", 10),
    _faster("generate-changed", "cdktn-1", "CDK Terrain in Python", 20),
    _faster("check-rendered-100", "kapitan-100", "Kapitan", 15),
)
