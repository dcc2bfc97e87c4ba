"""Plan files that were altered by hand, each in a way that no plan of Terraform has or no spec asks for."""

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from owscale.errors import OwscaleError
from owscale.plan_policy.evaluate import evaluate_plan
from owscale.terraform.plan.parser import parse_plan
from tests._support.plans import (
    Json,
    ResourceAddress,
    add_resource,
    deployment,
    find_change,
    load_plan,
    plan_text,
    rendered_files,
)

PLAN = "no-change"
SERVICE = "module.service.aws_ecs_service.this"
LOAD_BALANCER = "module.load_balancer.aws_lb.this"
REDIS = "module.redis.aws_elasticache_replication_group.this"
TASKS_GROUP = "module.network.aws_security_group.tasks"
ALARMS = "module.monitoring.aws_cloudwatch_metric_alarm"
AWS = "registry.terraform.io/hashicorp/aws"
EVIL = "https://evil.example.com/x"
INFINITE = "@infinite@"

Forgery = Callable[[Json], Any]


def _change(plan: Json, address: str = SERVICE) -> Json:
    return find_change(plan, address)["change"]  # type: ignore[no-any-return]  # JSON has any value


def _entry(plan: Json, part: str, address: str) -> Json:
    """Return the entry of a resource in the state or the planned state."""
    return next(entry for _, entry in _entries(plan, part) if entry["address"] == address)


def _entries(plan: Json, part: str) -> Iterator[tuple[list[Json], Json]]:
    values = plan["prior_state"]["values"] if part == "state" else plan["planned_values"]
    modules = [values["root_module"]]
    for module in modules:
        modules += module.get("child_modules", [])
        yield from ((module["resources"], entry) for entry in module.get("resources", []))


def _duplicate(part: str, address: str, **values: Any) -> Forgery:
    """Add a second entry of a resource, with other values, before the true one."""

    def forge(plan: Json) -> None:
        entries = next(found for found, entry in _entries(plan, part) if entry["address"] == address)
        second = copy.deepcopy(_entry(plan, part, address))
        second["values"] |= values
        entries.insert(0, second)

    return forge


def _forged(address: str, *path: str, value: Any) -> Forgery:
    """Set a value in the entry of a resource in the changes."""

    def forge(plan: Json) -> None:
        node = find_change(plan, address)
        for name in path[:-1]:
            node = node[name]
        node[path[-1]] = value

    return forge


def _changed(address: str = SERVICE, **fields: Any) -> Forgery:
    return lambda plan: _change(plan, address).update(fields)


def _another_entry(address: str = SERVICE, suffix: str = "", **fields: Any) -> Forgery:
    """Add a second change of a resource; fields of the change begin with `change_`."""

    def forge(plan: Json) -> None:
        entry = copy.deepcopy(find_change(plan, address))
        entry["address"] += suffix
        for name, value in fields.items():
            target = entry["change"] if name.startswith("change_") else entry
            target[name.removeprefix("change_")] = value
        plan["resource_changes"].insert(0, entry)

    return forge


def _replaced_with_count(count: Any) -> Forgery:
    """Replace the service, with another number of running tasks in every part."""

    def forge(plan: Json) -> None:
        _change(plan)["actions"] = ["delete", "create"]
        entries = (_entry(plan, part, SERVICE)["values"] for part in ("state", "planned"))
        for values in (_change(plan)["before"], _change(plan)["after"], *entries):
            values["desired_count"] = count

    return forge


def _everywhere(**fields: Any) -> Forgery:
    """Set fields of the service in every part."""

    def forge(plan: Json) -> None:
        find_change(plan, SERVICE).update(fields)
        for part in ("state", "planned"):
            _entry(plan, part, SERVICE).update(fields)

    return forge


def _in_state(address: str, **values: Any) -> Forgery:
    return lambda plan: _entry(plan, "state", address)["values"].update(values)


def _in_plan(address: str, **values: Any) -> Forgery:
    return lambda plan: _entry(plan, "planned", address)["values"].update(values)


