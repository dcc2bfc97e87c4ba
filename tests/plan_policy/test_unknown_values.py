"""Unknown values: an argument that identifies an object is known, or comes from a managed resource."""

from typing import Any

import pytest

from owscale.plan_policy.resource_types import OWN_NAME, RESOURCE_TYPES
from tests._support.plans import (
    Json,
    ResourceAddress,
    add_resource,
    check_plan,
    find_change,
    load_plan,
    set_expression,
)

OTHER_SOURCES: dict[str, Json] = {
    "a constant": {"constant_value": "sg-0123456789abcdef0"},
    "a data source": {"references": ["data.aws_security_group.x.id", "data.aws_security_group.x"]},
    "a local": {"references": ["local.x"]},
    "a variable without a value": {"references": ["var.nonsense"]},
    "a missing output": {"references": ["module.nonsense.x", "module.nonsense"]},
    "an instance": {"references": ["each.value"]},
    "two references": {"references": ["aws_lb.this.arn", "aws_lb.this", "var.name"]},
    "a missing resource": {"references": ["aws_lb.nonsense.arn", "aws_lb.nonsense"]},
    "a resource of another type": {"references": ["aws_iam_role.task.id", "aws_iam_role.task"]},
    "nothing": {},
}


def _identity_arguments() -> list[Any]:
    return [
        pytest.param(change["address"], argument, id=f"{change['address']}-{argument}")
        for change in load_plan("create")["resource_changes"]
        if change["mode"] == "managed"
        for argument in RESOURCE_TYPES[change["type"]].identity
    ]


@pytest.mark.parametrize(("address", "argument"), _identity_arguments())
@pytest.mark.parametrize("source", OTHER_SOURCES)
def test_unknown_value_from_another_source_fails(address: str, argument: str, source: str) -> None:
    if source == "a resource of another type" and ".aws_iam_role_policy" in address:
        return  # for that type it is the right source
    plan = load_plan("create")
    _set_unknown(plan, address, argument)
    set_expression(plan, address, argument, OTHER_SOURCES[source])
    assert _fails(plan, address)


@pytest.mark.parametrize(("address", "argument"), _identity_arguments())
def test_missing_new_value_fails(address: str, argument: str) -> None:
    plan = load_plan("create")
    change = find_change(plan, address)["change"]
    change["after"][argument] = None
    change["after_unknown"].pop(argument, None)
    assert _fails(plan, address)


@pytest.mark.parametrize(("address", "argument"), _identity_arguments())
def test_missing_present_value_fails(address: str, argument: str) -> None:
    plan = load_plan("no-change")
    for name in (argument, "id"):
        change = find_change(plan, address)["change"]
        values = change["before"]
        change["before"] = values | {name: None}
        violations = check_plan("no-change", plan).violations
        rules = {violation.rule for violation in violations if violation.address == address}
        assert rules & {"unknown value", "group rule"}
        change["before"] = values


def test_unknown_values_of_the_first_plan_come_from_managed_resources() -> None:
    """The first plan has many, also through modules, so the other tests of this file are meaningful."""
    plan = load_plan("create")
    assert check_plan("create", plan).passed
    traced = {
        (change["type"], argument)
        for change in plan["resource_changes"]
        if change["mode"] == "managed"
        for argument, source in RESOURCE_TYPES[change["type"]].identity.items()
        if source != OWN_NAME and change["change"]["after_unknown"].get(argument)
    }
    assert len(traced) >= 8
    assert ("aws_secretsmanager_secret_version", "secret_id") in traced


def test_source_is_found_through_modules() -> None:
    """A rule in another module gets the id of its group by a variable."""
    plan = load_plan("create")
    resource = ResourceAddress("aws_vpc_security_group_egress_rule", "extra", module=("service",))
    values = {"ip_protocol": "tcp", "from_port": 1, "to_port": 1, "cidr_ipv4": "10.0.0.0/8"}
    add_resource(plan, resource, ["create"], values, after_unknown={"id": True, "security_group_id": True})
    service = plan["configuration"]["root_module"]["module_calls"]["service"]
    expressions: Json = {"security_group_id": {"references": ["var.security_group_id"]}}
    service["module"]["resources"].append(
        {
            "address": f"{resource.type}.extra",
            "mode": "managed",
            "type": resource.type,
            "name": "extra",
            "expressions": expressions,
        }
    )
    assert check_plan("create", plan).passed
    service["expressions"]["security_group_id"] = {"references": ["module.existing.vpc_id", "module.existing"]}
    assert _fails(plan, resource.address)
    service["expressions"].pop("security_group_id")
    assert _fails(plan, resource.address)


def test_circular_references_end() -> None:
    plan = load_plan("create")
    address = "module.network.aws_vpc_security_group_egress_rule.tasks_to_redis"
    set_expression(plan, address, "security_group_id", {"references": ["var.circular"]})
    network = plan["configuration"]["root_module"]["module_calls"]["network"]
    network["expressions"]["circular"] = {"references": ["module.network.circular"]}
    network["module"]["outputs"]["circular"] = {"expression": {"references": ["var.circular"]}}
    assert _fails(plan, address)


def test_unknown_value_in_an_unknown_type() -> None:
    plan = load_plan("create")
    resource = ResourceAddress("aws_lambda_function", "extra")
    add_resource(
        plan, resource, ["create"], {"function_name": "x"}, after_unknown={"id": True, "vpc_config": [{"x": True}]}
    )
    root = plan["configuration"]["root_module"]
    expressions: Json = {"vpc_config": {"references": ["data.aws_x.y.id", "data.aws_x.y"]}}
    root.setdefault("resources", []).append(
        {
            "address": resource.address,
            "mode": "managed",
            "type": resource.type,
            "name": "extra",
            "expressions": expressions,
        }
    )
    assert _fails(plan, resource.address)
    assert check_plan("create", plan, **{resource.address: "the reason of the allowance"}).passed
    expressions.clear()  # now the provider computes it
    assert check_plan("create", plan).passed


def test_import_of_an_unknown_id_fails() -> None:
    plan = load_plan("no-change")
    address = "module.monitoring.aws_sns_topic.alarms"
    find_change(plan, address)["change"]["importing"] = {"unknown": True}
    assert _fails(plan, address, "no-change")


def _set_unknown(plan: Json, address: str, argument: str) -> None:
    change = find_change(plan, address)["change"]
    change["after"].pop(argument, None)
    change["after_unknown"][argument] = True


def _fails(plan: Json, address: str, name: str = "create") -> bool:
    violations = [violation for violation in check_plan(name, plan).violations if violation.address == address]
    return any(violation.rule == "unknown value" for violation in violations)
