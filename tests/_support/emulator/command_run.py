"""Commands of owscale, run in the process of the tests."""

import contextlib
import io
from dataclasses import dataclass

from owscale.cli.main import main


@dataclass(frozen=True)
class CommandRun:
    """The exit code and the output of an owscale command."""

    code: int
    out: str
    err: str


def owscale(*arguments: str) -> CommandRun:
    """Run one command in this process."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(arguments)
    return CommandRun(code, out.getvalue(), err.getvalue())
