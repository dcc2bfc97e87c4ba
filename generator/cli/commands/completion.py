"""`owscale completion`: print a script with which a shell completes commands, options and their values."""

from typing import TYPE_CHECKING, NamedTuple

import shtab

from owscale.cli.output import CommandResult, Output
from owscale.cli.parser import build_full_parser, path

if TYPE_CHECKING:
    from owscale.cli.parser import Parser


class CompletionOptions(NamedTuple):
    """Options of `owscale completion`."""

    shell: str


def run(options: CompletionOptions, _output: Output) -> CommandResult:
    """Return the script."""
    parser = build_full_parser()
    _mark_paths(parser)
    return CommandResult(text=shtab.complete(parser, options.shell))


def _mark_paths(parser: "Parser") -> None:
    """Let a shell complete file names for the arguments that are paths."""
    for action in parser._actions:
        if action.type is path:
            action.complete = shtab.FILE  # type: ignore[attr-defined]  # shtab reads this attribute
        for subparser in action.choices.values() if isinstance(action.choices, dict) else ():
            _mark_paths(subparser)
