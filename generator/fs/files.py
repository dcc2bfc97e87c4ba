"""Write files atomically, and report errors of the file system with their path."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from owscale.errors import OwscaleError

TEMPORARY_SUFFIX = ".tmp"
"""Ending of a temporary file; one remains only if a process was killed while it wrote."""


def atomic_write(path: str | Path, content: bytes, *, mode: int = 0o666) -> None:
    """Create or replace a file, so that readers see its old content or the new one, never a part of it.

    The content goes into a temporary file of the same directory, which is then renamed. On any error the temporary
    file is removed and `path` stays as it was. The result is always a new file with the permission bits `mode`,
    restricted by the umask; the bits of the replaced file are not kept. A symbolic link at `path` is replaced, not
    followed. The content may be lost in a power failure: it is not forced onto the disk.

    Raises OSError with `path` as its file name.
    """
    temporary = f"{path}.{os.urandom(8).hex()}{TEMPORARY_SUFFIX}"
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
        try:
            with open(descriptor, "wb") as file:
                file.write(content)
            os.replace(temporary, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(temporary)
            raise
    except OSError as error:  # the user does not know the temporary name
        raise OSError(error.errno, error.strerror, str(path)) from error


_HINTS = {
    errno.EACCES: "give yourself access; `ls -ld {path}` shows the owner and the permissions",
    errno.EDQUOT: "make room on the disk, then repeat the command",
    errno.EISDIR: "move the directory away, then repeat the command",
    errno.ELOOP: "remove the symbolic links that lead to each other",
    errno.EMFILE: "raise the limit of open files with `ulimit -n 4096`, then repeat the command",
    errno.ENAMETOOLONG: "use shorter names",
    errno.ENOENT: "check the path; another program may have removed it",
    errno.ENOSPC: "make room on the disk, then repeat the command",
    errno.ENOTDIR: "move away the file that is in the place of a directory",
    errno.EPERM: "give yourself access; `ls -ld {path}` shows the owner and the permissions",
    errno.EROFS: "work in a directory that can be written to",
}


def os_error_hint(error: OSError, path: str | Path = "") -> str:
    """Return the hint for an error of the file system; `path` is the name of the file in messages."""
    import shlex  # noqa: PLC0415 -- only a failed run needs it

    hint = _HINTS.get(error.errno or 0, "correct the error that the operating system reports, then repeat the command")
    place = str(path or error.filename)
    if place == error.filename and not os.path.lexists(place):  # it could not be created
        place = os.path.dirname(place) or "."
    return hint.format(path=shlex.quote(place))


@contextmanager
def io_errors(path: str | Path, *, hint: str = "") -> Iterator[None]:
    """Turn an OSError of the block into an OwscaleError that names the file, or `path` where the error names none."""
    try:
        yield
    except OSError as error:
        hint = hint or os_error_hint(error, error.filename or path)
        raise OwscaleError(f"{error.filename or path}: {error.strerror or error}", hint=hint) from error
