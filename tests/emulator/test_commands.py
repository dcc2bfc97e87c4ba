"""What the commands said on the way, and how they ended."""

import json
import re

import pytest

from tests.emulator.snapshot import NAME as SERVICE
from tests.emulator.story import NAME, WEBUI_VARIABLE, Story

pytestmark = pytest.mark.xdist_group("emulator")


def test_nothing_is_applied_without_its_plan_and_its_key(story: Story) -> None:
    assert (story.unplanned.code, "no plan is saved" in story.unplanned.err) == (1, True)
    assert story.without_key.code == 1
    assert f"{WEBUI_VARIABLE} was set when this was planned, and is not now" in story.without_key.err


def test_apply_tells_each_step(story: Story) -> None:
    told = story.applied
    assert told.code == 0, told.err
    total = len([line for line in told.out.splitlines() if line.startswith("    +")])
    assert told.out.splitlines()[-1] == f"{NAME}: applied, {total} of {total} steps."
    steps = re.findall(r"^ *(\d+)/(\d+) created (\S+)", told.err, re.MULTILINE)
    assert [int(step) for step, _, _ in steps] == list(range(1, total + 1))
    assert {whole for _, whole, _ in steps} == {str(total)}
    assert re.search(r"still creating module\.load_balancer\.aws_lb\.this, \d+ s", told.err)


def test_status(story: Story) -> None:
    changes = json.loads(story.plans["first"].shown)["resource_changes"]
    managed = [change for change in changes if change["mode"] == "managed"]
    assert f"state: {len(managed)} resources, serial " in story.status.out
    assert "  16  module.network\n" in story.status.out
    assert story.status.out.endswith("saved plan: none\nlock: free\n")


def test_outputs_are_what_aws_has(story: Story) -> None:
    now = story.first
    assert story.outputs["alb_dns_name"] == now.load_balancer["DNSName"]
    assert story.outputs["target_group_arn"] == now.target_group["TargetGroupArn"]
    assert story.outputs["service_name"] == SERVICE
    assert story.outputs["task_definition_arn"] == now.task["taskDefinitionArn"]
    assert story.outputs["alarm_topic_arn"] == now.topic


def test_plan_names_the_keys_behind_it_and_the_cost(story: Story) -> None:
    told = story.plans["change"].told
    assert told.code == 2, told.err
    because = told.out.partition("Because of the spec, against what was last applied here:\n")[2]
    for key, address in (
        ("redis.node_type: cache.t3.micro → cache.t3.small", "module.redis.aws_elasticache_replication_group.this"),
        ("alarms.cpu_percent: 85 → 80", "module.monitoring.aws_cloudwatch_metric_alarm.cpu"),
        ("autoscaling.min: 2 → 3", "module.autoscaling.aws_appautoscaling_target.this"),
    ):
        reached = re.split(r"\n  (?! )|\n\n", because.partition(f"  {key}\n")[2])[0]
        assert address in reached
    assert "Cost, USD a month:" in because
    assert "Because" not in story.plans["first"].told.out  # nothing is known to compare with
    assert story.change_applied.code == 0, story.change_applied.err


def test_record_holds_no_value(story: Story) -> None:
    for planned in story.plans.values():
        record = json.loads(planned.record)
        assert record["proved"] is True
        for now in (story.first, story.changed):
            assert not [name for name, value in now.secrets.items() if value in planned.record]


def test_destroy_wants_the_name_and_tells_what_remains(story: Story) -> None:
    assert (story.misnamed.code, "this is gravity-ai-chat/production" in story.misnamed.err) == (1, True)
    told = story.destroyed
    assert told.code == 0, told.err
    assert "module.redis.aws_elasticache_replication_group.this: would be destroyed, and with it goes" in told.out
    remains = told.out.partition("What remains:\n")[2]
    assert "the revisions of the task definition webui3-scaled" in remains
    assert "the secrets, for " in remains
