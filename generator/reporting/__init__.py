"""Diagnostics as text, JSON, GitHub annotations and SARIF, one module per format."""

from owscale.diagnostics.report import DiagnosticReport


def format_document(report: DiagnosticReport, document_format: str) -> str:
    """Return a report in a machine-readable format: `json`, `github` or `sarif`.

    The formats are imported here, since no run needs two of them.
    """
    match document_format:
        case "json":
            from owscale.reporting.format_json import format_report  # noqa: PLC0415 -- a run needs one format
        case "github":
            from owscale.reporting.format_github import format_report  # noqa: PLC0415 -- a run needs one format
        case "sarif":
            from owscale.reporting.format_sarif import format_report  # noqa: PLC0415 -- a run needs one format
        case _:
            raise ValueError(f"{document_format} is not a format of diagnostics")
    return format_report(report)
