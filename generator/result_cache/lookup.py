"""Find the output of an earlier run whose inputs have not changed. Imports next to nothing."""

import os
import sys

CACHED_COMMANDS = ("check", "generate")


def find(words: list[str]) -> tuple[str, str] | None:
    """Return what the same command line printed on stdout and stderr; None where that may have changed."""
    if not words or words[0] not in CACHED_COMMANDS or "--no-cache" in words:
        return None
    from owscale.result_cache import directory, fingerprint  # other commands do not wait for hashlib

    folder = directory.cache_directory()
    if folder is None:
        return None
    try:
        with open(f"{folder}/{entry_name(words)}", encoding="utf-8", errors="surrogateescape", newline="") as file:
            checksum, _, text = file.read().partition("\0")
        out, err, *inputs = text.split("\0")
        if fingerprint.hashed(text) != checksum or any(
            fingerprint.digest(part) != digest for part, digest in zip(inputs[::2], inputs[1::2], strict=True)
        ):
            return None
    except (OSError, ValueError, IndexError):  # there is no entry, or an input is missing
        return None
    return out, err


def entry_name(words: list[str]) -> str:
    """Return the file name of the entry for a command line, in this directory and on this terminal."""
    from owscale.result_cache import fingerprint

    terminal = f"{_columns()} {os.environ.get('NO_COLOR')} {os.environ.get('TERM')}"
    python = f"{sys.version} {sys.prefix} {os.environ.get('PYTHONPATH')}"
    return f"answer-{fingerprint.hashed(chr(0).join((*words, '', os.getcwd(), terminal, python)))}"


def _columns() -> int:
    """Return the width of the terminal on stderr; -1 where there is none."""
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns if sys.stderr.isatty() else -1
    except (OSError, ValueError, AttributeError):  # stderr is closed
        return -1
