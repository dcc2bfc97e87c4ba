"""The lock on out/: one writer, or several readers."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from owscale.errors import OwscaleError
from owscale.fs.files import io_errors

_POLL_SECONDS = 0.1
_STATUS_AFTER_SECONDS = 1.0


@contextmanager
def lock_output(
    out: Path, *, exclusive: bool, timeout_seconds: float, status: Callable[[str], object]
) -> Iterator[None]:
    """Hold a lock on `out` during the block: `exclusive` for a writer, shared with others for a reader.

    It is a lock of the kernel (flock) on the directory itself. It ends with its process, so it is never stale, and it
    leaves no file behind. A writer creates a missing directory, and removes it if it is still empty in the end. After
    a second of waiting, `status` gets a message.

    Raises OwscaleError after `timeout_seconds`, and if the directory cannot be opened.
    """
    is_created = exclusive and not out.exists()
    descriptor = _acquire(out, timeout_seconds, status, exclusive=exclusive)
    try:
        yield
    finally:
        if is_created:
            with suppress(OSError):  # usually the directory has content, and stays
                out.rmdir()
        if descriptor is not None:
            os.close(descriptor)


def _acquire(out: Path, timeout_seconds: float, status: Callable[[str], object], *, exclusive: bool) -> int | None:
    """Return the directory, opened and locked; None if a reader finds none, so there is nothing to lock."""
    while True:
        descriptor = _open(out, create=exclusive)
        if descriptor is None:
            return None
        try:
            _wait(descriptor, out, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH, timeout_seconds, status)
            if _is_current(descriptor, out):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)  # the previous writer removed it, and a lock on a removed directory excludes no other run


def _open(out: Path, *, create: bool) -> int | None:
    with io_errors(out):
        try:
            if create:
                out.mkdir(parents=True, exist_ok=True)
            return os.open(out, os.O_RDONLY | os.O_DIRECTORY)
        except FileNotFoundError:
            return None
        except FileExistsError:
            hint = "move it away, or choose another directory with `--out`"
            raise OwscaleError(f"{out}: is not a directory", hint=hint) from None


def _is_current(descriptor: int, out: Path) -> bool:
    """Return whether `out` still is the opened directory."""
    try:
        return os.path.samestat(os.fstat(descriptor), out.stat())
    except FileNotFoundError:
        return False


def _wait(descriptor: int, out: Path, operation: int, timeout_seconds: float, status: Callable[[str], object]) -> None:
    started = time.monotonic()
    is_reported = False
    while True:
        try:
            fcntl.flock(descriptor, operation | fcntl.LOCK_NB)
        except BlockingIOError:
            waited = time.monotonic() - started
            if waited >= timeout_seconds:
                raise OwscaleError(
                    f"{out}: locked by another run of owscale, which did not end within {timeout_seconds:g} s",
                    hint="run again when it has ended, or wait longer with `--lock-timeout SECONDS`",
                ) from None
            if waited >= _STATUS_AFTER_SECONDS and not is_reported:
                is_reported = True
                status(f"{out}: waiting for another run of owscale")
            time.sleep(_POLL_SECONDS)
        except OSError as error:
            hint = "set `--out` to a directory on a file system with locks (flock)"
            raise OwscaleError(f"{out}: cannot be locked: {error.strerror}", hint=hint) from error
        else:
            return
