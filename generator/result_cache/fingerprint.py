"""Digests of the inputs of a run.

An input is a letter for its kind, followed by a path. It has changed when its digest differs. The digest of a file
covers its whole content, since size and time prove nothing. Only the code of owscale, which no daily work changes, is
compared by inode, size and times, among them the time of the last change (ctime), which no program can set back.
"""

import os

from owscale.fs.hashing import content_digest

TYPE_CHECKING = False  # typing takes its time to import
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FILE = "f"
"""The content of a file."""
FILES = "d"
"""The contents of the files directly in a directory."""
NAMES = "n"
"""The names in a directory."""
TREE = "t"
"""The contents of all files below a directory."""
CODE = "c"
"""Inode, size and times of all files below a directory."""
REAL_PATH = "p"
"""The path of a directory without symbolic links."""

DIRECTORY = "folder"
"""The mark of a directory, such as one of Terraform's, whose content does not matter."""

_TERRAFORM, _BYTECODE = ".terraform", "__pycache__"
_CHUNK_BYTES = 1 << 16  # glibc would map and unmap memory for each file with a larger buffer


def digest(part: str) -> str:
    """Return the current digest of an input. Raises OSError where it cannot be read."""
    return combined(_marks(part))


def combined(marks: "Mapping[str, str]") -> str:
    """Return the digest of an input from the marks of its files by name."""
    return hashed("".join([f"{name}\0{marks[name]}\0" for name in sorted(marks)]))


def mark(path: str) -> str:
    """Return the mark of a file: the digest of its content."""
    file = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        content = os.read(file, _CHUNK_BYTES)
        while len(content) % _CHUNK_BYTES == 0 and (chunk := os.read(file, _CHUNK_BYTES)):
            content += chunk
    finally:
        os.close(file)
    return content_digest(content)


def mark_of(path: str) -> str:
    """Return the mark of a file, a link or a directory; empty where nothing is or nothing can be read."""
    try:
        with os.scandir(os.path.dirname(path)) as entries:
            return next((_mark(entry) for entry in entries if entry.name == os.path.basename(path)), "")
    except OSError:
        return ""


def entries(part: str) -> "Iterator[tuple[str, os.DirEntry[str]]]":
    """Yield the entries of an input that is a directory, with their paths in it."""
    kind, path = part[0], part[1:]
    return _entries_below(path, "") if kind in (TREE, CODE) else _entries_in(path)


def hashed(text: str) -> str:
    """Return the digest of a text."""
    return content_digest(text.encode("utf-8", "surrogateescape"))


def _marks(part: str) -> dict[str, str]:
    kind, path = part[0], part[1:]
    if kind == FILE:
        return {os.path.realpath(path): mark(path) if os.path.exists(path) else ""}
    if kind == REAL_PATH:
        return {os.path.realpath(path): DIRECTORY}
    if kind == NAMES:
        return {name: "" for name, _ in entries(part)}
    if kind == CODE:
        return {name: _status(entry) for name, entry in entries(part)}
    marks = {name: _mark(entry) for name, entry in entries(part)}
    return marks | {os.path.realpath(path): DIRECTORY} if kind == FILES else marks


def _mark(entry: "os.DirEntry[str]") -> str:
    if entry.is_file():
        return f"link {mark(entry.path)}" if entry.is_symlink() else mark(entry.path)
    return DIRECTORY if entry.is_dir(follow_symlinks=False) else "other"


def _status(entry: "os.DirEntry[str]") -> str:
    status = entry.stat(follow_symlinks=False)
    return f"{status.st_ino} {status.st_size} {status.st_mtime_ns} {status.st_ctime_ns}"


def _entries_in(directory: str) -> "Iterator[tuple[str, os.DirEntry[str]]]":
    with os.scandir(directory) as entries:
        for entry in entries:
            yield entry.name, entry


def _entries_below(directory: str, prefix: str) -> "Iterator[tuple[str, os.DirEntry[str]]]":
    """Yield files at any depth. Of directories, only those of Terraform count themselves."""
    with os.scandir(directory) as entries:
        for entry in entries:
            is_directory = entry.is_dir(follow_symlinks=False)
            if not is_directory or entry.name.endswith(_TERRAFORM):
                yield prefix + entry.name, entry
            if is_directory and entry.name not in (_TERRAFORM, _BYTECODE):
                yield from _entries_below(entry.path, f"{prefix}{entry.name}/")
