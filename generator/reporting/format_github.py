"""Diagnostics as annotations of a pull request: workflow commands of GitHub Actions.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions; the escapes are in
packages/core/src/command.ts of @actions/core.
"""

from owscale.console.text import printable, without_ci_commands
from owscale.diagnostics.model import Diagnostic
from owscale.diagnostics.report import DiagnosticReport

_COMMANDS = {"": "error", "warning": "warning", "accepted": "notice"}


def format_report(report: DiagnosticReport) -> str:
    """Return one workflow command per diagnostic."""
    return "".join(f"{_command(diagnostic)}\n" for diagnostic in report)


def _command(diagnostic: Diagnostic) -> str:
    place = f",line={diagnostic.line},col={diagnostic.column}" if diagnostic.line else ""
    lines = (diagnostic.text, *(f"{name}: {text}" for name, text in diagnostic.details))
    message = "%0A".join(map(_escape, lines))
    file, title = _escape_property(diagnostic.file), _escape_property(diagnostic.code)
    return f"::{_COMMANDS[diagnostic.label]} file={file}{place},title={title}::{message}"


def _escape(text: str) -> str:
    return without_ci_commands(printable(text)).replace("%", "%25")


def _escape_property(text: str) -> str:
    return _escape(text).replace(":", "%3A").replace(",", "%2C")
