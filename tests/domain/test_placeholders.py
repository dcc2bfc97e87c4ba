"""Placeholders: those that init writes are recognised, and other values are not."""

import pytest

from owscale.domain import placeholders


@pytest.mark.parametrize(
    "text",
    [
        placeholders.WORD,
        placeholders.REGION,
        placeholders.CIDR,
        *placeholders.SUBNETS,
        placeholders.resource_id("fsap"),
        placeholders.resource_id("sg", 15),
        placeholders.secret_arn("KEY", "eu-west-1", "111122223333"),
        "arn:aws:sns:eu-west-1:000000000000:topic",
    ],
)
def test_placeholder_is_recognised(text: str) -> None:
    assert placeholders.is_placeholder(text)


@pytest.mark.parametrize("text", ["vpc-0123456789abcdef0", "10.0.0.0/8", "a/b", "eu-west-1", "change"])
def test_other_value_is_none(text: str) -> None:
    assert not placeholders.is_placeholder(text)


@pytest.mark.parametrize(("region", "start"), [("cn-north-1", "arn:aws-cn:"), ("us-gov-west-1", "arn:aws-us-gov:")])
def test_arn_has_the_partition_of_its_region(region: str, start: str) -> None:
    assert placeholders.secret_arn("KEY", region, "111122223333").startswith(start)
