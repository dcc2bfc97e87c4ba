"""Diagnostics as one JSON document: the fields of each diagnostic by their names."""

import json
from typing import Any

from owscale.diagnostics.model import Diagnostic
from owscale.diagnostics.report import DiagnosticReport


def format_report(report: DiagnosticReport) -> str:
    """Return the document: a list of diagnostics, and their counts."""
    counts = {"errors": report.errors, "warnings": report.warnings, "accepted": report.accepted}
    return json.dumps({"diagnostics": [_fields(diagnostic) for diagnostic in report], **counts}, indent=2) + "\n"


def _fields(diagnostic: Diagnostic) -> dict[str, Any]:
    return diagnostic._asdict() | {"related": [related._asdict() for related in diagnostic.related]}
