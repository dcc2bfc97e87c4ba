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
