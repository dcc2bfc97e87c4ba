"""A report as one JSON document: the fields of each diagnostic by their names."""

import json
from dataclasses import asdict

from generator.errors import Report


def rendered(report: Report) -> str:
    counts = {"errors": report.errors, "warnings": report.warnings, "accepted": report.accepted}
    return json.dumps({"diagnostics": [asdict(diagnostic) for diagnostic in report], **counts}, indent=2) + "\n"
