"""Syntax errors of PyYAML in plain words."""

import re
from typing import Any, NamedTuple

import yaml

SYNTAX_HINT = "correct the line, or put the text in quotes"
_INDENTATION = "give all keys of a mapping the same indentation, and put text with `: ` in quotes"
# For these errors, the beginning of the token is a better position than the character where PyYAML stopped.
_AT_CONTEXT = r"while (scanning|parsing) an? (quoted|double-quoted|simple key|alias|anchor|tag)"
_SYNTAX_ERRORS = (  # a pattern of the message of PyYAML or libyaml, our message, the hint
    (r"expected ':'", "a key without a colon", "write `key: value`"),
    (r"mapping values", "a colon where no key is possible", _INDENTATION),
    (r"sequence entries", "a list item where no list is possible", "start the list on the next line"),
    (
        r"block end|expected key|'-' ind|mapping keys",
        "this does not match the structure of the lines above",
        _INDENTATION,
    ),
    (r"quoted.*(end of stream|document)", "the quotes opened here are not closed", "close the quotes"),
    (r"',' or '\]'", "the list lacks a comma or its closing bracket before this", "write `[a, b]`"),
    (r"',' or '}'", "the mapping lacks a comma or its closing brace before this", "write `{a: 1, b: 2}`"),
    (r"node content", "a value is missing here", "put text that starts with a bracket or a comma in quotes"),
    (r"escape|hex", "the quoted text that starts here has an unknown escape", r"write `\\` for a backslash"),
    (r"block scalar", "only a line break can follow `|` or `>`", "start the text on the next line"),
    (r" (alias|anchor|tag|node)\b", "text cannot start with `*`, `&` or `!`", "put the text in quotes"),
    (r"any token", "text cannot start with this character", "put the text in quotes"),
    (r"directive|incompatible", "a spec cannot have a line that starts with `%`", "remove the line"),
    (r"document start", "this comes after the end of the spec", "remove it, or put the whole text in quotes"),
)


class SyntaxProblem(NamedTuple):
    """The message and the hint for a syntax error, and the PyYAML mark of its position."""

    message: str
    hint: str
    mark: Any


def explain_syntax_error(error: yaml.MarkedYAMLError, text: str) -> SyntaxProblem:
    """Return the message, hint and position for a syntax error in `text`."""
    description = f"{error.context}: {error.problem}".partition(", but ")[0]
    mark: Any = error.context_mark if re.match(_AT_CONTEXT, description) else error.problem_mark
    line = text[: mark.index + 1].rpartition("\n")[2]
    if ("any token" in description and line.endswith("\t")) or "\t" in line[: len(line) - len(line.lstrip())]:
        return SyntaxProblem("a tab where YAML requires spaces", "indent with spaces", mark)
    opened: Any = error.context_mark
    if re.search(r"',' or '[]}]'", description) and opened.line < mark.line:
        kind, bracket = ("mapping", "brace") if "}" in description else ("list", "bracket")
        message = f"the {kind} that starts here lacks a comma or its closing {bracket} before line {mark.line + 1}"
        return SyntaxProblem(message, f"add the {bracket}, or the comma", opened)
    for pattern, message, hint in _SYNTAX_ERRORS:
        if re.search(pattern, description):
            return SyntaxProblem(message, hint, mark)
    return SyntaxProblem(f"invalid YAML: {error.problem}", SYNTAX_HINT, mark)