def _root(plan: Json) -> Json:
    return plan["configuration"]["root_module"]  # type: ignore[no-any-return]  # JSON has any value


def _module(plan: Json, name: str = "service") -> Json:
    return _root(plan)["module_calls"][name]["module"]  # type: ignore[no-any-return]  # JSON has any value


def _written(plan: Json) -> Json:
    """Return the service as the configuration in the plan has it."""
    return next(each for each in _module(plan)["resources"] if each["address"] == "aws_ecs_service.this")


def _provider(plan: Json, **expressions: Any) -> None:
    plan["configuration"]["provider_config"]["aws"]["expressions"] |= expressions


def _other_provider(key: str) -> Forgery:
    provider = {"name": "aws", "full_name": AWS, "expressions": {"region": {"constant_value": "us-west-2"}}}
    return lambda plan: plan["configuration"]["provider_config"].update({key: provider})


def _drift(**fields: Any) -> Forgery:
    def forge(plan: Json) -> None:
        entry = copy.deepcopy(find_change(plan, REDIS)) | fields
        entry["change"] |= {"actions": ["delete"], "after": None}
        plan["resource_drift"] = [entry]

    return forge


def _without_redis(plan: Json) -> None:
    """Hide that Redis was destroyed outside Terraform: it is created anew, and no drift shows why."""
    _changed(REDIS, actions=["create"], before=None)(plan)
    entries, redis = next(each for each in _entries(plan, "state") if each[1]["address"] == REDIS)
    entries.remove(redis)


def _program(plan: Json) -> None:
    """Let the apply read a data source that runs a program."""
    values = {"program": ["sh", "-c", "id"]}
    add_resource(plan, ResourceAddress("external", "evil"), ["create"], values)
    plan["planned_values"]["root_module"]["resources"].pop()
    plan["resource_changes"][-1] |= {"mode": "data", "address": "data.external.evil"}
    plan["resource_changes"][-1]["change"]["actions"] = ["read"]


_OUTPUT = {"expression": {"references": ["module.secrets.redis_token", "module.secrets"]}}
_RESOURCE = {"mode": "managed", "type": "aws_sns_topic", "name": "x", "provider_config_key": "aws", "expressions": {}}
_CONSTANT = {"constant_value": 0}

