"""Lists of calls to AWS."""

import re
from pathlib import Path

import pytest

import owscale
from owscale.aws_api.calls import iam_action, require_reading
from owscale.aws_api.client import AwsAccount
from owscale.upgrade.aws_calls import CHANGES, RECORD_CHANGES
from tests._support.in_process_aws import in_process_aws


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


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.delenv("AWS_PROFILE", raising=False)


def test_account_takes_no_change_among_reading_calls() -> None:
    with pytest.raises(ValueError, match="ecs:UpdateService: a change of AWS among calls that only read"):
        AwsAccount("eu-west-1", None, ("ecs:DescribeServices", "ecs:UpdateService"))


@pytest.mark.usefixtures("credentials")
def test_change_has_no_other_arguments_than_those_listed() -> None:
    with in_process_aws():
        account = AwsAccount("eu-west-1", None, (), changes=CHANGES)
        with pytest.raises(ValueError, match="ecs:UpdateService may not change taskDefinition"):
            account.call("ecs:UpdateService", cluster="chat", service="chat", taskDefinition="other:1")
        with pytest.raises(ValueError, match="RegisterScalableTarget may not change MaxCapacity"):
            account.call("application-autoscaling:RegisterScalableTarget", ServiceNamespace="ecs", MaxCapacity=1)
        with pytest.raises(ValueError, match="rds:DeleteDBInstance is not in the list of calls"):
            account.call("rds:DeleteDBInstance", DBInstanceIdentifier="chat")


def test_no_change_deletes_or_restores() -> None:
    verbs = {name.partition(":")[2] for name in (*CHANGES, *RECORD_CHANGES)}
    assert verbs == {
        "CreateDBClusterSnapshot",
        "CreateDBSnapshot",
        "DisableAlarmActions",
        "EnableAlarmActions",
        "PutObject",
        "RegisterScalableTarget",
        "RunTask",
        "StopTask",
        "UpdateService",
    }


def test_only_the_upgrade_names_changes() -> None:
    """Every other command can only read."""
    package = Path(owscale.__file__).parent
    users = {
        file.relative_to(package).as_posix()
        for file in package.rglob("*.py")
        if re.search(r"\b(RECORD_)?CHANGES\b", file.read_text()) and "aws" in file.read_text()
    }
    assert users == {"cli/commands/upgrade.py", "upgrade/aws_calls.py"}
