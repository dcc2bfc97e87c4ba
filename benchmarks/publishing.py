"""Writes what a whole run came to: results.json, the tables of docs/performance.md and its chart."""

import json
from collections.abc import Mapping

from benchmarks import chart
from benchmarks.goals import Results
from benchmarks.places import CHART, PAGE, RESULTS

BEGIN, END = "<!-- begin: written by make bench -->", "<!-- end: written by make bench -->"


def publish(measured: Results, machine: str, text: str) -> None:
    """Writes all three; none of them holds a date, a path or the name of a machine."""
    RESULTS.write_text(json.dumps(_data(measured, machine), indent=2) + "\n", encoding="utf-8")
    CHART.write_text(chart.svg(measured), encoding="utf-8")
    PAGE.write_text(put(PAGE.read_text(encoding="utf-8"), text), encoding="utf-8")


def put(page: str, text: str) -> str:
    """The page with the text between its two marks."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{text}\n\n{END}{after}"


def _data(measured: Results, machine: str) -> Mapping[str, object]:
    return {
        "machine": machine,
        "cases": {
            name: {
                "deployments": each.case.deployments,
                "seconds": [round(value, 6) for value in each.seconds],
                "peak_mb": round(each.peak_mb, 1),
            }
            for name, each in measured.items()
        },
    }
