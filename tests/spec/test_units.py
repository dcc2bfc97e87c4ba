"""Values in another unit than their key: the hint has the number to write."""

from fractions import Fraction

import pytest

from owscale.spec.units import convert_number, convert_text


@pytest.mark.parametrize(
    ("key", "text", "number", "unit"),
    [
        ("memory_gb", "8GB", 8, "GB"),
        ("memory_gb", "8192 MiB", 8, "GB"),
        ("memory_gb", "512Mi", Fraction(1, 2), "GB"),
        ("memory_gb", "1T", 1024, "GB"),
        ("vcpu", "2 vCPU", 2, "vCPU"),
        ("vcpu", "500m", Fraction(1, 2), "vCPU"),
        ("timeout_seconds", "5min", 300, "seconds"),
        ("timeout_seconds", "1500 ms", Fraction(3, 2), "seconds"),
        ("log_retention_days", "2w", 14, "days"),
        ("cpu_percent", "70%", 70, "percent"),
    ],
)
def test_text_with_a_unit_is_converted(key: str, text: str, number: Fraction, unit: str) -> None:
    assert convert_text(key, text) == (number, unit)


@pytest.mark.parametrize(
    ("key", "text"),
    [("memory_gb", "8 apples"), ("nodes", "2 nodes"), ("memory_gb", "GB"), ("memory_gb", "-8GB"), ("port", "80s")],
)
def test_other_texts_are_not_converted(key: str, text: str) -> None:
    assert convert_text(key, text) is None


@pytest.mark.parametrize(
    ("key", "number", "converted"),
    [
        ("memory_gb", 8192, (8, "GB", "in MB")),
        ("memory_gb", 8000, None),  # 7.8125 GB: no size of a task
        ("vcpu", 256, (Fraction(1, 4), "vCPU", "in CPU units")),
        ("timeout_seconds", 30_000, (30, "seconds", "in milliseconds")),
        ("log_retention_days", 720, (30, "days", "in hours")),
        ("cpu_percent", 0.7, (70, "percent", "a fraction of 1")),
        ("max_connections", 4096, None),
    ],
)
def test_number_in_another_unit_is_converted(
    key: str, number: float, converted: tuple[Fraction, str, str] | None
) -> None:
    assert convert_number(key, number) == converted
