"""Write a draft as YAML: the only place that turns values and comments of a source into text of a spec."""

from __future__ import annotations

import textwrap
from typing import Any

from owscale.console.secret_texts import mask_secrets
from owscale.console.text import printable
from owscale.discovery.draft import Draft, Entry, has_secret
from owscale.spec.document import Path
from owscale.spec.scalars import format_inline, format_scalar

_WIDTH = 120
_MIN_TEXT = 40


def write(draft: Draft, heading: str, *, with_secrets: bool = False) -> str:
    """Return the text of a spec. Raises ValueError for a value that is a secret: no caller may pass one on.

    With `with_secrets`, it is text for the rules alone, which is neither written nor printed.
    """
    for path, entry in draft.entries.items():
        if not with_secrets and has_secret(entry.value, str(path[-1])):
            raise ValueError(f"the value of {path[-1]} is a secret")
    lines = ["# yaml-language-server: $schema=schema.json", "#"]
    lines += [line for paragraph in heading.split("\n") for line in _comment_lines(paragraph, 0)]
    tree: dict[Any, Any] = {}
    for path, entry in draft.entries.items():
        node = tree
        for key in path[:-1]:
            node = node.setdefault(key, {})
        node[path[-1]] = entry
    for key, node in tree.items():
        lines += ["", *_node_lines((key,), node, draft)]
    return "\n".join(lines) + "\n"


def _node_lines(path: Path, node: Any, draft: Draft) -> list[str]:
    depth = len(path) - 1
    above = [line for text in draft.comments.get(path, ()) for line in _comment_lines(text, depth)]
    if isinstance(node, Entry):
        return [*above, *_entry_lines(path, node, depth)]
    lines = [*above, f"{'  ' * depth}{_key(path[-1])}:"]
    for key, child in node.items():
        lines += _node_lines((*path, key), child, draft)
    return lines


def _entry_lines(path: Path, entry: Entry, depth: int) -> list[str]:
    line = f"{'  ' * depth}{_key(path[-1])}: {_value(entry.value)}"
    comment = f"{entry.mark}: {entry.comment}" if entry.mark else entry.comment
    comment = _comment_text(comment)
    if not comment:
        return [line]
    if not entry.mark and len(line) + len(comment) + 3 <= _WIDTH:
        return [f"{line} # {comment}"]
    command = [f"{'  ' * depth}#   {_comment_text(entry.command)}"] if entry.command else []
    return [*_comment_lines(comment, depth), *command, line]


def _key(key: object) -> str:
    return _escape(format_scalar(key))


def _value(value: Any) -> str:
    return _escape(format_inline(value))


def _escape(text: str) -> str:
    """Escape the characters that are invisible or that control a terminal: YAML allows it within double quotes."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else _escaped(each) for each in text)


def _escaped(character: str) -> str:
    """Return the escape of a character in YAML: https://yaml.org/spec/1.2.2/#57-escaped-characters."""
    return f"\\U{ord(character):08x}"


def _comment_text(text: str) -> str:
    return mask_secrets(printable(" ".join(text.split())))


def _comment_lines(text: str, depth: int) -> list[str]:
    """Return a text as lines of comments."""
    indent = "  " * depth
    width = max(_WIDTH - len(indent) - 2, _MIN_TEXT)
    wrapped = textwrap.wrap(_comment_text(text), width, break_long_words=False, break_on_hyphens=False)
    return [f"{indent}# {line}" for line in wrapped] or [f"{indent}#"]
