"""Plans that lose data of managed resources, or change resources of an unknown type."""

from typing import Any

import pytest

from owscale.plan_policy.resource_types import RESOURCE_TYPES
from tests._support.plans import (
    ACTIONS,
    PLAN_NAMES,
    ResourceAddress,
    add_resource,
    check_plan,
    deployment,
    find_change,
    load_plan,
    set_actions,
)

REASON = "announced to all users"
REDIS = "module.redis.aws_elasticache_replication_group.this"
REDIS_URL_VERSION = "module.secrets.aws_secretsmanager_secret_version.redis_url"
EXPECTED_LOSSES = {
    "destroy": {
        "module.load_balancer.aws_lb.this",
        "module.load_balancer.aws_s3_bucket.access_logs",
        "module.redis.aws_cloudwatch_log_group.slow_log",
        REDIS,
        "module.secrets.aws_secretsmanager_secret.redis_token",
        "module.secrets.aws_secretsmanager_secret.redis_url",
        "module.secrets.aws_secretsmanager_secret.webui_secret_key",
        "module.service.aws_cloudwatch_log_group.this",
    },
    "redis-replaced": {REDIS},
}
EXPECTED_INTERRUPTIONS = {
    "database-port": {
        "module.network.aws_vpc_security_group_egress_rule.tasks_to_database",
        "module.network.aws_vpc_security_group_ingress_rule.database_from_tasks",
    },
    "capacity-provider": {"module.service.aws_ecs_service.this"},
    "capacity-provider-forced": {"module.service.aws_ecs_service.this"},
    "destroy": {"module.service.aws_ecs_service.this"},
    "no-peer": {
        'module.network.aws_vpc_security_group_egress_rule.tasks_to_peer["pipelines"]',
        'module.network.aws_vpc_security_group_ingress_rule.peer_from_tasks["pipelines"]',
    },
    "node-type": {REDIS},
    "redis-replaced": {REDIS},
}


@pytest.mark.parametrize("name", PLAN_NAMES)
def test_recorded_plan_passes_with_its_effects_allowed(name: str) -> None:
    losses, interruptions = EXPECTED_LOSSES.get(name, set()), EXPECTED_INTERRUPTIONS.get(name, set())
    result = check_plan(name, load_plan(name))
    assert {(violation.address, violation.rule) for violation in result.violations} == {
        *((address, "data loss") for address in losses),
        *((address, "interruption") for address in interruptions),
    }
    allowed = check_plan(name, load_plan(name), **dict.fromkeys(losses | interruptions, REASON))
    assert allowed.passed
    assert sum(REASON in note.text for note in allowed.notes) == len(losses) + len(interruptions)


def test_counts() -> None:
    assert str(check_plan("node-type", load_plan("node-type")).counts) == (
        "54 resources: 14 existing untouched, 0 created, 2 in-place changes, 0 replaced, 0 destroyed"
    )
    assert str(check_plan("destroy", load_plan("destroy")).counts).endswith("0 replaced, 54 destroyed")


def _addresses_with_data() -> list[Any]:
    return [
        change["address"]
        for change in load_plan("no-change")["resource_changes"]
        if change["mode"] == "managed" and RESOURCE_TYPES[change["type"]].loss
    ]


def test_recorded_plan_has_all_types_with_data() -> None:
    assert {address.split(".")[2] for address in _addresses_with_data()} == {
        name for name, resource_type in RESOURCE_TYPES.items() if resource_type.loss
    }


@pytest.mark.parametrize("address", _addresses_with_data())
@pytest.mark.parametrize(
    "action", ["delete", "replace", "replace, new first", "replace, old removed from the state", "forget"]
)
def test_loss_must_be_allowed_by_its_address(address: str, action: str) -> None:
    plan = load_plan("no-change")
    set_actions(plan, address, ACTIONS[action])
    # The Redis URL is computed from the token, and replaced with it.
    is_harmless = address == REDIS_URL_VERSION and action.startswith("replace")
    losses = [violation for violation in check_plan("no-change", plan).violations if violation.effect == "loss"]
    assert [(loss.address, loss.rule) for loss in losses] == ([] if is_harmless else [(address, "data loss")])
    assert check_plan("no-change", plan, **{address: REASON}).passed
    similar = address.replace("this", "that") if "this" in address else f"{address}[0]"
    assert is_harmless or not check_plan("no-change", plan, **{similar: REASON}).passed


@pytest.mark.parametrize("address", _addresses_with_data())
def test_deposed_object(address: str) -> None:
    plan = load_plan("no-change")
    entry = find_change(plan, address)
    deposed = entry | {"deposed": "00000001", "change": entry["change"] | {"actions": ["delete"], "after": None}}
    plan["resource_changes"].append(deposed)
    assert [violation.rule for violation in check_plan("no-change", plan).violations] == ["data loss"]
    result = check_plan("no-change", plan, **{address: REASON})
    assert result.passed
    assert any("left behind" in note.text for note in result.notes)


