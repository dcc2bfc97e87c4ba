"""The recorded plans of tests/plans/, and consistent modifications of them, as Terraform would make them."""

import copy
import functools
import json
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from owscale.plan_policy.consistency import require_consistent_plan
from owscale.plan_policy.evaluate import RULES, evaluate_plan
from owscale.plan_policy.expected_values import require_expected_values
from owscale.plan_policy.result import PolicyResult
from owscale.rules.runner import check_deployment
from owscale.spec.allowed_effects import PLAN_EFFECTS
from owscale.spec.deployment import Deployment
from owscale.spec.models.allow import AllowedEffects
from owscale.terraform.plan.parser import plan_of
from owscale.workflow.own_terraform import terraform_files
from owscale.workflow.pipeline import expected_files, load_specs
from owscale.workflow.project import ProjectPaths
from tests._support.cases import PROJECT, altered

PLANS = PROJECT / "tests/plans"
PLAN_NAMES = sorted(folder.name for folder in PLANS.iterdir() if folder.is_dir())
EDITED_PLANS = ("capacity-provider", "capacity-provider-forced")
"""Plans of edited code, which differ from the spec."""

Json = dict[str, Any]

ACTIONS: dict[str, list[str]] = {
    "create": ["create"],
    "update": ["update"],
    "delete": ["delete"],
    "replace": ["delete", "create"],
    "replace, new first": ["create", "delete"],
    "replace, old removed from the state": ["create", "forget"],
    "forget": ["forget"],
    "nothing": ["no-op"],
}


@functools.cache
def plan_text(name: str) -> str:
    """Return the JSON text of a recorded plan."""
    return (PLANS / name / "plan.json").read_text()


@functools.cache
def deployment(name: str) -> Deployment:
    """Return the deployment of a recorded plan."""
    (checked,) = load_specs(spec_path(name)).deployments
    return checked.deployment


def spec_path(name: str) -> Path:
    """Return the path of a recorded plan's spec."""
    return PLANS / name / "spec.yaml"


@functools.cache
def rendered_files(name: str) -> dict[str, str]:
    """Return the Terraform files of a recorded plan's deployment."""
    expected = expected_files(check_deployment(deployment(name)), ProjectPaths(spec_path(name)))
    return terraform_files(PLANS / name / "out", expected).texts


def load_plan(name: str) -> Json:
    """Return a recorded plan that the caller may modify."""
    plan: Json = pickle.loads(_pickled(name))  # noqa: S301 -- our own, and three times as fast as JSON
    return plan


@functools.cache
def _pickled(name: str) -> bytes:
    return pickle.dumps(json.loads(plan_text(name)))


def check_plan(name: str, plan: Json, **allow: str | dict[str, str] | None) -> PolicyResult:
    """Return the plan check of a modified plan, without the comparisons with the spec and of the parts of the plan.

    These two refuse any modification of one value.

    `allow` is added to the spec: the allowed effects by the address of the resource, or a reason for all of them.
    """
    recorded = deployment(name)
    effects = {address: allowed and _allowed_effects(allowed) for address, allowed in allow.items()}
    spec = altered(recorded.spec, allow=recorded.spec.allow | effects)
    rules = [rule for rule in RULES if rule not in (require_expected_values, require_consistent_plan)]
    changed = recorded._replace(spec=spec)
    return evaluate_plan(plan_of(plan), changed, {}, rules=rules, migrated_image=migrated_image(name))


def migrated_image(name: str) -> str | None:
    """Return the image whose migration the record of the upgrade would have when a recorded plan was made."""
    return deployment(name).spec.app.image if name == "release" else None


def _allowed_effects(allowed: str | dict[str, str]) -> AllowedEffects:
    reasons = {str(effect): allowed for effect in PLAN_EFFECTS} if isinstance(allowed, str) else allowed
    return AllowedEffects.model_validate(reasons)


def find_change(plan: Json, address: str) -> Json:
    """Return the entry of a resource in `resource_changes`."""
    (change,) = [change for change in plan["resource_changes"] if change["address"] == address]
    return change  # type: ignore[no-any-return]  # `json` gives parts of a plan no type


@dataclass(frozen=True)
class ResourceAddress:
    """The address of a resource, in its parts."""

    type: str
    name: str = "smuggled"
    module: tuple[str, ...] = ()
    index: str = ""

    @property
    def address(self) -> str:
        """The address as a text."""
        return "".join(f"module.{name}." for name in self.module) + f"{self.type}.{self.name}{self.index}"

    @property
    def module_address(self) -> str:
        """The address of the module."""
        return ".".join(f"module.{name}" for name in self.module)


def add_resource(plan: Json, resource: ResourceAddress, actions: list[str], values: Json, **change: Any) -> None:
    """Add a resource to all parts of a plan that would contain it; `change` is added to its change."""
    before = values if actions != ["create"] else None
    after = values if actions not in (["delete"], ["forget"]) else None
    entry: Json = {
        "address": resource.address,
        "mode": "managed",
        "type": resource.type,
        "name": resource.name,
        "provider_name": "registry.terraform.io/hashicorp/aws",
        "change": {"actions": actions, "before": before, "after": after, "after_unknown": {}} | change,
    }
    if resource.index:
        entry["index"] = json.loads(resource.index[1:-1])
    if resource.module:
        entry["module_address"] = resource.module_address
    plan["resource_changes"].append(entry)
    in_state = {
        key: entry[key] for key in ("address", "mode", "type", "name", "provider_name", "index") if key in entry
    } | {"values": copy.deepcopy(values)}
    if before is not None:
        state = plan.setdefault("prior_state", {}).setdefault("values", {}).setdefault("root_module", {})
        _module(state, resource.module_address).setdefault("resources", []).append(in_state)
    if after is not None:
        planned = _module(plan["planned_values"]["root_module"], resource.module_address)
        planned.setdefault("resources", []).append(copy.deepcopy(in_state))


def set_expression(plan: Json, address: str, argument: str, expression: Json | None) -> None:
    """Set the expression of an argument in the configuration; None removes it."""
    *modules, resource_type, name = address.partition("[")[0].split(".")
    module = plan["configuration"]["root_module"]
    for module_name in modules[1::2]:
        module = module["module_calls"][module_name]["module"]
    (resource,) = [entry for entry in module["resources"] if entry["address"] == f"{resource_type}.{name}"]
    if expression is None:
        resource.get("expressions", {}).pop(argument, None)
    else:
        resource.setdefault("expressions", {})[argument] = expression


def set_actions(plan: Json, address: str, actions: list[str]) -> None:
    """Set the actions of a resource, and adapt the planned state."""
    change = find_change(plan, address)["change"]
    change["actions"] = actions
    if actions in (["delete"], ["forget"]):
        change["after"] = None
        _drop(plan["planned_values"]["root_module"], address)
    elif actions == ["create"]:
        change["before"] = None


def _module(root: Json, address: str) -> Json:
    """Return a module of a state; add it where it is missing."""
    if not address:
        return root
    for child in root.setdefault("child_modules", []):
        if child["address"] == address:
            return child  # type: ignore[no-any-return]  # `json` gives parts of a plan no type
    module: Json = {"address": address}
    root["child_modules"].append(module)
    return module


def _drop(module: Json, address: str) -> None:
    module["resources"] = [entry for entry in module.get("resources", []) if entry["address"] != address]
    for child in module.get("child_modules", []):
        _drop(child, address)
