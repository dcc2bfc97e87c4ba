"""Read files and directories, and record the answers, so that a later run can check whether they are still the same.

Everything that shapes the output of `check` and `generate` is read by the functions of this module. While a run is
recorded, each call adds a line to its record: the question, such as the content of a file, the digest of the answer,
and the path. The digest is made of the bytes that the run uses. `is_current` asks the same questions again, and
compares the digests. Where all answers are equal, the run would do and print the same (ADR 12).

It imports few modules, because an unchanged run does little more than call it.
"""

import errno
import os
import stat
import sys
from _imp import source_hash  # SipHash of Python itself: hashlib would be loaded for a tenth of an unchanged run

TYPE_CHECKING = False  # typing takes its time to import
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Path = str | os.PathLike[str]

ABSENT, FILE, DIRECTORY, LINK, OTHER = "", "f", "d", "l", "o"
"""The kinds of an entry at a path."""

HEAD_BYTES = 4096
_MAX_BYTES = 1 << 26  # no limit of `fs.untrusted` for a file of a project is above it
_PART_BYTES = 1 << 16  # glibc would map and unmap memory for a larger one
_FLAGS = os.O_RDONLY | os.O_CLOEXEC | os.O_NOCTTY | os.O_NONBLOCK
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


def files_digest(root: str, names: "Iterable[str]") -> str:
    """Return the digest of files below `root`, their names included. Raises OSError if one cannot be read."""
    from _blake2 import blake2b  # noqa: PLC0415 -- not for an unchanged run; hashlib would load OpenSSL

    contents = b"".join(b"%b\0%b\0" % (name.encode(), read_bytes(f"{root}/{name}")) for name in sorted(names))
    return blake2b(contents, digest_size=16).hexdigest()


def scan(path: "Path") -> list[tuple[str, str]]:
    """Return the entries of a directory, sorted: each name and its kind. Raises OSError."""
    fields = _observe("n", path).decode(*_ENCODING).split("\0")
    return list(zip(fields[:-1:2], fields[1::2], strict=True))


def kind(path: "Path") -> str:
    """Return the kind of the entry at a path, which may be a link. Raises OSError if that cannot be determined."""
    return _kind("k", path)


def target_kind(path: "Path") -> str:
    """Return the kind of the entry at a path, or of the target of a link there. Raises OSError."""
    return _kind("K", path)


def real_path(path: "Path") -> str:
    """Return the absolute path without links."""
    return _observe("p", path).decode(*_ENCODING)


def owner(path: "Path") -> tuple[int, int]:
    """Return the numbers of the file system that a path is on, and of the user who owns it. Raises OSError."""
    device, user = _observe("o", path).split()
    return int(device), int(user)


def module_status(path: "Path") -> tuple[int, int]:
    """Return the time and size of a module by which Python decides whether its bytecode is valid. Raises OSError."""
    mtime, size = _observe("m", path).split()
    return int(mtime), int(size)


def open_file(path: "Path", *, follow: bool) -> int:
    """Return the descriptor of a file, opened for reading without waiting, as for a FIFO or a device.

    Files that others control are opened in this module alone. `follow` is for a link in the last place. Raises OSError.
    """
    return os.open(path, _FLAGS if follow else _FLAGS | os.O_NOFOLLOW)


def note(path: "Path", answer: "bytes | Exception", *, follow: bool) -> None:
    """Record the content of a file that `fs.untrusted` has read, or the error. A link counts with `follow` alone."""
    if _recorder is not None:
        _recorder.add("r" if follow else "u", os.fspath(path), answer)


class Recorder:
    """The record of a run. `lines` is for `is_current`: the keys of the digests, then the answers."""

    def __init__(self) -> None:
        self._keys = int.from_bytes(os.urandom(8)) & sys.maxsize, int.from_bytes(os.urandom(8)) & sys.maxsize
        self.lines = ["{} {}".format(*self._keys)]
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

    def add(self, question: str, path: str, answer: "bytes | Exception") -> None:
        """Add a question and its answer, which may be an error. Only an OSError has a number, as a lookup gets it."""
        digest = digest_of(answer, self._keys) if isinstance(answer, bytes) else _error_digest(answer)
        self.lines.append(question + digest + path)


