"""Rules on existing security groups: those of modules/network are shown, all others fail the check."""

from collections.abc import Callable
from typing import Any

import pytest

from owscale.plan_policy.result import SecurityGroupRule
from tests._support.plans import ACTIONS, Json, check_plan, find_change, load_plan, set_actions, set_expression

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


def fails(name: str, plan: Json, address: str) -> bool:
    result = check_plan(name, plan)
    assert not any(rule.address == address for rule in result.group_rules) or result.passed
    violations = [violation for violation in result.violations if violation.address == address]
    return any(violation.rule in ("group rule", "existing") for violation in violations)


@pytest.mark.parametrize("name", ["create", "destroy"])
def test_managed_rules_are_shown(name: str) -> None:
    result = check_plan(name, load_plan(name))
    action: Any = {"create": "create", "destroy": "delete"}[name]
    expected = [
        SecurityGroupRule(address, action, key, group, port)
        for address, key, group, port in zip(RULES, KEYS, GROUPS, PORTS, strict=True)
    ]
    assert list(result.group_rules) == expected


def test_changed_rule_is_shown() -> None:
    [rule] = check_plan("database-port", load_plan("database-port")).group_rules
    assert rule == SecurityGroupRule(RULES[0], "update", KEYS[0], GROUPS[0], 5433)


def test_rule_on_a_group_that_left_the_spec_is_shown() -> None:
    [rule] = check_plan("no-peer", load_plan("no-peer")).group_rules
    assert rule == SecurityGroupRule(RULES[2], "delete", "", "", 9099)


def test_unchanged_rules_are_not_shown() -> None:
    assert check_plan("no-change", load_plan("no-change")).group_rules == ()


WIDER: dict[str, Json] = {
    "an IPv4 range": {"cidr_ipv4": "0.0.0.0/0"},
    "an IPv6 range": {"cidr_ipv6": "::/0"},
    "a prefix list": {"prefix_list_id": "pl-0123456789abcdef0"},
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
def test_wider_rule_fails(address: str, wider: str, name: str) -> None:
    for action in ("create", "update", "replace", "nothing"):
        plan = load_plan(name)
        change = find_change(plan, address)["change"]
        if change["before"] is not None or action == "create":
            change["actions"] = ACTIONS[action]
            change["after"] |= WIDER[wider]
            change["after_unknown"] = {
                key: value for key, value in change["after_unknown"].items() if key not in WIDER[wider]
            }
            assert fails(name, plan, address)


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
def test_unknown_argument_of_a_rule_fails(address: str, argument: str, name: str) -> None:
    plan = load_plan(name)
    change = find_change(plan, address)["change"]
    change["actions"] = ["create"] if name == "create" else ["update"]
    change["after"].pop(argument, None)
    change["after_unknown"][argument] = True
    set_expression(plan, address, argument, {"references": ["data.aws_security_group.any.id"]})
    rules = {violation.rule for violation in check_plan(name, plan).violations if violation.address == address}
    assert rules & {"group rule", "unknown value"}


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
def test_unclear_source_fails(address: str, expression: Json | None) -> None:
    plan = load_plan("create")
    set_expression(plan, address, "referenced_security_group_id", expression)
    assert fails("create", plan, address)


@pytest.mark.parametrize("address", RULES)
@pytest.mark.parametrize("action", ["delete", "replace", "replace, new first", "update", "nothing"])
def test_unmanaged_rule_fails(address: str, action: str) -> None:
    """Such a rule is in the state after `terraform import`; the old service may need it to reach the database."""
    for values in ({"referenced_security_group_id": "sg-of-the-old-tasks"}, {"referenced_security_group_id": None}):
        plan = load_plan("no-change")
        set_actions(plan, address, ACTIONS[action])
        change = find_change(plan, address)["change"]
        change["before"] = change["before"] | values
        assert fails("no-change", plan, address)


def _import(entry: Json) -> None:
    entry["change"]["importing"] = {"id": "sgr-0123456789abcdef0"}


def _move(entry: Json) -> None:
    entry["previous_address"] = "aws_vpc_security_group_ingress_rule.other"


def _remove_from_state(entry: Json) -> None:
    entry["change"] |= {"actions": ["forget"], "after": None}


def _rename(entry: Json) -> None:
    entry |= {"address": entry["address"].replace("_from_tasks", "_from_all"), "name": "renamed"}
    entry["change"]["actions"] = ["create"]


def _put_in_root_module(entry: Json) -> None:
    entry |= {"address": entry["address"].replace("module.network.", "")}
    entry.pop("module_address")
    entry["change"]["actions"] = ["create"]


def _put_on_another_group(entry: Json) -> None:
    group = entry["change"]["after"]["security_group_id"]
    entry["change"]["after"]["security_group_id"] = next(other for other in GROUPS if other != group)
    entry["change"]["actions"] = ["delete", "create"]


@pytest.mark.parametrize("address", RULES)
@pytest.mark.parametrize(
    "modify", [_import, _move, _remove_from_state, _rename, _put_in_root_module, _put_on_another_group]
)
def test_rule_of_another_origin_fails(address: str, modify: Callable[[Json], None]) -> None:
    plan = load_plan("no-change")
    entry = find_change(plan, address)
    modify(entry)
    assert fails("no-change", plan, entry["address"])


def test_rules_on_managed_groups_are_not_restricted() -> None:
    """A managed group may have a rule with a range."""
    result = check_plan("create", load_plan("create"))
    assert result.passed
    assert {rule.address for rule in result.group_rules} == set(RULES)


def test_present_rules_are_unmanaged_without_the_tasks_group_in_the_state() -> None:
    plan = load_plan("no-change")
    for child in plan["prior_state"]["values"]["root_module"]["child_modules"]:
        child["resources"] = [entry for entry in child["resources"] if entry["address"] != TASKS]
    set_actions(plan, RULES[0], ["delete"])
    assert fails("no-change", plan, RULES[0])
