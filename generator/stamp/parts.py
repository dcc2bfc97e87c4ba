"""What a run read, in parts: each a letter for how it is looked at, and a path.

A part has changed when its digest is another. Contents are hashed, all of them: size and time of a file tell nothing
for certain. Of the program's own code alone, which nobody edits as part of the day's work, it is inode, size and times
that count, among them that of the last change (ctime), which no program can set back.
"""

import os
from hashlib import sha256

TYPE_CHECKING = False  # what typing has too, and takes its time for
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FILE, FILES, NAMES, TREE, CODE, PLACE = "f", "d", "n", "t", "c", "p"
"""A file; the files in a folder; the names in it; the files below it; likewise, of code; where it really is."""

FOLDER = "folder"
"""The mark of a folder of Terraform's, which owscale names and does not enter."""

LENGTH = 32
"""Characters of a digest."""

_TERRAFORM, _BYTECODE = ".terraform", "__pycache__"
_CHUNK = 1 << 16  # glibc would map a larger one by itself, and take it away again, for each file


def digest(part: str) -> str:
    """The digest of a part as it is now. Raises OSError where it cannot be read."""
    return combined(_marks(part))


def combined(marks: "Mapping[str, str]") -> str:
    """The digest of a part from the marks of what is in it."""
    return hashed("".join([f"{name}\0{marks[name]}\0" for name in sorted(marks)]))


def mark(path: str) -> str:
    """The digest of a file's content."""
    file = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        content = os.read(file, _CHUNK)
        while len(content) % _CHUNK == 0 and (more := os.read(file, _CHUNK)):
            content += more
    finally:
        os.close(file)
    return content_digest(content)


def mark_of(path: str) -> str:
    """What is at a path, told as in a part; empty where nothing is, or nothing can be read."""
    try:
        with os.scandir(os.path.dirname(path)) as found:
            return next((_mark(entry) for entry in found if entry.name == os.path.basename(path)), "")
    except OSError:
        return ""


def content_digest(content: bytes) -> str:
    """The first half of the content's SHA-256, in hexadecimal digits; long enough to never meet two alike."""
    return sha256(content).hexdigest()[:LENGTH]


def entries(part: str) -> "Iterator[tuple[str, os.DirEntry[str]]]":
    """What a part that is a folder has in it, with the path there."""
    kind, path = part[0], part[1:]
    return _below(path, "") if kind in (TREE, CODE) else _in(path)


def _marks(part: str) -> dict[str, str]:
    kind, path = part[0], part[1:]
    if kind == FILE:
        return {os.path.realpath(path): mark(path) if os.path.exists(path) else ""}
    if kind == PLACE:
        return {os.path.realpath(path): FOLDER}
    if kind == NAMES:
        return {name: "" for name, _ in entries(part)}
    if kind == CODE:
        return {name: _seen(entry) for name, entry in entries(part)}
    marks = {name: _mark(entry) for name, entry in entries(part)}
    return marks | {os.path.realpath(path): FOLDER} if kind == FILES else marks


def _mark(entry: "os.DirEntry[str]") -> str:
    if entry.is_file():
        return f"link {mark(entry.path)}" if entry.is_symlink() else mark(entry.path)
    return FOLDER if entry.is_dir(follow_symlinks=False) else "other"


def _seen(entry: "os.DirEntry[str]") -> str:
    seen = entry.stat(follow_symlinks=False)
    return f"{seen.st_ino} {seen.st_size} {seen.st_mtime_ns} {seen.st_ctime_ns}"


def _in(folder: str) -> "Iterator[tuple[str, os.DirEntry[str]]]":
    with os.scandir(folder) as found:
        for entry in found:
            yield entry.name, entry


def _below(folder: str, prefix: str) -> "Iterator[tuple[str, os.DirEntry[str]]]":
    """Folders themselves are nothing: but for Terraform's, what counts is what is in them."""
    with os.scandir(folder) as found:
        for entry in found:
            if not entry.is_dir(follow_symlinks=False) or entry.name.endswith(_TERRAFORM):
                yield prefix + entry.name, entry
            if entry.is_dir(follow_symlinks=False) and entry.name not in (_TERRAFORM, _BYTECODE):
                yield from _below(entry.path, f"{prefix}{entry.name}/")


def hashed(text: str) -> str:
    return content_digest(text.encode("utf-8", "surrogateescape"))
