"""Lists of calls to AWS."""

import pytest

from owscale.aws_api.calls import iam_action, require_reading


def test_list_of_reading_calls_is_returned() -> None:
    names = ("dynamodb:GetItem", "ecs:DescribeServices", "ecs:ListTasks")
    assert require_reading(names) == names


@pytest.mark.parametrize("name", ["secretsmanager:GetSecretValue", "ecs:UpdateService", "ssm:GetParameter"])
def test_list_cannot_have_another_call(name: str) -> None:
    with pytest.raises(ValueError, match="does not only read"):
        require_reading(("ecs:DescribeServices", name))


def test_iam_names_some_calls_differently() -> None:
    assert iam_action("s3:ListObjectsV2") == "s3:ListBucket"
    assert iam_action("ecs:ListTasks") == "ecs:ListTasks"
