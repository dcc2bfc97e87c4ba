"""Any file gives a document, a diagnostic or both."""

from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from owscale.diagnostics.model import Diagnostic
from owscale.spec import yaml_events
from owscale.spec.document import Document
from owscale.spec.document import Path as KeyPath
from tests._support.spec_reading import LOADERS, ReadSpec, hypothesis_settings, read_document

YAMLISH = st.text(alphabet="ab01_.:-+eExo?!&*#%|>'\"[]{},~=< \t\n\r\\u\ufeffä\u202e\ud7ff", max_size=60)


def check(document: Document | None, diagnostics: list[Diagnostic]) -> None:
    assert diagnostics or document is not None
    assert (document is None) == bool({"S101", "S105"} & {diagnostic.code for diagnostic in diagnostics})
    assert all(
        diagnostic.message and str(diagnostic).isprintable() for diagnostic in diagnostics if not diagnostic.hint
    )
    if document is not None:
        str(document.data).encode()  # raises an error for lone surrogates
        assert set(document.locations) == set(paths(document.data))


def paths(node: Any, path: KeyPath = ()) -> Iterator[KeyPath]:
    yield path
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in children:
        yield from paths(child, (*path, key))


@hypothesis_settings
@given(raw=st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode(errors="surrogatepass")))
def test_any_bytes_give_a_document_or_diagnostics(read: ReadSpec, raw: bytes) -> None:
    check(*read(raw))


@settings(hypothesis_settings, max_examples=500)
@given(text=YAMLISH | st.tuples(st.just("a: "), YAMLISH).map("".join))
@example(text='a: "\\UFFFFFFFF"')
@example(text="%YAML " + "9" * 5000 + ".1\n---\na: 1")
@example(text="a: 0x_")
def test_any_yaml_gives_a_document_or_diagnostics(read: ReadSpec, text: str) -> None:
    check(*read(text))


@settings(hypothesis_settings, max_examples=500)
@given(text=st.tuples(st.just("a: "), YAMLISH).map("".join))
def test_both_loaders_read_a_text_alike(read: ReadSpec, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Each loader rejects a few texts that the other accepts (tabs between tokens, `{a:}`)."""
    results = []
    for loader in LOADERS:
        monkeypatch.setattr(yaml_events, "_LOADER", loader)
        results.append(read(text.replace("?", "")))  # they differ on the position of an empty `?` key
    documents = [document for document, diagnostics in results if not diagnostics]
    assert all(document == documents[0] for document in documents)


@hypothesis_settings
@given(
    data=st.dictionaries(
        st.text("abcäx_-1", min_size=1, max_size=8),
        st.recursive(
            st.integers(-(2**63), 2**63 - 1)
            | st.booleans()
            | st.none()
            | st.text("o 1ä:😀#-[{&*!|>%@'\"\n", max_size=12),
            lambda node: st.lists(node, max_size=3) | st.dictionaries(st.text("abä", min_size=1), node, max_size=3),
            max_leaves=12,
        ),
        min_size=1,
        max_size=5,
    ),
    flow=st.sampled_from([None, False]),
    newline=st.sampled_from(["\n", "\r\n"]),
)
def test_dumped_data_is_read_back_with_locations(
    read: ReadSpec, data: dict[str, Any], flow: bool, newline: str
) -> None:
    text = yaml.safe_dump(data, allow_unicode=True, default_flow_style=flow, sort_keys=False)
    document = read_document(read, text.replace("\n", newline).encode())
    assert document.data == data
    lines = text.split("\n")
    for path, location in document.locations.items():
        if path and isinstance(path[-1], str):
            rest = lines[location.key.line - 1][location.key.column - 1 :].lstrip("'\"")
            assert rest.startswith(path[-1])
