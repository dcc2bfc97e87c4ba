"""Plans with resource types that owscale does not make, and plans whose parts have other values.

`provider_types.txt` has the types of hashicorp/aws 5.100.0: the keys of `resource_schemas` in the output of
`terraform providers schema -json`.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from owscale.errors import OwscaleError
from owscale.plan_policy.evaluate import evaluate_plan
from owscale.plan_policy.resource_types import RESOURCE_TYPES, is_never_managed, modifies_named_resources
from owscale.terraform.plan.parser import parse_plan
from tests._support.plans import (
    ACTIONS,
    PLAN_NAMES,
    Json,
    ResourceAddress,
    add_resource,
    check_plan,
    deployment,
    load_plan,
    plan_text,
    rendered_files,
)
from tests._support.scale import scaled, seeded

PLAN = "no-change"
TYPES = Path(__file__).with_name("provider_types.txt").read_text(encoding="ascii").split()
FOREIGN_TYPES = [name for name in TYPES if name not in RESOURCE_TYPES]

# The verdict by the class of the type and the action; docs/plan-check.md shows this table. A mutant that passes is
# right for this reason: a new object of an unknown type takes nothing away, and no action does nothing.
VERDICTS: dict[str, dict[str, bool]] = {
    "never managed": dict.fromkeys(ACTIONS, False),
    "unknown": dict.fromkeys(ACTIONS, False) | {"create": True, "nothing": True},
}


def _plan(resource_type: str, action: str, values: Json) -> Json:
    plan = load_plan(PLAN)
    add_resource(plan, ResourceAddress(resource_type, "other"), ACTIONS[action], values)
    return plan


def test_own_types_are_types_of_the_provider() -> None:
    assert set(RESOURCE_TYPES) - {"terraform_data"} <= set(TYPES)
    assert sorted(TYPES) == TYPES


@pytest.mark.parametrize("resource_type", seeded("type").sample(FOREIGN_TYPES, scaled(len(FOREIGN_TYPES), 40)))
def test_foreign_type(resource_type: str) -> None:
    """Each action belongs to a resource of one plan: the check of a plan takes longest."""
    verdicts = VERDICTS["never managed" if is_never_managed(resource_type) else "unknown"]
    plan, addresses = load_plan(PLAN), {}
    for number, (action, actions) in enumerate(ACTIONS.items()):
        resource = ResourceAddress(resource_type, f"other_{number}")
        add_resource(plan, resource, actions, {"id": "other-1"})
        addresses[resource.address] = action
    failed = {violation.address for violation in check_plan(PLAN, plan).violations}
    assert failed <= {*addresses}
    assert {action: address not in failed for address, action in addresses.items()} == verdicts


@pytest.mark.parametrize("resource_type", seeded("name").sample(FOREIGN_TYPES, scaled(len(FOREIGN_TYPES), 20)))
def test_foreign_type_that_names_an_existing_resource(resource_type: str) -> None:
    """It may create an object that refers to an existing one only with an `allow:`, and change none."""
    spec = deployment(PLAN).spec
    address = ResourceAddress(resource_type, "other").address
    plan = _plan(resource_type, "create", {"other_argument": spec.existing.database.security_group})
    assert not check_plan(PLAN, plan).passed
    is_allowed = check_plan(PLAN, plan, **{address: "it only refers to the group"}).passed
    assert is_allowed == (not is_never_managed(resource_type) and not modifies_named_resources(resource_type))


_VALUES: tuple[Any, ...] = (None, True, -1, 1e308, "", "x", "9" * 5000, [], [[]], {}, {"id": {}}, [{"id": None}])


def _nodes(node: Any) -> list[tuple[Any, Any]]:
    """Return every place in a plan, as a container and a key of it."""
    places: list[tuple[Any, Any]] = []
    stack = [node]
    while stack:
        container = stack.pop()
        keys = list(container) if isinstance(container, dict) else range(len(container))
        places += ((container, key) for key in keys)
        stack += (container[key] for key in keys if isinstance(container[key], dict | list))
    return places


@pytest.mark.parametrize("name", PLAN_NAMES)
def test_other_values_give_a_verdict(name: str) -> None:
    """Each mutant has one to three other values anywhere; the check passes it, fails it, or rejects its format."""
    source = seeded(name)
    verdicts: set[bool] = set()
    for _ in range(scaled(900, 6)):
        plan = json.loads(plan_text(name))
        places = _nodes(plan)
        for _ in range(source.randint(1, 3)):
            container, key = source.choice(places)
            container[key] = source.choice(_VALUES)
        try:
            parsed = parse_plan(json.dumps(plan))
        except OwscaleError:
            continue
        verdicts.add(evaluate_plan(parsed, deployment(name), rendered_files(name)).passed)
    assert verdicts


def test_values_of_judged_arguments_may_be_anything() -> None:
    """The arguments that the rules compare, each with every kind of value before and after."""
    source = seeded("values")
    changes = [change for change in load_plan(PLAN)["resource_changes"] if change["mode"] == "managed"]
    for _ in range(scaled(2000, 20)):
        plan = load_plan(PLAN)
        for change in source.sample(range(len(changes)), 5):
            entry = plan["resource_changes"][change]["change"]
            for values in (entry["before"], entry["after"]):
                for name in source.sample(sorted(values or {}), min(3, len(values or {}))):
                    values[name] = source.choice(_VALUES)
            entry["actions"] = ["update"]
        check_plan(PLAN, plan)
