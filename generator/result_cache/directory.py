"""The cache directory of owscale. This module is imported before all others, so that it imports next to nothing."""

import os

_WRITABLE_BY_OTHERS = 0o022


def cache_directory() -> str | None:
    """Return the directory, created where it is missing; None where it cannot be used, and with OWSCALE_NO_CACHE=1.

    A run prints what it finds there, so that the directory must belong to this user, with nobody else able to write.
    """
    if os.environ.get("OWSCALE_NO_CACHE", "") not in ("", "0"):
        return None
    parent = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.environ.get("HOME") or ".", ".cache")
    if not parent.startswith("/"):  # the XDG specification has programs ignore a relative path
        return None
    directory = f"{parent}/owscale"
    try:
        status = _create(parent, directory)
    except OSError:
        return None
    is_safe = status.st_uid == os.geteuid() and not status.st_mode & _WRITABLE_BY_OTHERS
    return directory if is_safe else None


def write_entry(name: str, content: bytes, max_entries: int) -> None:
    """Write an entry atomically, and keep the newest `max_entries` with the same prefix, up to the first hyphen.

    An entry that cannot be written is left out: a later run computes it again.
    """
    directory = cache_directory()
    if directory is None:
        return
    temporary = f"{directory}/{name}.{os.getpid()}"
    try:
        with open(temporary, "wb", opener=_open_private) as file:
            file.write(content)
        os.replace(temporary, f"{directory}/{name}")
        _remove_old_entries(directory, f"{name.partition('-')[0]}-", max_entries)
    except OSError:
        try:
            os.unlink(temporary)
        except OSError:
            return


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _remove_old_entries(directory: str, prefix: str, max_entries: int) -> None:
    with os.scandir(directory) as entries:
        ages = [(entry.stat().st_mtime_ns, entry.path) for entry in entries if entry.name.startswith(prefix)]
    for _, path in sorted(ages)[:-max_entries]:
        os.unlink(path)


def _create(parent: str, directory: str) -> os.stat_result:
    try:
        return os.stat(directory)
    except FileNotFoundError:
        for missing in (parent, directory):
            try:
                os.mkdir(missing, 0o700)
            except FileExistsError:
                continue
        return os.stat(directory)
