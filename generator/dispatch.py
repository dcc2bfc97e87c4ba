"""One command, run and told: the only place that prints errors."""

import contextlib
import gc
import importlib
import sys
from argparse import Namespace

from generator.errors import OwscaleError, Report, SpecError, UsageError
from generator.report.telling import told

_WRONG, _USAGE = 1, 2


def dispatched(options: Namespace) -> int:
    """Runs the command that the options name, prints what was found and how it ended, and returns its exit code."""
    report = Report(strict=options.strict)
    try:
        code, failure = _run(options, report)
    except UsageError as error:
        print(error, file=sys.stderr)
        return _USAGE
    for stream, text in zip((sys.stdout, sys.stderr), told(report, options, failure), strict=True):
        print(text, end="", file=stream)
    return code


def _run(options: Namespace, report: Report) -> tuple[int, str]:
    """Runs the command: the exit code and, where it failed, why."""
    # A command is imported when it runs, so that none waits for the libraries of another.
    module = importlib.import_module(f"generator.commands.{options.command}")
    if not gc.isenabled():  # see __main__.py; tests, which run many commands in one process, keep theirs
        gc.freeze()
        gc.enable()
    # A document on stdout is for a program, and stands there alone.
    stdout = sys.stdout if options.format == "text" else sys.stderr
    try:
        with contextlib.redirect_stdout(stdout):
            return getattr(module, options.command)(options, report), ""
    except UsageError:
        raise
    except SpecError as error:
        return _WRONG, f"{error}. {options.out}/ was not changed."
    except OwscaleError as error:
        return _WRONG, str(error)
