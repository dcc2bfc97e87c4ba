"""Read files and directories, and record the answers, so that a later run can check whether they are still the same.

Everything that shapes the output of `check` and `generate` is read by the functions of this module. While a run is
recorded, each call adds an observation to its record: the question, such as the content of a file, and the path. The
digest of the record covers the answers, made of the bytes that the run uses. `is_current` asks the same questions
again, and compares the digests. Where all answers are equal, the run would do and print the same (ADR 12).

It imports few modules, because an unchanged run does little more than call it.
"""

import errno
import os
import stat
from _blake2 import blake2b  # hashlib would load OpenSSL, which takes a tenth of an unchanged run

TYPE_CHECKING = False  # typing takes its time to import
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Protocol

    Path = str | os.PathLike[str]

    class Digest(Protocol):
        """A digest of the standard library, of whichever algorithm."""

        def update(self, content: bytes, /) -> None:
            """Add a content."""

        def digest(self) -> bytes:
            """Return the digest."""

        def hexdigest(self) -> str:
            """Return the digest in hexadecimal."""


ABSENT, FILE, DIRECTORY, LINK, OTHER = "", "f", "d", "l", "o"
"""What is at a path."""

HEAD_BYTES = 4096
_MAX_BYTES = 1 << 26  # no limit of `fs.untrusted` for a file of a project is above it
_CHUNK_BYTES = 1 << 16
_CHECKPOINT = 32
_LARGE = 8192  # a multiple of it: from there on, OpenSSL's SHA-256 saves more than its import takes
_FLAGS = os.O_RDONLY | os.O_CLOEXEC | os.O_NOCTTY | os.O_NONBLOCK
_FLAGS_NO_LINK = _FLAGS | os.O_NOFOLLOW
_KINDS = {stat.S_IFREG: FILE, stat.S_IFDIR: DIRECTORY, stat.S_IFLNK: LINK}
_ENCODING = ("utf-8", "surrogateescape")


def read_bytes(path: "Path") -> bytes:
    """Return the content of a regular file. Raises OSError, also for a FIFO or a device, and above 64 MiB."""
    return _observe("r", path)


def read_text(path: "Path") -> str:
    """Return the text of a UTF-8 file, with LF line ends. Raises OSError and UnicodeDecodeError."""
    return read_bytes(path).decode().replace("\r\n", "\n").replace("\r", "\n")


def read_head(path: "Path") -> bytes:
    """Return the first 4 KiB of a regular file. Raises OSError."""
    return _observe("h", path)


def scan(path: "Path") -> list[tuple[str, str]]:
    """Return what is in a directory, sorted: each name, and the kind of what it names. Raises OSError."""
    fields = _observe("n", path).decode(*_ENCODING).split("\0")
    return list(zip(fields[:-1:2], fields[1::2], strict=True))


def kind(path: "Path") -> str:
    """Return the kind of what is at a path, which may be a link. Raises OSError where that cannot be determined."""
    return _kind("k", path)


def target_kind(path: "Path") -> str:
    """Return the kind of what is at a path, or of what a link there leads to. Raises OSError."""
    return _kind("K", path)


def real_path(path: "Path") -> str:
    """Return the absolute path without links."""
    return _observe("p", path).decode(*_ENCODING)


def size(path: "Path") -> int:
    """Return the size in bytes of what is at a path. Raises OSError."""
    return int(_observe("s", path))


def owner(path: "Path") -> tuple[int, int]:
    """Return the numbers of the file system that a path is on, and of the user who owns it. Raises OSError."""
    device, user = _observe("o", path).split()
    return int(device), int(user)


def open_file(path: "Path", *, follow: bool) -> int:
    """Return the descriptor of a file, opened for reading without waiting, as for a FIFO or a device.

    Files that others control are opened in this module alone. `follow` is for a link in the last place. Raises OSError.
    """
    return os.open(path, _FLAGS if follow else _FLAGS_NO_LINK)


def note(path: "Path", answer: "bytes | Exception", *, follow: bool) -> None:
    """Record the content of a file that `fs.untrusted` has read, or the error. A link counts with `follow` alone."""
    if _recorder is not None:
        _recorder.add("r" if follow else "u", os.fspath(path), answer)


def module_status(path: "Path") -> tuple[int, int]:
    """Return the time and size of a module by which Python decides whether its bytecode is valid. Raises OSError."""
    mtime, size = _observe("m", path).split()
    return int(mtime), int(size)


