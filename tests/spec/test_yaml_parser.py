"""Data, locations and errors of YAML text; syntax errors are in test_yaml_errors.py, scalars in test_scalars.py."""

import time
from collections.abc import Callable

import pytest

from owscale.spec.document import Path as KeyPath
from tests._support.spec_reading import ReadSpec, read_document, read_unusable, read_with_errors

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


def test_data_has_the_values_of_the_text(read: ReadSpec) -> None:
    assert read_document(read, SPEC).data == {
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
@pytest.mark.parametrize(
    "encode",
    [lambda text: text, lambda text: "\ufeff" + text, lambda text: text.replace("\n", "\r\n")],
    ids=["plain", "byte order mark", "CRLF"],
)
def test_locations_are_those_of_keys_and_values(
    read: ReadSpec, encode: Callable[[str], str], path: KeyPath, key: tuple[int, int], value: tuple[int, int]
) -> None:
    locations = read_document(read, encode(SPEC)).locations
    assert (locations[path].key[:2], locations[path].value[:2]) == (key, value)
    assert len(locations) == 14


def test_columns_count_characters(read: ReadSpec) -> None:
    location = read_document(read, "{ä: 1, 😀: 2, b: 3}").locations[("b",)]
    assert (location.key[:2], location.value[:2]) == ((1, 14), (1, 17))


@pytest.mark.parametrize(
    ("text", "value"),
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
def test_scalar_has_one_value_and_type(read: ReadSpec, text: str, value: object) -> None:
    result = read_document(read, f"key: {text}").data["key"]
    assert result == value
    assert type(result) is type(value)


@pytest.mark.parametrize("key", ["on", "010", "null", "~", "1.5", "2026-01-01", "true"])
def test_key_is_always_text(read: ReadSpec, key: str) -> None:
    assert read_document(read, f"{key}: x").data == {key: "x"}


def test_spec_can_start_with_a_document_marker(read: ReadSpec) -> None:
    assert read_document(read, "---\na: 1\n").data == {"a": 1}


def test_spec_can_have_32_levels(read: ReadSpec) -> None:
    read_document(read, "{a: " * 32 + "1" + "}" * 32)


# --- S101: no data at all -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "position", "message", "hint"),
    [
        ("", "", "the spec is empty", "remove it; `owscale init` writes a commented one to edit"),
        ("# only this\n", "", "the spec is empty", "`owscale init`"),
        ("---\n...\n", "", "the spec is empty", "`owscale init`"),
        ("null", "", "the spec is empty", "`owscale init`"),
        ("- a", "1:1", "the spec is a list, not a mapping", "key: value"),
        ("\nname", "2:1", "the spec is a single value, not a mapping", "key: value"),
        ("a: " + "[" * 33, "1:35", "nested deeper than 32 levels", "fewer levels"),
    ],
)
def test_text_without_a_mapping_is_an_error(read: ReadSpec, text: str, position: str, message: str, hint: str) -> None:
    diagnostic = read_unusable(read, text)
    assert str(diagnostic).startswith(f"spec/spec.yaml:{position}: " if position else "spec/spec.yaml: ")
    assert diagnostic.code == "S101"
    assert message in diagnostic.message
    assert hint in diagnostic.hint


@pytest.mark.parametrize("escape", [r"\U00110000", r"\UFFFFFFFF", r"\ud800", r"\ud83d\ude00"])
def test_escape_that_is_no_character_is_an_error(read: ReadSpec, escape: str) -> None:
    document, diagnostics = read(f'a: "{escape}"')
    assert {diagnostic.code for diagnostic in diagnostics} <= {"S101", "S106"}
    assert diagnostics
    assert document is None or set(document.data["a"]) == {"\N{REPLACEMENT CHARACTER}"}


# --- S104: duplicate keys -----------------------------------------------------------------------------------------


def test_duplicate_key_keeps_the_first_value(read: ReadSpec) -> None:
    data, errors = read_with_errors(read, 'a: {b: 1, "b": {c: on}}\nd: 1\na: off\n')
    assert data == {"a": {"b": 1}, "d": 1}
    assert errors == [
        "spec/spec.yaml:1:11: a.b: duplicate key; the first one is on line 1 [S104]",
        "spec/spec.yaml:1:20: a.b.c: `on` is ambiguous: YAML tools read it as text or as true [S106]",
        "spec/spec.yaml:3:1: a: duplicate key; the first one is on line 1 [S104]",
        "spec/spec.yaml:3:4: a: `off` is ambiguous: YAML tools read it as text or as false [S106]",
    ]


def test_duplicate_key_keeps_the_first_location(read: ReadSpec) -> None:
    document, _ = read("a: 1\na: {b: 2}\n")
    assert document is not None
    assert document.locations.keys() == {(), ("a",)}
    assert document.locations[("a",)].value[:2] == (1, 4)


# --- S105: YAML that a spec cannot use ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "feature"),
    [
        ("a: &x 1", "1:4: a: the anchor `&x`"),
        ("&x a: 1", "1:1: the anchor `&x`"),
        ("a: *x", "1:4: a: the alias `*x`"),
        ("*x : 1", "1:1: the alias `*x`"),
        ("a:\n  <<: {b: 1}", "2:3: a: the merge key `<<`"),
        ("a: [!x 1]", "1:5: a[0]: the tag `!x`"),
        ("a: !!str 1", "1:4: a: the tag `!!str`"),
        ("a: !!python/object/apply:os.system [x]", "1:4: a: the tag `!!python/object/apply:os.system`"),
        ("a: ! 1", "1:4: a: the tag `!`"),
        ("a: 1\n---\nb: 2\n---\nc: 3", "2:1: a second document"),
        ("a: 1\n...\n---\n", "3:1: a second document"),
        ("a: {? [b] : 1}", "1:7: a: a list or mapping as a key"),
        ("a:\n  ? b: 1\n  : 1", "2:5: a: a list or mapping as a key"),
        ("%YAML 1.1\n---\na: 1", "1:1: a directive (`%`)"),
        ("# c\n%FOO\n---\na: 1", "2:1: a directive (`%`)"),
    ],
)
def test_unsupported_feature_is_an_error_with_a_hint(read: ReadSpec, text: str, feature: str) -> None:
    diagnostic = read_unusable(read, text)
    expected = f"spec/spec.yaml:{feature} is not allowed in a spec [S105]"
    assert str(diagnostic) == f"{expected}\n  hint: {diagnostic.hint}"
    assert diagnostic.hint


