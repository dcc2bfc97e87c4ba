"""Entry point of the command line: print the cached result, or run the command.

Nothing is imported before it is needed: most runs only find out that nothing has changed.
"""

import gc
import io
import os
import sys

from owscale.cli.exit_codes import BROKEN_PIPE, BUG, FAILURE, INTERRUPTED, SUCCESS
from owscale.console.streams import StreamError, write

TYPE_CHECKING = False  # typing takes longer to import than an unchanged run needs
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Protocol

    from owscale.cli.options import Arguments
    from owscale.cli.output import CommandResult, Output

    class CommandModule(Protocol):
        """A module of cli/commands. The class in the annotation of `options` has a field for each option."""

        def run(self, options: Any, output: Output) -> CommandResult:
            """Run the command."""


def main(arguments: "Sequence[str] | None" = None) -> int:
    """Run one command and return its exit code. Raises SystemExit after `--help` and after a usage error."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    _prepare_streams()
    try:
        return _run(words, is_new_process=arguments is None)
    except StreamError as error:
        _discard_output()
        if error.is_closed_by_reader:
            return BROKEN_PIPE
        from owscale.errors import format_message

        return _report(format_message(str(error), error.hint), FAILURE)
    except KeyboardInterrupt:
        return _report("interrupted", INTERRUPTED)
    except Exception as error:
        if isinstance(error, FileNotFoundError) and not _has_current_directory():
            from owscale.errors import format_message

            hint = "change to the directory of the project"
            return _report(format_message("the current directory was removed", hint), FAILURE)
        return _report_bug()


def _has_current_directory() -> bool:
    try:
        os.getcwd()
    except FileNotFoundError:
        return False
    return True


def _run(words: "list[str]", *, is_new_process: bool) -> int:
    from owscale.result_cache import lookup

    cached = lookup.find(words, is_new_process=is_new_process)
    if cached is not None:
        write(sys.stdout, cached[0])
        write(sys.stderr, cached[1])
        return SUCCESS
    from owscale.cli.options import parse

    return _run_command(parse(words), words)


def _run_command(arguments: "Arguments", words: "list[str]") -> int:
    from importlib import import_module

    from owscale.cli.options import options_for
    from owscale.cli.output import CommandResult, Output
    from owscale.console import invocation
    from owscale.errors import OwscaleError, UsageError

    command: CommandModule = import_module(arguments.command.module)
    invocation.set_options(arguments.values)
    if not gc.isenabled():  # __main__.py turned it off for the imports, and the imported objects stay
        gc.freeze()
        gc.enable()
    values = arguments.values
    output = Output(diagnostics_format=values["diagnostics_format"], color=values["color"], is_quiet=values["quiet"])
    for note in values["notes"]:
        output.status(f"note: {note}")
    try:
        result = command.run(options_for(command.run.__annotations__["options"], values, output), output)
    except UsageError as error:  # diagnostics of the specs do not matter then
        output.status(str(error))
        return error.exit_code
    except OwscaleError as error:
        result = CommandResult(error.exit_code, failure=str(error))
    out, err = output.finish(result)
    if result.is_cacheable and not output.has_messages and not values["no_cache"]:  # a stored result has no messages
        from owscale.result_cache import recording

        recording.save(words, out, err)
    return result.exit_code


def _report_bug() -> int:
    import traceback

    from owscale import __version__
    from owscale.console.text import printable_lines
    from owscale.errors import format_message

    problem = f"This is a bug of owscale {__version__}, not of your spec"
    hint = "report it to its maintainers, with these lines and the command line"
    return _report(f"{printable_lines(traceback.format_exc())}{format_message(problem, hint)}", BUG)


def _report(message: str, exit_code: int) -> int:
    """Print a last message, if stderr can be written, and return the exit code."""
    try:
        write(sys.stderr, f"{message}\n")
    except StreamError:
        _discard_output()
    return exit_code


def _prepare_streams() -> None:
    """Discard output to a stream that the shell closed (`>&-`), and escape characters that the locale cannot encode.

    Python sets a closed stream to None. Its number is taken again, so that no other file gets it: a program that
    owscale starts would write its messages into that file.
    """
    for name, number, mode in (("stdin", 0, "r"), ("stdout", 1, "w"), ("stderr", 2, "w")):
        if getattr(sys, name) is None:
            descriptor = os.open(os.devnull, os.O_RDWR)
            if descriptor != number:
                os.dup2(descriptor, number)
                os.close(descriptor)
            stream = open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115 -- open until the end
            setattr(sys, name, stream)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # as for stderr, where it is the default of Python


def _discard_output() -> None:
    """Keep Python from writing to a broken stream again when it exits."""
    null = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(null, stream.fileno())
    os.close(null)
