"""One command, run and told: the only place that prints errors."""

import contextlib
import importlib
import sys
from argparse import Namespace

from generator.diagnostics import Report, SpecError
from generator.errors import OwscaleError, UsageError

_DONE, _WRONG, _USAGE = 0, 1, 2


def dispatched(options: Namespace) -> int:
    """Runs the command that the options name, prints what was found and how it ended, and returns its exit code."""
    report = Report(strict=options.strict)
    try:
        code, failure = _run(options, report)
    except UsageError as error:
        print(error, file=sys.stderr)
        return _USAGE
    _print_report(report, options, failure)
    return code


def _run(options: Namespace, report: Report) -> tuple[int, str]:
    """Runs the command: the exit code and, where it failed, why."""
    # A command is imported when it runs, so that none waits for the libraries of another.
    module = importlib.import_module(f"generator.commands.{options.command}")
    # A document on stdout is for a program, and stands there alone.
    stdout = sys.stdout if options.format == "text" else sys.stderr
    try:
        with contextlib.redirect_stdout(stdout):
            return getattr(module, options.command)(options, report), ""
    except UsageError:
        raise
    except SpecError as error:
        return _WRONG, f"{error}. {options.out.as_posix()}/ was not changed."
    except OwscaleError as error:
        return _WRONG, str(error)


def _print_report(report: Report, options: Namespace, failure: str) -> None:
    """What was found, and then how the run ended: the failure, or how many warnings there were."""
    end = failure or (f"{report.summary}." if report.summary else "")
    if options.format != "text":
        telling = importlib.import_module(f"generator.report.as_{options.format}")
        print(telling.rendered(report), end="")
    elif end:
        from generator.report import as_text  # noqa: PLC0415 -- a command that found nothing tells nothing

        print(as_text.rendered(report, as_text.look(options.color)), end="", file=sys.stderr)
    if end:
        from generator.report import printable  # noqa: PLC0415 -- likewise

        print("\n".join(map(printable, end.split("\n"))), file=sys.stderr)
