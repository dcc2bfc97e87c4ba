"""A report as one JSON document: the fields of each diagnostic by their names."""

import json
from typing import Any

from generator.diagnostics import Diagnostic
from generator.errors import Report


def rendered(report: Report) -> str:
    counts = {"errors": report.errors, "warnings": report.warnings, "accepted": report.accepted}
    return json.dumps({"diagnostics": [_fields(each) for each in report], **counts}, indent=2) + "\n"


def _fields(diagnostic: Diagnostic) -> dict[str, Any]:
    return diagnostic._asdict() | {"also": [other._asdict() for other in diagnostic.also]}
