"""Find the output of an earlier run that would be the same now. Imports next to nothing."""

import os
import sys

TYPE_CHECKING = False  # typing takes its time to import
if TYPE_CHECKING:
    from typing import TextIO

CACHED_COMMANDS = ("check", "generate")
_VARIABLES = ("COLUMNS", "NO_COLOR", "PATH", "TERM")
"""The variables that these commands read; PYTHON... variables count by what they do to `sys`."""


def find(words: list[str], *, is_new_process: bool) -> tuple[str, str] | None:
    """Return what the same command line printed on stdout and stderr; None where that may be different now.

    In a new process, which has imported little, the run that follows is then recorded, so that `recording.save` can
    store its output.
    """
    if not words or words[0] not in CACHED_COMMANDS or "--no-cache" in words:
        return None
    from owscale.fs import observed  # other commands do without these modules
    from owscale.result_cache import entries

    directory = entries.cache_directory()
    if directory is None:
        return None
    try:
        key = entry_key(words)
        fields = entries.read_entry(directory, key)
        if fields and observed.is_current(fields[2:]):
            return fields[0], fields[1]
    except (OSError, ValueError, LookupError):  # the entry is not of this version, or this directory is gone
        pass
    if is_new_process:
        from owscale.result_cache import recording

        recording.start()
    return None


def entry_key(words: list[str]) -> str:
    """Return the digest of the command line and of its surroundings: directory, variables, terminal and Python."""
    from owscale.fs.observed import digest_of

    surroundings = (
        os.getcwd(),
        *(f"{name}={os.environ.get(name)}" for name in _VARIABLES),
        *map(_terminal, (sys.stdout, sys.stderr)),
        sys.argv[0],  # a hint begins as the user began this run
        sys.orig_argv[0],
        *map(str, (sys.version, sys.executable, sys.prefix, sys.base_prefix, sys.flags, sys.pycache_prefix, sys.path)),
    )
    return digest_of("\0".join(("2", *surroundings, *words)).encode("utf-8", "surrogateescape"))


def _terminal(stream: "TextIO") -> str:
    """Return the encoding of a stream, and the columns of the terminal that it is; -1 where it is none."""
    try:
        columns = os.get_terminal_size(stream.fileno()).columns if stream.isatty() else -1
    except (OSError, ValueError, AttributeError):  # it is closed
        columns = -1
    return f"{columns} {getattr(stream, 'encoding', None)} {getattr(stream, 'errors', None)}"
