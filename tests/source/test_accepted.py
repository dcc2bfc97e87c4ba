"""YAML text to data and places."""

from collections.abc import Callable

import pytest

from generator.document import Path as KeyPath
from tests.source.reading import Read, document

SPEC = """\
# a comment
name: gravity
aws:
  tags: {cost center: "42", ä: [x, 'y']}
subnets:
- subnet-1
-   - subnet-2
notes: |
  two
  lines
empty:
"""


def test_data(read: Read) -> None:
    assert document(read, SPEC).data == {
        "name": "gravity",
        "aws": {"tags": {"cost center": "42", "ä": ["x", "y"]}},
        "subnets": ["subnet-1", ["subnet-2"]],
        "notes": "two\nlines\n",
        "empty": None,
    }


@pytest.mark.parametrize(
    ("path", "key", "value"),
    [
        ((), (2, 1), (2, 1)),
        (("name",), (2, 1), (2, 7)),
        (("aws",), (3, 1), (4, 3)),
        (("aws", "tags"), (4, 3), (4, 9)),
        (("aws", "tags", "cost center"), (4, 10), (4, 23)),
        (("aws", "tags", "ä"), (4, 29), (4, 32)),
        (("aws", "tags", "ä", 1), (4, 36), (4, 36)),
        (("subnets", 0), (6, 3), (6, 3)),
        (("subnets", 1), (7, 5), (7, 5)),
        (("subnets", 1, 0), (7, 7), (7, 7)),
        (("notes",), (8, 1), (8, 8)),
        (("empty",), (11, 1), (11, 7)),
    ],
)
@pytest.mark.parametrize("spell", [lambda t: t, lambda t: "\ufeff" + t, lambda t: t.replace("\n", "\r\n")])
def test_places(
    read: Read, spell: Callable[[str], str], path: KeyPath, key: tuple[int, int], value: tuple[int, int]
) -> None:
    places = document(read, spell(SPEC)).places
    assert (places[path].key[:2], places[path].value[:2]) == (key, value)
    assert len(places) == 14


def test_columns_count_characters(read: Read) -> None:
    places = document(read, "{ä: 1, 😀: 2, b: 3}").places
    assert (places[("b",)].key[:2], places[("b",)].value[:2]) == ((1, 14), (1, 17))


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("", None),
        ("0", 0),
        ("-7", -7),
        ("1600", 1600),
        ("9223372036854775807", 2**63 - 1),
        ("-9223372036854775808", -(2**63)),
        ("0.5", 0.5),
        ("-10.25", -10.25),
        ("text", "text"),
        ("vpc-0123", "vpc-0123"),
        ("10.0.0.0/16", "10.0.0.0/16"),
        ("1.2.3", "1.2.3"),
        ("redis:7", "redis:7"),
        ("https://chat.example.com:8443", "https://chat.example.com:8443"),
        ("${PATH}", "${PATH}"),
        ("one\n  two", "one two"),
        ('"on"', "on"),
        ("'010'", "010"),
        ('"a\\tb\\n"', "a\tb\n"),
        ("|\n  yes\n", "yes\n"),
        (">-\n  1\n  2\n", "1 2"),
        ("Zürich 😀", "Zürich 😀"),
    ],
)
def test_scalars(read: Read, written: str, value: object) -> None:
    result = document(read, f"key: {written}").data["key"]
    assert result == value
    assert type(result) is type(value)


@pytest.mark.parametrize("key", ["on", "010", "null", "~", "1.5", "2026-01-01", "true"])
def test_a_key_is_its_text(read: Read, key: str) -> None:
    assert document(read, f"{key}: x").data == {key: "x"}


def test_a_spec_may_begin_with_dashes_and_nest_32_levels(read: Read) -> None:
    assert document(read, "---\na: 1\n").data == {"a": 1}
    document(read, "{a: " * 32 + "1" + "}" * 32)
