"""Diagnostics as one JSON document: the fields of each diagnostic by their names."""

from typing import Any

from owscale.console.json_text import json_document
from owscale.diagnostics.model import Diagnostic
from owscale.diagnostics.report import DiagnosticReport


def format_report(report: DiagnosticReport) -> str:
    """Return the document: a list of diagnostics, and their counts."""
    counts = {"errors": report.errors, "warnings": report.warnings, "accepted": report.accepted}
    return json_document({"diagnostics": [_fields(diagnostic) for diagnostic in report], **counts}) + "\n"


def _fields(diagnostic: Diagnostic) -> dict[str, Any]:
    return diagnostic._asdict() | {"related": [related._asdict() for related in diagnostic.related]}