def test_quoted_merge_key_is_text(read: ReadSpec) -> None:
    assert read_document(read, '"<<": 1').data == {"<<": 1}


def test_parsing_ends_at_the_first_alias(read: ReadSpec) -> None:
    lines = ["a0: &a0 [x]"] + [f"a{i + 1}: &a{i + 1} [{', '.join([f'*a{i}'] * 9)}]" for i in range(30)]
    document, diagnostics = read("\n".join(lines))
    assert document is None
    assert [diagnostic.message.split(" is ")[0] for diagnostic in diagnostics] == [
        "the anchor `&a0`", "the anchor `&a1`", "the alias `*a0`",
    ]  # fmt: skip


# --- S106: invisible characters -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "char", ["\u202a", "\u202e", "\u2066", "\u2069", "\u200b", "\u200f", "\ufeff", "\u00ad", "\u2060", "\U000e0041"]
)
@pytest.mark.parametrize(
    ("before", "line", "column"), [("a: x", 1, 5), ("a: |\n  one\n  tw", 3, 5), ("a: 'x\n  ", 2, 3)]
)
def test_invisible_character_is_an_error_and_replaced(
    read: ReadSpec, char: str, before: str, line: int, column: int
) -> None:
    document, [diagnostic] = read(f"{before}{char}y" + "'" * ("'" in before))
    assert diagnostic.message == f"contains the invisible character U+{ord(char):04X}"
    assert (diagnostic.code, diagnostic.path, diagnostic.line, diagnostic.column) == ("S106", "a", line, column)
    assert document is not None
    assert char not in document.data["a"]


@pytest.mark.parametrize("escape", [r"\0", r"\e", r"\r", r"\x7f", r"\N", r"\L", r"\u202e", r"\uFEFF"])
def test_invisible_character_as_an_escape_is_an_error_at_the_scalar(read: ReadSpec, escape: str) -> None:
    _, [diagnostic] = read(f'a:\n  - "x{escape}y"')
    assert (diagnostic.code, diagnostic.path, diagnostic.line, diagnostic.column) == ("S106", "a[0]", 2, 5)


def test_invisible_character_in_a_key_is_an_error(read: ReadSpec) -> None:
    data, errors = read_with_errors(read, "a:\n  b\u200bc: 1")
    assert data == {"a": {"b\ufffdc": 1}}
    assert errors == ["spec/spec.yaml:2:4: a: contains the invisible character U+200B [S106]"]


# --- hostile texts ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["[" * 2**20, "{a: " * 2**18, "? " * 2**19, "- " * 2**19, "a: " + "9" * 2**19, "a: " + "1:" * 2**19 + "1",
     "a: " + "1_" * 2**19, "\n" * 2**19 + "%", "a: 0x" + "f" * 2**19, "a: 1." + "0" * 2**19 + "x", "&a " * 2**18],
    ids=lambda text: text[:8],
)  # fmt: skip
def test_no_text_takes_long(read: ReadSpec, text: str) -> None:
    begin = time.monotonic()
    read(text)
    assert time.monotonic() - begin < 20
