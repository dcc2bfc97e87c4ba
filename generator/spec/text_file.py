"""Read the text of a spec file."""

import codecs
import re
from pathlib import Path

from owscale.console.text import closest
from owscale.diagnostics.model import Diagnostic
from owscale.fs import observed
from owscale.fs.files import os_error_hint
from owscale.fs.text import foreign_encoding
from owscale.fs.untrusted import MAX_SPEC_BYTES, UnsafeFileError, read_untrusted
from owscale.spec.document import Position

_WHOLE_FILE, _BEGINNING = Position(0, 0), Position(1, 1)
_LONE_CR = re.compile("\r(?!\n)")
_BOM = "\ufeff"


class UnreadableError(Exception):
    """A spec cannot be read any further; `diagnostic` has the reason."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(str(diagnostic))
        self.diagnostic = diagnostic


def unreadable_error(file: str, message: str, hint: str = "", position: Position = _WHOLE_FILE) -> UnreadableError:
    """Return an UnreadableError with the code S101."""
    return UnreadableError(Diagnostic(file, position.line, position.column, "S101", "", message, hint))


def read_text(path: Path, file: str) -> str:
    """Return the text of a spec without its byte order mark.

    `file` is the name of the spec in messages. Raises UnreadableError if the path is not a regular file of at most
    1 MiB, or its content is not UTF-8 or has control characters. A link is refused: generated files name the spec, but
    git shows a change of the target, not of the link.
    """
    try:
        content = read_untrusted(path, MAX_SPEC_BYTES)
    except UnsafeFileError as error:
        raise unreadable_error(file, error.problem, error.hint) from None
    except FileNotFoundError:
        raise unreadable_error(file, "no such file", missing_file_hint(path)) from None
    except OSError as error:
        raise unreadable_error(file, f"cannot be read: {error.strerror or error}", os_error_hint(error, file)) from None
    if encoding := foreign_encoding(content):
        message = f"is {encoding} text, of which git shows no diff"
        raise unreadable_error(file, message, "save the file as UTF-8", _BEGINNING)
    content = content.removeprefix(codecs.BOM_UTF8)
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        before = content[: error.start].decode()
        message = f"byte 0x{content[error.start]:02x} is not UTF-8"
        raise unreadable_error(file, message, "save the file as UTF-8", position_at(before, len(before))) from None
    if (index := _first_control_character(text)) is not None:
        message = f"contains the control character U+{ord(text[index]):04X}"
        raise unreadable_error(file, message, "remove it; lines end with LF or CRLF", position_at(text, index))
    return text


def missing_file_hint(path: Path) -> str:
    """Return the hint for a spec that does not exist: the most similar file beside it, if there is one."""
    try:
        similar = closest(path.name, [name for name, _ in observed.scan(path.parent) if name[0] != "."])
    except OSError:
        similar = ""
    return f"did you mean {path.parent / similar}?" if similar else "name a spec, or a directory of specs"


def _first_control_character(text: str) -> int | None:
    """Return the index of the first character that editors and YAML tools may treat differently.

    A lone CR, NEL, LS and PS end a line in YAML 1.1 but not in most editors: a comment could hide a key.
    """
    indexes = [text.index(char) for char in set(text) if _is_control_character(char)]
    if lone_cr := _LONE_CR.search(text):
        indexes.append(lone_cr.start())
    return 0 if text.startswith(_BOM) else min(indexes, default=None)


def _is_control_character(char: str) -> bool:
    if char < "\xa0":
        return char not in "\t\n\r" and not " " <= char <= "~"
    return char in "\u2028\u2029\ufffe\uffff" or "\ud800" <= char <= "\udfff"


def position_at(text: str, index: int, start: Position = _BEGINNING) -> Position:
    """Return the position of a character of `text`, where `start` is the position of its first character."""
    lines, column = text.count("\n", 0, index), index - text.rfind("\n", 0, index)
    return Position(start.line + lines, column if lines else column + start.column - 1)
