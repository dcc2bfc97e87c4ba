"""Plans whose refreshed state shows changes outside Terraform."""

import json

import pytest

from owscale.plan_policy.drift import _MAY_BE_SECRET
from owscale.plan_policy.resource_types import RESOURCE_TYPES
from tests._support.plans import Json, ResourceAddress, add_resource, check_plan, find_change, load_plan

PLAN = "no-change"
REASON = "announced to all users"
SERVICE = "module.service.aws_ecs_service.this"
SCALING = "module.autoscaling.aws_appautoscaling_target.this"
ALARM = "module.monitoring.aws_cloudwatch_metric_alarm.cpu"
REDIS = "module.redis.aws_elasticache_replication_group.this"
SESSION_KEY = "module.secrets.aws_secretsmanager_secret.webui_secret_key"


def add_drift(
    plan: Json, address: str, actions: list[str], values: Json | None = None, *, is_kept: bool = True
) -> None:
    """Add a change outside Terraform, which the plan leaves or, without `is_kept`, sets back."""
    entry = json.loads(json.dumps(find_change(plan, address)))
    changed = entry["change"]["before"] | (values or {})
    entry["change"] |= {"actions": actions, "after": None if actions == ["delete"] else changed}
    plan["resource_drift"] = [entry]
    change = find_change(plan, address)["change"]
    change["before"] = changed
    if is_kept:
        change["after"] = changed
    else:
        change["actions"] = ["update"]


@pytest.mark.parametrize(
    ("address", "values", "expected"),
    [
        (
            SERVICE,
            {"desired_count": 7},
            "desired_count was changed outside Terraform from 3 to 7, probably by autoscaling: an apply leaves it",
        ),
        (
            SCALING,
            {"min_capacity": 4},
            (
                "min_capacity was changed outside Terraform from 2 to 4, probably by "
                "a scheduled action or a person (Scale manually in the runbook): an apply leaves it"
            ),
        ),
        (
            SERVICE,
            {"task_definition": "arn:other"},
            (
                "task_definition was changed outside Terraform from arn:aws:ecs:us-east-1:123456789012:task-definition/"
                "webui3-scaled:1 to arn:other, probably by "
                "a rollback by ECS, or a person who deployed another revision: an apply leaves it"
            ),
        ),
        (
            SERVICE,
            {"enable_execute_command": True},
            (
                "enable_execute_command was changed outside Terraform from false to true, probably by "
                "a person or another tool: an apply leaves it"
            ),
        ),
    ],
)
def test_drift_is_a_note(address: str, values: Json, expected: str) -> None:
    plan = load_plan(PLAN)
    add_drift(plan, address, ["update"], values)
    result = check_plan(PLAN, plan)
    assert result.passed
    assert [(note.address, note.text) for note in result.notes] == [(address, expected)]


def test_what_an_apply_sets_back_is_said() -> None:
    plan = load_plan(PLAN)
    add_drift(plan, ALARM, ["update"], {"actions_enabled": False}, is_kept=False)
    [note] = check_plan(PLAN, plan).notes
    assert note.text == (
        "actions_enabled was changed outside Terraform from true to false, probably by "
        "a person (Upgrade Open WebUI in the runbook): an apply sets it back"
    )


def test_capacity_is_that_of_the_refreshed_state() -> None:
    """An apply that sets seven running tasks back to three stops four of them."""
    plan = load_plan(PLAN)
    add_drift(plan, SERVICE, ["update"], {"desired_count": 7}, is_kept=False)
    result = check_plan(PLAN, plan)
    assert [(violation.address, violation.effect) for violation in result.violations] == [(SERVICE, "capacity")]


@pytest.mark.parametrize(
    ("address", "argument", "value", "expected"),
    [
        (REDIS, "node_type", "cache.t3.small", "from cache.t3.micro to cache.t3.small"),
        (REDIS, "engine_version", "", "from 7.1 to nothing"),
        (SERVICE, "iam_role", "role", "from nothing to role"),
        (REDIS, "user_group_ids", ["b", "a"], "from nothing to a, b"),
    ],
)
def test_text_that_holds_no_secret_is_printed(address: str, argument: str, value: object, expected: str) -> None:
    assert _note(address, argument, value) == f"{argument} was changed outside Terraform {expected}"


@pytest.mark.parametrize("argument", [*_MAY_BE_SECRET, "routing_http_response_x_frame_options_header_value"])
def test_text_that_may_be_secret_is_not_printed(argument: str) -> None:
    assert _note(REDIS, argument, "dummy") == f"{argument} was changed outside Terraform (text not shown)"


@pytest.mark.parametrize("marks", [True, {"engine": True}, {"engine": [{"x": True}]}, [True]])
@pytest.mark.parametrize("side", ["before_sensitive", "after_sensitive"])
@pytest.mark.parametrize("value", ["dummy", 7])
def test_value_that_the_plan_marks_as_secret_is_not_printed(marks: object, side: str, value: object) -> None:
    text = _note(REDIS, "engine", value, **{side: marks})
    assert text == "engine was changed outside Terraform (text not shown)"


