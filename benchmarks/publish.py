"""Write the figures of a full run: results.json, and the tables and the chart of docs/performance.md."""

import json
from collections.abc import Mapping

from benchmarks import chart
from benchmarks.goals import Results
from benchmarks.paths import CHART, PAGE, RESULTS

BEGIN, END = "<!-- begin: written by make bench -->", "<!-- end: written by make bench -->"


def publish(results: Results, machine: str, text: str) -> None:
    """Write all three files, without dates, paths or the name of the machine."""
    RESULTS.write_text(json.dumps(_data(results, machine), indent=2) + "\n", encoding="utf-8")
    CHART.write_text(chart.svg(results), encoding="utf-8")
    PAGE.write_text(replace_figures(PAGE.read_text(encoding="utf-8"), text), encoding="utf-8")


def replace_figures(page: str, text: str) -> str:
    """Return the page with another text between its markers."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{text}\n\n{END}{after}"


def _data(results: Results, machine: str) -> Mapping[str, object]:
    return {
        "machine": machine,
        "cases": {
            name: {
                "deployments": result.case.deployments,
                "seconds": [round(value, 6) for value in result.seconds],
                "peak_mb": round(result.peak_mb, 1),
            }
            for name, result in results.items()
        },
    }
