"""Blocks of text in files of the user: `owscale init` writes them, and its later versions can update them.

A block stands between two comments. The first has a digest of the text, so that an edit of the user is recognised:

    # owscale init: begin 1f0e6c1a9b7d
    .terraform/
    # owscale init: end
"""

import difflib
import enum
import hashlib
import re
from typing import NamedTuple

_DIGEST_LENGTH = 12
_BEGIN, _END = "owscale init: begin", "owscale init: end"


class BlockState(enum.Enum):
    """The result for a block of text in a file of the user."""

    ADDED = enum.auto()
    UP_TO_DATE = enum.auto()
    REPLACED = enum.auto()
    MODIFIED = enum.auto()
    """The user changed the text, and owscale has another one now: the block stays as it is."""


class BlockUpdate(NamedTuple):
    """The content of a file with its block; for a modified block, `diff` leads from it to the text of this version."""

    content: bytes
    state: BlockState
    diff: str = ""


def update_block(content: bytes, text: str, *, is_markdown: bool = False) -> BlockUpdate:
    """Return the content of a file with a text as its block, in the line endings of the content.

    A block that the user removed from a file is added again at its end. If the file has the text without comments, they
    are added around it.
    """
    line_end = "\r\n" if b"\r\n" in content else "\n"
    before = content.decode("utf-8", "surrogateescape").replace("\r\n", "\n")
    block = _marked(text, is_markdown=is_markdown)
    match = _pattern(is_markdown=is_markdown).search(before)
    if match is None and (_BEGIN in before or _END in before):  # one of the comments is missing or was changed
        return BlockUpdate(content, BlockState.MODIFIED, _diff("", text))
    if match is None:
        after = before.replace(text, block, 1) if text in before else _append(before, block)
        state, diff = BlockState.ADDED, ""
    elif match["text"] == text and match["digest"] == _digest(text):
        return BlockUpdate(content, BlockState.UP_TO_DATE)
    elif _digest(match["text"]) == match["digest"]:
        after = before[: match.start()] + block + before[match.end() :]
        state, diff = BlockState.REPLACED, ""
    elif match["digest"] == _digest(text):
        return BlockUpdate(content, BlockState.UP_TO_DATE)  # the user's edit of the text of this version
    else:
        return BlockUpdate(content, BlockState.MODIFIED, _diff(match["text"], text))
    return BlockUpdate(after.replace("\n", line_end).encode("utf-8", "surrogateescape"), state, diff)


def _diff(old: str, new: str) -> str:
    lines = (old.splitlines(), new.splitlines())
    return "\n".join(difflib.unified_diff(*lines, "your text", "text of this version", lineterm=""))


def _append(before: str, block: str) -> str:
    gap = "" if not before else "\n" if before.endswith("\n") else "\n\n"
    return f"{before}{gap}{block}"


def _marked(text: str, *, is_markdown: bool) -> str:
    """Return a text between the comments."""
    begin, end = f"{_BEGIN} {_digest(text)}", _END
    if is_markdown:
        return f"<!-- {begin} -->\n{text}<!-- {end} -->\n"
    return f"# {begin}\n{text}# {end}\n"


def _pattern(*, is_markdown: bool) -> re.Pattern[str]:
    start, stop = ("<!-- ", " -->") if is_markdown else ("# ", "")
    begin, end = (re.escape(f"{start}{marker}") for marker in (_BEGIN, _END))
    return re.compile(rf"^{begin} (?P<digest>\w+){stop}\n(?P<text>.*?)^{end}{stop}\n?", re.DOTALL | re.MULTILINE)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:_DIGEST_LENGTH]
