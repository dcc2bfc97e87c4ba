"""The command line, read."""

from __future__ import annotations

import argparse

from generator.argument_types import path
from generator.arguments import parser

TYPE_CHECKING = False  # what typing has too, and takes its time for
if TYPE_CHECKING:
    from pathlib import Path

_PLACES = ("spec", "out")


class Options(argparse.Namespace):
    """The command is `command`, and each of its options is an attribute; `words` has them as they were written.

    `spec` and `out` are the folders of these names unless they are given; whoever asks for neither does not wait for
    pathlib. `started` is when the run began, in ns.
    """

    def __getattr__(self, name: str) -> Path:
        if name in _PLACES:
            return path(name)
        raise AttributeError(name)


def parsed(words: list[str], started: int = 0) -> Options:
    """What the words of the command line ask for; exits where they ask for help, or mean nothing."""
    return parser(words).parse_args(words, Options(words=words, started=started))
