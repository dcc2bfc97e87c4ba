"""Tasks of another release start only on a database that suits them, and a rollback only to a release that does."""

import copy
import json
from typing import Any

import pytest

from owscale.domain.openwebui import upgrades
from owscale.domain.openwebui.upgrades import Compatibility, Pair
from owscale.plan_policy.evaluate import evaluate_plan
from owscale.plan_policy.interruption import prevent_interruption
from owscale.plan_policy.release_change import (
    SCALABLE_TARGET,
    SERVICE,
    TASK_DEFINITION,
    needs_record,
    require_upgrade,
    rolls_release,
)
from owscale.plan_policy.result import PolicyResult
from owscale.spec.models import Spec
from owscale.terraform.plan.parser import plan_of
from tests._support.cases import altered
from tests._support.plans import (
    Json,
    ResourceAddress,
    add_resource,
    check_plan,
    deployment,
    find_change,
    load_plan,
    rendered_files,
)

REPOSITORY = "ghcr.io/open-webui/open-webui"
WORKS = Compatibility(starts=True, reads=True, writes=True)
FAILS = Compatibility(starts=False, reads=False, writes=False, errors=("column function.version_id does not exist",))
REASON = "a copy of the release that runs, with the tag of our registry"


def image(tag: str) -> str:
    return f"{REPOSITORY}:{tag}"


def upgrade_plan(before: str, after: str, *, rollback: bool = False) -> Json:
    """Return the recorded plan of a release with other tags, and with or without the rollback of the service."""
    plan = load_plan("release")
    change = find_change(plan, TASK_DEFINITION)["change"]
    for side, tag in (("before", before), ("after", after)):
        [container] = json.loads(change[side]["container_definitions"])
        change[side]["container_definitions"] = json.dumps([container | {"image": image(tag)}])
    service = find_change(plan, SERVICE)["change"]
    service["after"]["deployment_circuit_breaker"] = [{"enable": True, "rollback": rollback}]
    return plan


def check(plan: Json, migrated: str | None = None, **sections: Any) -> PolicyResult:
    """Return the result of the rules about releases and interruptions."""
    recorded = deployment("release")
    changed = altered(recorded.spec, **{name: _section(recorded.spec, name, value) for name, value in sections.items()})
    rules = [prevent_interruption, require_upgrade]
    migrated_image = image(migrated) if migrated else None
    return evaluate_plan(plan_of(plan), recorded._replace(spec=changed), {}, rules=rules, migrated_image=migrated_image)


def _section(spec: Spec, name: str, value: Any) -> Any:
    return altered(getattr(spec, name), **value) if isinstance(value, dict) else value


def problems(result: PolicyResult) -> list[tuple[str, str]]:
    return [(violation.address, violation.problem) for violation in result.violations]


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, str], Pair]:
    """Replace what was measured."""
    pairs: dict[tuple[str, str], Pair] = {}
    monkeypatch.setattr(upgrades, "_pairs", lambda: pairs)
    return pairs


@pytest.fixture(autouse=True)
def _nothing_measured(measured: dict[tuple[str, str], Pair]) -> None:
    """Start without measurements."""


def test_a_release_with_the_same_schema_is_rolled() -> None:
    plan = upgrade_plan("v0.12.1", "v0.12.4", rollback=True)
    result = check(plan)
    assert result.passed
    notes = [note.text for note in result.notes if note.address == TASK_DEFINITION]
    assert notes == ["Open WebUI 0.12.1 → 0.12.4: both releases work with the database as it is"]
    assert not needs_record(plan_of(plan), deployment("release").spec)


