"""PyYAML's syntax errors in the words of somebody who writes YAML."""

import re
from typing import Any, NamedTuple

import yaml

_ALIKE = "indent the keys of one mapping alike, and put text that contains `: ` in quotes"
# These errors are told at the beginning of the token, not where it went wrong for good.
_TOKEN = re.compile(r"while (scanning|parsing) an? (quoted|double-quoted|simple key|alias|anchor|tag)")
_SYNTAX = (  # a regex for what PyYAML or libyaml says, what we say, the hint
    (r"expected ':'", "a key without its colon", "write `key: value`"),
    (r"mapping values", "a colon where no key can stand", _ALIKE),
    (r"sequence entries", "a list item cannot stand here", "start the list on a line of its own"),
    (r"block end|expected key|'-' ind|mapping keys", "this does not fit the lines above it", _ALIKE),
    (r"quoted.*(end of stream|document)", "the quotes that open here are never closed", "close them"),
    (r"',' or '\]'", "the list lacks a comma or its closing bracket before this", "write `[a, b]`"),
    (r"',' or '}'", "the mapping lacks a comma or its closing brace before this", "write `{a: 1, b: 2}`"),
    (r"node content", "a value is missing here", "put text that begins with a bracket or a comma in quotes"),
    (r"escape|hex", "the quotes that open here hold an unknown escape", r"write `\\` for a backslash"),
    (r"block scalar", "only a line break can follow `|` or `>`", "begin the text on the next line"),
    (r" (alias|anchor|tag|node)\b", "text cannot begin with `*`, `&` or `!`", "put the text in quotes"),
    (r"any token", "text cannot begin with this character", "put the text in quotes"),
    (r"directive|incompatible", "a line that begins with `%` is not for a spec", "remove the line"),
    (r"document start", "this stands after the end of the spec", "remove it, or put all of the text in quotes"),
)


class Explained(NamedTuple):
    """What is wrong, what to write instead, and PyYAML's mark of the place."""

    message: str
    hint: str
    mark: Any


def explain(error: yaml.MarkedYAMLError, text: str) -> Explained:
    """A syntax error of `text`."""
    said = f"{error.context}: {error.problem}".partition(", but ")[0]
    mark: Any = error.context_mark if _TOKEN.match(said) else error.problem_mark
    line = text[: mark.index + 1].rpartition("\n")[2]
    if ("any token" in said and line.endswith("\t")) or "\t" in line[: len(line) - len(line.lstrip())]:
        return Explained("a tab where YAML wants spaces", "indent with spaces", mark)
    for pattern, message, hint in _SYNTAX:
        if re.search(pattern, said):
            return Explained(message, hint, mark)
    return Explained(f"not YAML: {error.problem}", "", mark)
