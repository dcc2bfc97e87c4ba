"""The figures as Markdown."""

from collections.abc import Iterable, Mapping, Sequence

from benchmarks.goals import GOALS, Results
from benchmarks.measured import Measured

_A_SECOND, _TEN_SECONDS = 1, 10


def results(measured: Results, skipped: Mapping[str, str]) -> str:
    """A row a case, and one for each that could not be measured, with why."""
    floor = measured["floor"].median
    rows = [
        [
            each.case.what,
            seconds(each.median),
            f"± {seconds(each.spread)}",
            f"{each.median / floor:.2f}",
            _of_one(each),
            f"{each.peak_mb:.0f} MB",
        ]
        for each in measured.values()
    ]
    rows += [[what, f"skipped: {why}", *[""] * 4] for what, why in skipped.items()]
    return _table(["Work", "Median", "Spread", "In F", "Each", "Peak memory"], rows)


def goals(measured: Results) -> str:
    """A row a goal: its bound, what was measured, and whether that is within it."""
    rows = []
    for goal in GOALS:
        figure = goal.measured(measured)
        if figure is None and goal.what not in measured:
            continue
        if figure is None:
            rows.append([measured[goal.what].case.what, goal.bound, "not measured", ""])
            continue
        told = f"{figure:.3g} {goal.unit}"
        rows.append([measured[goal.what].case.what, goal.bound, told, "yes" if goal.met(figure) else "no"])
    return _table(["Work", "Goal", "Measured", "Met"], rows)


def instructions(ratios: Mapping[str, float]) -> str:
    """A row for each piece of fixed work."""
    return _table(["Work", "Instructions, in F"], [[name, f"{ratio:.3f}"] for name, ratio in ratios.items()])


def seconds(value: float) -> str:
    """A time with three figures or so."""
    if value < _A_SECOND:
        return f"{value * 1000:.{0 if value >= _A_SECOND / 100 else 1}f} ms"
    return f"{value:.{1 if value >= _TEN_SECONDS else 2}f} s"


def _of_one(each: Measured) -> str:
    return seconds(each.of_one) if each.case.deployments > 1 else ""


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
