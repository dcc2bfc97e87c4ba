"""Run `owscale generate` in a child process, with a fault before a chosen change of the file system."""

import gc
import os
import sys
from collections.abc import Callable
from pathlib import Path

from owscale.cli.main import main

NO_FAULT = 77
"""Exit code of a run that succeeded before it reached the chosen change."""
_BUG = 99


def _changes_output(event: str, arguments: tuple[object, ...]) -> bool:
    """Return whether an audit event of Python precedes a change under out/."""
    if Path(str(arguments[0] if arguments else "")).parts[:1] != ("out",):
        return False
    if event == "open":
        return bool(int(str(arguments[2])) & (os.O_WRONLY | os.O_RDWR))
    return event in {"os.rename", "os.remove", "os.mkdir", "os.rmdir"}


def generate_with_fault(at: int, fault: Callable[[], None], output: str = os.devnull) -> int:
    """Run generate with a fault before its `at`-th change, print into `output`, and return the wait status."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1]
    gc.freeze()  # a collection of the objects of all tests would copy them into this process
    changes = 0

    def audit(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal changes
        if _changes_output(event, arguments):
            changes += 1
            if changes == at:
                fault()

    try:
        stream = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(stream, 1)
        os.dup2(stream, 2)
        sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
        sys.addaudithook(audit)
        code = main(["generate"])
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(NO_FAULT if code == 0 and changes < at else code)
    finally:
        os._exit(_BUG)