@pytest.mark.parametrize(
    ("before", "after", "reason", "hint"),
    [
        (
            "v0.11.3",
            "v0.12.4",
            "that 0.12.4 needs: new tasks die at start, or pass the health checks while users get errors",
            "write the image as `app.migration_image` first, then run `owscale upgrade`, which migrates the database",
        ),
        (
            "v0.12.4",
            "v0.13.0",
            "owscale does not know 0.13.0, so the database may need a migration: new tasks die at start",
            "write the image as `app.migration_image` first",
        ),
        ("v0.12.4", "2024-11", "owscale does not know the release of the new image", "write the image as"),
        (
            "v0.12.4",
            "v0.11.3",
            "a database cannot be migrated back",
            "keep the image, and run `owscale upgrade --back`",
        ),
        ("v0.10.1", "v0.10.2", "0.10.2: no rolling update", "run `owscale upgrade`, which stops the tasks"),
        ("v0.8.8", "v0.8.9", "was edited after its release", "run `owscale upgrade`, which stops the tasks"),
    ],
)
def test_a_release_that_was_not_prepared_is_refused(before: str, after: str, reason: str, hint: str) -> None:
    plan = upgrade_plan(before, after)
    [violation] = check(plan).violations
    assert (violation.address, violation.effect, violation.spec_key) == (TASK_DEFINITION, "outage", "app.image")
    assert reason in violation.reason
    assert violation.hint.startswith(hint)
    assert "allow: {module.service.aws_ecs_task_definition.this: {outage: …}}" in violation.hint
    assert violation.location.endswith(": app.image")
    assert needs_record(plan_of(plan), deployment("release").spec)


def test_the_record_of_the_migration_opens_the_way() -> None:
    plan = upgrade_plan("v0.11.3", "v0.12.4")
    result = check(plan, migrated="v0.12.4")
    assert result.passed
    assert any("`owscale upgrade` has migrated the database" in note.text for note in result.notes)
    assert not check(plan, migrated="v0.12.3").passed
    assert not check(plan, migrated="v0.12.4-slim").passed


def start(plan: Json, after: float | None = 3, before: float | None = 0) -> Json:
    """Let a plan set the number of tasks, as each plan does without autoscaling."""
    change = find_change(plan, SERVICE)["change"]
    if change["actions"] == ["no-op"]:
        change |= {"actions": ["update"], "after": copy.deepcopy(change["before"]), "after_unknown": {}}
    change["before"]["desired_count"], change["after"]["desired_count"] = before, after
    return plan


STATE = {"open_upgrade": "the upgrade is open", "upgrade_hint": "go on with it"}


def during(plan: Json, migrated: str | None = None) -> PolicyResult:
    return evaluate_plan(
        plan_of(plan),
        deployment("release"),
        {},
        rules=[require_upgrade],
        migrated_image=image(migrated) if migrated else None,
        **STATE,
    )


@pytest.mark.parametrize("after", [3, None])
@pytest.mark.parametrize("migrated", [None, "v0.12.4"])
def test_an_upgrade_that_stopped_the_tasks_keeps_them_stopped(migrated: str | None, after: float | None) -> None:
    plan = start(upgrade_plan("v0.11.3", "v0.11.3"), after)
    assert needs_record(plan_of(plan), deployment("release").spec)
    assert check(plan).passed  # no upgrade is open
    [violation] = during(plan, migrated).violations
    assert violation.address == SERVICE
    assert violation.problem.startswith("would start tasks of 0.11.3 (desired_count 0 to ")
    assert (violation.reason, violation.hint) == ("the upgrade is open", "go on with it")


def test_the_migrated_release_may_start_its_tasks() -> None:
    assert during(start(upgrade_plan("v0.11.3", "v0.12.4")), "v0.12.4").passed


def test_tasks_that_run_may_change_their_number_during_an_upgrade() -> None:
    plan = start(upgrade_plan("v0.11.3", "v0.11.3"), 4, before=3)
    assert not needs_record(plan_of(plan), deployment("release").spec)
    assert during(plan).passed
    assert during(start(upgrade_plan("v0.11.3", "v0.11.3"), 0)).passed