REFUSED: dict[str, Forgery] = {
    # provider_config
    "region": lambda plan: _provider(plan, region={"constant_value": "us-west-2"}),
    "region from a variable": lambda plan: _provider(plan, region={"references": ["var.region"]}),
    "role of another account": lambda plan: _provider(plan, assume_role=[{"role_arn": {"constant_value": "arn"}}]),
    "second provider": _other_provider("aws.other"),
    "provider of a module": _other_provider("module.service:aws"),
    "resource of another provider": lambda plan: _written(plan).update(provider_config_key="aws.other"),
    "no providers": lambda plan: plan["configuration"].pop("provider_config"),
    # the parts of the plan contradict each other
    "fewer running tasks than in the state": _in_state(SERVICE, desired_count=10),
    "fewer running tasks than in the state, by a forged drift": lambda plan: (
        plan.update(resource_drift=[copy.deepcopy(find_change(plan, SERVICE))]),
        plan["resource_drift"][0]["change"].update(after=_change(plan)["after"] | {"desired_count": 10}),
        _in_state(SERVICE, desired_count=10)(plan),
    ),
    "another planned value": _in_plan(LOAD_BALANCER, internal=False),
    "values of the state": _in_state(LOAD_BALANCER, internal=False),
    "no action that changes": _changed(before={"id": "x"}),
    "no action with unknown values": _changed(after_unknown={"capacity_provider_strategy": True}),
    "created although it exists": _changed(f"{ALARMS}.cpu", actions=["create"]),
    "created without values before": _changed(actions=["create"], before=None),
    "updated without values before": _changed(actions=["update"], before=None),
    "destroyed with values after": _changed(actions=["delete"]),
    "updated with arguments that replace": _changed(
        f"{ALARMS}.cpu", actions=["update"], replace_paths=[["alarm_name"]]
    ),
    "no action with arguments that replace": _changed(replace_paths=[["launch_type"]]),
    "updated with the reason of a replacement": lambda plan: (
        _changed(actions=["update"])(plan),
        _forged(SERVICE, "action_reason", value="replace_because_cannot_update")(plan),
    ),
    "no state": lambda plan: plan.pop("prior_state"),
    "state is null": lambda plan: plan.update(prior_state=None),
    "state without resources": lambda plan: plan["prior_state"]["values"].update(root_module={}),
    # the number of running tasks
    "unknown number of tasks": _replaced_with_count(None),
    "number of tasks is a switch": _replaced_with_count(True),
    "negative number of tasks": _replaced_with_count(-3),
    "infinite number of tasks": _replaced_with_count(INFINITE),
    "number of tasks is a list": _replaced_with_count([3]),
    # addresses
    "type of another address": _everywhere(type="aws_cloudwatch_dashboard"),
    "name of another address": _everywhere(name="other"),
    "module of another address": _forged(SERVICE, "module_address", value="module.other"),
    "index of another address": _forged(SERVICE, "index", value=0),
    "index is a list": _forged(SERVICE, "index", value=[0]),
    "address with an index": _forged(SERVICE, "address", value=f"{SERVICE}[0]"),
    "address with a module index": _forged(SERVICE, "address", value=SERVICE.replace("service.", "service[0].")),
    "address with a space": _forged(SERVICE, "address", value=f"{SERVICE} "),
    "address in another case": _forged(SERVICE, "address", value=SERVICE.replace("this", "This")),
    "look-alike letter": _another_entry(suffix="\u0435"),
    "invisible letter in a destroyed address": _another_entry(suffix="\u200b", change_actions=["delete"]),
    "two changes of one resource": _another_entry(LOAD_BALANCER, change_actions=["update"]),
    "two states of one resource": _duplicate("state", TASKS_GROUP, id="sg-0fedcba9876543210"),
    "two planned states of one resource": _duplicate("planned", LOAD_BALANCER, internal=False),
    "resource as a data source": _everywhere(mode="data"),
    # deposed, moved and imported objects
    "object in use destroyed as an old one": _another_entry(
        deposed="00000001", change_actions=["delete"], change_after=None
    ),
    "old object replaced": _another_entry(deposed="00000001", change_actions=["delete", "create"]),
    "old object created": _another_entry(deposed="00000001", change_actions=["create"], change_before=None),
    "import of another object": _changed(LOAD_BALANCER, importing={"id": "another"}),
    "import of an unknown object": _changed(LOAD_BALANCER, importing={"unknown": True}),
    "import with a generated configuration": _changed(
        LOAD_BALANCER, importing={"id": "x"}, generated_config='resource "aws_lb" "this" {}'
    ),
    "moved from another module": _forged(SERVICE, "previous_address", value="module.redis.aws_ecs_service.this"),
    "moved from a data source": _forged(SERVICE, "previous_address", value="data.aws_ecs_service.this"),
    "moved from a resource that stays": _forged(f"{ALARMS}.cpu", "previous_address", value=f"{ALARMS}.memory"),
    # configuration
    "output of a secret": lambda plan: _root(plan)["outputs"].update(leak=_OUTPUT),
    "output of a module": lambda plan: _module(plan, "secrets")["outputs"].update(leak=_OUTPUT),
    "secret output that is not sensitive": lambda plan: _module(plan, "secrets")["outputs"]["redis_token"].pop(
        "sensitive"
    ),
    "no output": lambda plan: _root(plan)["outputs"].pop("alb_dns_name"),
    "another module": lambda plan: _root(plan)["module_calls"].update(evil={"source": EVIL, "module": {}}),
    "another source of a module": lambda plan: _root(plan)["module_calls"]["service"].update(source=EVIL),
    "count of a module": lambda plan: _root(plan)["module_calls"]["service"].update(count_expression=_CONSTANT),
    "for_each of a resource": lambda plan: _written(plan).update(for_each_expression=_CONSTANT),
    "no for_each": lambda plan: [
        each.pop("for_each_expression", None) for each in _module(plan, "network")["resources"]
    ],
    "another resource": lambda plan: _root(plan).update(resources=[_RESOURCE]),
    "another data source": lambda plan: _root(plan).update(resources=[_RESOURCE | {"mode": "data"}]),
    "resource without configuration": lambda plan: _module(plan)["resources"].remove(_written(plan)),
    "provisioner": lambda plan: _written(plan).update(provisioners=[{"type": "local-exec"}]),
    # values and parts
    "output of another address": lambda plan: plan["planned_values"]["outputs"]["alb_dns_name"].update(value=EVIL),
    "output without its value": lambda plan: plan["planned_values"]["outputs"]["service_name"].pop("value"),
    "data source that runs a program": _program,
    "lost Redis as drift of a data source": _drift(mode="data"),
    "lost Redis as drift of another address": _drift(type="aws_sns_topic"),
    "lost Redis without drift": _without_redis,
    "failed condition": lambda plan: plan.update(
        checks=[{"address": {"kind": "resource", "to_display": SERVICE}, "status": "fail"}]
    ),
    "action of a provider": lambda plan: plan.update(action_invocations=[{"address": "action.aws_lambda_invoke.x"}]),
    "format 2": lambda plan: plan.update(format_version="2.0"),
    "format without a minor version": lambda plan: plan.update(format_version="1"),
    "format that only begins with 1": lambda plan: plan.update(format_version="1.0-evil"),
    "complete is a text": lambda plan: plan.update(complete="true"),
}

