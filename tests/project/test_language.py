"""The language of docs/style.md, as far as a pattern can check it."""

import re
from itertools import chain

from tests._support.cases import PROJECT

_WHAT_CLAUSE = re.compile(
    r"(?:^|[ (:,`\"])[Ww]hat "
    r"(?:the|it|they|a|an|is|are|was|has|to|of|owscale|Terraform|AWS|this|that|each|every)\b"
)
"""A clause without a noun, such as "what the run printed" for "the output of the run"."""
_RIDDLE = re.compile(r"\b(?:nobody|somebody|whoever|told apart|stands? for)\b", re.IGNORECASE)
"""Words that name no actor: docs/style.md asks for the noun."""
_ALLOWED: dict[str, str] = {}
"""Lines that may have such a clause, each with the reason, such as a quotation of another program."""


def test_every_clause_names_its_subject() -> None:
    assert _lines_with(_WHAT_CLAUSE, "generator/**/*.py", "templates/**/*.j2") == []


def test_every_sentence_names_its_actor() -> None:
    assert _lines_with(_RIDDLE, "generator/**/*.py", "templates/**/*.j2", "docs/**/*.md") == []


def _lines_with(pattern: re.Pattern[str], *globs: str) -> list[str]:
    """Return the lines that a pattern matches, each with its place. docs/style.md quotes such sentences."""
    return [
        f"{path.relative_to(PROJECT)}:{number}: {line.strip()}"
        for path in sorted(chain.from_iterable(map(PROJECT.glob, globs)))
        if "_generated" not in path.parts and path.name != "style.md"
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if pattern.search(line) and line.strip() not in _ALLOWED
    ]