def record(recorder: "Recorder | None") -> None:
    """Record all observations from now on; None stops that."""
    global _recorder  # noqa: PLW0603 -- one run in a process is recorded, from its start to its end
    _recorder = recorder


def recorder() -> "Recorder | None":
    """Return the recorder of this run, if there is one."""
    return _recorder


def is_current(record: "Iterable[str]") -> bool:
    """Return whether all answers of a record are the same now. Raises LookupError or ValueError if it is damaged.

    The last ones come first: files of the project, which change more often than the program.
    """
    first_line, *lines = record
    first_key, second_key = map(int, first_line.split())
    for line in reversed(lines):
        try:
            digest = digest_of(_ANSWERS[line[0]](line[33:]), (first_key, second_key))
        except OSError as error:
            digest = _error_digest(error)
        if digest != line[1:33]:
            return False
    return bool(lines)


def digest_of(content: bytes, keys: tuple[int, int] = (0, 1)) -> str:
    """Return the digest of a content: 32 hexadecimal digits.

    Two contents with the same digest can only be prepared with the keys. The keys of a record are random, and only
    this user can read them.
    """
    return (source_hash(keys[0], content) + source_hash(keys[1], content)).hex()


def _error_digest(error: Exception) -> str:
    return f"{getattr(error, 'errno', None) or 0:!>32}"  # no digest of a content looks like this


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


def _content(path: str, flags: int = _FLAGS | os.O_NOFOLLOW) -> bytes:
    """Return the content of a file. A thousand deployments have fifty thousand of them, so this calls little."""
    file = os.open(path, flags)
    try:
        size = _PART_BYTES
        content = os.pread(file, size, 0)  # an error for a FIFO
        if not 0 < len(content) < size:  # not the end of a regular file; devices have none
            _require_regular(file, path)
        while len(content) == size <= _MAX_BYTES:
            size = min(4 * size, _MAX_BYTES + 1)
            content = os.pread(file, size, 0)
    finally:
        os.close(file)
    if len(content) > _MAX_BYTES:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), path)
    return content


def _head(path: str) -> bytes:
    file = os.open(path, _FLAGS)
    try:
        _require_regular(file, path)
        return os.pread(file, HEAD_BYTES, 0)
    finally:
        os.close(file)


def _require_regular(file: int, path: str) -> None:
    if not stat.S_ISREG(os.fstat(file).st_mode):
        raise OSError(errno.EINVAL, "Not a regular file", path)


def _names(path: str) -> bytes:
    with os.scandir(path) as entries:
        names = [
            f"{entry.name}\0f\0" if entry.is_file(follow_symlinks=False) else f"{entry.name}\0{_other_kind(entry)}\0"
            for entry in entries
        ]
    return "".join(sorted(names)).encode(*_ENCODING)


def _other_kind(entry: "os.DirEntry[str]") -> str:
    if entry.is_dir(follow_symlinks=False):
        return DIRECTORY
    return LINK if entry.is_symlink() else OTHER


def _status_kind(status: os.stat_result) -> bytes:
    return _KINDS.get(stat.S_IFMT(status.st_mode), OTHER).encode()


_ANSWERS: "dict[str, Callable[[str], bytes]]" = {
    "r": lambda path: _content(path, _FLAGS),
    "u": _content,
    "h": _head,
    "n": _names,
    "k": lambda path: _status_kind(os.lstat(path)),
    "K": lambda path: _status_kind(os.stat(path)),
    "p": lambda path: os.path.realpath(path).encode(*_ENCODING),
    "m": lambda path: b"%d %d" % (int((status := os.stat(path)).st_mtime), status.st_size),
    "o": lambda path: b"%d %d" % ((status := os.stat(path)).st_dev, status.st_uid),
}
