"""Formats of string types that need more examples than one fixture under tests/errors/."""

import pydantic
import pytest

from owscale.spec.models.types import S3Bucket

BUCKET: pydantic.TypeAdapter[str] = pydantic.TypeAdapter(S3Bucket)


@pytest.mark.parametrize("name", ["abc", "a.b", "a-b", "a--b", "my.bucket.x", "a-.b", "1.2.3", "x" * 63])
def test_valid_bucket_name_is_accepted(name: str) -> None:
    assert BUCKET.validate_python(name) == name


@pytest.mark.parametrize(
    "name", ["", "a", "ab", "a..b", "-ab", "ab-", ".ab", "ab.", "Abc", "a_b", "a b", "x" * 64, "abc\n"]
)
def test_invalid_bucket_name_is_rejected(name: str) -> None:
    with pytest.raises(pydantic.ValidationError):
        BUCKET.validate_python(name)
