"""The command line: dispatch, exit codes, and the only place that prints errors."""

import argparse
import contextlib
import importlib
import os
import sys
import traceback
from collections.abc import Sequence

from generator.arguments import parser
from generator.errors import OwscaleError, Report, SpecError, UsageError
from generator.report import printable

DONE, WRONG, USAGE, BUG, INTERRUPTED = 0, 1, 2, 3, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    options = parser().parse_args(arguments)
    report = Report(strict=options.strict)
    try:
        code, failure = _run(options, report)
        _print_report(report, options, failure)
        sys.stdout.flush()
    except UsageError as error:
        print(error, file=sys.stderr)
        return USAGE
    except BrokenPipeError:  # whoever read the output has seen enough of it
        _silence_stdout()
        return WRONG
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except OSError as error:
        if error.filename is not None:  # a command that did not tell what it could not do
            return _bug()
        _silence_stdout()
        print(f"the output: {error.strerror}. What the command did is done.", file=sys.stderr)
        return WRONG
    except Exception:
        return _bug()
    return code


def _bug() -> int:
    traceback.print_exc()
    print("This is a bug of owscale, not of your spec.", file=sys.stderr)
    return BUG


def _silence_stdout() -> None:
    """Python would try again to write what nobody can take, at its end, and complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(options: argparse.Namespace, report: Report) -> tuple[int, str]:
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
        return WRONG, f"{error}. {options.out.as_posix()}/ was not changed."
    except OwscaleError as error:
        return WRONG, str(error)


def _print_report(report: Report, options: argparse.Namespace, failure: str) -> None:
    """What was found, and then how the run ended: the failure, or how many warnings there were."""
    telling = importlib.import_module(f"generator.report.as_{options.format}")  # when it is needed, as a command is
    if options.format == "text":
        print(telling.rendered(report, telling.look(options.color)), end="", file=sys.stderr)
    else:
        print(telling.rendered(report), end="")
    if end := failure or (f"{report.summary}." if report.summary else ""):
        print("\n".join(map(printable, end.split("\n"))), file=sys.stderr)