@pytest.mark.parametrize(
    ("value", "expected"), [("x" * 201, "text"), ({"a": "dummy"}, "value"), ([{"a": "dummy"}], "value")]
)
def test_long_texts_and_blocks_are_not_printed(value: object, expected: str) -> None:
    assert _note(REDIS, "new", value).endswith(f"({expected} not shown)")


def test_text_of_an_unknown_type_is_not_printed() -> None:
    plan = load_plan(PLAN)
    add_resource(plan, ResourceAddress("aws_lambda_function"), ["no-op"], {"id": "x", "runtime": "old"})
    add_drift(plan, "aws_lambda_function.smuggled", ["update"], {"runtime": "dummy"}, is_kept=False)
    assert "dummy" not in str(check_plan(PLAN, plan))


def _note(address: str, argument: str, value: object, **marks: object) -> str:
    """Return the note about an argument that was set outside Terraform, up to its author."""
    plan = load_plan(PLAN)
    add_drift(plan, address, ["update"], {argument: value}, is_kept=False)
    find_change(plan, address)["change"]["after"] = plan["resource_drift"][0]["change"]["before"]
    plan["resource_drift"][0]["change"] |= marks
    result = check_plan(PLAN, plan, **{address: REASON})
    assert "dummy" not in str(result)
    [text] = [note.text for note in result.notes if note.text.startswith(f"{argument} ")]
    return text.partition(", probably")[0]


# The keys with `sensitive` in the schema of hashicorp/aws 5.100.0, for the types of the templates:
# `terraform providers schema -json`.
SENSITIVE = {"auth_token", "secret_binary", "secret_string", "secret_string_wo"}


def test_sensitive_arguments_of_the_provider_are_not_printed() -> None:
    assert _MAY_BE_SECRET.keys() >= SENSITIVE


def _managed(*, with_loss: bool) -> list[str]:
    return [
        change["address"]
        for change in load_plan(PLAN)["resource_changes"]
        if change["mode"] == "managed" and bool(RESOURCE_TYPES[change["type"]].loss) == with_loss
    ]


@pytest.mark.parametrize("address", _managed(with_loss=True))
def test_lost_data_is_not_created_anew(address: str) -> None:
    plan = load_plan(PLAN)
    add_drift(plan, address, ["delete"])
    [violation] = check_plan(PLAN, plan).violations
    assert (violation.address, violation.rule, violation.effect) == (address, "drift", "loss")
    assert violation.problem == "was destroyed outside Terraform"
    assert "plan again" in violation.hint
    result = check_plan(PLAN, plan, **{address: {"loss": REASON}})
    assert result.passed
    assert any(REASON in note.text for note in result.notes)


@pytest.mark.parametrize("address", _managed(with_loss=False)[::4])
def test_other_resource_is_created_again(address: str) -> None:
    plan = load_plan(PLAN)
    add_drift(plan, address, ["delete"])
    result = check_plan(PLAN, plan)
    assert result.passed
    assert (address, "was destroyed outside Terraform; an apply creates missing resources again") in [
        (note.address, note.text) for note in result.notes
    ]


@pytest.mark.parametrize(
    ("address", "attribute"), [(REDIS, "primary_endpoint_address"), (SESSION_KEY, "arn"), (SESSION_KEY, "id")]
)
def test_another_object_with_the_same_name(address: str, attribute: str) -> None:
    plan = load_plan(PLAN)
    add_drift(plan, address, ["update"], {attribute: "another"})
    violations = check_plan(PLAN, plan).violations
    assert ("drift", f"was replaced outside Terraform: another {attribute}") in [
        (violation.rule, violation.problem) for violation in violations
    ]


def test_import_that_changes_the_object_is_refused() -> None:
    plan = load_plan(PLAN)
    change = find_change(plan, ALARM)["change"]
    change["importing"] = {"id": "webui3-scaled-cpu"}
    assert check_plan(PLAN, plan).passed
    change["actions"] = ["update"]
    change["after"] = change["before"] | {"threshold": 10}
    [violation] = check_plan(PLAN, plan).violations
    assert (violation.problem, violation.effect) == ("would be imported and changed", "outage")


@pytest.mark.parametrize("actions", [["delete", "create"], ["update"]])
def test_move_is_judged_by_what_it_does(actions: list[str]) -> None:
    """A move alone changes no object; a move with a replacement interrupts as the replacement does."""
    listener = "module.load_balancer.aws_lb_listener.http"
    plan = load_plan(PLAN)
    find_change(plan, listener)["previous_address"] = "module.load_balancer.aws_lb_listener.old"
    assert check_plan(PLAN, plan).passed
    change = find_change(plan, listener)["change"]
    change["actions"] = actions
    change["after"] = change["before"] | {"port": 8080}
    assert [(violation.address, violation.effect) for violation in check_plan(PLAN, plan).violations] == [
        (listener, "outage")
    ]
