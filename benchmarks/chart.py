"""A chart of the time by the number of deployments, as SVG with logarithmic axes."""

import math
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

from benchmarks.goals import Results

_WIDTH, _HEIGHT = 860, 460
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 250, 20, 50
_FONT = 'font-family="sans-serif" font-size="13"'
_COLORS = ("#0f62a6", "#2f9e44", "#6741d9", "#d9480f", "#c2255c", "#5c5f66")

Points = Sequence[tuple[int, float]]


def svg(results: Results) -> str:
    """Return the chart, with a line per series and its name at the end of the line."""
    series: dict[str, list[tuple[int, float]]] = {}
    for result in results.values():
        if result.case.series:
            series.setdefault(result.case.series, []).append((result.case.deployments, result.median))
    axes = _Axes(series)
    body = [*axes.grid(), *(part for line in _lines(axes, series) for part in line)]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" {_FONT} role="img">',
            "<title>Seconds by number of deployments</title>",
            f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
            *body,
            "</svg>\n",
        ]
    )


class _Axes:
    """The scales of the chart, which map a number of deployments and a time to coordinates."""

    def __init__(self, series: Mapping[str, Points]) -> None:
        points = [point for line in series.values() for point in line]
        self.decades = range(max(math.ceil(math.log10(max(n for n, _ in points))), 1) + 1)
        times = [math.log10(time) for _, time in points]
        self.times = range(math.floor(min(times)), max(math.ceil(max(times)), math.floor(min(times)) + 1) + 1)

    def x(self, deployments: float) -> float:
        """Return the horizontal coordinate of a number of deployments."""
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * math.log10(deployments) / self.decades[-1]

    def y(self, time: float) -> float:
        """Return the vertical coordinate of a time in seconds."""
        low, high = self.times[0], self.times[-1]
        return _TOP + (_HEIGHT - _TOP - _BOTTOM) * (high - math.log10(time)) / (high - low)

    def grid(self) -> list[str]:
        """Return the lines and labels of the grid."""
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
    """Return the elements of each series: a line, its points, and a name that overlaps no other."""
    lines, label_y = [], -math.inf
    ends = sorted(series.items(), key=lambda item: axes.y(item[1][-1][1]))
    for color, (name, points) in zip(_COLORS * len(ends), ends, strict=False):
        coordinates = [(axes.x(deployments), axes.y(time)) for deployments, time in points]
        label_y = max(coordinates[-1][1] + 4, label_y + 17)
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in coordinates)
        lines.append(
            [
                f'<polyline points="{line}" fill="none" stroke="{color}" stroke-width="2"/>',
                *(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{color}"/>' for x, y in coordinates),
                _text(_WIDTH - _RIGHT + 12, label_y, name, "start", color),
            ]
        )
    return lines


def _text(x: float, y: float, text: str, anchor: str, color: str = "#343a40") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{color}">{escape(text)}</text>'
