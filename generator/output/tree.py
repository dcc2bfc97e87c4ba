"""What stands in a folder, seen without following a link out of it."""

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Literal

from generator.errors import OwscaleError

Kind = Literal["file", "folder", "link", "other"]

_PASSED_OVER = ".terraform"  # Terraform's own: providers and modules that it downloaded


class Tree:
    """The folder of a deployment as it is: what each path in it is, and what is in the way of a file there."""

    def __init__(self, out: Path, folder: str) -> None:
        self.root = out / folder
        self.blocked = _blocked(out, folder)
        self.entries: dict[str, Kind] = {} if self.blocked else dict(_entries(self.root, ""))
        self._written = {path.casefold(): path for path in self.entries}

    def obstacle(self, path: str) -> str:
        """Why no file can be written at `path`; empty where it can be."""
        for part in (path, *map(str, PurePosixPath(path).parents)):
            there = self._written.get(part.casefold(), part)
            wanted: Kind = "file" if part == path else "folder"
            if there != part:
                return (
                    f"{self.root / there}: some disks take it for {part}, which differs in upper and lower case alone"
                )
            if (kind := self.entries.get(part, wanted)) != wanted:
                return _is(self.root / part, kind, wanted)
        return ""

    def read(self, path: str) -> bytes | None:
        """The content of the file at `path`; None where none is."""
        if self.entries.get(path) != "file":
            return None
        try:
            return (self.root / path).read_bytes()
        except OSError as error:
            raise OwscaleError(f"{self.root / path}: {error.strerror}") from error


def _blocked(out: Path, folder: str) -> str:
    """`out` itself may be a link: that is the user's choice. What is below it may not."""
    path = out
    for part in PurePosixPath(folder).parts:
        if path.exists() and not path.is_dir():
            return _is(path, "file", "folder")
        path /= part
        if path.is_symlink():
            return _is(path, "link", "folder")
    return _is(path, "file", "folder") if path.exists() and not path.is_dir() else ""


def _is(path: Path, kind: Kind, wanted: Kind) -> str:
    what = {"file": "a file", "folder": "a folder", "link": "a symbolic link", "other": "neither file nor folder"}
    return f"{path}: is {what[kind]} where a {wanted} belongs"


def _entries(folder: Path, prefix: str) -> Iterator[tuple[str, Kind]]:
    """What is below a folder, in no order. Links are not followed, and Terraform's own folder is not entered."""
    try:
        with os.scandir(folder) as found:
            for entry in found:
                path, kind = prefix + entry.name, _kind(entry)
                yield path, kind
                if kind == "folder" and entry.name != _PASSED_OVER:
                    yield from _entries(folder / entry.name, f"{path}/")
    except FileNotFoundError:
        return
    except OSError as error:
        raise OwscaleError(f"{folder}: {error.strerror}") from error


def _kind(entry: os.DirEntry[str]) -> Kind:
    if entry.is_symlink():
        return "link"
    return "folder" if entry.is_dir() else "file" if entry.is_file() else "other"