def test_an_interrupted_apply_is_not_resumed_against_an_open_upgrade() -> None:
    """It has registered the task definition; the state has the next image, and the service does not."""
    plan = load_plan("no-change")
    change = find_change(plan, SERVICE)["change"]
    change |= {"actions": ["update"], "after": copy.deepcopy(change["before"]), "after_unknown": {}}
    change["before"]["task_definition"] = "arn:aws:ecs:us-east-1:123456789012:task-definition/webui3-scaled:99"
    assert needs_record(plan_of(plan), deployment("no-change").spec)
    recorded = deployment("no-change")
    [violation] = evaluate_plan(plan_of(plan), recorded, {}, rules=[require_upgrade], **STATE).violations
    assert violation.address == SERVICE
    assert violation.problem.endswith("(another task_definition)")
    next_image = recorded.spec.app.image
    assert evaluate_plan(
        plan_of(plan), recorded, {}, rules=[require_upgrade], migrated_image=next_image, **STATE
    ).passed
    assert evaluate_plan(plan_of(plan), recorded, {}, rules=[require_upgrade]).passed  # no upgrade is open


def test_a_roll_of_another_release_waits_for_the_end_of_an_upgrade() -> None:
    """The database may have the schema of the release that the upgrade leads to."""
    plan = upgrade_plan("v0.12.1", "v0.12.4")
    assert rolls_release(plan_of(plan), deployment("release").spec)
    assert not rolls_release(plan_of(load_plan("no-change")), deployment("no-change").spec)
    [violation] = during(plan).violations
    assert violation.problem == "would change Open WebUI from 0.12.1 to 0.12.4"
    assert violation.reason == "the upgrade is open"
    assert violation.hint.startswith("go on with it, or allow it in the spec")
    assert during(plan, "v0.12.4").passed


def test_autoscaling_that_stays_suspended_is_said() -> None:
    plan = load_plan("no-change")
    change = find_change(plan, SCALABLE_TARGET)["change"]
    state = {"dynamic_scaling_in_suspended": True, "dynamic_scaling_out_suspended": True}
    for side in ("before", "after"):
        change[side]["suspended_state"] = [state | {"scheduled_scaling_suspended": False}]
    [note] = evaluate_plan(plan_of(plan), deployment("no-change"), {}, rules=[require_upgrade]).notes
    assert note.address == SCALABLE_TARGET
    assert note.text == (
        "autoscaling is suspended (dynamic_scaling_in_suspended, dynamic_scaling_out_suspended), and an apply leaves "
        "it: the last run of `owscale upgrade` resumes it"
    )
    for side in ("before", "after"):
        change[side]["suspended_state"] = [dict.fromkeys(state, False)]
    assert not evaluate_plan(plan_of(plan), deployment("no-change"), {}, rules=[require_upgrade]).notes


def test_a_release_without_its_record_names_the_state_of_the_upgrade() -> None:
    [violation] = during(upgrade_plan("v0.11.3", "v0.12.4")).violations
    assert violation.reason.endswith("; the upgrade is open")
    assert violation.hint.startswith("go on with it, or allow it in the spec")


def test_the_recorded_upgrade_passes_whole() -> None:
    """All rules, with the plan that Terraform made."""
    plan = plan_of(load_plan("release"))
    prepared = image("v0.13.0")
    assert not evaluate_plan(plan, deployment("release"), rendered_files("release")).passed
    assert evaluate_plan(plan, deployment("release"), rendered_files("release"), migrated_image=prepared).passed


def test_ecs_must_not_put_an_unmeasured_release_back() -> None:
    plan = upgrade_plan("v0.11.3", "v0.12.4", rollback=True)
    [violation] = check(plan, migrated="v0.12.4").violations
    assert violation.address == SERVICE
    assert violation.problem == (
        "would change Open WebUI from 0.11.3 to 0.12.4 while deployment_circuit_breaker.rollback is on"
    )
    assert violation.reason.endswith("0.11.3 was not measured to work on the database of 0.12.4")
    assert violation.hint.startswith("write `service.circuit_breaker_rollback: false`")


