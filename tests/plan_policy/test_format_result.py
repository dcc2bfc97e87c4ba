"""The result of a plan check in each format; no format contains a value of the plan."""

import json
from typing import Any

import pytest

from owscale.errors import PlanFormatError
from owscale.plan_policy.evaluate import evaluate_plan
from owscale.plan_policy.format_result import format_result
from owscale.terraform.plan.parser import parse_plan
from owscale.terraform.plan.summary import summarize_plan
from tests._support.plans import (
    PLAN_NAMES,
    Json,
    ResourceAddress,
    add_resource,
    deployment,
    load_plan,
    plan_text,
    rendered_files,
)

SENTINEL = "SENTINEL"
VALUES = {"after", "after_unknown", "before", "constant_value", "value", "values", "importing"}
FORMATS = ("text", "markdown", "json")


def formatted_check(name: str, plan: Json, output_format: str) -> str:
    recorded, parsed = deployment(name), parse_plan(json.dumps(plan))
    result = evaluate_plan(parsed, recorded, rendered_files(name))
    return format_result(result, summarize_plan(parsed), output_format)


def _with_sentinels(value: Any, inside: bool = False, depth: int = 0) -> Any:
    """Return a plan with a mark in every text of its values, and in every key below an argument."""
    match value:
        case dict():
            return {
                f"{key}{SENTINEL}" if inside and depth > 1 else key: _with_sentinels(
                    item, inside or key in VALUES, depth + 1 if inside else 0
                )
                for key, item in value.items()
            }
        case list():
            return [_with_sentinels(item, inside, depth + 1 if inside else depth) for item in value]
        case str() if inside:
            return f"{value}{SENTINEL}"
    return value


@pytest.mark.parametrize("name", PLAN_NAMES)
@pytest.mark.parametrize("output_format", FORMATS)
def test_no_value_is_printed(name: str, output_format: str) -> None:
    plan = load_plan(name)
    marked = _with_sentinels(plan)
    assert json.dumps(marked).count(SENTINEL) > 1000
    assert SENTINEL not in formatted_check(name, marked, output_format)


@pytest.mark.parametrize("output_format", FORMATS)
def test_no_value_is_printed_in_violations(output_format: str) -> None:
    """The ids stay unmarked here, so that every kind of violation occurs."""
    plan = load_plan("redis-replaced")
    plan |= {"format_version": f"9.{SENTINEL}", "terraform_version": SENTINEL, "timestamp": SENTINEL}
    plan["variables"] = {"webui_secret_key": {"value": SENTINEL}}
    plan["output_changes"] = {"x": {"actions": ["update"], "before": SENTINEL, "after": SENTINEL}}
    for change in (*plan["resource_changes"], *plan["resource_drift"]):
        change["action_reason"] = SENTINEL
        for side in ("before", "after"):
            if change["change"].get(side) is not None:
                change["change"][side] |= {"description": SENTINEL, "auth_token": SENTINEL, "secret_string": SENTINEL}
    existing = deployment("redis-replaced").spec.existing
    sensitive = {"before_sensitive": {"password": True}, "after_sensitive": {"password": True}}
    for type_name in ("aws_vpc", "aws_lambda_function", "aws_security_group", "aws_sns_topic"):
        values = {"id": existing.vpc, "password": SENTINEL, "name": SENTINEL, "nested": {SENTINEL: existing.vpc}}
        add_resource(plan, ResourceAddress(type_name), ["update"], values, importing={"id": SENTINEL}, **sensitive)
    plan["resource_changes"][-1]["change"]["actions"] = [SENTINEL]
    expressions = plan["configuration"]["provider_config"]["aws"]["expressions"]
    expressions["default_tags"][0]["tags"]["constant_value"] = {"Deployment": SENTINEL}
    expressions["region"] = {"constant_value": SENTINEL}
    plan["configuration"]["root_module"]["module_calls"]["existing"]["expressions"]["x"] = {"constant_value": SENTINEL}
    text = formatted_check("redis-replaced", plan, output_format)
    assert SENTINEL not in text
    assert "smuggled" in text


