"""The output and the exit codes of the commands."""

import json
import re

from tests._support.emulator.lifecycle import (
    NAME,
    WEBUI_VARIABLE,
    CreatedDeployment,
    DeploymentLifecycle,
    EmulatedDeployment,
)
from tests._support.emulator.snapshot import NAME as SERVICE


def test_apply_requires_a_saved_plan_and_the_variables_of_the_plan(deployment: CreatedDeployment) -> None:
    assert (deployment.apply_without_plan.code, "no plan is saved" in deployment.apply_without_plan.err) == (1, True)
    assert deployment.apply_without_key.code == 1
    assert f"{WEBUI_VARIABLE} was set for the plan and is not set now" in deployment.apply_without_key.err


def test_apply_prints_each_step(deployment: CreatedDeployment) -> None:
    run = deployment.apply
    assert run.code == 0, run.err
    total = len([line for line in run.out.splitlines() if line.startswith("    +")])
    assert run.out.splitlines()[-1] == f"{NAME}: applied {total} of {total} steps"
    steps = re.findall(r"^ *(\d+)/(\d+) created (\S+)", run.err, re.MULTILINE)
    assert [int(step) for step, _, _ in steps] == list(range(1, total + 1))
    assert {printed_total for _, printed_total, _ in steps} == {str(total)}
    assert re.search(r"still creating module\.load_balancer\.aws_lb\.this, \d+ s", run.err)


def test_status(deployment: CreatedDeployment) -> None:
    changes = json.loads(deployment.plans["first"].json)["resource_changes"]
    managed = [change for change in changes if change["mode"] == "managed"]
    assert f"state: {len(managed)} resources, serial " in deployment.status.out
    assert "  16  module.network\n" in deployment.status.out
    assert deployment.status.out.endswith("saved plan: none\nlock: free\n")


def test_outputs_match_the_resources(deployment: CreatedDeployment) -> None:
    created = deployment.created
    assert deployment.outputs["alb_dns_name"] == created.load_balancer["DNSName"]
    assert deployment.outputs["target_group_arn"] == created.target_group["TargetGroupArn"]
    assert deployment.outputs["service_name"] == SERVICE
    assert deployment.outputs["task_definition_arn"] == created.task["taskDefinitionArn"]
    assert deployment.outputs["alarm_topic_arn"] == created.topic


def test_plan_prints_the_changed_keys_and_the_cost(lifecycle: DeploymentLifecycle) -> None:
    run = lifecycle.plans["change"].run
    assert run.code == 2, run.err
    reasons = run.out.partition("Changes of the spec since the last apply here:\n")[2]
    for key, address in (
        ("redis.node_type: cache.t3.micro → cache.t3.small", "module.redis.aws_elasticache_replication_group.this"),
        ("alarms.cpu_percent: 85 → 80", "module.monitoring.aws_cloudwatch_metric_alarm.cpu"),
        ("autoscaling.min: 2 → 3", "module.autoscaling.aws_appautoscaling_target.this"),
    ):
        resources = re.split(r"\n  (?! )|\n\n", reasons.partition(f"  {key}\n")[2])[0]
        assert address in resources
    assert "Cost, USD a month:" in reasons
    assert "Changes of the spec" not in lifecycle.plans["first"].run.out  # nothing was applied before
    assert lifecycle.change_apply.code == 0, lifecycle.change_apply.err


def test_record_contains_no_value(each_deployment: EmulatedDeployment) -> None:
    for plan in each_deployment.plans.values():
        assert json.loads(plan.record)["passed"] is True
        for snapshot in each_deployment.snapshots:
            assert not [name for name, value in snapshot.secrets.items() if value in plan.record]


def test_destroy_fails_with_deletion_protection(deployment: CreatedDeployment) -> None:
    assert deployment.protected_destroy.code == 1
    assert "Instance cannot be destroyed" in deployment.protected_destroy.err
    assert "`load_balancer.deletion_protection: false`" in deployment.protected_destroy.err


def test_destroy_requires_the_name_and_lists_what_remains(lifecycle: DeploymentLifecycle) -> None:
    run = lifecycle.destroy_of_other_name
    assert (run.code, "this deployment is gravity-ai-chat/production" in run.err) == (1, True)
    run = lifecycle.destroy
    assert run.code == 0, run.err
    assert (
        "module.redis.aws_elasticache_replication_group.this: would be destroyed: this loses every session" in run.out
    )
    remains = run.out.partition("remaining resources:\n")[2]
    assert "the revisions of the task definition webui3-scaled" in remains
    assert "the secrets, for " in remains
