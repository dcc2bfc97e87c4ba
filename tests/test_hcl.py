"""Values to HCL literals, and the layout of `terraform fmt`; what Terraform makes of both: tests/terraform/."""

import math
import unicodedata
from enum import IntEnum, StrEnum
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.hcl import Hcl, Ref, aligned, hcl


class Number(int):
    def __str__(self) -> str:
        return "not.a.literal"


class Fraction(float):
    def __repr__(self) -> str:
        return "not.a.literal"


class Size(IntEnum):
    LARGE = 3


class Engine(StrEnum):
    REDIS = "redis"


# --- single values ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),  # a bool is an int to Python
        (False, "false"),
        (0, "0"),
        (-7, "-7"),
        (2**63, "9223372036854775808"),
        (0.1, "0.1"),
        (2.0, "2"),
        (-0.0, "0"),
        (-2.5, "-2.5"),
        (1e21, "1000000000000000000000"),
        (1e-7, "1e-07"),
        ("", '""'),
        ("plain", '"plain"'),
        (Ref("module.redis.port"), "module.redis.port"),
    ],
)
def test_value(value: object, text: str) -> None:
    assert hcl(value) == text
    assert isinstance(hcl(value), Hcl)


@given(st.integers() | st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_keep_their_value(number: float) -> None:
    assert float(hcl(number)) == float(number)


# A subclass may print itself as something that Terraform takes for an expression.
@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Number(5), "5"),
        (Fraction(0.5), "0.5"),
        (Fraction(2), "2"),
        (Size.LARGE, "3"),
        (Engine.REDIS, '"redis"'),
        (Hcl("var.name"), '"var.name"'),
    ],
)
def test_subclasses(value: object, text: str) -> None:
    assert hcl(value) == text


# `bytes` and `range` are sequences of numbers to Python; `nan` and `inf` would be references to Terraform.
@pytest.mark.parametrize("value", [object(), b"text", bytearray(b"text"), {"a"}, range(2), math.nan, math.inf, 1j])
def test_no_literal(value: object) -> None:
    for holder in value, [value], {"key": value}, [{"key": [value]}]:
        with pytest.raises(TypeError, match=f"of type {type(value).__name__}"):
            hcl(holder)


@pytest.mark.parametrize("value", [{1: "a"}, {None: "a"}, {"a": 1, 2: "b"}])
def test_keys_are_text(value: object) -> None:
    with pytest.raises(TypeError):
        hcl(value)


# --- text ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ('say "hi"', r'"say \"hi\""'),
        ("C:\\n", r'"C:\\n"'),
        ("a\nb\rc\td", r'"a\nb\rc\td"'),
        ("\x00\x1b\x7f\x85", r'"\u0000\u001b\u007f\u0085"'),
        ("\u00a0\u2028\u2029", r'"\u00a0\u2028\u2029"'),
        ("\u200e\u202e\u2066\ufeff", r'"\u200e\u202e\u2066\ufeff"'),  # bidi marks would reorder a reviewer's line
        ("\U000e0001", r'"\U000e0001"'),
        ("Zürich 漢字 😀", '"Zürich 漢字 😀"'),
        ("${var.x}", '"$${var.x}"'),
        ("%{ if true }", '"%%{ if true }"'),
        ("$${var.x}", '"$$${var.x}"'),
        ("%%{if", '"%%%{if"'),
        ("$%{", '"$%%{"'),
        ("%${", '"%$${"'),
        ("$ { $ % $$ %% {", '"$ { $ % $$ %% {"'),
        ("\\${", r'"\\$${"'),
        ('${"${"}', r'"$${\"$${\"}"'),
    ],
)
def test_escapes(text: str, literal: str) -> None:
    assert hcl(text) == literal


@given(st.text())
def test_text_is_one_visible_line(text: str) -> None:
    assert len(hcl(text).splitlines()) == 1
    # Cn, Co and Cs apart, of which each Python version has its own idea.
    assert not {"Cc", "Zl", "Zp"} & {unicodedata.category(character) for character in hcl(text)}


# --- lists and mappings -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ([], "[]"),
        ((), "[]"),
        ({}, "{}"),
        ([[], {}], "[[], {}]"),
        ([1, "a", None, True], '[1, "a", null, true]'),
        ((-1, [2]), "[-1, [2]]"),
        ([Ref("var.a"), "var.a"], '[var.a, "var.a"]'),
    ],
)
def test_one_line(value: object, text: str) -> None:
    assert hcl(value) == text


