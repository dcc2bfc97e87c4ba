"""Whatever stands in a file, there is a document or a diagnostic."""

from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from generator import source
from generator.diagnostics import Diagnostic
from generator.document import Document
from generator.document import Path as KeyPath
from tests.source.reading import LOADERS, Read, document, hypothesis_settings

YAMLISH = st.text(alphabet="ab01_.:-+eExo?!&*#%|>'\"[]{},~=< \t\n\r\\u\ufeffä\u202e\ud7ff", max_size=60)


def check(result: Document | None, found: list[Diagnostic]) -> None:
    assert found or result is not None
    assert (result is None) == bool({"S101", "S105"} & {diagnostic.code for diagnostic in found})
    assert all(diagnostic.message and str(diagnostic).isprintable() for diagnostic in found if not diagnostic.hint)
    if result is not None:
        str(result.data).encode()  # no lone surrogates
        assert set(result.places) == set(paths(result.data))


def paths(node: Any, path: KeyPath = ()) -> Iterator[KeyPath]:
    yield path
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in children:
        yield from paths(child, (*path, key))


@hypothesis_settings
@given(raw=st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode(errors="surrogatepass")))
def test_any_bytes(read: Read, raw: bytes) -> None:
    check(*read(raw))


@settings(hypothesis_settings, max_examples=500)
@given(text=YAMLISH | st.tuples(st.just("a: "), YAMLISH).map("".join))
@example(text='a: "\\UFFFFFFFF"')
@example(text="%YAML " + "9" * 5000 + ".1\n---\na: 1")
@example(text="a: 0x_")
def test_any_yaml(read: Read, text: str) -> None:
    check(*read(text))


@settings(hypothesis_settings, max_examples=500)
@given(text=st.tuples(st.just("a: "), YAMLISH).map("".join))
def test_the_loaders_never_take_a_text_differently(read: Read, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Each refuses a few texts that the other takes (tabs between tokens, `{a:}`); what both take is the same."""
    results = []
    for loader in LOADERS:
        monkeypatch.setattr(source, "_LOADER", loader)
        results.append(read(text.replace("?", "")))  # they differ on the place of an empty `?` key
    clean = [result for result, found in results if not found]
    assert all(result == clean[0] for result in clean)


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
def test_what_yaml_dumps_comes_back_with_its_places(read: Read, data: dict[str, Any], flow: bool, newline: str) -> None:
    text = yaml.safe_dump(data, allow_unicode=True, default_flow_style=flow, sort_keys=False)
    result = document(read, text.replace("\n", newline).encode())
    assert result.data == data
    lines = text.split("\n")
    for path, place in result.places.items():
        if path and isinstance(path[-1], str):
            rest = lines[place.key.line - 1][place.key.column - 1 :].lstrip("'\"")
            assert rest.startswith(path[-1])
