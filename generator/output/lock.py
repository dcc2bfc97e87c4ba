"""One writer at a time."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from generator.errors import OwscaleError

Say = Callable[[str], object]

_POLL_SECONDS = 0.1
_SAY_AFTER_SECONDS = 1.0


@contextmanager
def locked(out: Path, *, writing: bool, timeout_seconds: float, say: Say) -> Iterator[None]:
    """Holds `out` while the block runs: alone where it writes, with other readers where it does not.

    The lock is the kernel's, on the folder itself (flock): it goes with its process, so that none is ever stale, and
    leaves no file behind. A folder that is not there is made for a writer, and goes again if it stays empty. Whoever
    waits for long is told so through `say`.

    Raises OwscaleError after `timeout_seconds` of waiting, and where the folder cannot be opened.
    """
    made = False
    try:
        if writing and not out.exists():
            out.mkdir(parents=True)
            made = True
        folder = os.open(out, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:
        yield  # nothing to read, and nobody to disturb
        return
    except OSError as error:
        raise OwscaleError(f"{error.filename}: {error.strerror}") from error
    try:
        _wait(folder, out, fcntl.LOCK_EX if writing else fcntl.LOCK_SH, timeout_seconds, say)
        yield
    finally:
        if made:
            with suppress(OSError):  # it has content now
                out.rmdir()
        os.close(folder)


def _wait(folder: int, out: Path, kind: int, timeout_seconds: float, say: Say) -> None:
    began = time.monotonic()
    said = False
    while True:
        try:
            fcntl.flock(folder, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            waited = time.monotonic() - began
            if waited >= timeout_seconds:
                raise OwscaleError(
                    f"{out}: another owscale is at work here, and was not done after {timeout_seconds:g} s\n"
                    "  hint: run again when it is, or wait longer with --lock-timeout SECONDS"
                ) from None
            if waited >= _SAY_AFTER_SECONDS and not said:
                said = True
                say(f"{out}: waiting for another owscale that is at work here")
            time.sleep(_POLL_SECONDS)
        except OSError as error:
            raise OwscaleError(f"{out}: cannot be locked: {error.strerror}") from error
        else:
            return
