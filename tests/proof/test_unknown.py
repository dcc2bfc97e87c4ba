"""Unknown values: an argument that says what a resource changes is known, or provably of our own."""

from typing import Any

import pytest

from generator.proof.types import OWN, TYPES
from tests.proof.plans import Json, Place, add, change_of, load, proof, write_expression

FOREIGN: dict[str, Json] = {
    "a constant": {"constant_value": "sg-0123456789abcdef0"},
    "a data source": {"references": ["data.aws_security_group.x.id", "data.aws_security_group.x"]},
    "a local": {"references": ["local.x"]},
    "a variable that nobody sets": {"references": ["var.nonsense"]},
    "an output that is not there": {"references": ["module.nonsense.x", "module.nonsense"]},
    "an instance": {"references": ["each.value"]},
    "two things": {"references": ["aws_lb.this.arn", "aws_lb.this", "var.name"]},
    "a resource that is not there": {"references": ["aws_lb.nonsense.arn", "aws_lb.nonsense"]},
    "a resource of another type": {"references": ["aws_iam_role.task.id", "aws_iam_role.task"]},
    "nothing": {},
}


def _identities() -> list[Any]:
    return [
        pytest.param(change["address"], argument, id=f"{change['address']}-{argument}")
        for change in load("create")["resource_changes"]
        if change["mode"] == "managed"
        for argument in TYPES[change["type"]].changes
    ]


@pytest.mark.parametrize(("address", "argument"), _identities())
@pytest.mark.parametrize("source", FOREIGN)
def test_unknown_from_elsewhere(address: str, argument: str, source: str) -> None:
    if source == "a resource of another type" and ".aws_iam_role_policy" in address:
        return  # there it is the right type
    plan = load("create")
    _make_unknown(plan, address, argument)
    write_expression(plan, address, argument, FOREIGN[source])
    assert _hidden(plan, address)


@pytest.mark.parametrize(("address", "argument"), _identities())
def test_nothing_said(address: str, argument: str) -> None:
    plan = load("create")
    change = change_of(plan, address)["change"]
    change["after"][argument] = None
    change["after_unknown"].pop(argument, None)
    assert _hidden(plan, address)


@pytest.mark.parametrize(("address", "argument"), _identities())
def test_nothing_said_of_what_is_there(address: str, argument: str) -> None:
    plan = load("no-change")
    for name in (argument, "id"):
        change = change_of(plan, address)["change"]
        kept = change["before"]
        change["before"] = kept | {name: None}
        found = [each for each in proof("no-change", plan).violations if each.address == address]
        assert {each.rule for each in found} & {"unknown value", "group rule"}
        change["before"] = kept


def test_real_unknown_values_are_traced_to_our_own() -> None:
    """Else this file would prove nothing: the first plan has many, through modules too."""
    plan = load("create")
    assert proof("create", plan).proved
    traced = {
        (change["type"], argument)
        for change in plan["resource_changes"]
        if change["mode"] == "managed"
        for argument, source in TYPES[change["type"]].changes.items()
        if source != OWN and change["change"]["after_unknown"].get(argument)
    }
    assert len(traced) >= 8
    assert ("aws_secretsmanager_secret_version", "secret_id") in traced


def test_through_modules() -> None:
    """A rule in another module, on a group whose id it is handed."""
    plan = load("create")
    place = Place("aws_vpc_security_group_egress_rule", "extra", module=("service",))
    known = {"ip_protocol": "tcp", "from_port": 1, "to_port": 1, "cidr_ipv4": "10.0.0.0/8"}
    add(plan, place, ["create"], known, after_unknown={"id": True, "security_group_id": True})
    service = plan["configuration"]["root_module"]["module_calls"]["service"]
    expressions: Json = {"security_group_id": {"references": ["var.security_group_id"]}}
    service["module"]["resources"].append(
        {
            "address": f"{place.type}.extra",
            "mode": "managed",
            "type": place.type,
            "name": "extra",
            "expressions": expressions,
        }
    )
    assert proof("create", plan).proved
    service["expressions"]["security_group_id"] = {"references": ["module.existing.vpc_id", "module.existing"]}
    assert _hidden(plan, place.address)
    service["expressions"].pop("security_group_id")
    assert _hidden(plan, place.address)


def test_references_that_go_round_end() -> None:
    plan = load("create")
    address = "module.network.aws_vpc_security_group_egress_rule.tasks_to_redis"
    write_expression(plan, address, "security_group_id", {"references": ["var.round"]})
    network = plan["configuration"]["root_module"]["module_calls"]["network"]
    network["expressions"]["round"] = {"references": ["module.network.round"]}
    network["module"]["outputs"]["round"] = {"expression": {"references": ["var.round"]}}
    assert _hidden(plan, address)


def test_unknown_in_an_unknown_type() -> None:
    plan = load("create")
    place = Place("aws_lambda_function", "extra")
    add(plan, place, ["create"], {"function_name": "x"}, after_unknown={"id": True, "vpc_config": [{"x": True}]})
    root = plan["configuration"]["root_module"]
    written: Json = {"vpc_config": {"references": ["data.aws_x.y.id", "data.aws_x.y"]}}
    root.setdefault("resources", []).append(
        {"address": place.address, "mode": "managed", "type": place.type, "name": "extra", "expressions": written}
    )
    assert _hidden(plan, place.address)
    assert proof("create", plan, **{place.address: "we have looked at it"}).proved
    written.clear()  # so the provider draws it
    assert proof("create", plan).proved


def test_import_of_something_not_known_yet() -> None:
    plan = load("no-change")
    address = "module.monitoring.aws_sns_topic.alarms"
    change_of(plan, address)["change"]["importing"] = {"unknown": True}
    assert _hidden_in("no-change", plan, address)


def _make_unknown(plan: Json, address: str, argument: str) -> None:
    change = change_of(plan, address)["change"]
    change["after"].pop(argument, None)
    change["after_unknown"][argument] = True


def _hidden(plan: Json, address: str) -> bool:
    return _hidden_in("create", plan, address)


def _hidden_in(name: str, plan: Json, address: str) -> bool:
    return any(each.rule == "unknown value" for each in proof(name, plan).violations if each.address == address)