class Recorder:
    """The observations of a run: their lines, and checkpoints with the digest of all answers so far."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._digest: Digest = blake2b(digest_size=16)
        self._directory = ""
        self._paths: dict[tuple[str, str], bytes] = {}  # asked once for all deployments

    def ask(self, question: str, path: str) -> bytes:
        """Return the answer to a question, and add both to the record. Raises OSError."""
        if answer := self._paths.get((question, path)):
            return answer
        try:
            answer = _ANSWERS[question](path)
        except OSError as error:
            self.add(question, path, error)
            raise
        self.add(question, path, answer)
        if question in "kKp":
            self._paths[question, path] = answer
        return answer

    def lines(self) -> list[str]:
        """Return the record, for `is_current`."""
        return [*self._lines, f"={self._digest.hexdigest()}"]

    def add(self, question: str, path: str, answer: "bytes | Exception") -> None:
        """Add a question and its answer, which may be an error. Only an OSError has a number, as a lookup gets it."""
        if isinstance(answer, bytes):
            self._digest.update(b"0 %d\0%b" % (len(answer), answer))
        else:
            self._digest.update(b"%d 0\0" % (getattr(answer, "errno", None) or -1))
        directory, _, name = path.rpartition("/")
        if directory and directory == self._directory:
            self._lines.append(f"{question}/{name}")  # beside the path before
        else:
            self._lines.append(f"{question}:{path}")
            self._directory = directory
        if len(self._lines) % _CHECKPOINT == 0:
            is_large = len(self._lines) == _LARGE
            self._lines.append(f"{'~' if is_large else '='}{self._digest.hexdigest()}")
            if is_large:
                self._digest = _large_digest(self._digest)


def record(recorder: "Recorder | None") -> None:
    """Record all observations from now on; None stops that."""
    global _recorder  # noqa: PLW0603 -- one run in a process is recorded, from its start to its end
    _recorder = recorder


def recorder() -> "Recorder | None":
    """Return the recorder of this run, if there is one."""
    return _recorder


def is_current(lines: "list[str]") -> bool:
    """Return whether all answers of a record are the same now. Raises LookupError where it is damaged."""
    digest: Digest = blake2b(digest_size=16)
    directory, answers = "", _ANSWERS
    for line in lines:
        question = line[0]
        if question in "=~":
            if line[1:] != digest.hexdigest():
                return False
            if question == "~":
                digest = _large_digest(digest)
            continue
        if line[1] == "/":
            path = directory + line[1:]
        else:
            path = line[2:]
            directory = path.rpartition("/")[0]
        try:
            answer = answers[question](path)
            digest.update(b"0 %d\0%b" % (len(answer), answer))
        except OSError as error:
            digest.update(b"%d 0\0" % (error.errno or -1))
    return lines[-1][0] == "="


def _large_digest(digest: "Digest") -> "Digest":
    """Return a digest that continues another one, faster by a third on most processors."""
    from hashlib import sha256  # noqa: PLC0415 -- not for a record of few files

    return sha256(digest.digest())


def digest_of(text: str) -> str:
    """Return the digest of a text."""
    return blake2b(text.encode(*_ENCODING), digest_size=16).hexdigest()


def files_digest(root: str, names: "Iterable[str]") -> str:
    """Return the digest of files below `root`, their names included. Raises OSError where one cannot be read."""
    digest = blake2b(digest_size=16)
    for name in sorted(names):
        digest.update(f"{name}\0".encode() + read_bytes(f"{root}/{name}") + b"\0")
    return digest.hexdigest()


_recorder: Recorder | None = None


def _observe(question: str, path: "Path") -> bytes:
    name = os.fspath(path)
    return _ANSWERS[question](name) if _recorder is None else _recorder.ask(question, name)


def _kind(question: str, path: "Path") -> str:
    try:
        return _observe(question, path).decode()
    except OSError as error:
        if error.errno in {errno.ENOENT, errno.ENOTDIR, errno.ELOOP}:
            return ABSENT
        raise
    except ValueError:  # nothing has a name with NUL
        return ABSENT


def _content(path: str, flags: int = _FLAGS_NO_LINK) -> bytes:
    """Return the content of a file. A thousand deployments have fifty thousand of them, so this calls little."""
    file = os.open(path, flags)
    try:
        content = os.pread(file, _CHUNK_BYTES, 0)  # glibc would map and unmap memory for a larger buffer
        # A part of that size is the end of a regular file, as devices have none.
        return content if 0 < len(content) < _CHUNK_BYTES else _whole_content(file, path, content)
    except OSError as error:
        raise _not_regular(path) if error.errno == errno.ESPIPE else error from None  # a FIFO or a terminal
    finally:
        os.close(file)


def _whole_content(file: int, path: str, content: bytes) -> bytes:
    """Return the content of a file that is empty, or goes on after the first part."""
    status = os.fstat(file)
    if not stat.S_ISREG(status.st_mode):
        raise _not_regular(path)
    parts, size = [content], max(len(content), status.st_size)
    if size <= _MAX_BYTES:
        size = len(content)
        while size <= _MAX_BYTES and (part := os.pread(file, _CHUNK_BYTES, size)):
            parts.append(part)
            size += len(part)
    if size > _MAX_BYTES:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), path)
    return b"".join(parts)


def _head(path: str) -> bytes:
    file = os.open(path, _FLAGS)
    try:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise _not_regular(path)
        return os.pread(file, HEAD_BYTES, 0)
    finally:
        os.close(file)


def _not_regular(path: str) -> OSError:
    return OSError(errno.EINVAL, "Not a regular file", path)


def _names(path: str) -> bytes:
    with os.scandir(path) as entries:
        names = [
            f"{entry.name}\0f\0" if entry.is_file(follow_symlinks=False) else f"{entry.name}\0{_entry_kind(entry)}\0"
            for entry in entries
        ]
    return "".join(sorted(names)).encode(*_ENCODING)


def _entry_kind(entry: "os.DirEntry[str]") -> str:
    if entry.is_dir(follow_symlinks=False):
        return DIRECTORY
    return LINK if entry.is_symlink() else OTHER


def _status_kind(status: os.stat_result) -> bytes:
    return _KINDS.get(stat.S_IFMT(status.st_mode), OTHER).encode()


def _owner(path: str) -> bytes:
    status = os.stat(path)
    return b"%d %d" % (status.st_dev, status.st_uid)


def _module_status(path: str) -> bytes:
    status = os.stat(path)
    return b"%d %d" % (int(status.st_mtime), status.st_size)


_ANSWERS: "dict[str, Callable[[str], bytes]]" = {
    "r": lambda path: _content(path, _FLAGS),
    "u": _content,
    "h": _head,
    "n": _names,
    "k": lambda path: _status_kind(os.lstat(path)),
    "K": lambda path: _status_kind(os.stat(path)),
    "p": lambda path: os.path.realpath(path).encode(*_ENCODING),
    "m": _module_status,
    "o": _owner,
    "s": lambda path: b"%d" % os.lstat(path).st_size,
}
