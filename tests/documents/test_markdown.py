"""The documents as a reader of Markdown sees them, and texts of a spec that would like to be more than texts."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.cases import PROJECT, Case
from tests.documents.cases import DOCUMENTS, Documents, documents, parameters
from tests.documents.shell import blocks, commands

READER = MarkdownIt("commonmark").enable("table")
HOSTILE = [
    "a | b || c",
    "`code` and ```more```",
    "<script>alert(1)</script> <!-- x",
    "] (x) [a](javascript:x) ![b](c)",
    '"] --> end["x" %%{init: {}}%% #quot;',
    "# a heading",
    "1. a list and - another",
    "**bold** _thin_ ~~gone~~ $x$ &amp; \\",
    "漢字 العربية 🚀 e\u0301",
    "$(touch /tmp/x) ; rm -rf '/' \"x\" !1",
]
_LABEL = r'"(?:[\w .,:/@()+-]|[^\x00-\x7f]|<br/>)*"'
_NODE = re.compile(rf" *\w+(?:\[{_LABEL}\]|\[\({_LABEL}\)\]):::(?:made|existing)")
_OTHER = re.compile(
    rf" *(?:flowchart TB|subgraph \w+\[{_LABEL}\]|direction TB|end|style \w+ [\w:#,-]+(?: \d)?"
    r'|\w+ (?:-->|-\.->)(?:\|"[\w ,:]+"\|)? \w+|classDef [\w:#, -]+|%%\{init: [\w{}": ]+\}%%)'
)


def hostile(tmp_path: Path) -> list[Documents]:
    """The golden case that has everything, with hostile texts wherever a spec takes them."""
    spec = yaml.safe_load((PROJECT / "tests/golden/everything/spec.yaml").read_text(encoding="utf-8"))
    spec["app"]["environment"] |= {
        f"TEXT_{number}": text for number, text in enumerate([*HOSTILE, "", " ", "a\nb\n\n```\n# c"])
    }
    spec["aws"]["tags"] |= {"text": "漢字 العربية"}
    spec["alarms"]["notify"] = ["a|b`c]'(#{x}%%$&*\\@example.com", "_x_[y](z)!@example.com"]
    spec["accept"] = dict(zip(("S217", "S354", "S352"), HOSTILE, strict=False))
    path = tmp_path / "spec.yaml"
    path.write_text(yaml.safe_dump(spec, allow_unicode=False), encoding="utf-8")
    return documents(Case("hostile", path, tmp_path / "out"))


@pytest.fixture(params=[*parameters(), pytest.param(None, id="hostile")])
def shown(request: pytest.FixtureRequest, tmp_path: Path) -> Documents:
    found: Documents = request.param or hostile(tmp_path)[0]
    return found


def _tokens(text: str) -> list[Token]:
    return [inner for token in READER.parse(text) for inner in (token, *(token.children or []))]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_html_but_the_header(shown: Documents, name: str) -> None:
    html = [token.content for token in _tokens(shown.files[name]) if token.type.startswith("html")]
    assert len(html) == 1
    assert re.fullmatch(r"<!-- Generated from \S+ by templates/\S+\.md\.j2\. Do not edit\. -->\n", html[0])


@pytest.mark.parametrize("name", DOCUMENTS)
def test_one_title(shown: Documents, name: str) -> None:
    tokens = READER.parse(shown.files[name])
    assert sum(token.type == "heading_open" and token.tag == "h1" for token in tokens) == 1


@pytest.mark.parametrize("name", DOCUMENTS)
def test_rows_of_a_table_have_as_many_cells_as_its_head(shown: Documents, name: str) -> None:
    tables = 0
    text = re.sub(r"^ *```.*?^ *```$", "", shown.files[name], flags=re.DOTALL | re.MULTILINE)
    for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        rows = [re.split(r"(?<!\\)\|", line) for line in table.splitlines()]
        assert {len(row) for row in rows} == {len(rows[0])}, table
        tables += 1
    assert tables == sum(token.type == "table_open" for token in READER.parse(shown.files[name])) > 0


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_somewhere(shown: Documents, name: str) -> None:
    links = [str(token.attrs["href"]) for token in _tokens(shown.files[name]) if token.type == "link_open"]
    assert links
    for link in links:
        path, _, anchor = link.partition("#")
        target = shown.files[path or name]
        assert not anchor or anchor in set(_anchors(target)), link


def _anchors(text: str) -> Iterator[str]:
    """Those that a code host gives to headings."""
    tokens = READER.parse(text)
    for token, following in pairwise(tokens):
        if token.type == "heading_open":
            words = "".join(each.content for each in following.children or [])
            yield re.sub(r"[^\w -]", "", words.lower()).replace(" ", "-")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_layout(shown: Documents, name: str) -> None:
    text = shown.files[name]
    assert text == f"{text.rstrip()}\n"
    assert "\n\n\n" not in text
    assert not re.search(r"[ \t]+$", text, re.MULTILINE)
    assert text.count("```") % 2 == 0


def test_diagram_has_its_grammar(shown: Documents) -> None:
    (diagram,) = blocks(shown.files["README.md"], "mermaid")
    for line in diagram.splitlines():
        assert _NODE.fullmatch(line) or _OTHER.fullmatch(line), line
    assert len(re.findall("subgraph", diagram)) == len(re.findall(r"^ *end$", diagram, re.MULTILINE))


def test_hostile_texts_are_read_as_they_are(tmp_path: Path) -> None:
    (found, _) = hostile(tmp_path)
    plain = {_plain(token) for token in READER.parse(found.files["README.md"]) if token.type == "inline"}
    for text in HOSTILE:
        assert text in plain, text
    assert "a b ``` # c" in plain
    assert "(empty)" in plain


def _plain(token: Token) -> str:
    return "".join(each.content for each in token.children or [])


def test_hostile_texts_are_no_commands(tmp_path: Path) -> None:
    before = [commands(block) for block in blocks(documents(_everything())[0].files["RUNBOOK.md"], "bash")]
    after = [commands(block) for block in blocks(hostile(tmp_path)[0].files["RUNBOOK.md"], "bash")]
    assert after == before


def _everything() -> Case:
    folder = PROJECT / "tests/golden/everything"
    return Case("everything", folder / "spec.yaml", folder / "out")
