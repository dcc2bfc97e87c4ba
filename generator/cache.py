"""The folder where owscale keeps what it can work out again. Imported before all else, it imports next to nothing."""

import os

_WRITABLE_BY_OTHERS = 0o022


def folder() -> str | None:
    """The folder, made where it was missing; None where there can be none, and with OWSCALE_NO_CACHE=1.

    Code is loaded from it and run, so that it must belong to this user, and nobody else may write there.
    """
    if os.environ.get("OWSCALE_NO_CACHE", "") not in ("", "0"):
        return None
    caches = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.environ.get("HOME") or ".", ".cache")
    if not caches.startswith("/"):  # the XDG specification has such a path ignored
        return None
    found = f"{caches}/owscale"
    try:
        seen = _made(caches, found)
    except OSError:
        return None
    return found if seen.st_uid == os.geteuid() and not seen.st_mode & _WRITABLE_BY_OTHERS else None


def keep(name: str, content: bytes, most: int) -> None:
    """Keeps a file in the folder, whole or not at all; of those that begin alike, up to a hyphen, the `most` latest.

    Quietly not where it cannot be: what is kept here can be worked out again.
    """
    place = folder()
    if place is None:
        return
    beside = f"{place}/{name}.{os.getpid()}"
    try:
        with open(beside, "wb", opener=_private) as file:
            file.write(content)
        os.replace(beside, f"{place}/{name}")
        _forget(place, f"{name.partition('-')[0]}-", most)
    except OSError:
        try:
            os.unlink(beside)
        except OSError:
            return


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _forget(place: str, prefix: str, most: int) -> None:
    with os.scandir(place) as found:
        alike = [(entry.stat().st_mtime_ns, entry.path) for entry in found if entry.name.startswith(prefix)]
    for _, path in sorted(alike)[:-most]:
        os.unlink(path)


def _made(caches: str, folder: str) -> os.stat_result:
    try:
        return os.stat(folder)
    except FileNotFoundError:
        for missing in (caches, folder):
            try:
                os.mkdir(missing, 0o700)
            except FileExistsError:
                continue
        return os.stat(folder)
