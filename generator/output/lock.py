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
    made = writing and not out.exists()
    folder = _held(out, timeout_seconds, say, writing=writing)
    try:
        yield
    finally:
        if made:
            with suppress(OSError):  # it has content now
                out.rmdir()
        if folder is not None:
            os.close(folder)


def _held(out: Path, timeout_seconds: float, say: Say, *, writing: bool) -> int | None:
    """The folder, opened and locked; None where a reader finds none, and so nobody to disturb."""
    while True:
        try:
            if writing:
                out.mkdir(parents=True, exist_ok=True)
            folder = os.open(out, os.O_RDONLY | os.O_DIRECTORY)
        except FileNotFoundError:
            return None
        except FileExistsError:
            raise OwscaleError(f"{out}: is no folder\n  hint: move it away") from None
        except OSError as error:
            raise OwscaleError(f"{error.filename}: {error.strerror}") from error
        _wait(folder, out, fcntl.LOCK_EX if writing else fcntl.LOCK_SH, timeout_seconds, say)
        if _still_there(folder, out):
            return folder
        os.close(folder)  # whoever held it has removed it, and a lock on what is gone keeps nobody out


def _still_there(folder: int, out: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(folder), out.stat())
    except FileNotFoundError:
        return False


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
