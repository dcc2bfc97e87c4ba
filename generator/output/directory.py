"""The content of a directory under out/, read without following a link out of it.

Paths are text here: a large run looks at fifty thousand files, and creating a Path takes longer than reading one.
Errors of the file system are OSErrors, which the caller turns into messages once, for the same reason.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Literal

from owscale.errors import OwscaleError
from owscale.fs.untrusted import MAX_OUTPUT_BYTES, read_untrusted

EntryKind = Literal["file", "directory", "link", "other"]

_FILE: EntryKind = "file"
_DIRECTORY: EntryKind = "directory"
_NOT_ENTERED = ".terraform"  # Terraform's own directory, with the providers and modules that it downloaded


class OutputDirectory:
    """The directory of a deployment as it is on disk.

    `entries` has the kind of each path in it. Where the directory itself is blocked, such as by a link above it,
    `blocked` is the message for that, and there are no entries. Without a `folder` it is empty. Raises OSError
    where it cannot be read.
    """

    def __init__(self, out: Path, folder: str | None) -> None:
        self.root = str(out / (folder or ""))
        self.blocked = _blocked_message(out, folder) if folder else ""
        has_entries = folder and not self.blocked
        self.entries: dict[str, EntryKind] = dict(_entries(self.root, "")) if has_entries else {}
        self._by_casefolded = {path.casefold(): path for path in self.entries}
        self._has_no_clashes = len(self._by_casefolded) == len(self.entries)

    def obstacle(self, path: str) -> str:
        """Return the message for what keeps a file from being written at `path`; empty where nothing does."""
        if self._has_no_clashes and self.entries.get(path) == "file":  # so all above it are directories
            return ""
        part, expected = path, _FILE
        while part:
            existing = self._by_casefolded.get(part.casefold(), part)
            if existing != part:
                return (
                    f"{self.root}/{existing}: differs only in case from the generated {part}, "
                    "and some file systems ignore case"
                )
            if (kind := self.entries.get(part, expected)) != expected:
                return _wrong_kind(f"{self.root}/{part}", kind, expected)
            part, expected = part.rpartition("/")[0], _DIRECTORY
        return ""

    def read(self, path: str) -> bytes | None:
        """Return the content of the file at `path`; None where there is none.

        Raises OwscaleError where it is too large, and OSError where it cannot be read.
        """
        return read_untrusted(f"{self.root}/{path}", MAX_OUTPUT_BYTES) if self.entries.get(path) == "file" else None


def read_single_file(out: Path, folder: str, name: str) -> bytes | None:
    """Return the content of one file without listing its directory; None where it cannot be read."""
    path = out / folder / name
    try:
        return None if _blocked_message(out, folder) else read_untrusted(path, MAX_OUTPUT_BYTES)
    except (OSError, OwscaleError):
        return None


def _blocked_message(out: Path, folder: str) -> str:
    """Return the message for a link or a file in the path of a directory; `out` itself may be a link."""
    directory = out / folder
    for path in (out, *(parent for parent in reversed(directory.parents) if out in parent.parents), directory):
        file_type = _type(path, follow=path is out)
        if file_type is None:
            return ""
        if file_type != stat.S_IFDIR:
            return _wrong_kind(str(path), "link" if file_type == stat.S_IFLNK else "file", "directory")
    return ""


def _type(path: Path, *, follow: bool = False) -> int | None:
    """Return the type bits of what is at a path, such as S_IFREG; None where nothing is."""
    try:
        return stat.S_IFMT(os.stat(path, follow_symlinks=follow).st_mode)
    except FileNotFoundError:
        return None


def _wrong_kind(path: str, kind: EntryKind, expected: EntryKind) -> str:
    names = {
        "file": "a file",
        "directory": "a directory",
        "link": "a symbolic link",
        "other": "neither a file nor a directory",
    }
    return f"{path}: is {names[kind]}; expected a {expected}"


def _entries(directory: str, prefix: str) -> Iterator[tuple[str, EntryKind]]:
    """Yield everything below a directory, in no order. Links are not followed, `.terraform` is not entered."""
    with suppress(FileNotFoundError), os.scandir(directory) as scan:
        for entry in scan:
            path, kind = prefix + entry.name, _kind(entry)
            yield path, kind
            if kind == "directory" and entry.name != _NOT_ENTERED:
                yield from _entries(f"{directory}/{entry.name}", f"{path}/")


def _kind(entry: os.DirEntry[str]) -> EntryKind:
    if entry.is_file(follow_symlinks=False):
        return "file"
    if entry.is_dir(follow_symlinks=False):
        return "directory"
    return "link" if entry.is_symlink() else "other"