def test_version_is_deleted_only_with_its_own_secret() -> None:
    own = "module.secrets.aws_secretsmanager_secret.webui_secret_key"
    version = "module.secrets.aws_secretsmanager_secret_version.webui_secret_key"
    other = "module.secrets.aws_secretsmanager_secret.redis_url"
    plan = load_plan("no-change")
    set_actions(plan, version, ["delete"])
    set_actions(plan, other, ["delete"])
    assert {violation.address for violation in check_plan("no-change", plan, **{other: REASON}).violations} == {version}
    set_actions(plan, own, ["delete"])
    assert check_plan("no-change", plan, **{other: REASON, own: REASON}).passed


@pytest.mark.parametrize(("number", "secret_id", "passes"), [(2, None, True), (1, None, False), (2, "other", False)])
def test_new_version_that_the_spec_requests(number: int, secret_id: str | None, passes: bool) -> None:
    """`secrets.redis_token_version: 2` replaces the version; AWS keeps the old value as AWSPREVIOUS."""
    address = "module.secrets.aws_secretsmanager_secret_version.redis_token"
    plan = load_plan("no-change")
    set_actions(plan, address, ["delete", "create"])
    change = find_change(plan, address)["change"]
    change["replace_paths"] = [["secret_string_wo_version"]]
    change["after"] = change["after"] | {"secret_string_wo_version": number}
    if secret_id:
        change["after"]["secret_id"] = secret_id
    result = check_plan("no-change", plan)
    assert result.passed == passes
    assert any("AWSPREVIOUS" in note.text for note in result.notes) == passes
    change["replace_paths"].append(["secret_id"])
    assert not check_plan("no-change", plan).passed


def test_unneeded_allowance_is_a_note() -> None:
    result = check_plan("no-change", load_plan("no-change"), **{REDIS: {"loss": REASON, "outage": REASON}})
    assert result.passed
    [note] = result.notes
    text = "the spec allows loss, outage, which this plan does not need: remove the entry from `allow:`"
    assert (note.address, note.text) == (REDIS, text)


def test_null_removes_an_allowance() -> None:
    spec = deployment("redis-replaced").spec
    assert spec.allow == {}
    removed: Any = {REDIS: None}
    assert not check_plan("redis-replaced", load_plan("redis-replaced"), **removed).passed


UNKNOWN = ResourceAddress("aws_lambda_function", "extra")


@pytest.mark.parametrize("action", ACTIONS)
def test_unknown_type(action: str) -> None:
    plan = load_plan("no-change")
    add_resource(plan, UNKNOWN, ACTIONS[action], {"id": "extra", "function_name": "extra"})
    result = check_plan("no-change", plan)
    if action in ("create", "nothing"):
        assert result.passed
        assert any(note.address == UNKNOWN.address for note in result.notes)
    else:
        assert [violation.rule for violation in result.violations] == ["unknown type"]
        assert check_plan("no-change", plan, **{UNKNOWN.address: REASON}).passed


def test_unknown_type_that_names_an_existing_resource() -> None:
    resource = ResourceAddress("aws_vpc_endpoint", "s3")
    plan = load_plan("no-change")
    add_resource(plan, resource, ["create"], {"vpc_id": deployment("no-change").spec.existing.vpc})
    assert [(violation.rule, violation.spec_key) for violation in check_plan("no-change", plan).violations] == [
        ("unknown type", "existing.vpc")
    ]
    assert check_plan("no-change", plan, **{resource.address: REASON}).passed


def test_unknown_type_that_is_imported() -> None:
    plan = load_plan("no-change")
    add_resource(plan, UNKNOWN, ["no-op"], {"id": "extra"}, importing={"id": "extra"})
    assert [violation.rule for violation in check_plan("no-change", plan).violations] == ["unknown type"]


def test_resource_that_left_the_configuration_is_a_note() -> None:
    plan = load_plan("no-change")
    resource = ResourceAddress("aws_cloudwatch_dashboard", "gone", module=("monitoring",))
    add_resource(plan, resource, ["delete"], {"id": "gone", "dashboard_name": "gone"})
    result = check_plan("no-change", plan)
    assert result.passed
    [note] = result.notes
    assert (note.address, "not in the configuration any more" in note.text) == (resource.address, True)


def test_removal_from_the_state_is_a_note() -> None:
    address = "module.monitoring.aws_cloudwatch_metric_alarm.cpu"
    plan = load_plan("no-change")
    set_actions(plan, address, ["forget"])
    assert [note.address for note in check_plan("no-change", plan).notes] == [address]


def test_computed_value_that_changed_is_no_drift() -> None:
    plan = load_plan("no-change")
    entry = find_change(plan, REDIS)
    computed = entry["change"] | {"actions": ["update"], "after": entry["change"]["after"] | {"member_clusters": []}}
    plan["resource_drift"] = [entry | {"change": computed}]
    assert check_plan("no-change", plan).notes == ()


def test_move_of_a_managed_resource_is_a_note() -> None:
    plan = load_plan("no-change")
    find_change(plan, REDIS)["previous_address"] = "module.redis.aws_elasticache_replication_group.old"
    result = check_plan("no-change", plan)
    assert result.passed
    assert any("redis.aws_elasticache_replication_group.old" in note.text for note in result.notes)
    find_change(plan, REDIS)["previous_address"] = "module.redis.aws_elasticache_cluster.old"
    assert [violation.rule for violation in check_plan("no-change", plan).violations] == ["plan"]
