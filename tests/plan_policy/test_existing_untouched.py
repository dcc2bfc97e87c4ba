"""Every existing resource, in every way that a plan could touch it: each of these plans fails the check."""

from collections.abc import Collection, Iterator
from typing import Any

import pytest

from owscale.plan_policy.protected_resources import ProtectedResource
from owscale.plan_policy.resource_types import RESOURCE_TYPES, TAG_ARGUMENTS
from tests._support.existing_resources import (
    MODIFYING_ARGUMENTS,
    arn,
    cluster,
    existing_resources,
    spellings,
    state_entry,
)
from tests._support.plans import ACTIONS, Json, ResourceAddress, add_resource, check_plan, load_plan

PLAN = "everything-exists"  # every resource that may exist is an existing one
MODULES = ((), ("existing",), ("network",), ("extra", "deeper"))


def fails(plan: Json, address: str, **allow: str) -> bool:
    """Whether the check fails for the resource at the address, and not for the modification of the plan itself."""
    return failing(plan, [address], **allow) == [address]


def failing(plan: Json, addresses: Collection[str], **allow: str) -> list[str]:
    """Return the resources at these addresses for which the check fails, each for itself."""
    rules: dict[str, set[str]] = {address: set() for address in addresses}
    for violation in check_plan(PLAN, plan, **allow).violations:
        if violation.address in rules:
            rules[violation.address].add(violation.rule)
    assert set().union(*rules.values()) <= {"existing", "group rule", "unknown type", "unknown value"}
    return [address for address, names in rules.items() if names & {"existing", "group rule"}]


def fails_as_existing(plan: Json, address: str) -> bool:
    violations = check_plan(PLAN, plan).violations
    return any(violation.rule == "existing" for violation in violations if violation.address == address)


def _all_existing() -> list[Any]:
    return [
        pytest.param(existing, id=f"{existing.spec_key}-{number}")
        for number, existing in enumerate(existing_resources(PLAN))
    ]


def test_recorded_plan_has_all_kinds() -> None:
    assert {existing.kind for existing in existing_resources(PLAN)} == MODIFYING_ARGUMENTS.keys() - {"policy"}


@pytest.mark.parametrize("existing", _all_existing())
def test_existing_resource_itself(existing: ProtectedResource) -> None:
    """Each action in each module is a resource of one plan: the check of a plan takes longest."""
    type_name, values = state_entry(existing)
    plan, addresses = load_plan(PLAN), {}
    for number, (action, actions) in enumerate(ACTIONS.items()):
        for module in MODULES:
            resource = ResourceAddress(type_name, f"smuggled_{number}", module)
            add_resource(plan, resource, actions, values)
            addresses[resource.address] = action
    found = failing(plan, addresses, **dict.fromkeys(addresses, "the reason of the allowance"))
    assert {address: addresses[address] for address in found} == addresses


@pytest.mark.parametrize("existing", _all_existing())
def test_import_of_an_existing_resource(existing: ProtectedResource) -> None:
    type_name, values = state_entry(existing)
    for shown_values in (values, {}):
        plan, resource = load_plan(PLAN), ResourceAddress(type_name, index='["one"]')
        import_id = values["id"] if existing.kind != "service" else f"{cluster()}/{existing.id}"
        add_resource(plan, resource, ["no-op"], shown_values, importing={"id": import_id})
        assert fails(plan, resource.address)


@pytest.mark.parametrize("existing", _all_existing())
def test_move_of_an_existing_resource(existing: ProtectedResource) -> None:
    type_name, values = state_entry(existing)
    plan, resource = load_plan(PLAN), ResourceAddress(type_name)
    add_resource(plan, resource, ["no-op"], values)
    plan["resource_changes"][-1]["previous_address"] = f"{type_name}.before"
    assert fails(plan, resource.address)


@pytest.mark.parametrize("existing", _all_existing())
@pytest.mark.parametrize("part", ["resource_drift", "deferred_changes"])
def test_existing_resource_in_another_part(existing: ProtectedResource, part: str) -> None:
    type_name, values = state_entry(existing)
    plan, resource = load_plan(PLAN), ResourceAddress(type_name)
    other = load_plan(PLAN)
    add_resource(other, resource, ["update"], values)
    entry = other["resource_changes"][-1]
    plan[part] = [entry if part == "resource_drift" else {"reason": "x", "resource_change": entry}]
    assert fails_as_existing(plan, resource.address)


@pytest.mark.parametrize("existing", _all_existing())
@pytest.mark.parametrize("part", ["prior_state", "planned_values"])
def test_existing_resource_only_in_a_state(existing: ProtectedResource, part: str) -> None:
    """The change of the resource has other values than the state."""
    type_name, values = state_entry(existing)
    plan, resource = load_plan(PLAN), ResourceAddress(type_name)
    add_resource(plan, resource, ["no-op"], values)
    change = plan["resource_changes"][-1]["change"]
    change["before"] = change["after"] = {"id": "elsewhere"}
    state = plan[part].get("values", plan[part])["root_module"]["resources"]
    other = plan["planned_values" if part == "prior_state" else "prior_state"]
    other.get("values", other)["root_module"]["resources"][-1]["values"] = {"id": "elsewhere"}
    assert state[-1]["values"] == values
    assert fails_as_existing(plan, resource.address)


