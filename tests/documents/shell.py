"""The commands of a block of shell, those within `$( … )` too, each as its words."""

import re
import shlex

SUBSTITUTED = "SUBSTITUTED"
"""Stands in a command for what `$( … )` or a variable gives."""

_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")


def blocks(text: str, language: str) -> list[str]:
    """The fenced blocks of a language, each without the indentation of its fence."""
    found = re.findall(rf"^( *)```{language}\n(.*?)^\1```$", text, re.DOTALL | re.MULTILINE)
    return ["".join(line.removeprefix(indent) for line in body.splitlines(keepends=True)) for indent, body in found]


def commands(block: str) -> list[list[str]]:
    """Every simple command of a block; assignments, loops and comments left out."""
    found: list[list[str]] = []
    flat, inner, _ = _pulled(block.replace("\\\n", " "), 0)
    for line in flat.splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars=";|")
        lexer.whitespace_split = True
        words: list[str] = []
        for word in [*lexer, ";"]:
            if set(word) <= set(";|"):
                found += _told(words)
                words = []
            else:
                words.append(word)
    for text in inner:
        found += commands(text)
    return found


def _told(words: list[str]) -> list[list[str]]:
    while words and (words[0] in ("do", "export") or _ASSIGNMENT.match(words[0])):
        words = words[1:]
    return [] if not words or words[0] in ("for", "done") else [words]


def _pulled(text: str, at: int) -> tuple[str, list[str], int]:
    """The text from `at` to its end, or to the bracket that closes it, without what stands in `$( … )`; and that."""
    flat, inner, quote = "", [], ""
    while at < len(text):
        if text.startswith("$(", at) and quote != "'":
            start = at + 2
            _, _, at = _pulled(text, start)
            inner.append(text[start : at - 1])
            flat += SUBSTITUTED
            continue
        character = text[at]
        at += 1
        if character == ")" and not quote:
            break
        if character == "\\" and quote != "'":
            flat += character + text[at]
            at += 1
            continue
        if character in "'\"" and quote in ("", character):
            quote = "" if quote else character
        flat += character
    return flat, inner, at
