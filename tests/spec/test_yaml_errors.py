"""Messages and positions of syntax errors (S101)."""

import pytest

from tests._support.spec_reading import ReadSpec, read_unusable


@pytest.mark.parametrize(
    ("text", "position", "message", "hint"),
    [
        ("a:\n\tb: 1", "2:1", "a tab where YAML requires spaces", "indent with spaces"),
        ("a: 1\n\tb: 1", "2:1", "a tab where YAML requires spaces", "indent with spaces"),
        ("a: 1\nb\nc: 1", "2:1", "a key without a colon", "key: value"),
        ("a: b: c", "1:5", "a colon where no key is possible", "quotes"),
        ("a: 1\n b: 2", "2:3", "a colon where no key is possible", "indentation"),
        ("a: - b", "1:4", "a list item where no list is possible", "the next line"),
        ("a:\n  b: 1\n c: 2", "3:2", "does not match the structure of the lines above", "indentation"),
        ("- a\nb: 1", "2:1", "does not match the structure of the lines above", "indentation"),
        ("a: 'b' c", "1:8", "does not match the structure of the lines above", "quotes"),
        ('a: 1\nb: "x\nc: 1\n', "2:4", "the quotes opened here are not closed", "close the quotes"),
        ("a: 'b\n---\nc'", "1:4", "the quotes opened here are not closed", "close the quotes"),
        ("a: [1, 2\n", "1:4", "lacks a comma or its closing bracket before line 2", "add the bracket"),
        ("a: [1 {\n", "1:7", "lacks a comma or its closing bracket before this", "[a, b]"),
        ("a: {b: 1\n", "1:4", "lacks a comma or its closing brace before line 2", "add the brace"),
        ("a: [,]", "1:5", "a value is missing", "quotes"),
        ('a: "\\q"', "1:4", "has an unknown escape", "for a backslash"),
        ('a: "\\xZZ"', "1:4", "has an unknown escape", "for a backslash"),
        ("a: | x", "1:6", "only a line break can follow `|` or `>`", "next line"),
        ("a: *", "1:4", "text cannot start with `*`", "quotes"),
        ("a: !x!y z", "1:4", "text cannot start with `*`, `&` or `!`", "quotes"),
        ("a: @x", "1:4", "text cannot start with this character", "quotes"),
        ("a: %x", "1:4", "text cannot start with this character", "quotes"),
        ("{a: 1} b", "1:8", "after the end of the spec", "remove it"),
    ],
)
def test_syntax_error_is_explained_at_its_position(
    read: ReadSpec, text: str, position: str, message: str, hint: str
) -> None:
    diagnostic = read_unusable(read, text)
    assert str(diagnostic).startswith(f"spec/spec.yaml:{position}: ")
    assert diagnostic.code == "S101"
    assert message in diagnostic.message
    assert hint in diagnostic.hint
