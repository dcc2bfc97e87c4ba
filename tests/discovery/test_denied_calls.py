"""An account in which one call is denied: the part stays open, and the report says so."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from owscale.aws_api.calls import CallError
from owscale.aws_api.client import AwsAccount
from owscale.discovery import aws_account
from owscale.discovery.assemble import Assembled, assemble
from owscale.discovery.aws_reader import CALLS
from owscale.discovery.report import report
from tests._support.cases import PROJECT
from tests._support.discovery.account_parts import ACCOUNT, emulated_aws
from tests._support.discovery.accounts import complete

UNUSED = {
    "ec2:DescribeInstanceTypes",
    "ecs:DescribeTasks",
    "ecs:ListServices",
    "ecs:ListTasks",
    "elasticfilesystem:DescribeAccessPoints",
}
"""Calls that the account does not need: other accounts do."""


@pytest.fixture(scope="module")
def everything() -> Iterator[AwsAccount]:
    """Return an account that has all parts; its clients serve all tests."""
    with emulated_aws():
        aws = complete()
        aws.running_task()
        yield AwsAccount(aws.region, None, CALLS)


def read_without(account: AwsAccount, denied: str) -> tuple[Assembled, str]:
    """Return the spec and the report of the account without one permission."""

    def call(name: str, /, **arguments: Any) -> dict[str, Any]:
        if name == denied:
            raise CallError(f"{name} is denied", hint="allow it", action=name, reason="denied")
        return account.call(name, **arguments)

    running = aws_account.read(call, aws_account.AwsTarget("prod", "webui3", "eu-west-1", ACCOUNT))
    assembled = assemble(running, "company-chat", {}, "")
    return assembled, report(running, assembled, "owscale validate")


@pytest.mark.parametrize("denied", CALLS)
def test_denied_call_leaves_its_part_open(everything: AwsAccount, denied: str) -> None:
    assembled, text = read_without(everything, denied)
    assert assembled.checked.errors == ()
    assert (f"{denied} is denied" in text) == (denied not in UNUSED), text


@pytest.mark.parametrize(
    ("denied", "keys"),
    [
        ("ecs:DescribeServices", {"existing.vpc", "app.image", "existing.files.file_system"}),
        ("ecs:DescribeTaskDefinition", {"app.image", "existing.files.file_system"}),
        ("ec2:DescribeSubnets", {"existing.vpc", "existing.database.security_group"}),
        ("ec2:DescribeSecurityGroups", {"existing.database.security_group", "load_balancer.allow_from"}),
        ("rds:DescribeDBInstances", {"existing.database.max_connections"}),
        ("elasticfilesystem:DescribeMountTargets", {"existing.files.security_groups"}),
        ("elasticloadbalancing:DescribeLoadBalancers", {"load_balancer.allow_from"}),
        ("cloudwatch:DescribeAlarms", {"alarms.notify"}),
    ],
)
def test_open_key_names_the_denied_call(everything: AwsAccount, denied: str, keys: set[str]) -> None:
    assembled, _ = read_without(everything, denied)
    topics = assembled.proposal.draft.open_topics
    assert keys <= topics.keys()
    assert f"{denied} is denied" in "".join(topics[key].comment for key in keys)


def test_documented_policy_has_the_calls() -> None:
    text = (PROJECT / "docs/init.md").read_text(encoding="utf-8")
    [policy] = re.findall(r"```json\n(\{\n  \"Version\".*?)```", text, re.DOTALL)
    [statement] = json.loads(policy)["Statement"]
    assert (statement["Effect"], statement["Action"]) == ("Allow", list(CALLS))


def test_no_call_can_read_a_secret_or_change_something() -> None:
    assert all(re.match(r"[a-z0-9-]+:(Describe|Get|List)[A-Za-z]+$", name) for name in CALLS)
    assert "GetSecretValue" not in str(CALLS)
    assert list(CALLS) == sorted(CALLS)
