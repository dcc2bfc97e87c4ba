"""Plans that are incomplete, contradict themselves, or belong to another deployment."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from owscale.plan_policy.evaluate import evaluate_plan
from owscale.plan_policy.plan_integrity import require_same_deployment
from owscale.terraform.plan.parser import parse_plan
from tests._support.cases import altered
from tests._support.plans import (
    PLAN_NAMES,
    Json,
    ResourceAddress,
    add_resource,
    check_plan,
    deployment,
    find_change,
    load_plan,
    plan_text,
)

REDIS = "module.redis.aws_elasticache_replication_group.this"


def integrity_problems(name: str, plan: Json) -> list[str]:
    return [violation.problem for violation in check_plan(name, plan).violations if violation.rule == "plan"]


def _set(key: str, value: Any) -> Callable[[Json], None]:
    def modify(plan: Json) -> None:
        if value is None:
            plan.pop(key)
        else:
            plan[key] = value

    return modify


def _aws(plan: Json) -> Json:
    return plan["configuration"]["provider_config"]["aws"]  # type: ignore[no-any-return]  # JSON has any value


def _expressions(plan: Json) -> Json:
    return _aws(plan)["expressions"]  # type: ignore[no-any-return]  # JSON has any value


def _set_tag(name: str, value: str | None) -> Callable[[Json], None]:
    def modify(plan: Json) -> None:
        tags = _expressions(plan)["default_tags"][0]["tags"]["constant_value"]
        tags.pop(name)
        if value is not None:
            tags[name] = value

    return modify


def _add_provisioner(plan: Json) -> None:
    module = plan["configuration"]["root_module"]["module_calls"]["secrets"]["module"]
    module["resources"][0]["provisioners"] = [{"type": "local-exec"}]


def _set_actions(*actions: str) -> Callable[[Json], None]:
    def modify(plan: Json) -> None:
        find_change(plan, REDIS)["change"]["actions"] = list(actions)

    return modify


def _destroy_data_source(plan: Json) -> None:
    entry = find_change(plan, REDIS)
    entry["mode"] = "data"
    entry["change"]["actions"] = ["delete"]


def _set_unknown_mode(plan: Json) -> None:
    find_change(plan, REDIS)["mode"] = "ephemeral"


def _drop_change(plan: Json) -> None:
    plan["resource_changes"].remove(find_change(plan, REDIS))


def _defer_change(plan: Json) -> None:
    plan["deferred_changes"] = [{"reason": "provider_config_unknown", "resource_change": find_change(plan, REDIS)}]


def _add_only_to_planned_state(plan: Json) -> None:
    add_resource(plan, ResourceAddress("aws_sns_topic"), ["create"], {"name": "x"})
    plan["resource_changes"].pop()


def _add_only_to_changes(plan: Json) -> None:
    add_resource(plan, ResourceAddress("aws_sns_topic"), ["create"], {"name": "x"})
    plan["planned_values"]["root_module"]["resources"].pop()


def _read_other_vpc(plan: Json) -> None:
    arguments = plan["configuration"]["root_module"]["module_calls"]["existing"]["expressions"]
    arguments["vpc_id"] = {"constant_value": "vpc-0123456789abcdef0"}


MODIFICATIONS: dict[str, Callable[[Json], None]] = {
    "errored": _set("errored", True),
    "incomplete": _set("complete", False),
    "completeness missing": _set("complete", None),
    "format 2": _set("format_version", "2.0"),
    "format 0": _set("format_version", "0.2"),
    "no changes": _set("resource_changes", None),
    "actions of providers": _set("action_invocations", [{"address": "action.aws_lambda_invoke.x"}]),
    "unknown part": _set("something_new", {"x": 1}),
    "no configuration": _set("configuration", None),
    "missing change": _drop_change,
    "deferred": _defer_change,
    "only in the planned state": _add_only_to_planned_state,
    "only in the changes": _add_only_to_changes,
    "provisioner": _add_provisioner,
    "no actions": _set_actions(),
    "unknown action": _set_actions("obliterate"),
    "unknown combination of actions": _set_actions("delete", "update"),
    "only read": _set_actions("read"),
    "data source destroyed": _destroy_data_source,
    "unknown mode": _set_unknown_mode,
    "another region": lambda plan: _expressions(plan).update(region={"constant_value": "eu-west-1"}),
    "unknown region": lambda plan: _expressions(plan).update(region={"references": ["var.region"]}),
    "another account": lambda plan: _expressions(plan).update(allowed_account_ids={"constant_value": ["1" * 12]}),
    "any account": lambda plan: _expressions(plan).pop("allowed_account_ids"),
    "another provider": lambda plan: _aws(plan).update(full_name="registry.example.com/other/aws"),
    "another deployment": _set_tag("Deployment", "other"),
    "another environment": _set_tag("Environment", "staging"),
    "no deployment": _set_tag("Deployment", None),
    "no tags": lambda plan: _expressions(plan).pop("default_tags"),
    "another VPC": _read_other_vpc,
}


@pytest.mark.parametrize("name", MODIFICATIONS)
def test_modified_plan_fails(name: str) -> None:
    plan = load_plan("no-change")
    assert integrity_problems("no-change", plan) == []
    MODIFICATIONS[name](plan)
    assert integrity_problems("no-change", plan)


@pytest.mark.parametrize("name", PLAN_NAMES)
def test_missing_change_fails(name: str) -> None:
    """The check notices any one missing entry of a recorded plan."""
    complete = load_plan(name)
    managed = [change["address"] for change in complete["resource_changes"] if change["mode"] == "managed"]
    for address in managed[:: max(1, len(managed) // 10)]:
        plan = load_plan(name)
        plan["resource_changes"].remove(find_change(plan, address))
        violations = [violation for violation in check_plan(name, plan).violations if violation.rule == "plan"]
        assert any(violation.address == address for violation in violations)


def test_tags_are_compared_with_the_spec() -> None:
    """The spec may override the default values of the tags."""
    recorded = deployment("no-change")
    renamed = altered(recorded.spec, aws=altered(recorded.spec.aws, tags={"Deployment": "renamed"}))
    plan = parse_plan(plan_text("no-change"))
    for other in (recorded._replace(spec=renamed), recorded._replace(environment="staging")):
        assert not evaluate_plan(plan, other, {}, rules=[require_same_deployment]).passed


@pytest.mark.parametrize(
    ("key", "argument"), [("cluster", "database_cluster_id"), ("instance", "database_instance_id")]
)
def test_database_of_the_spec_is_read(key: str, argument: str) -> None:
    """The module `existing` reads the database that the spec names, and no other."""
    recorded, plan = deployment("no-change"), load_plan("no-change")
    arguments = plan["configuration"]["root_module"]["module_calls"]["existing"]["expressions"]
    arguments[argument] = {"constant_value": "chat"}
    database = altered(recorded.spec.existing.database, **{key: "chat"})
    named = recorded._replace(spec=altered(recorded.spec, existing=altered(recorded.spec.existing, database=database)))
    text = json.dumps(plan)
    assert evaluate_plan(parse_plan(text), named, {}, rules=[require_same_deployment]).passed
    assert not evaluate_plan(parse_plan(text), recorded, {}, rules=[require_same_deployment]).passed


def test_empty_unknown_part_passes() -> None:
    plan = load_plan("no-change")
    plan["action_invocations"] = []
    assert check_plan("no-change", plan).passed
