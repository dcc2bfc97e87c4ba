"""Rules on security groups of others: those of modules/network, shown, and no other."""

from collections.abc import Callable
from typing import Any

import pytest

from generator.proof.result import GroupRule
from tests.proof.plans import ACTIONS, Json, change_of, load, proof, set_actions, write_expression

RULES = (
    "module.network.aws_vpc_security_group_ingress_rule.database_from_tasks",
    'module.network.aws_vpc_security_group_ingress_rule.file_system_from_tasks["sg-00000000000000007"]',
    'module.network.aws_vpc_security_group_ingress_rule.peer_from_tasks["pipelines"]',
)
GROUPS = ("sg-00000000000000006", "sg-00000000000000007", "sg-00000000000000008")
PORTS = (5432, 2049, 9099)
KEYS = (
    "existing.database.security_group",
    "existing.files.security_groups",
    "existing.peers.pipelines.security_group",
)
TASKS = "module.network.aws_security_group.tasks"


def refused(name: str, plan: Json, address: str) -> bool:
    found = proof(name, plan)
    assert not any(rule.address == address for rule in found.rules) or found.proved
    return any(each.rule in ("group rule", "existing") for each in found.violations if each.address == address)


@pytest.mark.parametrize("name", ["create", "destroy"])
def test_rules_of_ours_are_shown(name: str) -> None:
    found = proof(name, load(name))
    action: Any = {"create": "create", "destroy": "delete"}[name]
    expected = [
        GroupRule(address, action, key, group, port)
        for address, key, group, port in zip(RULES, KEYS, GROUPS, PORTS, strict=True)
    ]
    assert list(found.rules) == expected


def test_changed_rule_is_shown() -> None:
    [rule] = proof("database-port", load("database-port")).rules
    assert rule == GroupRule(RULES[0], "update", KEYS[0], GROUPS[0], 5433)


def test_rule_on_a_group_that_left_the_spec_is_shown() -> None:
    [rule] = proof("no-peer", load("no-peer")).rules
    assert rule == GroupRule(RULES[2], "delete", "", "", 9099)


def test_rules_that_stay_are_not_told() -> None:
    assert proof("no-change", load("no-change")).rules == ()


WIDER: dict[str, Json] = {
    "a range": {"cidr_ipv4": "0.0.0.0/0"},
    "a range of six": {"cidr_ipv6": "::/0"},
    "a list": {"prefix_list_id": "pl-0123456789abcdef0"},
    "all ports": {"from_port": None, "to_port": None},
    "more ports": {"to_port": 65535},
    "other ports": {"from_port": 22, "to_port": 22},
    "all protocols": {"ip_protocol": "-1"},
    "another protocol": {"ip_protocol": "udp"},
    "another group": {"referenced_security_group_id": "sg-0123456789abcdef0"},
    "the group itself": {"referenced_security_group_id": GROUPS[0]},
    "no source": {"referenced_security_group_id": None},
}


@pytest.mark.parametrize("address", RULES)
@pytest.mark.parametrize("wider", WIDER)
@pytest.mark.parametrize("name", ["create", "no-change"])
def test_wider_rule(address: str, wider: str, name: str) -> None:
    for action in ("create", "update", "replace", "nothing"):
        plan = load(name)
        change = change_of(plan, address)["change"]
        if change["before"] is not None or action == "create":
            change["actions"] = ACTIONS[action]
            change["after"] |= WIDER[wider]
            change["after_unknown"] = {
                key: value for key, value in change["after_unknown"].items() if key not in WIDER[wider]
            }
            assert refused(name, plan, address)


