"""The diagram of a deployment is valid Mermaid, also with texts of a spec that contain Mermaid."""

import re
from pathlib import Path

import pytest

from tests._support.documents import Documents, hostile_documents, parameters
from tests._support.shell import blocks

_LABEL = r'"(?:[\w .,:/@()+-]|[^\x00-\x7f]|<br/>)*"'
_NODE_LINE = re.compile(rf" *\w+(?:\[{_LABEL}\]|\[\({_LABEL}\)\]):::(?:managed|existing)")
_OTHER_LINE = re.compile(
    rf" *(?:flowchart TB|subgraph \w+\[{_LABEL}\]|direction TB|end|style \w+ [\w:#,-]+(?: \d)?"
    r'|\w+ (?:-->|-\.->)(?:\|"[\w ,:]+"\|)? \w+|classDef [\w:#, -]+|%%\{init: [\w{}": ]+\}%%)'
)


def _check_diagram(documents: Documents) -> None:
    (diagram,) = blocks(documents.files["README.md"], "mermaid")
    for line in diagram.splitlines():
        assert _NODE_LINE.fullmatch(line) or _OTHER_LINE.fullmatch(line), line
    assert len(re.findall("subgraph", diagram)) == len(re.findall(r"^ *end$", diagram, re.MULTILINE))


@pytest.mark.parametrize("documents", parameters())
def test_diagram_follows_the_grammar(documents: Documents) -> None:
    _check_diagram(documents)


def test_hostile_texts_are_no_syntax(tmp_path: Path) -> None:
    for documents in hostile_documents(tmp_path):
        _check_diagram(documents)
