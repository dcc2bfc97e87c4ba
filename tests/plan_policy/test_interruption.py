"""Plans that interrupt the users of the service, or weaken its safeguards."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from owscale.plan_policy.comparisons import LATER_THRESHOLD
from owscale.plan_policy.evaluate import evaluate_plan
from owscale.plan_policy.interruption_table import (
    MIGRATION_TASK,
    NO_INTERRUPTION,
    REMOVALS,
    RULE_CONSEQUENCES,
    WORSENINGS,
)
from owscale.plan_policy.resource_types import RESOURCE_TYPES
from owscale.plan_policy.result import PolicyResult
from owscale.spec.allowed_effects import PLAN_EFFECTS
from owscale.terraform.plan.parser import parse_plan
from tests._support.cases import PROJECT
from tests._support.plans import (
    ACTIONS,
    EDITED_PLANS,
    Json,
    ResourceAddress,
    add_resource,
    check_plan,
    deployment,
    find_change,
    load_plan,
    migrated_image,
    plan_text,
    rendered_files,
    set_actions,
)

PLAN = "no-change"
REASON = "announced for Sunday night"
SERVICE = "module.service.aws_ecs_service.this"
TASK_DEFINITION = "module.service.aws_ecs_task_definition.this"
REDIS = "module.redis.aws_elasticache_replication_group.this"
REDIS_URL = "module.secrets.aws_secretsmanager_secret_version.redis_url"
SESSION_KEY = "module.secrets.aws_secretsmanager_secret_version.webui_secret_key"
PARAMETERS = "module.redis.aws_elasticache_parameter_group.this"
LOAD_BALANCER = "module.load_balancer.aws_lb.this"
LISTENER = "module.load_balancer.aws_lb_listener.http"
TARGET_GROUP = "module.load_balancer.aws_lb_target_group.this"
SCALING = "module.autoscaling.aws_appautoscaling_target.this"
CPU_ALARM = "module.monitoring.aws_cloudwatch_metric_alarm.cpu"
MEMORY_ALARM = "module.monitoring.aws_cloudwatch_metric_alarm.memory"
RULE = "module.network.aws_vpc_security_group_ingress_rule.load_balancer_http"


def set_value(values: Json, path: str, value: Any) -> None:
    """Set a value such as `health_check.interval`, where a block is a list with one item."""
    *blocks, name = path.split(".")
    for block in blocks:
        values = values[block][0]
    values[name] = value


def update(plan: Json, address: str, path: str, value: Any) -> None:
    """Let a plan change one value of a resource in place."""
    change = find_change(plan, address)["change"]
    change["actions"] = ["update"]
    change["after"] = json.loads(json.dumps(change["before"]))
    set_value(change["after"], path, value)


def effects(result: PolicyResult, address: str) -> set[str]:
    return {violation.effect for violation in result.violations if violation.address == address}


PUBSUB = "client-output-buffer-limit-pubsub"
PUBSUB_LIMITS = [
    {"name": "maxmemory-policy", "value": "noeviction"},
    *({"name": f"{PUBSUB}-{name}", "value": "0"} for name in ("hard-limit", "soft-limit", "soft-seconds")),
]


# Each row: the resource, the argument, its new value, and the expected effect; None where no user is interrupted.
CHANGES: list[tuple[str, str, Any, str | None]] = [
    (SERVICE, "desired_count", 0, "outage"),
    (SERVICE, "desired_count", 2, "capacity"),
    (SERVICE, "desired_count", 4, None),
    (SERVICE, "load_balancer", [], "outage"),
    (SERVICE, "load_balancer.container_port", 8081, "outage"),
    (SERVICE, "network_configuration.security_groups", ["sg-1"], "outage"),
    (SERVICE, "network_configuration.assign_public_ip", True, "outage"),
    (SERVICE, "network_configuration.subnets", ["subnet-00000000000000002"], None),
    (SERVICE, "deployment_minimum_healthy_percent", 50, "safeguard"),
    (SERVICE, "deployment_minimum_healthy_percent", 0, "outage"),
    (SERVICE, "deployment_maximum_percent", 150, None),
    (SERVICE, "deployment_circuit_breaker", [], "safeguard"),
    (SERVICE, "deployment_circuit_breaker.rollback", False, "safeguard"),
    (SERVICE, "deployment_circuit_breaker.enable", False, "safeguard"),
    (SERVICE, "deployment_controller.type", "EXTERNAL", "safeguard"),
    (SERVICE, "health_check_grace_period_seconds", 30, "safeguard"),
    (SERVICE, "health_check_grace_period_seconds", 600, None),
    (SERVICE, "availability_zone_rebalancing", "DISABLED", "safeguard"),
    (SERVICE, "wait_for_steady_state", True, None),
    (SERVICE, "platform_version", "1.4.0", None),
    (SERVICE, "task_definition", "arn:aws:ecs:us-east-1:123456789012:task-definition/webui3-scaled:2", None),
    (SERVICE, "enable_execute_command", True, None),
    (SERVICE, "tags", {"Team": "chat"}, None),
    (TASK_DEFINITION, "volume.efs_volume_configuration.file_system_id", "fs-1", "loss"),
    (TASK_DEFINITION, "volume.efs_volume_configuration.root_directory", "/other", "loss"),
    (TASK_DEFINITION, "volume.efs_volume_configuration", [], "loss"),
    (TASK_DEFINITION, "cpu", "4096", None),
    (PARAMETERS, "parameter", [{"name": "maxmemory-policy", "value": "allkeys-lru"}], "safeguard"),
    (PARAMETERS, "parameter", [{"name": "timeout", "value": "1800"}, *PUBSUB_LIMITS], None),
    (PARAMETERS, "parameter", [{"name": f"{PUBSUB}-hard-limit", "value": "33554432"}], "safeguard"),
    (PARAMETERS, "parameter", [{"name": f"{PUBSUB}-soft-limit", "value": "1"}, *PUBSUB_LIMITS], "safeguard"),
    (PARAMETERS, "parameter", [{"name": f"{PUBSUB}-soft-seconds", "value": "10"}, *PUBSUB_LIMITS], "safeguard"),
    (PARAMETERS, "parameter", PUBSUB_LIMITS, None),  # 0 is no limit
    (REDIS, "node_type", "cache.t4g.small", "connections"),
    (REDIS, "engine_version", "7.2", "connections"),
    (REDIS, "engine", "valkey", "connections"),
    (REDIS, "auth_token", "another-dummy", None),  # ROTATE keeps the token before
    (REDIS, "security_group_ids", ["sg-1"], "outage"),
    (REDIS, "transit_encryption_enabled", False, "outage"),
    (REDIS, "user_group_ids", ["chat"], "outage"),
    (REDIS, "num_cache_clusters", 2, None),
    (REDIS, "maintenance_window", "mon:05:00-mon:06:00", None),
    (REDIS, "snapshot_retention_limit", 7, None),
    (LOAD_BALANCER, "security_groups", ["sg-1"], "outage"),
    (LOAD_BALANCER, "idle_timeout", 30, "connections"),
    (LOAD_BALANCER, "idle_timeout", 4000, None),
    (LOAD_BALANCER, "enable_deletion_protection", False, None),
    (LOAD_BALANCER, "drop_invalid_header_fields", False, "safeguard"),
    (LOAD_BALANCER, "subnets", [], "connections"),
    (LISTENER, "port", 81, "outage"),
    (LISTENER, "protocol", "HTTPS", "outage"),
    (LISTENER, "default_action.type", "redirect", "outage"),
    (LISTENER, "default_action.target_group_arn", "arn:x", "outage"),
    (LISTENER, "mutual_authentication", [{"mode": "verify"}], "outage"),
    (LISTENER, "tags", {"Team": "chat"}, None),
    (TARGET_GROUP, "deregistration_delay", "10", "safeguard"),
    (TARGET_GROUP, "deregistration_delay", "600", None),
    (TARGET_GROUP, "health_check.path", "/ready", "safeguard"),
    (TARGET_GROUP, "health_check.matcher", "200-499", "safeguard"),
    (TARGET_GROUP, "health_check.protocol", "HTTPS", "safeguard"),
    (TARGET_GROUP, "health_check.enabled", False, "safeguard"),
    (TARGET_GROUP, "health_check.interval", 300, "safeguard"),
    (TARGET_GROUP, "health_check.interval", 10, None),
    (TARGET_GROUP, "health_check.unhealthy_threshold", 10, "safeguard"),
    (TARGET_GROUP, "health_check.unhealthy_threshold", 2, None),
    (TARGET_GROUP, "stickiness.enabled", False, "connections"),
    (TARGET_GROUP, "stickiness.type", "app_cookie", "connections"),
    (TARGET_GROUP, "slow_start", 0, None),
    (SCALING, "max_capacity", 2, "capacity"),  # three tasks run
    (SCALING, "max_capacity", 3, None),
    (SCALING, "max_capacity", None, "capacity"),
    (SCALING, "min_capacity", 1, None),
    (SCALING, "suspended_state", [{"dynamic_scaling_out_suspended": True}], "safeguard"),
    (CPU_ALARM, "actions_enabled", False, "safeguard"),
    (CPU_ALARM, "alarm_actions", [], "safeguard"),
    (CPU_ALARM, "threshold", 95, "safeguard"),
    (CPU_ALARM, "threshold", 80, None),
    (CPU_ALARM, "period", 300, "safeguard"),
    (CPU_ALARM, "evaluation_periods", 50, "safeguard"),
    (CPU_ALARM, "datapoints_to_alarm", 50, "safeguard"),
    (CPU_ALARM, "metric_name", "MemoryUtilization", "safeguard"),
    (CPU_ALARM, "statistic", "Minimum", "safeguard"),
    (CPU_ALARM, "comparison_operator", "LessThanThreshold", "safeguard"),
    (CPU_ALARM, "dimensions", {"ServiceName": "other"}, "safeguard"),
    (CPU_ALARM, "alarm_description", "CPU", None),
    (MEMORY_ALARM, "treat_missing_data", "notBreaching", "safeguard"),
]


@pytest.mark.parametrize(("address", "path", "value", "effect"), CHANGES)
def test_change_in_place(address: str, path: str, value: Any, effect: str | None) -> None:
    plan = load_plan(PLAN)
    update(plan, address, path, value)
    result = check_plan(PLAN, plan)
    assert (effect in effects(result, address)) if effect else result.passed
    if effect:
        others: dict[str, str] = {other: REASON for other in PLAN_EFFECTS if other != effect}
        assert effects(check_plan(PLAN, plan, **{address: others}), address) == {effect}
        allowed = check_plan(PLAN, plan, **{address: REASON})
        assert allowed.passed
        assert any(REASON in note.text for note in allowed.notes)


@pytest.mark.parametrize(
    ("metric", "operator", "lower", "higher"),
    [
        ("CPUUtilization", "GreaterThanThreshold", False, True),
        ("UnHealthyHostCount", "GreaterThanOrEqualToThreshold", False, True),
        ("HealthyHostCount", "LessThanThreshold", True, False),  # healthy_hosts
        ("HealthyHostCount", "GreaterThanOrEqualToThreshold", False, False),  # at_maximum: it is autoscaling.max
        ("BurstCreditBalance", "LessThanThreshold", True, False),
    ],
)
def test_threshold_that_is_reached_later(metric: str, operator: str, lower: bool, higher: bool) -> None:
    alarm = {"metric_name": metric, "comparison_operator": operator, "threshold": 5}
    for threshold, is_worse in ((4, lower), (5, False), (6, higher)):
        assert LATER_THRESHOLD.is_worse(alarm, alarm | {"threshold": threshold}) is is_worse


def test_every_compared_argument_has_a_change() -> None:
    tried = {(address.split(".")[2], path.split(".")[0]) for address, path, *_ in CHANGES}
    tried |= {("aws_ecs_task_definition", "container_definitions")}  # below
    tried |= {(name, "rule") for name in ("aws_vpc_security_group_egress_rule", "aws_vpc_security_group_ingress_rule")}
    untried = {
        (resource_type, "rule" if "_security_group_" in resource_type else path.split(".")[0])
        for resource_type, worsenings in WORSENINGS.items()
        for worsening in worsenings
        for path in worsening.comparison.paths
    } - tried
    # The recorded deployment has one node, no certificate, no metric math and no filter.
    assert untried == {
        ("aws_cloudwatch_metric_alarm", "extended_statistic"),
        ("aws_cloudwatch_metric_alarm", "metric_query"),
        ("aws_cloudwatch_metric_alarm", "namespace"),
        ("aws_elasticache_replication_group", "auth_token_update_strategy"),
        ("aws_elasticache_replication_group", "automatic_failover_enabled"),
        ("aws_elasticache_replication_group", "multi_az_enabled"),
        ("aws_elasticache_replication_group", "transit_encryption_mode"),
        ("aws_lb_listener", "certificate_arn"),
        ("aws_sns_topic_subscription", "filter_policy"),
    }


@pytest.mark.parametrize(
    ("address", "path", "old", "new", "effect"),
    [
        (REDIS, "automatic_failover_enabled", True, False, "safeguard"),
        (REDIS, "multi_az_enabled", True, False, "safeguard"),
        (REDIS, "num_cache_clusters", 3, 2, "safeguard"),
        (REDIS, "transit_encryption_mode", "required", "preferred", "outage"),
        (LISTENER, "certificate_arn", "arn:old", None, "outage"),
        (LISTENER, "certificate_arn", "arn:old", "arn:new", None),
        (SERVICE, "wait_for_steady_state", True, False, "safeguard"),
        (SERVICE, "desired_count", 0, 3, None),
        (SERVICE, "desired_count", 1e308, 1e308, None),
        (CPU_ALARM, "extended_statistic", "p99", "p50", "safeguard"),
        (CPU_ALARM, "namespace", "AWS/ECS", "Other", "safeguard"),
        (CPU_ALARM, "metric_query", [], [{"id": "m"}], "safeguard"),
        (
            PARAMETERS,
            "parameter",
            [{"name": "timeout", "value": "0"}],
            [{"name": "timeout", "value": "60"}],
            "connections",
        ),
        (PARAMETERS, "parameter", [{"name": "timeout", "value": "60"}], [{"name": "timeout", "value": "0"}], None),
    ],
)
def test_change_from_another_value(address: str, path: str, old: Any, new: Any, effect: str | None) -> None:
    plan = load_plan(PLAN)
    find_change(plan, address)["change"]["before"][path] = old
    update(plan, address, path, new)
    assert effects(check_plan(PLAN, plan), address) == ({effect} if effect else set())


@pytest.mark.parametrize(("address", "path"), [(row[0], row[1]) for row in CHANGES if row[3]])
def test_unknown_new_value_counts_as_worse(address: str, path: str) -> None:
    plan = load_plan(PLAN)
    change = find_change(plan, address)["change"]
    change["actions"] = ["update"]
    name = path.partition(".")[0]
    change["after_unknown"][name] = True
    assert effects(check_plan(PLAN, plan), address)


def _managed() -> list[Json]:
    return [change for change in load_plan(PLAN)["resource_changes"] if change["mode"] == "managed"]


def test_every_resource_type_is_judged() -> None:
    assert REMOVALS.keys() | NO_INTERRUPTION.keys() == RESOURCE_TYPES.keys()
    assert not REMOVALS.keys() & NO_INTERRUPTION.keys()
    assert WORSENINGS.keys() <= RESOURCE_TYPES.keys()


def test_every_security_group_rule_has_a_consequence() -> None:
    text = "".join(path.read_text() for path in (PROJECT / "templates/modules/network").glob("*.tf.j2"))
    names = {
        line.split('"')[3]
        for line in text.splitlines()
        if line.startswith(('resource "aws_vpc_security_group_ingress', 'resource "aws_vpc_security_group_egress'))
    }
    assert names == RULE_CONSEQUENCES.keys()


def test_compared_arguments_are_those_of_the_provider() -> None:
    known = {(change["type"], name) for change in _managed() for name in change["change"]["before"] or {}}
    types = {change["type"] for change in _managed()}
    for resource_type, worsenings in WORSENINGS.items():
        for worsening in worsenings if resource_type in types else ():
            assert all((resource_type, path.split(".")[0]) in known for path in worsening.comparison.paths), (
                resource_type
            )


@pytest.mark.parametrize("action", ["delete", "replace", "replace, new first", "replace, old removed from the state"])
@pytest.mark.parametrize("change", _managed(), ids=lambda change: change["address"])
def test_removal(change: Json, action: str) -> None:
    plan = load_plan(PLAN)
    set_actions(plan, change["address"], ACTIONS[action])
    found = effects(check_plan(PLAN, plan), change["address"]) - {"loss"}
    removal = REMOVALS.get(change["type"])
    expected = {removal.effect} if removal else set()
    if change["address"] == SESSION_KEY and action != "delete":
        expected = {"sessions"}
    assert found == expected


@pytest.mark.parametrize("change", _managed(), ids=lambda change: change["address"])
def test_removal_from_the_state_interrupts_no_user(change: Json) -> None:
    plan = load_plan(PLAN)
    set_actions(plan, change["address"], ["forget"])
    assert effects(check_plan(PLAN, plan), change["address"]) <= {"loss", ""}  # "" is a rule on an existing group


@pytest.mark.parametrize(
    ("new", "is_worse"),
    [
        ({"cidr_ipv4": "10.0.0.0/8"}, False),
        ({"cidr_ipv4": "0.0.0.0/0"}, False),
        ({"cidr_ipv4": "10.0.0.0/30"}, True),
        ({"cidr_ipv4": "192.168.0.0/16"}, True),
        ({"cidr_ipv4": None, "cidr_ipv6": "::/0"}, True),
        ({"cidr_ipv4": "no range"}, True),
        ({"from_port": 81, "to_port": 81}, True),
        ({"description": "other"}, False),
    ],
)
def test_security_group_rule(new: Json, is_worse: bool) -> None:
    plan = load_plan(PLAN)
    (change,) = [change for change in plan["resource_changes"] if change["address"].startswith(RULE)][:1]
    change["change"]["before"] |= {"cidr_ipv4": "10.0.0.0/24", "referenced_security_group_id": None}
    change["change"]["after"] = change["change"]["before"] | new
    change["change"]["actions"] = ["update"]
    assert ("outage" in effects(check_plan(PLAN, plan), change["address"])) == is_worse


def _set_container(plan: Json, modify: Callable[[Json], None]) -> None:
    change = find_change(plan, TASK_DEFINITION)["change"]
    change["actions"] = ["delete", "create"]
    change["after"] = dict(change["before"])
    containers = json.loads(change["before"]["container_definitions"])
    modify(containers[0])
    change["after"]["container_definitions"] = json.dumps(containers)


def _set_secret(name: str, reference: str) -> Callable[[Json], None]:
    def modify(container: Json) -> None:
        next(secret for secret in container["secrets"] if secret["name"] == name)["valueFrom"] = reference

    return modify


def _set_variable(name: str, value: str) -> Callable[[Json], None]:
    def modify(container: Json) -> None:
        next(entry for entry in container["environment"] if entry["name"] == name)["value"] = value

    return modify


@pytest.mark.parametrize(
    ("modify", "expected"),
    [
        (_set_secret("WEBUI_SECRET_KEY", "arn:other"), {"sessions"}),
        (_set_secret("REDIS_URL", "arn:other"), {"sessions"}),
        (_set_secret("DATABASE_URL", "arn:other"), {"loss"}),
        (_set_variable("REDIS_KEY_PREFIX", "other"), {"sessions"}),
        (_set_variable("THREAD_POOL_SIZE", "40"), set()),
        (lambda container: container.update(image="ghcr.io/open-webui/open-webui:v0.12.3"), set()),
        (lambda container: container.update(image="ghcr.io/open-webui/open-webui:v0.12.5"), {"outage"}),
        (lambda container: container.pop("healthCheck"), {"safeguard"}),
        (lambda container: container["healthCheck"].update(retries=10), {"safeguard"}),
        (lambda container: container["healthCheck"].update(retries=1), set()),
        (lambda container: container["healthCheck"].update(command=["CMD", "true"]), {"safeguard"}),
        (lambda container: container.pop("secrets"), {"sessions", "loss"}),
    ],
)
def test_new_task_definition(modify: Callable[[Json], None], expected: set[str]) -> None:
    plan = load_plan(PLAN)
    _set_container(plan, modify)
    assert effects(check_plan(PLAN, plan), TASK_DEFINITION) == expected


def test_another_version_of_the_redis_url_signs_no_user_out() -> None:
    """A new token gives a new version of the URL; Redis accepts the last token, too."""
    plan = load_plan(PLAN)
    definition = find_change(plan, TASK_DEFINITION)["change"]
    definition["actions"] = ["delete", "create"]
    definition["after_unknown"]["container_definitions"] = True
    assert "sessions" in effects(check_plan(PLAN, plan), TASK_DEFINITION)
    set_actions(plan, REDIS_URL, ["delete", "create"])
    assert effects(check_plan(PLAN, plan), TASK_DEFINITION) == set()
    set_actions(plan, SESSION_KEY, ["delete", "create"])
    assert "sessions" in effects(check_plan(PLAN, plan), TASK_DEFINITION)


@pytest.mark.parametrize("strategy", ["SET", "DELETE", None])
def test_token_that_replaces_the_old_one_at_once(strategy: str | None) -> None:
    plan = load_plan(PLAN)
    update(plan, REDIS, "auth_token", "another-dummy")
    find_change(plan, REDIS)["change"]["after"]["auth_token_update_strategy"] = strategy
    assert effects(check_plan(PLAN, plan), REDIS) == {"outage"}


def test_alarm_of_a_removed_node_may_go() -> None:
    alarm = 'module.monitoring.aws_cloudwatch_metric_alarm.redis_cpu["001"]'
    plan = load_plan(PLAN)
    find_change(plan, alarm)["change"]["before"]["dimensions"]["CacheClusterId"] = "webui3-scaled-002"
    set_actions(plan, alarm, ["delete"])
    assert effects(check_plan(PLAN, plan), alarm) == set()
    find_change(plan, REDIS)["change"]["after"]["num_cache_clusters"] = 2
    assert effects(check_plan(PLAN, plan), alarm) == {"safeguard"}


@pytest.mark.parametrize(("count", "passes"), [(0, True), (1, False), (None, False)])
def test_service_without_tasks_interrupts_no_user(count: int | None, passes: bool) -> None:
    plan = load_plan(PLAN)
    find_change(plan, SERVICE)["change"]["before"]["desired_count"] = count
    set_actions(plan, LISTENER, ["delete", "create"])
    assert check_plan(PLAN, plan).passed == passes


def test_first_apply_interrupts_no_user() -> None:
    assert check_plan("create", load_plan("create")).passed


def test_destroy_interrupts_at_one_place() -> None:
    violations = check_plan("destroy", load_plan("destroy")).violations
    assert [violation.address for violation in violations if violation.rule == "interruption"] == [SERVICE]


def test_deposed_object_serves_no_user() -> None:
    plan = load_plan(PLAN)
    entry = find_change(plan, LISTENER)
    deposed = entry | {"deposed": "00000001", "change": entry["change"] | {"actions": ["delete"], "after": None}}
    plan["resource_changes"].append(deposed)
    assert check_plan(PLAN, plan).passed


def test_tainted_resource_can_be_kept() -> None:
    plan = load_plan(PLAN)
    set_actions(plan, SERVICE, ["delete", "create"])
    find_change(plan, SERVICE)["action_reason"] = "replace_because_tainted"
    [violation] = check_plan(PLAN, plan).violations
    assert violation.hint.startswith(f"if it works, run `terraform untaint {SERVICE}`")


def test_new_tasks_are_a_note() -> None:
    plan = load_plan(PLAN)
    update(plan, SERVICE, "platform_version", "1.4.0")
    [note] = check_plan(PLAN, plan).notes
    assert (note.address, note.text.startswith("deploys new tasks")) == (SERVICE, True)


def test_violations_are_sorted_by_severity_and_have_places() -> None:
    plan = load_plan(PLAN)
    update(plan, TARGET_GROUP, "deregistration_delay", "10")
    set_actions(plan, REDIS, ["delete", "create"])
    set_actions(plan, SERVICE, ["delete", "create"])
    plan["complete"] = False
    violations = check_plan(PLAN, plan).violations
    assert [(violation.rule, violation.effect) for violation in violations] == [
        ("plan", ""),
        ("data loss", "loss"),
        ("interruption", "outage"),
        ("interruption", "outage"),
        ("interruption", "safeguard"),
    ]
    assert violations[-1].location.endswith(": load_balancer.deregistration_delay_seconds (the default)")
    assert ":" in violations[-1].location


def test_recorded_plan_can_be_modified() -> None:
    """The plan without modification interrupts no user, so each verdict above follows from its modification."""
    assert check_plan(PLAN, load_plan(PLAN)).passed
    assert parse_plan(plan_text(PLAN)).complete


@pytest.mark.parametrize("name", EDITED_PLANS)
def test_capacity_provider_replaces_the_service(name: str) -> None:
    """So hashicorp/aws 5.100 plans it, also with force_new_deployment."""
    [violation] = check_plan(name, load_plan(name)).violations
    assert (violation.address, violation.effect) == (SERVICE, "outage")
    assert violation.problem.startswith("would be replaced for ")
    assert "capacity_provider_strategy" in violation.problem
    assert violation.reason == (
        "every task stops, and users get errors until new tasks are healthy, which takes minutes"
    )


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("migration", "1 created, 1 in-place change, 0 replaced, 0 destroyed"),
        ("release", "0 created, 1 in-place change, 1 replaced, 1 destroyed"),
    ],
)
def test_migration_interrupts_no_user(name: str, counts: str) -> None:
    """The counts are those that the runbook expects."""
    plan, migrated = parse_plan(plan_text(name)), migrated_image(name)
    result = evaluate_plan(plan, deployment(name), rendered_files(name), migrated_image=migrated)
    assert result.passed
    assert str(result.counts).endswith(counts)


@pytest.mark.parametrize("action", ["update", "replace", "delete", "forget"])
def test_no_change_of_the_migration_reaches_users(action: str) -> None:
    plan = load_plan("release")
    change = find_change(plan, MIGRATION_TASK)["change"]
    change["after"] = change["before"] | {"container_definitions": "[]", "volume": []}
    change["actions"] = ACTIONS[action]
    add_planned = ResourceAddress("aws_ecs_task_definition", "migration", ("service",))
    if action in ("update", "replace"):
        add_resource(plan, add_planned, ["create"], change["after"])
        plan["resource_changes"].pop()
    assert check_plan("release", plan).passed
