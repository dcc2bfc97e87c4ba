"""Formats of string types that need more examples than one fixture under tests/errors/."""

import re

import pydantic
import pytest

from owscale.spec.models.types import STRING_FORMATS, S3Bucket, StateKmsKeyArn, TagKey

BUCKET: pydantic.TypeAdapter[str] = pydantic.TypeAdapter(S3Bucket)
STATE_KEY: pydantic.TypeAdapter[str] = pydantic.TypeAdapter(StateKmsKeyArn)
TAG_KEY: pydantic.TypeAdapter[str] = pydantic.TypeAdapter(TagKey)


@pytest.mark.parametrize("name", ["abc", "a.b", "a-b", "a--b", "my.bucket.x", "a-.b", "1.2.3", "x" * 63])
def test_valid_bucket_name_is_accepted(name: str) -> None:
    assert BUCKET.validate_python(name) == name


@pytest.mark.parametrize(
    "name", ["", "a", "ab", "a..b", "-ab", "ab-", ".ab", "ab.", "Abc", "a_b", "a b", "x" * 64, "abc\n"]
)
def test_invalid_bucket_name_is_rejected(name: str) -> None:
    with pytest.raises(pydantic.ValidationError):
        BUCKET.validate_python(name)


_KEYS = "arn:aws:kms:us-east-1:111122223333:key/"


@pytest.mark.parametrize("key", ["0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d", f"mrk-{'0' * 32}"])
def test_key_that_the_s3_backend_accepts_is_valid(key: str) -> None:
    assert STATE_KEY.validate_python(f"{_KEYS}{key}") == f"{_KEYS}{key}"


@pytest.mark.parametrize(
    "key",
    ["0" * 36, "11111111-2222-3333-4444-555555555555", "0A1B2C3D-4E5F-4A6B-8C7D-9E0F1A2B3C4D", f"mrk-{'0' * 31}", ""],
)
def test_key_that_the_s3_backend_rejects_is_invalid(key: str) -> None:
    with pytest.raises(pydantic.ValidationError):
        STATE_KEY.validate_python(f"{_KEYS}{key}")


@pytest.mark.parametrize("key", ["a", "Kosten stelle", "費用", "x" * 128, "é" * 128])
def test_valid_tag_key_is_accepted(key: str) -> None:
    assert TAG_KEY.validate_python(key) == key


@pytest.mark.parametrize("key", ["", "a#", "a\n", "x" * 129, "é" * 129])
def test_invalid_tag_key_is_rejected(key: str) -> None:
    with pytest.raises(pydantic.ValidationError):
        TAG_KEY.validate_python(key)


_LARGE_CLASS = re.compile(r"(?:\[\^[^]]*\]|\[[^]]*\\[dpsw][^]]*\]|\\[dpsw](?:\{\w+\})?|(?<!\\)[.])\{\d", re.IGNORECASE)
"""A count after a class with most of Unicode, as Rust has it: `[^...]`, `\\d`, `\\p{...}`, `\\s`, `\\w` and `.`."""


@pytest.mark.parametrize("pattern", [r"^[\p{L}_]{1,128}$", r"^[^:]{1,9}$", r"^\w{3}$", r"^\p{N}{1,2}$", "^.{1,99}$"])
def test_count_after_a_large_class_is_found(pattern: str) -> None:
    assert _LARGE_CLASS.search(pattern)


@pytest.mark.parametrize("pattern", STRING_FORMATS)
def test_pattern_does_not_count_a_large_class(pattern: str) -> None:
    """Every run compiles all patterns, and a counted class as often as it may occur: 128 letters take 100 ms."""
    assert not _LARGE_CLASS.search(pattern)