def test_ecs_may_put_a_measured_release_back(measured: dict[tuple[str, str], Pair]) -> None:
    measured["0.11.3", "0.12.4"] = Pair(WORKS, FAILS, WORKS)
    plan = upgrade_plan("v0.11.3", "v0.12.4", rollback=True)
    assert check(plan, migrated="v0.12.4").passed
    assert problems(check(plan)) == [(TASK_DEFINITION, "would change Open WebUI from 0.11.3 to 0.12.4")]


def test_pairs_that_were_measured_in_both_directions_are_rolled(measured: dict[tuple[str, str], Pair]) -> None:
    measured["0.12.0", "0.12.4"] = Pair(WORKS, WORKS, WORKS)
    assert check(upgrade_plan("v0.12.0", "v0.12.4", rollback=True)).passed
    assert check(upgrade_plan("v0.12.4", "v0.12.0", rollback=True)).passed


def test_the_way_back_to_a_measured_release_is_open(measured: dict[tuple[str, str], Pair]) -> None:
    measured["0.11.3", "0.12.4"] = Pair(WORKS, FAILS)
    assert check(upgrade_plan("v0.12.4", "v0.11.3", rollback=True)).passed


def test_after_a_restore_the_earlier_release_starts() -> None:
    assert check(upgrade_plan("v0.12.4", "v0.11.3"), migrated="v0.11.3").passed
    [violation] = check(upgrade_plan("v0.12.4", "v0.11.3", rollback=True), migrated="v0.11.3").violations
    assert violation.address == SERVICE


def test_the_spec_can_allow_an_image_without_a_release() -> None:
    plan = upgrade_plan("v0.12.4", "2024-11")
    allow = {TASK_DEFINITION: {"outage": REASON}}
    result = check_plan("release", plan, **allow)
    assert TASK_DEFINITION not in {violation.address for violation in result.violations}
    assert any(note.text.endswith(f"(outage), which the spec allows: {REASON}") for note in result.notes)
    rolled_back = check_plan("release", upgrade_plan("v0.12.4", "2024-11", rollback=True), **allow)
    assert SERVICE in {violation.address for violation in rolled_back.violations}


@pytest.mark.parametrize("tag", ["v0.13.0-acme1", "0.13.0", f"v0.13.0@sha256:{'0' * 64}"])
def test_another_build_of_the_same_release_is_a_note(tag: str) -> None:
    result = check(upgrade_plan("v0.13.0", tag, rollback=True))
    assert result.passed
    [note] = [note.text for note in result.notes if note.address == TASK_DEFINITION]
    assert note == "another build of 0.13.0; owscale does not know its schema"


@pytest.mark.parametrize("name", ["no-change", "alarm", "node-type", "migration", "create"])
def test_plans_of_the_same_image_are_untouched(name: str) -> None:
    plan = plan_of(load_plan(name))
    recorded = deployment(name)
    assert not needs_record(plan, recorded.spec)
    result = evaluate_plan(plan, recorded, {}, rules=[require_upgrade])
    assert result.passed
    assert not [note for note in result.notes if note.address in (TASK_DEFINITION, SERVICE)]


def test_a_first_deployment_has_no_release_before() -> None:
    plan = upgrade_plan("v0.11.3", "v0.12.4")
    change = find_change(plan, TASK_DEFINITION)["change"]
    change |= {"actions": ["create"], "before": None}
    assert not check(plan).passed  # the service runs an image that the plan does not show
    service = find_change(plan, SERVICE)["change"]
    service |= {"actions": ["create"], "before": None}
    assert check(plan).passed


def test_an_image_that_never_ran_can_be_corrected() -> None:
    """The first apply registered the task definition, and failed before it created the service."""
    plan = upgrade_plan("v0.12.40", "v0.12.4", rollback=True)
    find_change(plan, SERVICE)["change"] |= {"actions": ["create"], "before": None}
    assert check(plan).passed


