"""What stands in a folder, seen without following a link out of it.

A large run looks at fifty thousand files: paths are text here, since a Path for each takes longer than reading it.
"""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from generator.errors import OwscaleError

Kind = Literal["file", "folder", "link", "other"]

_FILE: Kind = "file"
_FOLDER: Kind = "folder"
_PASSED_OVER = ".terraform"  # Terraform's own: providers and modules that it downloaded


class Tree:
    """The folder of a deployment as it is: what each path in it is, and what is in the way of a file there."""

    def __init__(self, out: Path, folder: str) -> None:
        self.root = str(out / folder)
        self.blocked = _blocked(out, folder)
        self.entries: dict[str, Kind] = {} if self.blocked else dict(_entries(self.root, ""))
        self._written = {path.casefold(): path for path in self.entries}
        self._plain = len(self._written) == len(self.entries)

    def obstacle(self, path: str) -> str:
        """Why no file can be written at `path`; empty where it can be."""
        if self._plain and self.entries.get(path) == "file":  # then all above it are folders, and called so
            return ""
        part, wanted = path, _FILE
        while part:
            there = self._written.get(part.casefold(), part)
            if there != part:
                clash = f"some disks take it for {part}, which differs in upper and lower case alone"
                return f"{self.root}/{there}: {clash}"
            if (kind := self.entries.get(part, wanted)) != wanted:
                return _is(f"{self.root}/{part}", kind, wanted)
            part, wanted = part.rpartition("/")[0], _FOLDER
        return ""

    def read(self, path: str) -> bytes | None:
        """The content of the file at `path`; None where none is."""
        return _read(f"{self.root}/{path}") if self.entries.get(path) == "file" else None


def only_file(out: Path, folder: str, name: str) -> bytes | None:
    """The content of one file of a folder, without a look at the others; None where none can be read."""
    path = out / folder / name
    try:
        return None if _blocked(out, folder) or _mode(path) != stat.S_IFREG else _read(str(path))
    except OwscaleError:
        return None


def _read(path: str) -> bytes:
    try:
        with open(path, "rb", buffering=0) as file:
            return file.read()
    except OSError as error:
        raise OwscaleError(f"{path}: {error.strerror}") from error


def _blocked(out: Path, folder: str) -> str:
    """`out` itself may be a link: that is the user's choice. What is below it may not."""
    place = out / folder
    for path in (out, *(above for above in reversed(place.parents) if out in above.parents), place):
        mode = _mode(path, follow=path is out)
        if mode is None:
            return ""
        if mode != stat.S_IFDIR:
            return _is(str(path), "link" if mode == stat.S_IFLNK else "file", "folder")
    return ""


def _mode(path: Path, *, follow: bool = False) -> int | None:
    """What is at a path, as the kernel names it; None where nothing is."""
    try:
        return stat.S_IFMT(os.stat(path, follow_symlinks=follow).st_mode)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise OwscaleError(f"{path}: {error.strerror}") from error


def _is(path: str, kind: Kind, wanted: Kind) -> str:
    what = {"file": "a file", "folder": "a folder", "link": "a symbolic link", "other": "neither file nor folder"}
    return f"{path}: is {what[kind]} where a {wanted} belongs"


def _entries(folder: str, prefix: str) -> Iterator[tuple[str, Kind]]:
    """What is below a folder, in no order. Links are not followed, and Terraform's own folder is not entered."""
    try:
        with os.scandir(folder) as found:
            for entry in found:
                path, kind = prefix + entry.name, _kind(entry)
                yield path, kind
                if kind == "folder" and entry.name != _PASSED_OVER:
                    yield from _entries(f"{folder}/{entry.name}", f"{path}/")
    except FileNotFoundError:
        return
    except OSError as error:
        raise OwscaleError(f"{folder}: {error.strerror}") from error


def _kind(entry: os.DirEntry[str]) -> Kind:
    if entry.is_file(follow_symlinks=False):
        return "file"
    if entry.is_dir(follow_symlinks=False):
        return "folder"
    return "link" if entry.is_symlink() else "other"
