"""A plan that is not whole, contradicts itself, or is of another deployment."""

from collections.abc import Callable
from typing import Any

import pytest

from generator.plan import read
from generator.proof import prove
from tests.cases import altered
from tests.proof.plans import NAMES, Json, Place, add, change_of, deployment, load, proof, text

REDIS = "module.redis.aws_elasticache_replication_group.this"


def refusals(name: str, plan: Json) -> list[str]:
    return [each.what for each in proof(name, plan).violations if each.rule == "plan"]


def _set(key: str, value: Any) -> Callable[[Json], None]:
    def alter(plan: Json) -> None:
        if value is None:
            plan.pop(key)
        else:
            plan[key] = value

    return alter


def _aws(plan: Json) -> Json:
    return plan["configuration"]["provider_config"]["aws"]  # type: ignore[no-any-return]  # JSON has any value


def _expressions(plan: Json) -> Json:
    return _aws(plan)["expressions"]  # type: ignore[no-any-return]  # JSON has any value


def _tag(name: str, value: str | None) -> Callable[[Json], None]:
    def alter(plan: Json) -> None:
        tags = _expressions(plan)["default_tags"][0]["tags"]["constant_value"]
        tags.pop(name)
        if value is not None:
            tags[name] = value

    return alter


def _provisioned(plan: Json) -> None:
    module = plan["configuration"]["root_module"]["module_calls"]["secrets"]["module"]
    module["resources"][0]["provisioners"] = [{"type": "local-exec"}]


def _actions(*actions: str) -> Callable[[Json], None]:
    def alter(plan: Json) -> None:
        change_of(plan, REDIS)["change"]["actions"] = list(actions)

    return alter


def _data(plan: Json) -> None:
    entry = change_of(plan, REDIS)
    entry["mode"] = "data"
    entry["change"]["actions"] = ["delete"]


def _odd_mode(plan: Json) -> None:
    change_of(plan, REDIS)["mode"] = "ephemeral"


def _dropped(plan: Json) -> None:
    plan["resource_changes"].remove(change_of(plan, REDIS))


def _deferred(plan: Json) -> None:
    plan["deferred_changes"] = [{"reason": "provider_config_unknown", "resource_change": change_of(plan, REDIS)}]


def _planned_alone(plan: Json) -> None:
    add(plan, Place("aws_sns_topic"), ["create"], {"name": "x"})
    plan["resource_changes"].pop()


def _not_planned(plan: Json) -> None:
    add(plan, Place("aws_sns_topic"), ["create"], {"name": "x"})
    plan["planned_values"]["root_module"]["resources"].pop()


def _of_another_world(plan: Json) -> None:
    arguments = plan["configuration"]["root_module"]["module_calls"]["existing"]["expressions"]
    arguments["vpc_id"] = {"constant_value": "vpc-0123456789abcdef0"}


ALTERED: dict[str, Callable[[Json], None]] = {
    "errored": _set("errored", True),
    "incomplete": _set("complete", False),
    "completeness unsaid": _set("complete", None),
    "format 2": _set("format_version", "2.0"),
    "format 0": _set("format_version", "0.2"),
    "no changes told": _set("resource_changes", None),
    "actions of providers": _set("action_invocations", [{"address": "action.aws_lambda_invoke.x"}]),
    "a part that nobody knows": _set("something_new", {"x": 1}),
    "no configuration": _set("configuration", None),
    "a change left out": _dropped,
    "deferred": _deferred,
    "planned and not told": _planned_alone,
    "told and not planned": _not_planned,
    "provisioner": _provisioned,
    "no action": _actions(),
    "odd action": _actions("obliterate"),
    "odd actions": _actions("delete", "update"),
    "only read": _actions("read"),
    "data source destroyed": _data,
    "odd mode": _odd_mode,
    "another region": lambda plan: _expressions(plan).update(region={"constant_value": "eu-west-1"}),
    "unknown region": lambda plan: _expressions(plan).update(region={"references": ["var.region"]}),
    "another account": lambda plan: _expressions(plan).update(allowed_account_ids={"constant_value": ["1" * 12]}),
    "any account": lambda plan: _expressions(plan).pop("allowed_account_ids"),
    "another provider": lambda plan: _aws(plan).update(full_name="registry.example.com/other/aws"),
    "another deployment": _tag("Deployment", "other"),
    "another environment": _tag("Environment", "staging"),
    "no deployment": _tag("Deployment", None),
    "no tags": lambda plan: _expressions(plan).pop("default_tags"),
    "other existing things": _of_another_world,
}


@pytest.mark.parametrize("altered", ALTERED)
def test_altered_plan(altered: str) -> None:
    plan = load("no-change")
    assert refusals("no-change", plan) == []
    ALTERED[altered](plan)
    assert refusals("no-change", plan)


@pytest.mark.parametrize("name", NAMES)
def test_every_change_is_missed(name: str) -> None:
    """Leaving out any one entry of a real plan is noticed."""
    whole = load(name)
    managed = [change["address"] for change in whole["resource_changes"] if change["mode"] == "managed"]
    for address in managed[:: max(1, len(managed) // 10)]:
        plan = load(name)
        plan["resource_changes"].remove(change_of(plan, address))
        assert any(each.address == address for each in proof(name, plan).violations if each.rule == "plan")


def test_tags_of_the_spec_count() -> None:
    """A spec may give the tags another value, and then these are the ones to look for."""
    spec = deployment("no-change").spec
    aws = altered(spec.aws, tags={"Deployment": "renamed"})
    assert not prove(read(text("no-change")), altered(spec, aws=aws), "production").proved
    assert not prove(read(text("no-change")), spec, "staging").proved


def test_extra_parts_that_say_nothing_are_fine() -> None:
    plan = load("no-change")
    plan["action_invocations"] = []
    assert proof("no-change", plan).proved