def test_a_task_without_a_readable_container_counts_as_unknown() -> None:
    plan = upgrade_plan("v0.12.1", "v0.12.4")
    find_change(plan, TASK_DEFINITION)["change"]["before"]["container_definitions"] = "[]"
    [violation] = [violation for violation in check(plan).violations if violation.effect == "outage"]
    assert "the release of the image that runs" in violation.reason


def test_stopped_tasks_of_the_same_schema_may_be_another_release() -> None:
    plan = upgrade_plan("v0.10.1", "v0.10.2")
    find_change(plan, SERVICE)["change"]["before"]["desired_count"] = 0
    assert check(plan).passed
    migrating = upgrade_plan("v0.11.3", "v0.12.4")
    find_change(migrating, SERVICE)["change"]["before"]["desired_count"] = 0
    assert problems(check(migrating)) == [(TASK_DEFINITION, "would change Open WebUI from 0.11.3 to 0.12.4")]


@pytest.mark.parametrize(("maximum", "passes"), [(100, True), (200, False)])
def test_a_single_task_migrates_when_the_one_before_has_stopped(maximum: int, *, passes: bool) -> None:
    rollout = altered(deployment("release").spec.service.deployment, maximum_percent=maximum)
    result = check(upgrade_plan("v0.11.3", "v0.12.4"), app={"migrate_on_start": True}, service={"deployment": rollout})
    assert result.passed == passes
    assert any("migrates the database when it starts" in note.text for note in result.notes) == passes


def turn_off(plan: Json, breaker: list[Json]) -> Json:
    """Let a plan change only the circuit breaker of the service."""
    change = find_change(plan, SERVICE)["change"]
    change |= {"actions": ["update"], "after": copy.deepcopy(change["before"]), "after_unknown": {}}
    change["before"]["deployment_circuit_breaker"] = [{"enable": True, "rollback": True}]
    change["after"]["deployment_circuit_breaker"] = breaker
    return plan


OFF = [{"enable": True, "rollback": False}]


def test_an_upgrade_may_turn_the_rollback_off() -> None:
    result = check(
        turn_off(load_plan("no-change"), OFF), app={"image": image("v0.11.3"), "migration_image": image("v0.12.4")}
    )
    assert result.passed
    [note] = [note.text for note in result.notes if note.address == SERVICE]
    assert note == (
        "a deployment that fails is not rolled back, until deployment_circuit_breaker.rollback is on again: for the "
        "upgrade 0.11.3 → 0.12.4, because 0.11.3 was not measured to work on the database of 0.12.4"
    )


@pytest.mark.parametrize(
    ("breaker", "app"),
    [
        (OFF, {"migration_image": None}),
        (OFF, {"image": image("v0.12.1"), "migration_image": image("v0.12.4")}),
        ([{"enable": False, "rollback": False}], {"image": image("v0.11.3"), "migration_image": image("v0.12.4")}),
        ([], {"image": image("v0.11.3"), "migration_image": image("v0.12.4")}),
    ],
    ids=["no upgrade", "same schema", "not enabled", "no circuit breaker"],
)
def test_nothing_else_may_turn_the_circuit_breaker_off(breaker: list[Json], app: Json) -> None:
    [violation] = check(turn_off(load_plan("no-change"), breaker), app=app).violations
    assert (violation.address, violation.effect) == (SERVICE, "safeguard")


def test_deposed_tasks_do_not_count() -> None:
    plan = load_plan("no-change")
    values = copy.deepcopy(find_change(plan, TASK_DEFINITION)["change"]["before"])
    address = ResourceAddress("aws_ecs_task_definition", "this", ("service",))
    add_resource(plan, address, ["delete"], values, deposed="0123abcd")
    plan["resource_changes"][-1]["deposed"] = "0123abcd"
    assert not needs_record(plan_of(plan), deployment("no-change").spec)