def _modifying_arguments() -> Iterator[Any]:
    for number, existing in enumerate(existing_resources(PLAN)):
        for type_name, argument in MODIFYING_ARGUMENTS[existing.kind]:
            yield pytest.param(existing, type_name, argument, id=f"{existing.spec_key}-{number}-{type_name}")


@pytest.mark.parametrize(("existing", "type_name", "argument"), list(_modifying_arguments()))
def test_existing_resource_changed_by_another_one(existing: ProtectedResource, type_name: str, argument: str) -> None:
    plan = load_plan(PLAN)
    addresses: dict[str, str] = {}
    for spelling in sorted(spellings(existing)):
        if existing.kind == "service" and spelling == existing.id:
            continue  # these arguments take a service only with its cluster
        for action, actions in ACTIONS.items():
            resource = ResourceAddress(type_name, f"smuggled_{len(addresses)}", ("network",))
            value = [spelling] if argument.endswith("s") else spelling
            add_resource(plan, resource, actions, {"id": "its-own", argument: value})
            addresses[resource.address] = f"{spelling}, {action}"
    found = failing(plan, addresses, **dict.fromkeys(addresses, "the reason of the allowance"))
    assert {address: addresses[address] for address in found} == addresses


def _resource_of_each_type() -> Iterator[Any]:
    types = set()
    for change in load_plan(PLAN)["resource_changes"]:
        if change["mode"] == "managed" and change["type"] not in types:
            types.add(change["type"])
            yield pytest.param(change["address"], change["type"], id=change["type"])


@pytest.mark.parametrize(("address", "type_name"), list(_resource_of_each_type()))
def test_argument_names_only_kinds_that_it_refers_to(address: str, type_name: str) -> None:
    """Each argument of each recorded resource names all existing resources that it must not name."""
    resource_type = RESOURCE_TYPES[type_name]
    plan = load_plan(PLAN)
    (change,) = [entry["change"] for entry in plan["resource_changes"] if entry["address"] == address]
    for argument in change["after"].keys() - set(TAG_ARGUMENTS):
        value = change["after"][argument]
        references = resource_type.references.get(argument, ())
        named = [existing for existing in existing_resources(PLAN) if existing.kind not in references]
        change["after"][argument] = {"nested": [{"deeper": f"a {_unambiguous_name(existing)} ."} for existing in named]}
        violations = check_plan(PLAN, plan).violations
        keys = {violation.spec_key for violation in violations if violation.address == address}
        assert keys >= {existing.spec_key for existing in named}, argument
        change["after"][argument] = value


def _unambiguous_name(existing: ProtectedResource) -> str:
    """Return the longest name of the resource that is unambiguous in any text."""
    return max((spelling for spelling in spellings(existing) if existing.is_mentioned_in(spelling)), key=len)


@pytest.mark.parametrize(
    "resource_type", ["aws_rds_cluster", "aws_db_instance", "aws_efs_mount_target", "aws_vpc", "aws_kms_key"]
)
@pytest.mark.parametrize("action", ACTIONS)
def test_type_that_is_never_managed(resource_type: str, action: str) -> None:
    """The database cluster is protected by its type, because its id is not in the spec."""
    plan, resource = load_plan(PLAN), ResourceAddress(resource_type)
    add_resource(plan, resource, ACTIONS[action], {"id": "unknown-id"})
    assert fails(plan, resource.address, **{resource.address: "the reason of the allowance"})


def test_service_of_another_cluster_is_not_the_existing_one() -> None:
    plan, resource = load_plan(PLAN), ResourceAddress("aws_ecs_service")
    service = {"id": arn("ecs", "service/other/webui3"), "cluster": arn("ecs", "cluster/other"), "name": "webui3"}
    add_resource(plan, resource, ["create"], service)
    assert check_plan(PLAN, plan).passed
    for cluster_value in (None, "", arn("ecs", f"cluster/{cluster()}")):
        plan = load_plan(PLAN)
        add_resource(plan, resource, ["create"], service | {"id": "x", "cluster": cluster_value})
        assert fails(plan, resource.address)


def test_longer_name_is_another_resource() -> None:
    plan = load_plan(PLAN)
    add_resource(
        plan,
        ResourceAddress("aws_appautoscaling_target"),
        ["create"],
        {"resource_id": f"service/{cluster()}/webui3-other"},
    )
    add_resource(plan, ResourceAddress("aws_s3_bucket"), ["create"], {"bucket": "gg-ai-terraform-states-2"})
    assert check_plan(PLAN, plan).passed
