"""Figures as tables in Markdown."""

from collections.abc import Iterable, Mapping, Sequence

from benchmarks.goals import GOALS, Results
from benchmarks.result import CaseResult

_MILLISECONDS_BELOW, _ONE_DECIMAL_FROM = 1, 10


def results(measured: Results) -> str:
    """Return a table with one row per case."""
    floor = measured["floor"].median
    rows = [
        [
            result.case.title,
            format_seconds(result.median),
            f"± {format_seconds(result.spread)}",
            f"{result.median / floor:.2f}",
            _per_deployment(result),
            f"{result.peak_mb:.0f} MB",
        ]
        for result in measured.values()
    ]
    return _table(["Work", "Median", "Spread", "In F", "Each", "Peak memory"], rows)


def goals(measured: Results) -> str:
    """Return a table with one row per goal: its bound, the measured figure, and whether it is met."""
    rows = []
    for goal in GOALS:
        if goal.case in measured:
            figure = goal.measured(measured)
            cells = ["not measured", ""]
            if figure is not None:
                cells = [f"{figure:.3g} {goal.unit}", "yes" if goal.is_met(figure) else "no"]
            rows.append([measured[goal.case].case.title, goal.bound, *cells])
    return _table(["Work", "Goal", "Measured", "Met"], rows)


def instructions(ratios: Mapping[str, float]) -> str:
    """Return a table with the ratios of instructions to those of the floor."""
    return _table(["Work", "Instructions, in F"], [[name, f"{ratio:.3f}"] for name, ratio in ratios.items()])


def format_seconds(value: float) -> str:
    """Return a time with its unit and about three digits."""
    if value < _MILLISECONDS_BELOW:
        return f"{value * 1000:.{0 if value >= _MILLISECONDS_BELOW / 100 else 1}f} ms"
    return f"{value:.{1 if value >= _ONE_DECIMAL_FROM else 2}f} s"


def _per_deployment(result: CaseResult) -> str:
    return format_seconds(result.per_deployment) if result.case.deployments > 1 else ""


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
