"""The text of a spec: read whole, or not at all."""

import codecs
import re
import stat
from pathlib import Path

from generator.diagnostics import Diagnostic
from generator.document import Place

_WHOLE_FILE, _BEGINNING = Place(0, 0), Place(1, 1)
_MAX_BYTES = 1024 * 1024
_LONE_CR = re.compile("\r(?!\n)")
_BOM = "\ufeff"


class UnreadableError(Exception):
    """Nothing can be read from here on."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(str(diagnostic))
        self.diagnostic = diagnostic


def unreadable(file: str, message: str, hint: str = "", place: Place = _WHOLE_FILE) -> UnreadableError:
    return UnreadableError(Diagnostic(file, place.line, place.column, "S101", "", message, hint))


def load(path: Path, file: str) -> str:
    """The text of a regular file of a sane size, without its BOM."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise unreadable(file, "is a folder, not a file")
        if not stat.S_ISREG(status.st_mode):  # to open a FIFO would block
            raise unreadable(file, "is not a regular file")
        with path.open("rb") as stream:
            raw = b"" if status.st_size > _MAX_BYTES else stream.read(_MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise unreadable(file, f"cannot be read: {why}") from None
    size = max(status.st_size, len(raw))
    if size > _MAX_BYTES:
        hint = "a spec takes a few kilobytes: is this the right file?"
        raise unreadable(file, f"has {size:,} bytes, more than the limit of 1 MiB ({_MAX_BYTES:,} bytes)", hint)
    raw = raw.removeprefix(codecs.BOM_UTF8)
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode()
        message = f"byte 0x{raw[error.start]:02x} is not UTF-8"
        raise unreadable(file, message, "save the file as UTF-8", place_at(before, len(before))) from None
    if (index := _first_control(text)) is not None:
        message = f"contains the control character U+{ord(text[index]):04X}"
        raise unreadable(file, message, "remove it; lines end with LF or CRLF", place_at(text, index))
    return text


def _first_control(text: str) -> int | None:
    """Where the first character stands that no spec may have: one that editors and readers of YAML take differently.

    A lone CR, NEL, LS and PS end a line for YAML 1.1 but not for most editors: a key could hide in a comment.
    """
    found = [text.index(char) for char in set(text) if _is_control(char)]
    if lone := _LONE_CR.search(text):
        found.append(lone.start())
    return 0 if text.startswith(_BOM) else min(found, default=None)


def _is_control(char: str) -> bool:
    if char < "\xa0":
        return char not in "\t\n\r" and not " " <= char <= "~"
    return char in "\u2028\u2029\ufffe\uffff" or "\ud800" <= char <= "\udfff"


def place_at(text: str, index: int, start: Place = _BEGINNING) -> Place:
    """The place of a character of `text`, which itself begins at `start`."""
    lines, column = text.count("\n", 0, index), index - text.rfind("\n", 0, index)
    return Place(start.line + lines, column if lines else column + start.column - 1)
