"""Comparison of version numbers."""

import pytest

from owscale.console.versions import version_numbers


@pytest.mark.parametrize(
    ("version", "numbers"),
    [("7.1", (7, 1)), ("1.11.4", (1, 11, 4)), ("1.12.0-beta2", (1, 12, 0)), ("", ())],
)
def test_version_numbers_leave_out_the_suffix(version: str, numbers: tuple[int, ...]) -> None:
    assert version_numbers(version) == numbers


def test_numbers_are_compared_as_numbers() -> None:
    assert version_numbers("0.9.6") < version_numbers("0.12.0")