# These parts decide nothing, so another content is not refused.
ACCEPTED: dict[str, tuple[str, Forgery]] = {
    "output_changes": (
        "the values of outputs are compared in planned_values",
        lambda plan: plan.update(output_changes={"alb_dns_name": {"actions": ["update"], "after": EVIL}}),
    ),
    "relevant_attributes": (
        "it explains drift, and changes nothing",
        lambda plan: plan.update(relevant_attributes=[{"resource": SERVICE, "attribute": ["id"]}]),
    ),
    "before_sensitive": (
        "the marks only hide more; without them, texts that may be secret stay hidden",
        _changed(before_sensitive=False, after_sensitive={"name": True}),
    ),
    "checks": (
        "a failed `check` block is a warning, in Terraform too",
        lambda plan: plan.update(checks=[{"address": {"kind": "check", "to_display": "check.x"}, "status": "fail"}]),
    ),
    "variables": (
        "Terraform rejects a variable that is not declared, and the values that follow from variables are compared",
        lambda plan: plan["variables"].update(other={"value": "x"}),
    ),
    "version_constraint": (
        "the lock file pins the provider",
        lambda plan: plan["configuration"]["provider_config"]["aws"].update(version_constraint="~> 4.0"),
    ),
    "depends_on": (
        "it only orders the apply",
        lambda plan: _written(plan).update(depends_on=["aws_iam_role_policy.task"]),
    ),
    "applyable": ("Terraform decides it again", lambda plan: plan.update(applyable=False)),
}


def _check(forge: Forgery) -> tuple[bool, str]:
    """Return whether the plan is refused, and the reasons."""
    plan = load_plan(PLAN)
    plan.setdefault("variables", {})
    forge(plan)
    text = json.dumps(plan).replace(f'"{INFINITE}"', "1e400")
    assert text != plan_text(PLAN)
    try:
        result = evaluate_plan(parse_plan(text), deployment(PLAN), rendered_files(PLAN))
    except OwscaleError as error:
        return True, str(error)
    return not result.passed, str(result.violations)


@pytest.mark.parametrize("name", REFUSED)
def test_forged_plan_is_refused(name: str) -> None:
    is_refused, reasons = _check(REFUSED[name])
    assert is_refused
    assert EVIL not in reasons


@pytest.mark.parametrize("part", ACCEPTED)
def test_part_that_decides_nothing_is_accepted(part: str) -> None:
    reason, forge = ACCEPTED[part]
    assert reason
    assert _check(forge) == (False, "()")
