"""Write files that come from a repository: never outside their folder, never through a link, never without limits."""

import os
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from owscale.errors import OwscaleError
from owscale.fs.files import io_errors
from owscale.fs.walk import MAX_DEPTH

_MAX_NAME_BYTES = 255
_MAX_PATH_BYTES = 1024
_NOT_PORTABLE = "\\:"  # separators on Windows
_CONTROL = {"Cc", "Cs", "Zl", "Zp"}  # categories of Unicode; Cs are bytes that are not UTF-8


def unsafe_path_reason(path: str) -> str:
    """Return why a path could lead out of its folder, or be another file on some systems; empty if it cannot."""
    if any(unicodedata.category(character) in _CONTROL for character in path):
        return "contains a control character, or is not UTF-8"
    if any(character in path for character in _NOT_PORTABLE):
        return "contains a backslash or a colon"
    parts = path.split("/")
    if not path or "" in parts:
        return "is absolute, or has an empty part"
    if "." in parts or ".." in parts:
        return "has a part `.` or `..`"
    # As git refuses in a checkout: https://git-scm.com/docs/git-fsck (hasDotgit). `git~1` is its short name on NTFS.
    if any(part.rstrip(". ").casefold() in (".git", "git~1") for part in parts):
        return "has a part `.git`"
    if len(parts) > MAX_DEPTH:
        return f"is nested deeper than {MAX_DEPTH} levels"
    if len(path.encode()) > _MAX_PATH_BYTES or any(len(part.encode()) > _MAX_NAME_BYTES for part in parts):
        return "is too long"
    return ""


class ConfinedWriter:
    """Writes files into a new, private directory, and refuses every path that could lead out of it.

    `origin` begins the messages, such as the name of a git revision. Paths may not differ only in case or in their
    Unicode form, since some file systems would write the second over the first.
    """

    def __init__(self, directory: Path, origin: str, *, max_files: int, max_bytes: int) -> None:
        self._directory = directory
        self._origin = origin
        self._max_files = max_files
        self._free_bytes = max_bytes
        self._files: set[str] = set()
        self._parts: dict[str, str] = {}

    def reserve(self, files: Iterable[tuple[str, int]]) -> list[str]:
        """Reserve the paths of files, given with their sizes in bytes; return the paths that are still to be written.

        Raises OwscaleError if a path is unsafe, if two paths clash, or if there is too much to write. So
        nothing is written before all paths are known to be safe.
        """
        new: dict[str, int] = {}
        for path, size in files:
            if reason := unsafe_path_reason(path):
                raise self._error(path, reason)
            if path in new:
                raise self._error(path, "is in the same folder twice")
            if path not in self._files:
                new[path] = size
                self._require_no_clash(path)
        self._files |= new.keys()
        self._free_bytes -= sum(new.values())
        if len(self._files) > self._max_files or self._free_bytes < 0:
            raise OwscaleError(
                f"{self._origin}: too many or too large files in the folders that the specs name",
                hint="keep only specs, templates and Terraform there",
            )
        return list(new)

    def write(self, path: str, content: bytes) -> None:
        """Write a new file, whose path is reserved."""
        if path not in self._files:
            raise ValueError(f"{path} is not reserved")
        file = self._directory / path
        with io_errors(file):
            file.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            with open(descriptor, "wb") as stream:
                stream.write(content)

    def _require_no_clash(self, path: str) -> None:
        if self._parts.setdefault(_folded(path), f"{path}\0") != f"{path}\0":  # no folder and no other file
            raise self._clash(path, self._parts[_folded(path)])
        while path := path.rpartition("/")[0]:
            if self._parts.setdefault(_folded(path), path) != path:
                raise self._clash(path, self._parts[_folded(path)])

    def _clash(self, path: str, other: str) -> OwscaleError:
        name = other.rstrip("\0")
        if name == path:
            return self._error(path, "is both a file and a folder")
        return self._error(path, f"differs from {name} only in case or in its Unicode form")

    def _error(self, path: str, problem: str) -> OwscaleError:
        return OwscaleError(f"{self._origin}:{path}: {problem}", hint="rename it in that revision")


def _folded(path: str) -> str:
    """Return a canonical form: equal for paths that some file systems treat as one."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())
