"""A run in a process of its own that something happens to before a certain change of the disk."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

from generator.cli import main

SURVIVED = 77
"""The exit code of a run that ended well before it came so far."""


def _changes_the_disk(event: str, arguments: tuple[object, ...]) -> bool:
    """Whether one of Python's audit events is about to change something under out/."""
    if Path(str(arguments[0] if arguments else "")).parts[:1] != ("out",):
        return False
    if event == "open":
        return bool(int(str(arguments[2])) & (os.O_WRONLY | os.O_RDWR))
    return event in {"os.rename", "os.remove", "os.mkdir", "os.rmdir"}


def struck(at: int, strike: Callable[[], None], said: str = os.devnull) -> int:
    """Runs generate and strikes before its `at`-th change of the disk: its exit status. What it says goes to a file."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1]
    seen = 0

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal seen
        if _changes_the_disk(event, arguments):
            seen += 1
            if seen == at:
                strike()

    try:
        stream = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(stream, 1)
        os.dup2(stream, 2)
        sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
        sys.addaudithook(watch)
        code = main(["generate"])
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(SURVIVED if code == 0 and seen < at else code)
    finally:
        os._exit(99)