def test_mappings_are_sorted_and_nested() -> None:
    value = MappingProxyType({"b": {"d": Ref("var.d"), "c": {}}, "a": [1], "e": {"f": {"g": 1}}})
    assert hcl(value) == (
        "{\n  a = [1]\n  b = {\n    c = {}\n    d = var.d\n  }\n  e = {\n    f = {\n      g = 1\n    }\n  }\n}"
    )


def test_list_of_mappings() -> None:
    assert hcl([{"a": 1}, {}, [{"b": 2}]]) == (
        "[\n"  # one line an item
        "  {\n"
        "    a = 1\n"
        "  },\n"
        "  {},\n"
        "  [\n"
        "    {\n"
        "      b = 2\n"
        "    },\n"
        "  ],\n"
        "]"
    )


def test_wide_list_has_a_line_for_each_item() -> None:
    fits, wide = ["x" * 46, "y" * 46], ["x" * 46, "y" * 47]
    assert len(hcl(fits)) == 100
    assert hcl(fits) == f'["{fits[0]}", "{fits[1]}"]'
    assert hcl(wide) == f'[\n  "{wide[0]}",\n  "{wide[1]}",\n]'


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("name", "name"),
        ("_Name-2", "_Name-2"),
        ("format", "format"),  # begins like a keyword
        ("2nd", '"2nd"'),
        ("-a", '"-a"'),
        ("", '""'),
        ("a b", '"a b"'),
        ("a.b", '"a.b"'),  # unquoted, a reference
        ("(a)", '"(a)"'),
        ("größe", '"größe"'),
        ("a\n", r'"a\n"'),
        ('"a"', r'"\"a\""'),
        ("${a}", '"$${a}"'),
        *((word, f'"{word}"') for word in ("for", "if", "in", "null", "true", "false")),
    ],
)
def test_key(key: str, text: str) -> None:
    assert hcl({key: 1}) == f"{{\n  {text} = 1\n}}"


# --- aligned ------------------------------------------------------------------------------------------------------


def test_neighbours_share_a_column() -> None:
    assert aligned("a = 1\nlong_name = 2\nb   =   3") == "a         = 1\nlong_name = 2\nb         = 3"


def test_indentation_stays() -> None:
    assert aligned("    a = 1\n    bc = 2\n") == "    a  = 1\n    bc = 2\n"


def test_keys_count_in_characters() -> None:
    assert aligned('"漢" = 1\n"é😀" = 2') == '"漢"  = 1\n"é😀" = 2'


@pytest.mark.parametrize(
    "between",
    [
        "",
        "# comment",
        "# a = 1",
        "block {",
        "}",
        "list = [",
        "call = jsonencode({",
        "})",
        "{ a = 1 },",  # the bracket that opens before the `=` closes behind it
        '"a=b",',
        'a == "b" ? 1 : 2',
        "a != b",
        "a <= b",
        "a >= b",
        "key => value",
        "= 1",
        '"${replace(a, "=", "")}",',
        '"$${a=b",',
    ],
)
def test_runs_end_at(between: str) -> None:
    text = f"a = 1\n{between}\nlong_name = 2"
    assert aligned(text) == text


@pytest.mark.parametrize(
    "value",
    [
        "[1, 2]",
        "{ a = { b = 1 } }",
        'f("(", x[0])',
        "a == b ? c : d",
        "{ for k, v in x : k => v }",
        '"a = b"',
        '"a # b"',
        '"[{("',
        r'"\"["',
        r'"\\"',
        '"$${"',
        '"%%{"',
        '["$${", ["}"]]',  # an escape opens no interpolation
        '"${f("(")}"',
        '"${f("\\"(")}${g("]")}"',
    ],
)
def test_runs_go_on_at(value: str) -> None:
    assert aligned(f"a = {value}\nbcd = 1") == f"a   = {value}\nbcd = 1"


def test_a_quoted_key_may_hold_anything() -> None:
    assert aligned('"a = [#" = 1\nb = 2\n"${f("=")}" = 3') == '"a = [#"    = 1\nb           = 2\n"${f("=")}" = 3'


# The characters that aligned() looks at.
_LINES = st.text('a =#"\\${}[]()\n', max_size=60)


@given(_LINES)
def test_twice_is_once(text: str) -> None:
    assert aligned(aligned(text)) == aligned(text)


@given(_LINES)
def test_only_spaces_change(text: str) -> None:
    def solid(text: str) -> list[str]:
        return [line.replace(" ", "") for line in text.split("\n")]

    assert solid(aligned(text)) == solid(text)
