"""A report as annotations of a pull request: workflow commands of GitHub Actions.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions; the escapes are those of
@actions/core, packages/core/src/command.ts.
"""

from generator.diagnostics import Diagnostic
from generator.errors import Report
from generator.report import printable

_COMMANDS = {"": "error", "warning": "warning", "accepted": "notice"}


def rendered(report: Report) -> str:
    return "".join(f"{_command(diagnostic)}\n" for diagnostic in report)


def _command(told: Diagnostic) -> str:
    place = f",line={told.line},col={told.column}" if told.line else ""
    lines = (told.what, *(f"{name}: {text}" for name, text in told.details))
    message = "%0A".join(map(_escaped, lines))
    return f"::{_COMMANDS[told.mark]} file={_property(told.file)}{place},title={_property(told.code)}::{message}"


def _escaped(text: str) -> str:
    return printable(text).replace("%", "%25")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
