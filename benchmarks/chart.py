"""Time against the number of deployments as an SVG, both axes logarithmic."""

import math
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

from benchmarks.goals import Results

_WIDTH, _HEIGHT = 860, 460
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 250, 20, 50
_FONT = 'font-family="sans-serif" font-size="13"'
_COLOURS = ("#0f62a6", "#2f9e44", "#6741d9", "#d9480f", "#c2255c", "#5c5f66")

Points = Sequence[tuple[int, float]]


def svg(measured: Results) -> str:
    """The chart: a line for each series, named at its end."""
    series: dict[str, list[tuple[int, float]]] = {}
    for each in measured.values():
        if each.case.series:
            series.setdefault(each.case.series, []).append((each.case.deployments, each.median))
    axes = _Axes(series)
    body = [*axes.grid(), *(part for line in _lines(axes, series) for part in line)]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" {_FONT} role="img">',
            "<title>Seconds against the number of deployments</title>",
            f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
            *body,
            "</svg>\n",
        ]
    )


class _Axes:
    """Where a number of deployments and a time stand in the picture."""

    def __init__(self, series: Mapping[str, Points]) -> None:
        points = [point for line in series.values() for point in line]
        self.decades = range(max(math.ceil(math.log10(max(n for n, _ in points))), 1) + 1)
        times = [math.log10(time) for _, time in points]
        self.times = range(math.floor(min(times)), max(math.ceil(max(times)), math.floor(min(times)) + 1) + 1)

    def x(self, deployments: float) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * math.log10(deployments) / self.decades[-1]

    def y(self, time: float) -> float:
        low, high = self.times[0], self.times[-1]
        return _TOP + (_HEIGHT - _TOP - _BOTTOM) * (high - math.log10(time)) / (high - low)

    def grid(self) -> list[str]:
        left, right, top, bottom = _LEFT, _WIDTH - _RIGHT, _TOP, _HEIGHT - _BOTTOM
        parts = []
        for power in self.decades:
            x = self.x(10**power)
            parts.append(f'<path d="M{x:.1f} {top}V{bottom}" stroke="#dee2e6"/>')
            parts.append(_text(x, bottom + 20, f"{10**power:,}", "middle"))
        for power in self.times:
            y = self.y(10**power)
            parts.append(f'<path d="M{left} {y:.1f}H{right}" stroke="#dee2e6"/>')
            parts.append(_text(left - 8, y + 4, f"{10.0**power:g} s", "end"))
        return [*parts, _text((left + right) / 2, bottom + 42, "deployments", "middle")]


def _lines(axes: _Axes, series: Mapping[str, Points]) -> list[list[str]]:
    """Each series as a line, its points and its name; names keep their distance from each other."""
    drawn, taken = [], -math.inf
    ends = sorted(series.items(), key=lambda item: axes.y(item[1][-1][1]))
    for colour, (name, points) in zip(_COLOURS * len(ends), ends, strict=False):
        places = [(axes.x(n), axes.y(time)) for n, time in points]
        taken = max(places[-1][1] + 4, taken + 17)
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        drawn.append(
            [
                f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>',
                *(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in places),
                _text(_WIDTH - _RIGHT + 12, taken, name, "start", colour),
            ]
        )
    return drawn


def _text(x: float, y: float, text: str, anchor: str, colour: str = "#343a40") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{escape(text)}</text>'
