"""All printing of a command: its result on stdout, diagnostics and messages on stderr.

Every text is made safe here, in every format: names, values and messages from outside cannot control the terminal or
run commands in CI.
"""

import io
import sys

from owscale.console.streams import StreamError, write
from owscale.console.text import printable_lines
from owscale.errors import format_message

TYPE_CHECKING = False  # `explain CODE` does not wait for typing
if TYPE_CHECKING:
    from typing import TextIO

    from owscale.diagnostics.report import DiagnosticReport


class CommandResult:
    """The result of a command: its exit code, its text for stdout, and for stderr the reason of a failure.

    `is_cacheable` is true after a success that wrote nothing.
    """

    def __init__(self, exit_code: int = 0, text: str = "", failure: str = "", *, is_cacheable: bool = False) -> None:
        self.exit_code = exit_code
        self.text = text
        self.failure = failure
        self.is_cacheable = is_cacheable


class Output:
    """The terminal of one command.

    With a machine-readable format of diagnostics, stdout carries that document alone and text goes to stderr.
    With `is_quiet`, a success prints neither text nor diagnostics, and no run prints notes and progress.
    `has_messages` is true once anything but the result and notes was printed.
    """

    def __init__(self, *, diagnostics_format: str = "text", color: str = "auto", is_quiet: bool = False) -> None:
        self._is_quiet = is_quiet
        self._format = diagnostics_format
        self._color = color
        self._report: DiagnosticReport | None = None
        self._lists_accepted = True
        self._error: StreamError | None = None
        self.has_messages = False
        self._notes = ""

    @property
    def stream(self) -> "TextIO":
        """The stream for progress."""
        return io.StringIO() if self._is_quiet else sys.stderr

    def show_diagnostics(self, report: "DiagnosticReport", *, lists_accepted: bool = True) -> None:
        """Print the diagnostics of a report when the command ends, whether it succeeds or fails.

        Without `lists_accepted`, a text has only the number of accepted diagnostics.
        """
        self._report, self._lists_accepted = report, lists_accepted

    def status(self, text: str, hint: str = "") -> None:
        """Print a message that is not part of the result, and a hint on a line of its own.

        If stderr cannot be written, the command continues, and `finish` raises StreamError.
        """
        self.has_messages = True
        self._write_message(format_message(text, hint))

    def note(self, text: str) -> None:
        """Print a message that is also part of the cached result."""
        if self._is_quiet:
            return
        self._write_message(text)
        self._notes += f"{printable_lines(text)}\n"

    def _write_message(self, text: str) -> None:
        try:
            write(sys.stderr, f"{printable_lines(text)}\n")
        except StreamError as error:
            self._error = error

    def result(self, text: str) -> None:
        """Print a part of the result before the command ends, such as a plan that the user is asked to confirm."""
        write(sys.stdout, printable_lines(text))

    def ask(self, question: str) -> str:
        """Print a question on stderr, and return the line that the user types."""
        write(sys.stderr, printable_lines(question))
        return sys.stdin.readline().strip()

    def finish(self, result: CommandResult) -> tuple[str, str]:
        """Print the result and the diagnostics. Returns the texts for stdout and stderr."""
        out, err = self._render(result)
        write(sys.stdout, out)
        write(sys.stderr, err)
        if self._error:
            raise self._error
        return out, self._notes + err

    def _render(self, result: CommandResult) -> tuple[str, str]:
        report = self._report
        last_lines = result.failure or (report.summary if report else "")
        text, err = printable_lines(result.text), f"{printable_lines(last_lines)}\n" if last_lines else ""
        is_silent = self._is_quiet and not result.exit_code
        if self._format != "text":
            return self._document(report), "" if is_silent else text + err
        if is_silent:
            return "", ""
        if report and last_lines:
            from owscale.reporting import format_text  # not for a run without diagnostics

            style = format_text.text_style(self._color)
            diagnostics = format_text.format_report(report, style, lists_accepted=self._lists_accepted)
            err = printable_lines(diagnostics, styled=True) + err
        return text, err

    def _document(self, report: "DiagnosticReport | None") -> str:
        from owscale.diagnostics.report import DiagnosticReport  # machine-readable formats alone
        from owscale.reporting import format_document

        document = format_document(report or DiagnosticReport(), self._format)
        return document if self._format == "github" else printable_lines(document)  # it consists of commands to CI
