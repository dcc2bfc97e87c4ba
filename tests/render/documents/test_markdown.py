"""The documents are correct Markdown, also with texts of a spec that contain Markdown, HTML or commands."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests._support.documents import (
    DOCUMENTS,
    HOSTILE_TEXTS,
    Documents,
    documents,
    everything_case,
    hostile_documents,
    parameters,
)
from tests._support.shell import blocks, commands

PARSER = MarkdownIt("commonmark").enable("table")


@pytest.fixture(params=[*parameters(), pytest.param(None, id="hostile")])
def rendered(request: pytest.FixtureRequest, tmp_path: Path) -> Documents:
    deployment_documents: Documents = request.param or hostile_documents(tmp_path)[0]
    return deployment_documents


def _tokens(text: str) -> list[Token]:
    return [inner for token in PARSER.parse(text) for inner in (token, *(token.children or []))]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_header_is_the_only_html(rendered: Documents, name: str) -> None:
    html = [token.content for token in _tokens(rendered.files[name]) if token.type.startswith("html")]
    assert len(html) == 1
    assert re.fullmatch(r"<!-- Generated from \S+ by templates/\S+\.md\.j2\. Do not edit\. -->\n", html[0])


@pytest.mark.parametrize("name", DOCUMENTS)
def test_document_has_one_title(rendered: Documents, name: str) -> None:
    tokens = PARSER.parse(rendered.files[name])
    assert sum(token.type == "heading_open" and token.tag == "h1" for token in tokens) == 1


@pytest.mark.parametrize("name", DOCUMENTS)
def test_rows_of_a_table_have_as_many_cells_as_its_header(rendered: Documents, name: str) -> None:
    tables = 0
    text = re.sub(r"^ *```.*?^ *```$", "", rendered.files[name], flags=re.DOTALL | re.MULTILINE)
    for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        rows = [re.split(r"(?<!\\)\|", line) for line in table.splitlines()]
        assert {len(row) for row in rows} == {len(rows[0])}, table
        tables += 1
    assert tables == sum(token.type == "table_open" for token in PARSER.parse(rendered.files[name])) > 0


@pytest.mark.parametrize("name", DOCUMENTS)
def test_targets_of_links_exist(rendered: Documents, name: str) -> None:
    links = [str(token.attrs["href"]) for token in _tokens(rendered.files[name]) if token.type == "link_open"]
    assert links
    for link in links:
        path, _, anchor = link.partition("#")
        target = rendered.files[path or name]
        assert not anchor or anchor in set(_anchors(target)), link


def _anchors(text: str) -> Iterator[str]:
    """Yield the anchors that GitHub gives to headings."""
    tokens = PARSER.parse(text)
    for token, following in pairwise(tokens):
        if token.type == "heading_open":
            words = "".join(each.content for each in following.children or [])
            yield re.sub(r"[^\w -]", "", words.lower()).replace(" ", "-")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_layout_has_no_stray_whitespace(rendered: Documents, name: str) -> None:
    text = rendered.files[name]
    assert text == f"{text.rstrip()}\n"
    assert "\n\n\n" not in text
    assert not re.search(r"[ \t]+$", text, re.MULTILINE)
    assert text.count("```") % 2 == 0


def test_hostile_texts_are_shown_unchanged(tmp_path: Path) -> None:
    (first, _) = hostile_documents(tmp_path)
    texts = {_text(token) for token in PARSER.parse(first.files["README.md"]) if token.type == "inline"}
    for text in HOSTILE_TEXTS:
        assert text in texts, text
    assert "a b ``` # c" in texts
    assert "(empty)" in texts


def _text(token: Token) -> str:
    return "".join(each.content for each in token.children or [])


def test_hostile_texts_do_not_change_commands(tmp_path: Path) -> None:
    expected = [commands(block) for block in blocks(documents(everything_case())[0].files["RUNBOOK.md"], "bash")]
    actual = [commands(block) for block in blocks(hostile_documents(tmp_path)[0].files["RUNBOOK.md"], "bash")]
    assert actual == expected
