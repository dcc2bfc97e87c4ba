"""What a report says, in each form; and that no value of a plan is in it."""

import json
from typing import Any, get_args

import pytest

from generator.plan import NotAPlanError, read
from generator.plan.summary import summary
from generator.proof import prove
from generator.proof.telling import Format, told
from tests.proof.plans import NAMES, Json, Place, add, deployment, load, text

SENTINEL = "SENTINEL"
VALUES = {"after", "after_unknown", "before", "constant_value", "value", "values", "importing"}
FORMS: tuple[Format, ...] = get_args(Format)


def report(name: str, plan: Json, how: Format) -> str:
    found, parsed = deployment(name), read(json.dumps(plan))
    return told(prove(parsed, found.spec, found.environment), summary(parsed), how)


def _with_sentinels(value: Any, inside: bool = False, depth: int = 0) -> Any:
    """Every text among the values of a plan marked, and every key below an argument's name."""
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


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("how", FORMS)
def test_no_value_is_told(name: str, how: Format) -> None:
    plan = load(name)
    marked = _with_sentinels(plan)
    assert json.dumps(marked).count(SENTINEL) > 1000
    assert SENTINEL not in report(name, marked, how)


@pytest.mark.parametrize("how", FORMS)
def test_no_value_is_told_of_what_is_refused(how: Format) -> None:
    """The same where the ids stay, so that every kind of refusal is there and speaks."""
    plan = load("redis-replaced")
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
        add(plan, Place(type_name), ["update"], values, importing={"id": SENTINEL}, **sensitive)
    plan["resource_changes"][-1]["change"]["actions"] = [SENTINEL]
    expressions = plan["configuration"]["provider_config"]["aws"]["expressions"]
    expressions["default_tags"][0]["tags"]["constant_value"] = {"Deployment": SENTINEL}
    expressions["region"] = {"constant_value": SENTINEL}
    plan["configuration"]["root_module"]["module_calls"]["existing"]["expressions"]["x"] = {"constant_value": SENTINEL}
    said = report("redis-replaced", plan, how)
    assert SENTINEL not in said
    assert "smuggled" in said


@pytest.mark.parametrize(
    "broken",
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
def test_no_value_is_told_of_what_cannot_be_read(broken: str) -> None:
    with pytest.raises(NotAPlanError) as wrong:
        read(broken)
    assert SENTINEL not in str(wrong.value)
    assert "terraform show -json" in str(wrong.value)


def test_text() -> None:
    said = report("redis-replaced", load("redis-replaced"), "text").splitlines()
    assert said[0] == "gravity-ai-chat/production: refused, 1 violation"
    assert said[2] == "module.redis.aws_elasticache_replication_group.this: would be replaced for kms_key_id"
    assert "    allow: {module.redis.aws_elasticache_replication_group.this: …}" in said
    assert "    ~   aws_sns_topic.alarms: changed: kms_master_key_id" in said
    assert said[-1] == "54 resources: 15 existing untouched, 0 created, 10 in-place changes, 3 replaced, 0 destroyed."


def test_markdown() -> None:
    said = report("create", load("create"), "markdown").splitlines()
    assert said[0] == "## gravity-ai-chat/production: proved"
    [rule] = [line for line in said if "file_system_from_tasks" in line and "added" in line]
    assert rule == (
        '- `module.network.aws_vpc_security_group_ingress_rule.file_system_from_tasks["sg-00000000000000007"]`: '
        "added on existing.files.security_groups (sg-00000000000000007), TCP port 2049, for the tasks' security group"
    )
    assert report("no-change", load("no-change"), "markdown").endswith("Nothing happens.\n")


def test_json() -> None:
    said = json.loads(report("redis-replaced", load("redis-replaced"), "json"))
    assert (said["deployment"], said["proved"], said["counts"]["replace"]) == ("gravity-ai-chat/production", False, 3)
    [violation] = said["violations"]
    assert (violation["rule"], violation["address"]) == (
        "stateful",
        "module.redis.aws_elasticache_replication_group.this",
    )
    assert [part["module"] for part in said["modules"]] == [
        "module.monitoring",
        "module.redis",
        "module.secrets",
        "module.service",
    ]


@pytest.mark.parametrize("how", ["text", "markdown"])
def test_nothing_steers_a_terminal(how: Format) -> None:
    plan = load("no-change")
    add(plan, Place("aws_sns_topic", "\x1b[2J\n`x`\u202e\ud800", index='["|"]'), ["create"], {"name": "x"})
    said = report("no-change", plan, how)
    assert "\x1b" not in said
    assert not {"\u202e", "\ud800"} & set(said)
    assert "`x`" not in said or how == "text"


def test_real_plans_hold_no_secret() -> None:
    """The emulator drew some: they are dummies now."""
    plan = load("no-change")
    tokens = {
        resource["values"].get(name)
        for module in plan["prior_state"]["values"]["root_module"]["child_modules"]
        for resource in module["resources"]
        for name in ("auth_token", "secret_string")
    }
    assert {token for token in tokens if token} == {"dummy-of-a-secret-value"}
    assert "127.0.0.1" not in text("create").replace("127.0.0.1:8080", "")
