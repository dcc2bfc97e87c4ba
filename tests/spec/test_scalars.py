"""Plain scalars that YAML tools read differently (S106)."""

import pytest

from tests._support.spec_reading import ReadSpec


@pytest.mark.parametrize(
    ("text", "spelling", "value"),
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
def test_ambiguous_scalar_has_the_likely_value(read: ReadSpec, text: str, spelling: str, value: object) -> None:
    document, [diagnostic] = read(f"a: {text}")
    assert str(diagnostic) == (
        f"spec/spec.yaml:1:4: a: `{text}` is ambiguous: YAML tools read it as text or as {spelling} [S106]\n"
        f'  hint: write `"{text}"` for text, or `{spelling}`'
    )
    assert document is not None
    assert document.data["a"] == value
    assert type(document.data["a"]) is type(value)


@pytest.mark.parametrize(
    ("text", "meaning"),
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
        ("=", "a special YAML key"),
        ("<<", "a special YAML key"),
    ],
)
def test_ambiguous_scalar_that_no_key_can_have_is_text(read: ReadSpec, text: str, meaning: str) -> None:
    document, [diagnostic] = read(f"a: {text}")
    assert str(diagnostic) == (
        f"spec/spec.yaml:1:4: a: `{text}` is ambiguous: YAML tools read it as text or as {meaning} [S106]\n"
        f'  hint: write `"{text}"` for text'
    )
    assert document is not None
    assert document.data["a"] == text


def test_long_number_is_truncated_in_the_message(read: ReadSpec) -> None:
    _, [diagnostic] = read("a: " + "9" * 5000)
    assert len(str(diagnostic)) < 300
