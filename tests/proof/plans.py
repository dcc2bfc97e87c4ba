"""The real plans of tests/plans/, and how tests alter them: consistently, as Terraform itself would have told it."""

import copy
import functools
import json
from argparse import Namespace
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.deployment import Deployment
from generator.errors import Report
from generator.plan import read
from generator.proof import Proof, prove
from generator.stages import specs
from tests.cases import PROJECT, altered

PLANS = PROJECT / "tests/plans"
NAMES = sorted(folder.name for folder in PLANS.iterdir() if folder.is_dir())

Json = dict[str, Any]

ACTIONS: dict[str, list[str]] = {
    "create": ["create"],
    "update": ["update"],
    "delete": ["delete"],
    "replace": ["delete", "create"],
    "replace, new first": ["create", "delete"],
    "replace, old forgotten": ["create", "forget"],
    "forget": ["forget"],
    "nothing": ["no-op"],
}


@functools.cache
def text(name: str) -> str:
    return (PLANS / name / "plan.json").read_text()


@functools.cache
def deployment(name: str) -> Deployment:
    (found,) = specs.read(Namespace(spec=spec_of(name)), Report())
    return found


def spec_of(name: str) -> Path:
    return PLANS / name / "spec.yaml"


def load(name: str) -> Json:
    plan: Json = json.loads(text(name))
    return plan


def proof(name: str, plan: Json, **allow: str) -> Proof:
    """The proof of an altered plan; `allow` is added to the spec."""
    found = deployment(name)
    spec = altered(found.spec, allow=found.spec.allow | allow)
    return prove(read(json.dumps(plan)), spec, found.environment)


def change_of(plan: Json, address: str) -> Json:
    (found,) = [change for change in plan["resource_changes"] if change["address"] == address]
    return found  # type: ignore[no-any-return]  # JSON has any value


@dataclass(frozen=True)
class Place:
    """Where a resource stands."""

    type: str
    name: str = "smuggled"
    module: tuple[str, ...] = ()
    index: str = ""

    @property
    def address(self) -> str:
        return "".join(f"module.{each}." for each in self.module) + f"{self.type}.{self.name}{self.index}"

    @property
    def module_address(self) -> str:
        return ".".join(f"module.{each}" for each in self.module)


def add(plan: Json, place: Place, actions: list[str], values: Json, **more: Any) -> None:
    """Adds a resource to every part of a plan that would have it. `more` goes into its change."""
    before = values if actions != ["create"] else None
    after = values if actions not in (["delete"], ["forget"]) else None
    entry: Json = {
        "address": place.address,
        "mode": "managed",
        "type": place.type,
        "name": place.name,
        "provider_name": "registry.terraform.io/hashicorp/aws",
        "change": {"actions": actions, "before": before, "after": after, "after_unknown": {}} | more,
    }
    if place.module:
        entry["module_address"] = place.module_address
    plan["resource_changes"].append(entry)
    stated = {key: entry[key] for key in ("address", "mode", "type", "name")} | {"values": copy.deepcopy(values)}
    if before is not None:
        state = plan.setdefault("prior_state", {}).setdefault("values", {}).setdefault("root_module", {})
        _module(state, place.module_address).setdefault("resources", []).append(stated)
    if after is not None:
        planned = _module(plan["planned_values"]["root_module"], place.module_address)
        planned.setdefault("resources", []).append(copy.deepcopy(stated))


def write_expression(plan: Json, address: str, argument: str, expression: Json | None) -> None:
    """What the configuration gives an argument; None takes it away."""
    *modules, kind, name = address.partition("[")[0].split(".")
    module = plan["configuration"]["root_module"]
    for each in modules[1::2]:
        module = module["module_calls"][each]["module"]
    (resource,) = [each for each in module["resources"] if each["address"] == f"{kind}.{name}"]
    if expression is None:
        resource.get("expressions", {}).pop(argument, None)
    else:
        resource.setdefault("expressions", {})[argument] = expression


def set_actions(plan: Json, address: str, actions: list[str]) -> None:
    """Other actions for a resource that is there, and so for what is planned."""
    change = change_of(plan, address)["change"]
    change["actions"] = actions
    if actions in (["delete"], ["forget"]):
        change["after"] = None
        _drop(plan["planned_values"]["root_module"], address)
    elif actions == ["create"]:
        change["before"] = None


def _module(root: Json, address: str) -> Json:
    """A module of a state, made where it is not there yet."""
    if not address:
        return root
    for child in root.setdefault("child_modules", []):
        if child["address"] == address:
            return child  # type: ignore[no-any-return]  # JSON has any value
    made: Json = {"address": address}
    root["child_modules"].append(made)
    return made


def _drop(module: Json, address: str) -> None:
    module["resources"] = [each for each in module.get("resources", []) if each["address"] != address]
    for child in module.get("child_modules", []):
        _drop(child, address)
