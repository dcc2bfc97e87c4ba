"""The entries of the cache directory: files of this user, sealed with a checksum. Imports next to nothing."""

import os
import stat

from owscale.fs.observed import digest_of, open_file

MAX_ENTRIES = 100
MAX_BYTES = 16 << 20
"""The size of an entry; that of a thousand deployments has 5 MiB."""
MAX_TOTAL_BYTES = 4 * MAX_BYTES
_PREFIX = "answer-"
_WRITABLE_BY_OTHERS = 0o022
_ENCODING = ("utf-8", "surrogateescape")


def cache_directory() -> str | None:
    """Return the directory, created where it is missing; None where it cannot be used, and with OWSCALE_NO_CACHE=1.

    A run prints the content of an entry, so the directory must belong to this user and be writable by no other user.
    """
    if os.environ.get("OWSCALE_NO_CACHE", "") not in ("", "0"):
        return None
    parent = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.environ.get("HOME") or ".", ".cache")
    if not parent.startswith("/"):  # the XDG specification has programs ignore a relative path
        return None
    directory = f"{parent}/owscale"
    try:
        for missing in () if os.path.isdir(directory) else (parent, directory):
            if not os.path.isdir(missing):
                os.mkdir(missing, 0o700)
        status = os.lstat(directory)
    except OSError:
        return None
    return directory if stat.S_ISDIR(status.st_mode) and _is_safe(status) else None


def read_entry(directory: str, key: str) -> list[str]:
    """Return the fields of an entry; none where it is missing, damaged, renamed, or may be of someone else."""
    try:
        file = open_file(f"{directory}/{_PREFIX}{key}", follow=False)
        try:
            status = os.fstat(file)
            if not stat.S_ISREG(status.st_mode) or not _is_safe(status) or status.st_size > MAX_BYTES:
                return []
            checksum, content = os.read(file, 32), os.read(file, status.st_size)
        finally:
            os.close(file)
        own_key, *fields = content.decode(*_ENCODING).split("\0")
        return fields if (checksum, own_key) == (digest_of(content).encode(), key) else []
    except (OSError, ValueError):
        return []


def write_entry(directory: str, key: str, fields: list[str]) -> None:
    """Write an entry atomically, and remove the oldest ones above the limits. Raises OSError."""
    from owscale.fs.files import atomic_write  # not for a run that only reads

    content = "\0".join((key, *fields)).encode(*_ENCODING)
    if len(content) <= MAX_BYTES - 32:
        atomic_write(f"{directory}/{_PREFIX}{key}", digest_of(content).encode() + content, mode=0o600)
        _remove_old_entries(directory)


def _remove_old_entries(directory: str) -> None:
    from contextlib import suppress  # not for a run that only reads

    statuses = []
    with os.scandir(directory) as files:
        for file in files:
            if file.name.startswith(_PREFIX):
                with suppress(FileNotFoundError):  # another process has renamed or removed it
                    statuses.append((file.stat(follow_symlinks=False), file.path))
    total = 0
    for number, (status, path) in enumerate(sorted(statuses, key=lambda item: -item[0].st_mtime_ns)):
        total += status.st_size
        if number >= MAX_ENTRIES or total > MAX_TOTAL_BYTES:
            with suppress(FileNotFoundError):
                os.unlink(path)


def _is_safe(status: os.stat_result) -> bool:
    return status.st_uid == os.geteuid() and not status.st_mode & _WRITABLE_BY_OTHERS
