"""Find the output of an earlier run that would be the same now; the entries of the cache. Imports next to nothing."""

import os
import stat
import sys

from owscale.fs import observed

CACHED_COMMANDS = ("check", "generate")
MAX_BYTES = 16 << 20
"""The size of an entry; that of a thousand deployments has 5 MiB."""
MAX_TOTAL_BYTES = 4 * MAX_BYTES
_VARIABLES = ("COLUMNS", "NO_COLOR", "PATH", "TERM")
"""The variables that these commands read; variables PYTHON... count by their effect on `sys`."""
_WRITABLE_BY_OTHERS = 0o022
_ENCODING = ("utf-8", "surrogateescape")


def find(words: list[str], *, is_new_process: bool) -> tuple[str, str] | None:
    """Return the stored stdout and stderr of the same command line; None if they may be different now.

    In a new process, which has imported little, the run that follows is then recorded, so that `recording.save` can
    store its output.
    """
    is_off = "--no-cache" in words or os.environ.get("OWSCALE_NO_CACHE", "") not in ("", "0")
    if is_off or not words or words[0] not in CACHED_COMMANDS:
        return None
    try:
        out, err, *record = read_entry(entry_file(words))
        if observed.is_current(record):
            return out, err
    except (OSError, ValueError, LookupError):  # there is no entry, or it cannot be trusted
        pass
    if is_new_process:
        from owscale.result_cache import recording

        recording.start()
    return None


def entry_file(words: list[str]) -> str:
    """Return the path of the entry for a command line and its surroundings: directory, variables, terminal and Python.

    Raises OSError if there is no place for entries.
    """
    parent = os.environ.get("XDG_CACHE_HOME") or f"{os.environ.get('HOME') or '.'}/.cache"
    if not parent.startswith("/"):  # the XDG specification has programs ignore a relative path
        raise FileNotFoundError(parent)
    streams = (sys.stdout, sys.stderr)
    surroundings = (
        os.getcwd(),
        *map(os.environ.get, _VARIABLES),
        *((s.encoding, s.errors, s.isatty() and os.get_terminal_size(s.fileno()).columns) for s in streams),
        sys.argv[0],  # a hint begins as the user began this run
        sys.orig_argv[0],
        *(sys.version, sys.executable, sys.prefix, sys.base_prefix, sys.flags, sys.pycache_prefix, sys.path),
    )
    return f"{parent}/owscale/{observed.digest_of(ascii((words, surroundings)).encode())}"


def read_entry(file: str) -> list[str]:
    """Return the fields of an entry. Raises OSError or ValueError if it is missing, damaged, or writable by others.

    A run prints its text. So the file and its directory must belong to this user and be writable by no one else.
    """
    directory, _, name = file.rpartition("/")
    _require_own(os.lstat(directory), stat.S_IFDIR)
    descriptor = observed.open_file(file, follow=False)
    try:
        status = os.fstat(descriptor)
        _require_own(status, stat.S_IFREG)
        seal, content = os.read(descriptor, 32), os.read(descriptor, min(status.st_size, MAX_BYTES))
    finally:
        os.close(descriptor)
    if seal != _seal(name, content):
        raise ValueError(file)
    return content.decode(*_ENCODING).split("\0")


def write_entry(file: str, fields: list[str]) -> None:
    """Write an entry atomically, and remove the oldest ones above the limit of all. Raises OSError."""
    from contextlib import suppress  # not for a run that only reads

    from owscale.fs.files import atomic_write

    directory, _, name = file.rpartition("/")
    for missing in (os.path.dirname(directory), directory):
        if not os.path.isdir(missing):
            os.mkdir(missing, 0o700)
    _require_own(os.lstat(directory), stat.S_IFDIR)
    content = "\0".join(fields).encode(*_ENCODING)
    if len(content) <= MAX_BYTES - 32:
        atomic_write(file, _seal(name, content) + content, mode=0o600)
    total = 0
    with suppress(FileNotFoundError):  # another process has renamed or removed a file
        files = [(file.stat(follow_symlinks=False), file.path) for file in os.scandir(directory)]
        for status, path in sorted(files, key=lambda item: -item[0].st_mtime_ns):
            total += status.st_size
            if total > MAX_TOTAL_BYTES:
                os.unlink(path)


def _seal(name: str, content: bytes) -> bytes:
    """Return the digest that begins an entry: of its content, and of its name, so that it counts for no other."""
    return observed.digest_of(name.encode() + content).encode()


def _require_own(status: os.stat_result, kind: int) -> None:
    """Raise PermissionError for another kind of file, another owner, or a file that other users can write."""
    is_own = (stat.S_IFMT(status.st_mode), status.st_uid) == (kind, os.geteuid())
    if not is_own or status.st_mode & _WRITABLE_BY_OTHERS:
        raise PermissionError