@pytest.mark.parametrize(
    "text",
    [
        '{"format_version": "1.2", "planned_values": {}, "resource_changes": "SENTINEL"}',
        '{"format_version": "1.2", "planned_values": {}, "resource_changes": ["SENTINEL"]}',
        '{"format_version": "1.2", "planned_values": {}, "resource_changes": [{"address": ["SENTINEL"]}]}',
        '{"format_version": ["SENTINEL"]}',
        '{"SENTINEL": SENTINEL}',
        '{"SENTINEL": 1, "SENTINEL": 2}',
        '"SENTINEL"',
        '{"SENTINEL": 1' + "0" * 5000 + "}",
    ],
)
def test_no_value_is_printed_in_format_errors(text: str) -> None:
    with pytest.raises(PlanFormatError) as caught:
        parse_plan(text)
    assert SENTINEL not in str(caught.value)
    assert "terraform show -json" in caught.value.hint


def test_text() -> None:
    lines = formatted_check("redis-replaced", load_plan("redis-replaced"), "text").splitlines()
    assert lines[0] == "gravity-ai-chat/production: plan check failed, 2 violations"
    assert lines[2] == "module.redis.aws_elasticache_replication_group.this: would be replaced for kms_key_id"
    assert "    allow: {module.redis.aws_elasticache_replication_group.this: {loss: …, outage: …}}" in lines
    assert "    ~   aws_sns_topic.alarms: changed: kms_master_key_id" in lines
    assert lines[-1] == "54 resources: 15 existing untouched, 0 created, 10 in-place changes, 3 replaced, 0 destroyed"


def test_markdown() -> None:
    lines = formatted_check("create", load_plan("create"), "markdown").splitlines()
    assert lines[0] == "## gravity-ai-chat/production: plan check passed"
    [rule] = [line for line in lines if "file_system_from_tasks" in line and "added" in line]
    assert rule == (
        '- `module.network.aws_vpc_security_group_ingress_rule.file_system_from_tasks["sg-00000000000000007"]`: '
        "added on existing.files.security_groups (sg-00000000000000007), TCP port 2049, for the tasks' security group"
    )
    assert formatted_check("no-change", load_plan("no-change"), "markdown").endswith("No changes.\n")


def test_json() -> None:
    document = json.loads(formatted_check("redis-replaced", load_plan("redis-replaced"), "json"))
    assert (document["deployment"], document["passed"], document["counts"]["replace"]) == (
        "gravity-ai-chat/production",
        False,
        3,
    )
    redis = "module.redis.aws_elasticache_replication_group.this"
    assert [(violation["rule"], violation["effect"], violation["address"]) for violation in document["violations"]] == [
        ("data loss", "loss", redis),
        ("interruption", "outage", redis),
    ]
    assert [part["module"] for part in document["modules"]] == [
        "module.monitoring",
        "module.redis",
        "module.secrets",
        "module.service",
    ]


@pytest.mark.parametrize("output_format", ["text", "markdown"])
def test_output_cannot_steer_a_terminal(output_format: str) -> None:
    plan = load_plan("no-change")
    add_resource(
        plan, ResourceAddress("aws_sns_topic", "\x1b[2J\n`x`\u202e\ud800", index='["|"]'), ["create"], {"name": "x"}
    )
    text = formatted_check("no-change", plan, output_format)
    assert "\x1b" not in text
    assert not {"\u202e", "\ud800"} & set(text)
    assert "`x`" not in text or output_format == "text"


def test_recorded_plans_contain_no_secret() -> None:
    """The secrets of the emulator are replaced by dummies."""
    plan = load_plan("no-change")
    tokens = {
        resource["values"].get(name)
        for module in plan["prior_state"]["values"]["root_module"]["child_modules"]
        for resource in module["resources"]
        for name in ("auth_token", "secret_string")
    }
    assert {token for token in tokens if token} == {"dummy-of-a-secret-value"}
    assert "127.0.0.1" not in plan_text("create").replace("127.0.0.1:8080", "")
