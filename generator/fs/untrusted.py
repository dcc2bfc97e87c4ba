"""Read files whose path or content other people control, such as the files of a pull request.

Everything that owscale reads from a repository is opened here: specs, templates, custom files, `out/`, manifests,
journals, plans and price files. A regular file of a limited size is read. A link, a device, a FIFO and a socket are
refused, and nothing waits for them.
"""

import errno
import os
import stat

from owscale.errors import OwscaleError
from owscale.fs import observed

MIB = 1024 * 1024
MAX_SPEC_BYTES = MIB
MAX_TEMPLATE_BYTES = MIB
MAX_EXTRA_BYTES = 16 * MIB
MAX_MANIFEST_BYTES = 4 * MIB
MAX_JOURNAL_BYTES = 64 * MIB
MAX_OUTPUT_BYTES = 64 * MIB
MAX_PLAN_BYTES = 512 * MIB
MAX_PRICES_BYTES = 512 * MIB

# Of a link: ELOOP, on FreeBSD EMLINK. Of a socket: ENXIO, on macOS EOPNOTSUPP. Of a device without a driver: ENXIO.
_WRONG_KIND = {errno.ELOOP, errno.EMLINK, errno.ENXIO, errno.EOPNOTSUPP}


class UnsafeFileError(OwscaleError):
    """A path is not a regular file of a limited size, or leads out of its folder; `problem` has no path."""

    def __init__(self, shown: str, problem: str, hint: str) -> None:
        super().__init__(f"{shown}: {problem}", hint=hint)
        self.problem = problem


def open_untrusted(path: "str | os.PathLike[str]", *, shown: str = "", follow: bool = False) -> int:
    """Return the descriptor of a regular file, opened for reading.

    `shown` is the path in messages. With `follow`, a link in the last place is followed: only for a path that the user
    names on the command line. Raises UnsafeFileError for anything other than a regular file, and OSError if it
    cannot be opened.
    """
    shown = shown or os.fspath(path)
    try:
        descriptor = observed.open_file(path, follow=follow)
    except ValueError:  # a null byte, or a character that the file system cannot encode
        raise UnsafeFileError(repr(shown), "is not the path of a file", "use another name") from None
    except OSError as error:
        if error.errno not in _WRONG_KIND:
            raise
        raise _wrong_kind(os.stat(path, follow_symlinks=follow).st_mode, shown, is_named=follow) from None
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        os.close(descriptor)
        raise _wrong_kind(mode, shown, is_named=follow)
    return descriptor


def read_untrusted(path: "str | os.PathLike[str]", max_bytes: int, *, shown: str = "", follow: bool = False) -> bytes:
    """Return the content of a regular file of at most `max_bytes`; see `open_untrusted`."""
    try:
        content = _read(path, max_bytes, shown=shown, follow=follow)
    except (OSError, UnsafeFileError) as error:
        observed.note(path, error, follow=follow)
        raise
    observed.note(path, content, follow=follow)
    return content


def _read(path: "str | os.PathLike[str]", max_bytes: int, *, shown: str, follow: bool) -> bytes:
    descriptor = open_untrusted(path, shown=shown, follow=follow)
    try:
        size = os.fstat(descriptor).st_size
        content = os.read(descriptor, size + 1) if size <= max_bytes else b""
        if len(content) == size:  # the usual case, in one system call
            return content
        parts = [content]  # too large, growing, or without a size, such as a file in /proc
        size = max(size, len(content))
        while size <= max_bytes and (part := os.read(descriptor, MIB)):
            parts.append(part)
            size = sum(map(len, parts))
    finally:
        os.close(descriptor)
    if size > max_bytes:
        raise UnsafeFileError(shown or os.fspath(path), *too_large(size, max_bytes))
    return b"".join(parts)


def too_large(size: int, max_bytes: int) -> tuple[str, str]:
    """Return the problem and the hint for a file that has more bytes than its limit."""
    limit = f"{max_bytes // MIB} MiB ({max_bytes:,} bytes)"
    return f"has {size:,} bytes, more than the limit of {limit}", "check that this is the right file"


def require_no_link(path: str, below: str, shown: str) -> None:
    """Raise UnsafeFileError if a path, or one of its parents below the folder `below`, is a symbolic link.

    A path without links below that folder cannot leave it. `shown` is the path in messages.
    """
    while len(path) > len(below):
        if _is_link(path):
            raise UnsafeFileError(shown, "is a symbolic link", "replace it with a copy of its target")
        path, shown = os.path.dirname(path), os.path.dirname(shown)


def require_contained(path: str) -> None:
    """Raise UnsafeFileError if a link to a folder leads out of the folder that it is in.

    It checks every part of a relative path, which a repository can contain, and the last part of an absolute one. A
    link to a file is refused where the file is opened.
    """
    part = path.rstrip("/")
    while part:
        if _is_link(part, to=observed.DIRECTORY):
            folder, target = observed.real_path(os.path.dirname(part) or "."), observed.real_path(part)
            if os.path.commonpath((folder, target)) != folder:
                hint = "replace it with a folder, or name its target on the command line"
                raise UnsafeFileError(part, "is a symbolic link that leaves its folder", hint)
        if os.path.isabs(path):
            return
        part = os.path.dirname(part)


def _is_link(path: str, *, to: str = "") -> bool:
    """Return whether a path is a link and, with `to`, whether its target has that kind; False if this is unknown.

    The command that opens such a path then reports the reason.
    """
    try:
        return observed.kind(path) == observed.LINK and (not to or observed.target_kind(path) == to)
    except OSError:
        return False


def _wrong_kind(mode: int, shown: str, *, is_named: bool) -> UnsafeFileError:
    """Return the error for a path that is no regular file; the user can name another one, or has to clear the path."""
    if stat.S_ISLNK(mode):
        return UnsafeFileError(shown, "is a symbolic link", "replace it with a regular file")
    hint = "name a file instead" if is_named else "move it away"
    return UnsafeFileError(shown, "is a folder, not a file" if stat.S_ISDIR(mode) else "is not a regular file", hint)
