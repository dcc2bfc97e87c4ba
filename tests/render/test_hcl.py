"""HCL literals of values, and the layout of `terraform fmt`; tests/terraform/ compares both with Terraform."""

import math
import unicodedata
from enum import IntEnum, StrEnum
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from owscale.render.hcl import Hcl, HclExpression, align_equals, hcl


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


# --- single values -------------------------------------------------------------------------------------------------


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
        (HclExpression("module.redis.port"), "module.redis.port"),
    ],
)
def test_literal_of_a_value(value: object, text: str) -> None:
    assert hcl(value) == text
    assert isinstance(hcl(value), Hcl)


@given(st.integers() | st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_keep_their_value(number: float) -> None:
    assert float(hcl(number)) == float(number)


# The text of a subclass can be an expression to Terraform.
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
def test_subclass_is_printed_like_its_base(value: object, text: str) -> None:
    assert hcl(value) == text


# `bytes` and `range` are sequences of numbers to Python; `nan` and `inf` would be references to Terraform.
@pytest.mark.parametrize("value", [object(), b"text", bytearray(b"text"), {"a"}, range(2), math.nan, math.inf, 1j])
def test_other_types_are_refused(value: object) -> None:
    for container in value, [value], {"key": value}, [{"key": [value]}]:
        with pytest.raises(TypeError, match=f"of type {type(value).__name__}"):
            hcl(container)


@pytest.mark.parametrize("value", [{1: "a"}, {None: "a"}, {"a": 1, 2: "b"}])
def test_keys_other_than_text_are_refused(value: object) -> None:
    with pytest.raises(TypeError):
        hcl(value)


# --- text ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ('say "hi"', r'"say \"hi\""'),
        ("C:\\n", r'"C:\\n"'),
        ("a\nb\rc\td", r'"a\nb\rc\td"'),
        ("\x00\x1b\x7f\x85", r'"\u0000\u001b\u007f\u0085"'),
        ("\u00a0\u2028\u2029", r'"\u00a0\u2028\u2029"'),
        ("\u200e\u202e\u2066\ufeff", r'"\u200e\u202e\u2066\ufeff"'),  # bidi marks would reorder the line on screen
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
def test_text_is_escaped(text: str, literal: str) -> None:
    assert hcl(text) == literal


@given(st.text())
def test_text_is_one_visible_line(text: str) -> None:
    assert len(hcl(text).splitlines()) == 1
    # Without Cn, Co and Cs, which differ between versions of Python.
    assert not {"Cc", "Zl", "Zp"} & {unicodedata.category(character) for character in hcl(text)}


# --- lists and mappings --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ([], "[]"),
        ((), "[]"),
        ({}, "{}"),
        ([[], {}], "[[], {}]"),
        ([1, "a", None, True], '[1, "a", null, true]'),
        ((-1, [2]), "[-1, [2]]"),
        ([HclExpression("var.a"), "var.a"], '[var.a, "var.a"]'),
    ],
)
def test_value_on_one_line(value: object, text: str) -> None:
    assert hcl(value) == text


def test_mappings_are_sorted_and_nested() -> None:
    value = MappingProxyType({"b": {"d": HclExpression("var.d"), "c": {}}, "a": [1], "e": {"f": {"g": 1}}})
    assert hcl(value) == (
        "{\n  a = [1]\n  b = {\n    c = {}\n    d = var.d\n  }\n  e = {\n    f = {\n      g = 1\n    }\n  }\n}"
    )


def test_list_of_mappings_has_a_line_for_each_item() -> None:
    assert hcl([{"a": 1}, {}, [{"b": 2}]]) == (
        "[\n  {\n    a = 1\n  },\n  {},\n  [\n    {\n      b = 2\n    },\n  ],\n]"
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
        ("format", "format"),  # starts like a keyword
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
def test_key_is_quoted_where_needed(key: str, text: str) -> None:
    assert hcl({key: 1}) == f"{{\n  {text} = 1\n}}"


# --- align_equals --------------------------------------------------------------------------------------------------


def test_neighbours_have_a_common_column() -> None:
    assert align_equals("a = 1\nlong_name = 2\nb   =   3") == "a         = 1\nlong_name = 2\nb         = 3"


def test_indentation_is_kept() -> None:
    assert align_equals("    a = 1\n    bc = 2\n") == "    a  = 1\n    bc = 2\n"


def test_width_of_a_key_is_counted_in_characters() -> None:
    assert align_equals('"漢" = 1\n"é😀" = 2') == '"漢"  = 1\n"é😀" = 2'


@pytest.mark.parametrize(
    "line",
    [
        "",
        "# comment",
        "# a = 1",
        "block {",
        "}",
        "list = [",
        "call = jsonencode({",
        "})",
        "{ a = 1 },",  # the bracket that opens before the `=` closes after it
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
def test_line_ends_a_run(line: str) -> None:
    text = f"a = 1\n{line}\nlong_name = 2"
    assert align_equals(text) == text


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
def test_value_continues_a_run(value: str) -> None:
    assert align_equals(f"a = {value}\nbcd = 1") == f"a   = {value}\nbcd = 1"


def test_quoted_key_can_have_any_character() -> None:
    assert align_equals('"a = [#" = 1\nb = 2\n"${f("=")}" = 3') == '"a = [#"    = 1\nb           = 2\n"${f("=")}" = 3'


# The characters that matter to align_equals.
_LINES = st.text('a =#"\\${}[]()\n', max_size=60)


@given(_LINES)
def test_aligning_is_idempotent(text: str) -> None:
    assert align_equals(align_equals(text)) == align_equals(text)


@given(_LINES)
def test_only_spaces_change(text: str) -> None:
    def without_spaces(text: str) -> list[str]:
        return [line.replace(" ", "") for line in text.split("\n")]

    assert without_spaces(align_equals(text)) == without_spaces(text)
