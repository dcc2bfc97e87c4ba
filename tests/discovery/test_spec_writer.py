"""The text of a draft: comments, escapes and secrets."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from owscale.console.text import printable
from owscale.discovery.draft import Draft
from owscale.discovery.spec_writer import write
from owscale.spec.yaml_parser import YamlParser

KEY = "sk-" + "EXAMPLE0" * 5


@given(
    value=st.text() | st.lists(st.text(), max_size=3) | st.dictionaries(st.text(), st.text(), max_size=2),
    comment=st.text(),
)
def test_any_text_is_read_back(value: object, comment: str) -> None:
    draft = Draft(with_secrets=True)
    draft.put(("key", "a"), value, comment)
    draft.put(("key", "b"), 5, comment, comment)
    text = write(draft, comment, with_secrets=True)
    assert yaml.safe_load(text) == {"key": {"a": value, "b": 5}}
    assert all(printable(line) == line for line in text.split("\n"))


def test_owscale_reads_what_it_writes() -> None:
    draft = Draft()
    values = {"a": "yes", "b": "1:30", "c": "x: y # z", "d": ["- a", "{b}"], "e": {"f g": "*h"}, "i": 2.5, "j": True}
    for key, value in values.items():
        draft.put(("section", key), value)
    parser = YamlParser(write(draft, ""), "spec.yaml")
    assert parser.parse() == {"section": values}
    assert parser.diagnostics == []


def test_secret_is_never_written() -> None:
    draft = Draft()
    assert not draft.put(("app", "environment", "NOTE"), f"see {KEY}")
    assert not draft.put(("aws", "tags", KEY), "x")
    assert draft.left_out == {
        "app.environment.NOTE": "it contains a secret",
        f'aws.tags."{KEY}"': "it contains a secret",
    }
    draft.put(("app", "threads"), 40, f"from {KEY}")
    assert KEY not in write(draft, f"heading {KEY}")
    draft.choose(("app", "image"), f"open-webui:{KEY}")
    with pytest.raises(ValueError, match="the value of image is a secret"):
        write(draft, "")


def test_long_comment_is_above_its_key() -> None:
    draft = Draft()
    draft.put(("app", "threads"), 40, "word " * 40)
    draft.leave_open(("app", "image"), "change-me", "which one?", command="echo '" + "x" * 200 + "'")
    lines = write(draft, "").splitlines()
    assert max(len(line) for line in lines if "echo" not in line) <= 120
    assert lines[lines.index("  threads: 40") - 1].startswith("  # word")
    assert lines[lines.index("  image: change-me") - 1] == "  #   echo '" + "x" * 200 + "'"
