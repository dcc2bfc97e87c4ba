"""What of our own holds something, and what it takes to lose it."""

from typing import Any

import pytest

from generator.proof.types import TYPES
from tests.proof.plans import ACTIONS, NAMES, Place, add, change_of, deployment, load, proof, set_actions

REASON = "we have told everybody"
REDIS = "module.redis.aws_elasticache_replication_group.this"
DERIVED = "module.secrets.aws_secretsmanager_secret_version.redis_url"
KNOWN_REFUSALS = {
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


@pytest.mark.parametrize("name", NAMES)
def test_real_plan(name: str) -> None:
    """Each is proved, or refused for what it really loses; and allowing exactly that is enough."""
    found = proof(name, load(name))
    assert {(each.address, each.rule) for each in found.violations} == {
        (address, "stateful") for address in KNOWN_REFUSALS.get(name, set())
    }
    allowed = proof(name, load(name), **dict.fromkeys(KNOWN_REFUSALS.get(name, set()), REASON))
    assert allowed.proved
    assert sum(REASON in note.text for note in allowed.notes) == len(KNOWN_REFUSALS.get(name, set()))


def test_what_is_counted() -> None:
    assert str(proof("node-type", load("node-type")).counts) == (
        "54 resources: 14 existing untouched, 0 created, 1 in-place change, 0 replaced, 0 destroyed"
    )
    assert str(proof("destroy", load("destroy")).counts).endswith("0 replaced, 54 destroyed")


def _stateful() -> list[Any]:
    return [
        change["address"]
        for change in load("no-change")["resource_changes"]
        if change["mode"] == "managed" and TYPES[change["type"]].holds
    ]


def test_everything_that_holds_something_is_there() -> None:
    assert {address.split(".")[2] for address in _stateful()} == {name for name, each in TYPES.items() if each.holds}


@pytest.mark.parametrize("address", _stateful())
@pytest.mark.parametrize("action", ["delete", "replace", "replace, new first", "replace, old forgotten", "forget"])
def test_loss(address: str, action: str) -> None:
    plan = load("no-change")
    set_actions(plan, address, ACTIONS[action])
    # The Redis URL is made of the token, and written anew with each.
    harmless = address == DERIVED and action.startswith("replace")
    assert [(each.address, each.rule) for each in proof("no-change", plan).violations] == (
        [] if harmless else [(address, "stateful")]
    )
    assert proof("no-change", plan, **{address: REASON}).proved
    near = address.replace("this", "that") if "this" in address else f"{address}[0]"
    assert harmless or not proof("no-change", plan, **{near: REASON}).proved


@pytest.mark.parametrize("address", _stateful())
def test_deposed_object(address: str) -> None:
    plan = load("no-change")
    entry = change_of(plan, address)
    deposed = entry | {"deposed": "00000001", "change": entry["change"] | {"actions": ["delete"], "after": None}}
    plan["resource_changes"].append(deposed)
    assert [each.rule for each in proof("no-change", plan).violations] == ["stateful"]
    found = proof("no-change", plan, **{address: REASON})
    assert found.proved
    assert any("left behind" in note.text for note in found.notes)


def test_version_goes_with_its_secret_and_not_with_another() -> None:
    own = "module.secrets.aws_secretsmanager_secret.webui_secret_key"
    version = "module.secrets.aws_secretsmanager_secret_version.webui_secret_key"
    other = "module.secrets.aws_secretsmanager_secret.redis_url"
    plan = load("no-change")
    set_actions(plan, version, ["delete"])
    set_actions(plan, other, ["delete"])
    assert {each.address for each in proof("no-change", plan, **{other: REASON}).violations} == {version}
    set_actions(plan, own, ["delete"])
    assert proof("no-change", plan, **{other: REASON, own: REASON}).proved


@pytest.mark.parametrize(("number", "secret_id", "proved"), [(2, None, True), (1, None, False), (2, "other", False)])
def test_new_value_that_the_spec_asks_for(number: int, secret_id: str | None, proved: bool) -> None:
    """`secrets.redis_token_version: 2` replaces the version, and the value before stays as AWSPREVIOUS."""
    address = "module.secrets.aws_secretsmanager_secret_version.redis_token"
    plan = load("no-change")
    set_actions(plan, address, ["delete", "create"])
    change = change_of(plan, address)["change"]
    change["replace_paths"] = [["secret_string_wo_version"]]
    change["after"] = change["after"] | {"secret_string_wo_version": number}
    if secret_id:
        change["after"]["secret_id"] = secret_id
    found = proof("no-change", plan)
    assert found.proved == proved
    assert any("AWSPREVIOUS" in note.text for note in found.notes) == proved
    change["replace_paths"].append(["secret_id"])
    assert not proof("no-change", plan).proved


def test_allowed_without_need_is_told() -> None:
    found = proof("no-change", load("no-change"), **{REDIS: REASON})
    assert found.proved
    [note] = found.notes
    assert (note.address, "no need" in note.text) == (REDIS, True)


def test_null_takes_an_allowance_away() -> None:
    spec = deployment("redis-replaced").spec
    assert spec.allow == {}
    taken: Any = {REDIS: None}
    assert not proof("redis-replaced", load("redis-replaced"), **taken).proved


UNKNOWN = Place("aws_lambda_function", "extra")


@pytest.mark.parametrize("action", ACTIONS)
def test_unknown_type(action: str) -> None:
    plan = load("no-change")
    add(plan, UNKNOWN, ACTIONS[action], {"id": "extra", "function_name": "extra"})
    found = proof("no-change", plan)
    if action in ("create", "nothing"):
        assert found.proved
        assert any(note.address == UNKNOWN.address for note in found.notes)
    else:
        assert [each.rule for each in found.violations] == ["unknown type"]
        assert proof("no-change", plan, **{UNKNOWN.address: REASON}).proved


def test_unknown_type_that_names_something() -> None:
    place = Place("aws_vpc_endpoint", "s3")
    plan = load("no-change")
    add(plan, place, ["create"], {"vpc_id": deployment("no-change").spec.existing.vpc})
    assert [(each.rule, each.protected) for each in proof("no-change", plan).violations] == [
        ("unknown type", "existing.vpc")
    ]
    assert proof("no-change", plan, **{place.address: REASON}).proved


def test_unknown_type_that_is_imported() -> None:
    plan = load("no-change")
    add(plan, UNKNOWN, ["no-op"], {"id": "extra"}, importing={"id": "extra"})
    assert [each.rule for each in proof("no-change", plan).violations] == ["unknown type"]


def test_what_left_the_configuration_is_named() -> None:
    plan = load("no-change")
    place = Place("aws_sns_topic", "gone", module=("monitoring",))
    add(plan, place, ["delete"], {"id": "arn:x", "arn": "arn:x", "name": "gone"})
    found = proof("no-change", plan)
    assert found.proved
    [note] = found.notes
    assert (note.address, "no longer in the configuration" in note.text) == (place.address, True)


def test_forgotten_is_named() -> None:
    address = "module.monitoring.aws_cloudwatch_metric_alarm.cpu"
    plan = load("no-change")
    set_actions(plan, address, ["forget"])
    assert [note.address for note in proof("no-change", plan).notes] == [address]


def test_change_outside_terraform_is_named() -> None:
    plan = load("no-change")
    entry = change_of(plan, REDIS)
    drift = entry["change"] | {"actions": ["update"], "after": entry["change"]["after"] | {"node_type": "other"}}
    computed = entry["change"] | {"actions": ["update"], "after": entry["change"]["after"] | {"member_clusters": []}}
    plan["resource_drift"] = [entry | {"change": computed}]
    assert proof("no-change", plan).notes == ()
    plan["resource_drift"] = [entry | {"change": drift}]
    assert [note.text for note in proof("no-change", plan).notes] == ["was changed outside Terraform: node_type"]
    plan["resource_drift"] = [entry | {"change": drift | {"actions": ["delete"], "after": None}}]
    assert [note.text for note in proof("no-change", plan).notes] == ["was destroyed outside Terraform"]


def test_moved_within_ours_is_named() -> None:
    plan = load("no-change")
    change_of(plan, REDIS)["previous_address"] = "module.redis.aws_elasticache_replication_group.old"
    found = proof("no-change", plan)
    assert found.proved
    assert any("redis.aws_elasticache_replication_group.old" in note.text for note in found.notes)
    change_of(plan, REDIS)["previous_address"] = "module.redis.aws_elasticache_cluster.old"
    assert [each.rule for each in proof("no-change", plan).violations] == ["plan"]
