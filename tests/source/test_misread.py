"""S106: values that are easily misread."""

import pytest

from tests.source.reading import Read, doubted


@pytest.mark.parametrize(
    ("written", "plain", "value"),
    [
        *((word, "true", True) for word in ("y", "Y", "yes", "Yes", "YES", "yEs", "on", "On", "ON", "True", "TRUE")),
        *((word, "false", False) for word in ("n", "N", "no", "No", "NO", "off", "Off", "OFF", "False", "FALSE")),
        *((word, "null", None) for word in ("~", "Null", "NULL")),
        ("010", "8", 8),
        ("089", "89", 89),
        ("00", "0", 0),
        ("0x1F", "31", 31),
        ("-0x1f", "-31", -31),
        ("0o17", "15", 15),
        ("0b11", "3", 3),
        ("1_000", "1000", 1000),
        ("1:30", "90", 90),
        ("1:30.5", "90.5", 90.5),
        ("+1", "1", 1),
        (".5", "0.5", 0.5),
        ("5.", "5.0", 5.0),
        ("01.5", "1.5", 1.5),
        ("1e3", "1000", 1000),
        ("1.5e-2", "0.015", 0.015),
    ],
)
def test_misread_with_a_plain_spelling(read: Read, written: str, plain: str, value: object) -> None:
    result, [diagnostic] = read(f"a: {written}")
    assert str(diagnostic) == (
        f"spec/spec.yaml:1:4: a: {written} is easily misread: it may be text or {plain} [S106]\n"
        f'  hint: write "{written}" in quotes if it is text, or {plain}'
    )
    assert result is not None
    assert result.data["a"] == value
    assert type(result.data["a"]) is type(value)


@pytest.mark.parametrize(
    ("written", "what"),
    [
        (".inf", "a number beyond 64 bits"),
        ("-.INF", "a number beyond 64 bits"),
        (".NaN", "a number beyond 64 bits"),
        ("1e400", "a number beyond 64 bits"),
        ("1e99999999999999999999", "a number beyond 64 bits"),
        ("9223372036854775808", "a number beyond 64 bits"),
        ("-9223372036854775809", "a number beyond 64 bits"),
        ("9" * 60, "a number beyond 64 bits"),
        ("0x1" + "0" * 16, "a number beyond 64 bits"),
        ("2026-01-01", "a date"),
        ("2026-13-45", "a date"),
        ("2026-01-01T10:00:00Z", "a date"),
        ("2026-01-01 10:00:00", "a date"),
        ("=", "an instruction"),
        ("<<", "an instruction"),
    ],
)
def test_misread_without_a_plain_spelling(read: Read, written: str, what: str) -> None:
    result, [diagnostic] = read(f"a: {written}")
    assert str(diagnostic) == (
        f"spec/spec.yaml:1:4: a: {written} is easily misread: it may be text or {what} [S106]\n"
        f'  hint: write "{written}" in quotes if it is text'
    )
    assert result is not None
    assert result.data["a"] == written


def test_a_long_number_is_shown_in_part(read: Read) -> None:
    _, [diagnostic] = read("a: " + "9" * 5000)
    assert len(str(diagnostic)) < 300


@pytest.mark.parametrize(
    "char", ["\u202a", "\u202e", "\u2066", "\u2069", "\u200b", "\u200f", "\ufeff", "\u00ad", "\u2060", "\U000e0041"]
)
@pytest.mark.parametrize(
    ("before", "line", "column"), [("a: x", 1, 5), ("a: |\n  one\n  tw", 3, 5), ("a: 'x\n  ", 2, 3)]
)
def test_invisible_characters(read: Read, char: str, before: str, line: int, column: int) -> None:
    result, [diagnostic] = read(f"{before}{char}y" + "'" * ("'" in before))
    assert diagnostic.message == f"contains the invisible character U+{ord(char):04X}"
    assert (diagnostic.code, diagnostic.path, diagnostic.line, diagnostic.column) == ("S106", "a", line, column)
    assert result is not None
    assert char not in result.data["a"]


@pytest.mark.parametrize("escape", [r"\0", r"\e", r"\r", r"\x7f", r"\N", r"\L", r"\u202e", r"\uFEFF"])
def test_invisible_characters_as_escapes(read: Read, escape: str) -> None:
    _, [diagnostic] = read(f'a:\n  - "x{escape}y"')
    assert (diagnostic.code, diagnostic.path, diagnostic.line, diagnostic.column) == ("S106", "a[0]", 2, 5)


def test_invisible_characters_in_a_key(read: Read) -> None:
    data, said = doubted(read, "a:\n  b\u200bc: 1")
    assert data == {"a": {"b\ufffdc": 1}}
    assert said == ["spec/spec.yaml:2:4: a: contains the invisible character U+200B [S106]"]


def test_all_in_one_run(read: Read) -> None:
    result, found = read("a: on\na: &x 1\nb: !t 0x1\n? [c]\n: ~\nd: 'e\u202e'\nf: [\n")
    assert result is None
    assert [(diagnostic.line, diagnostic.code) for diagnostic in found] == [
        (1, "S106"), (2, "S104"), (2, "S105"), (3, "S105"), (4, "S105"), (5, "S106"), (6, "S106"), (8, "S101"),
    ]  # fmt: skip