@pytest.mark.parametrize("address", RULES)
@pytest.mark.parametrize(
    "argument",
    [
        "cidr_ipv4",
        "cidr_ipv6",
        "from_port",
        "ip_protocol",
        "prefix_list_id",
        "referenced_security_group_id",
        "security_group_id",
        "to_port",
    ],
)
@pytest.mark.parametrize("name", ["create", "no-change"])
def test_unknown_part_of_a_rule(address: str, argument: str, name: str) -> None:
    plan = load(name)
    change = change_of(plan, address)["change"]
    change["actions"] = ["create"] if name == "create" else ["update"]
    change["after"].pop(argument, None)
    change["after_unknown"][argument] = True
    write_expression(plan, address, argument, {"references": ["data.aws_security_group.any.id"]})
    found = [each for each in proof(name, plan).violations if each.address == address]
    assert {each.rule for each in found} & {"group rule", "unknown value"}


@pytest.mark.parametrize("address", RULES)
@pytest.mark.parametrize(
    "expression",
    [
        None,
        {"constant_value": "sg-0123456789abcdef0"},
        {"references": ["aws_security_group.redis.id", "aws_security_group.redis"]},
        {"references": ["aws_security_group.tasks.name", "aws_security_group.tasks"]},
        {"references": ["aws_security_group.tasks.id", "aws_security_group.tasks", "var.name"]},
        {"references": ["local.group"]},
        {"references": ["var.database_security_group_id"]},
        {"references": ["each.value"]},
    ],
)
def test_source_that_is_not_provably_ours(address: str, expression: Json | None) -> None:
    plan = load("create")
    write_expression(plan, address, "referenced_security_group_id", expression)
    assert refused("create", plan, address)


@pytest.mark.parametrize("address", RULES)
@pytest.mark.parametrize("action", ["delete", "replace", "replace, new first", "update", "nothing"])
def test_rule_of_somebody_else(address: str, action: str) -> None:
    """As after `terraform import`: the old service would lose its way to the database."""
    for other in ({"referenced_security_group_id": "sg-of-the-old-tasks"}, {"referenced_security_group_id": None}):
        plan = load("no-change")
        set_actions(plan, address, ACTIONS[action])
        change = change_of(plan, address)["change"]
        change["before"] = change["before"] | other
        assert refused("no-change", plan, address)


def _imported(entry: Json) -> None:
    entry["change"]["importing"] = {"id": "sgr-0123456789abcdef0"}


def _moved(entry: Json) -> None:
    entry["previous_address"] = "aws_vpc_security_group_ingress_rule.of_others"


def _forgotten(entry: Json) -> None:
    entry["change"] |= {"actions": ["forget"], "after": None}


def _renamed(entry: Json) -> None:
    entry |= {"address": entry["address"].replace("_from_tasks", "_from_all"), "name": "renamed"}
    entry["change"]["actions"] = ["create"]


def _elsewhere(entry: Json) -> None:
    entry |= {"address": entry["address"].replace("module.network.", "")}
    entry.pop("module_address")
    entry["change"]["actions"] = ["create"]


def _on_another_group(entry: Json) -> None:
    group = entry["change"]["after"]["security_group_id"]
    entry["change"]["after"]["security_group_id"] = next(other for other in GROUPS if other != group)
    entry["change"]["actions"] = ["delete", "create"]


@pytest.mark.parametrize("address", RULES)
@pytest.mark.parametrize("alter", [_imported, _moved, _forgotten, _renamed, _elsewhere, _on_another_group])
def test_rule_that_came_another_way(address: str, alter: Callable[[Json], None]) -> None:
    plan = load("no-change")
    entry = change_of(plan, address)
    alter(entry)
    assert refused("no-change", plan, entry["address"])


def test_own_groups_have_rules_as_the_spec_says() -> None:
    """A range on a group of our own is nobody else's business."""
    found = proof("create", load("create"))
    assert found.proved
    assert {rule.address for rule in found.rules} == set(RULES)


def test_without_the_tasks_group_in_the_state_nothing_is_ours() -> None:
    plan = load("no-change")
    for child in plan["prior_state"]["values"]["root_module"]["child_modules"]:
        child["resources"] = [each for each in child["resources"] if each["address"] != TASKS]
    set_actions(plan, RULES[0], ["delete"])
    assert refused("no-change", plan, RULES[0])
