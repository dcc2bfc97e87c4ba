"""Entry point of the command line: print the cached result, or run the command.

Nothing is imported before it is needed: most runs only find out that nothing has changed.
"""

import gc
import io
import os
import sys

from owscale.cli.exit_codes import BUG, FAILURE, INTERRUPTED, SUCCESS

TYPE_CHECKING = False  # typing takes longer to import than an unchanged run needs
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Protocol

    from owscale.cli.options import Arguments
    from owscale.cli.output import CommandResult, Output

    class CommandModule(Protocol):
        """A module of cli/commands: a class with the options of the command, and the command itself."""

        Options: Any

        def run(self, options: Any, output: Output) -> CommandResult:
            """Run the command."""


def main(arguments: "Sequence[str] | None" = None) -> int:
    """Run one command and return its exit code. Raises SystemExit after `--help` and after a usage error."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    _reopen_closed_streams()
    try:
        exit_code = _run(words)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader of the output has closed it
        _discard_stdout()
        return FAILURE
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except OSError as error:
        if not _is_full_disk(error):
            return _report_bug()
        _discard_stdout()
        print(f"cannot write the output: {error.strerror}; changes already made are kept", file=sys.stderr)
        print("  hint: make room on the disk, or write the output elsewhere; then run this again", file=sys.stderr)
        return FAILURE
    except Exception:
        return _report_bug()
    return exit_code


def _run(words: "list[str]") -> int:
    from owscale.result_cache import lookup

    cached = lookup.find(words)
    if cached is not None:
        sys.stdout.write(cached[0])
        sys.stderr.write(cached[1])
        return SUCCESS
    from owscale.cli.options import parse

    try:
        arguments = parse(words)
    except SystemExit:  # the parser has printed the help or a usage error
        sys.stdout.flush()
        raise
    return _run_command(arguments, words)


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
    output = Output(diagnostics_format=values["diagnostics_format"], color=values["color"])
    for note in values["notes"]:
        output.status(f"note: {note}")
    try:
        result = command.run(options_for(command.Options, values, output), output)
    except UsageError as error:  # diagnostics of the specs do not matter then
        output.status(str(error))
        return error.exit_code
    except OwscaleError as error:
        result = CommandResult(error.exit_code, failure=str(error))
    out, err = output.finish(result)
    if result.cache_inputs and not values["no_cache"] and not values["notes"]:  # a cached result has no notes
        result.cache_inputs.save(words, out, err)
    return result.exit_code


def _report_bug() -> int:
    import traceback

    traceback.print_exc()
    from owscale import __version__

    print(f"This is a bug of owscale {__version__}, not of your spec.", file=sys.stderr)
    print("  hint: report it to its maintainers, with these lines and the command line", file=sys.stderr)
    return BUG


def _reopen_closed_streams() -> None:
    """Let output vanish where the shell closed a stream (`>&-`): Python then sets it to None."""
    sys.stdout = sys.stdout or io.StringIO()
    sys.stderr = sys.stderr or io.StringIO()


def _is_full_disk(error: OSError) -> bool:
    """Return whether the output of owscale could not be written; an error of any other file has a name."""
    import errno

    return error.filename is None and error.errno in {errno.EDQUOT, errno.EFBIG, errno.EIO, errno.ENOSPC}


def _discard_stdout() -> None:
    """Keep Python from writing to a broken stdout again when it exits."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
