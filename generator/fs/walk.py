"""Walk through folders that other people control: no link is followed, and the depth is limited."""

import os
from collections.abc import Iterator

from owscale.fs import observed
from owscale.fs.untrusted import UnsafeFileError

MAX_DEPTH = 64
"""Folders in folders; a project has about five. Without a limit, a deep one would exhaust the stack of Python."""


def walk(folder: "str | os.PathLike[str]", *, not_entered: str = "") -> Iterator[tuple[str, str]]:
    """Yield everything below a folder, sorted: the path in it and the kind (`fs.observed`).

    Folders named `not_entered` are yielded only. A folder that is removed meanwhile is empty. Raises OSError, and
    UnsafeFileError if folders are nested too deep.
    """
    return _walk(os.fspath(folder), "", not_entered)


def _walk(folder: str, prefix: str, not_entered: str) -> Iterator[tuple[str, str]]:
    try:
        entries = observed.scan(folder)
    except FileNotFoundError:
        return
    require_depth(prefix, folder)
    for name, kind in entries:
        yield f"{prefix}{name}", kind
        if kind == observed.DIRECTORY and name != not_entered:
            yield from _walk(f"{folder}/{name}", f"{prefix}{name}/", not_entered)


def require_depth(prefix: str, folder: str) -> None:
    """Raise UnsafeFileError if a folder is below more than `MAX_DEPTH` others; `prefix` is its path with a slash."""
    if prefix.count("/") > MAX_DEPTH:
        top = folder.removesuffix(prefix.rstrip("/")) + prefix.partition("/")[0]
        raise UnsafeFileError(top, f"has folders that are nested deeper than {MAX_DEPTH} levels", "remove them")
