"""Parse the commands of a block of shell, including those in `$( … )`."""

import re
import shlex

from markdown_it import MarkdownIt

SUBSTITUTED = "SUBSTITUTED"
"""The word in a command for the output of `$( … )`."""

_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")


def blocks(text: str, language: str) -> list[str]:
    """Return the fenced blocks of a language in a Markdown document, each without the indentation of its fence."""
    return [token.content for token in MarkdownIt().parse(text) if token.type == "fence" and token.info == language]


def commands(block: str) -> list[list[str]]:
    """Return the words of every simple command of a block, without assignments, loops and comments."""
    parsed: list[list[str]] = []
    text, substitutions, _ = _extract_substitutions(block.replace("\\\n", " "), 0)
    for line in text.splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars=";|")
        lexer.whitespace_split = True
        words: list[str] = []
        for word in [*lexer, ";"]:
            if set(word) <= set(";|"):
                parsed += _simple_command(words)
                words = []
            else:
                words.append(word)
    for substitution in substitutions:
        parsed += commands(substitution)
    return parsed


def _simple_command(words: list[str]) -> list[list[str]]:
    """Return the words without keywords and assignments before them; none where no command is left."""
    while words and (words[0] in ("do", "export") or _ASSIGNMENT.match(words[0])):
        words = words[1:]
    return [] if not words or words[0] in ("for", "done", "unset") else [words]


def _extract_substitutions(text: str, position: int) -> tuple[str, list[str], int]:
    """Replace each `$( … )` from a position on, to the end of the text or to the parenthesis that closes it.

    Return the text, the commands of the substitutions, and the position after the end.
    """
    replaced, substitutions, quote = "", [], ""
    while position < len(text):
        if text.startswith("$(", position) and quote != "'":
            start = position + 2
            _, _, position = _extract_substitutions(text, start)
            substitutions.append(text[start : position - 1])
            replaced += SUBSTITUTED
            continue
        character = text[position]
        position += 1
        if character == ")" and not quote:
            break
        if character == "\\" and quote != "'":
            replaced += character + text[position]
            position += 1
            continue
        if character in "'\"" and quote in ("", character):
            quote = "" if quote else character
        replaced += character
    return replaced, substitutions, position
