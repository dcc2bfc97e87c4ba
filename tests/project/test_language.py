"""The language of docs/style.md, as far as a pattern can check it."""

import re
from itertools import chain

from tests._support.cases import PROJECT

_WHAT_CLAUSE = re.compile(
    r"(?:^|[ (:,`\"])[Ww]hat "
    r"(?:the|it|they|a|an|is|are|was|has|to|of|owscale|Terraform|AWS|this|that|each|every)\b"
)
"""A clause without a noun, such as "what the run printed" for "the output of the run"."""
_ALLOWED: dict[str, str] = {}
"""Lines that may have such a clause, each with the reason, such as a quotation of another program."""


def test_every_clause_names_its_subject() -> None:
    sources = chain(PROJECT.glob("generator/**/*.py"), PROJECT.glob("templates/**/*.j2"))
    clauses = [
        f"{path.relative_to(PROJECT)}:{number}: {line.strip()}"
        for path in sorted(sources)
        if "_generated" not in path.parts
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if _WHAT_CLAUSE.search(line) and line.strip() not in _ALLOWED
    ]
    assert clauses == []
