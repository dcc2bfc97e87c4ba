"""Rounding to the cent."""

from decimal import Decimal

import pytest

from owscale.cost.model import cents


@pytest.mark.parametrize(
    ("usd", "rounded"), [("16.425", "16.43"), ("16.435", "16.44"), ("16.4249", "16.42"), ("0", "0.00")]
)
def test_half_a_cent_is_rounded_up(usd: str, rounded: str) -> None:
    assert str(cents(Decimal(usd))) == rounded
