"""The plan check on plans of provider 6.

No plan of provider 6 could be recorded, because its binary is not available. These plans are recorded plans of provider
5.100, changed where the schema of 6.69.1 differs: `region` in every resource that has it, and the write-only token.
"""

import functools
import hashlib
import json
from collections.abc import Iterator
from typing import Any

import pytest

from owscale.plan_policy.evaluate import evaluate_plan
from owscale.plan_policy.result import PolicyResult
from owscale.rules.runner import check_deployment
from owscale.spec.deployment import Deployment
from owscale.terraform.plan.parser import plan_of
from owscale.workflow.own_terraform import terraform_files
from owscale.workflow.pipeline import expected_files
from owscale.workflow.project import ProjectPaths
from tests._support.cases import altered
from tests._support.plans import PLANS, Json, deployment, find_change, load_plan, rendered_files, spec_path
from tests._support.provider_schema import read_schema

REDIS = "module.redis.aws_elasticache_replication_group.this"
TOKEN = "module.secrets.data.aws_secretsmanager_secret_version.redis_token"  # noqa: S105 -- an address
SCHEMA = read_schema("6.69.1")
NAMES = ["create", "no-change", "node-type", "release"]


@functools.cache
def deployment_6(name: str) -> Deployment:
    recorded = deployment(name)
    section = altered(recorded.spec.terraform, aws_provider=6)
    return recorded._replace(spec=altered(recorded.spec, terraform=section))


@functools.cache
def files_6(name: str) -> dict[str, str]:
    expected = expected_files(check_deployment(deployment_6(name)), ProjectPaths(spec_path(name)))
    return terraform_files(PLANS / name / "out", expected).texts


def check(name: str, plan: Json) -> PolicyResult:
    return evaluate_plan(plan_of(plan), deployment_6(name), files_6(name))


def plan_6(name: str) -> Json:
    """Return a recorded plan as provider 6 would make it, after an earlier apply with provider 6."""
    plan: Json = json.loads(
        json.dumps(load_plan(name)).replace("data.aws_region.current.name", "data.aws_region.current.region")
    )
    region = deployment(name).spec.aws.region
    for mode, resource_type, values in _all_values(plan):
        types = SCHEMA["resource" if mode == "managed" else "data"]
        if "region" in types.get(resource_type, {}):
            values["region"] = region
    plan["resource_changes"] = [each for each in plan["resource_changes"] if each["address"] != TOKEN]
    for resources in _all_resources(plan):
        resources[:] = [each for each in resources if each["address"] != TOKEN]
    _change_configuration(plan["configuration"]["root_module"]["module_calls"])
    change = find_change(plan, REDIS)["change"]
    version = _token_version(plan)
    for side in ("before", "after"):
        if change[side] is not None:
            change[side] |= {"auth_token": None, "auth_token_wo": None, "auth_token_wo_version": version}
    change["after_unknown"].pop("auth_token", None)
    if version is None:
        del change["after"]["auth_token_wo_version"]
        change["after_unknown"]["auth_token_wo_version"] = True
    _copy_to_states(plan)
    return plan


def _copy_to_states(plan: Json) -> None:
    """Write the values of the Redis group before and after the change into the states of the plan."""
    change = find_change(plan, REDIS)["change"]
    for part, side in (("planned_values", "after"), ("prior_state", "before")):
        for resources in _resources_in(plan, part):
            for each in resources:
                if each["address"] == REDIS:
                    each["values"] = change[side]


def _token_version(plan: Json) -> int | None:
    """Return the version of the token, which follows from the secret's version; None before the secret exists."""
    secret = find_change(plan, "module.secrets.aws_secretsmanager_secret_version.redis_token")["change"]["before"]
    return _number(secret["version_id"]) if secret else None


def _number(version_id: str) -> int:
    return int(hashlib.sha1(version_id.encode(), usedforsecurity=False).hexdigest()[:7], 16)


def _change_configuration(calls: Json) -> None:
    """Write the parts of the configuration that differ, as Terraform writes them."""
    version = ["module.secrets.redis_token_version", "module.secrets"]
    calls["redis"]["expressions"]["auth_token_version"] = {"references": version}
    [group] = [
        each
        for each in calls["redis"]["module"]["resources"]
        if each["address"].endswith("group.this") and "replication" in each["address"]
    ]
    group["expressions"]["auth_token_wo"] = group["expressions"].pop("auth_token")
    group["expressions"]["auth_token_wo_version"] = {"references": ["var.auth_token_version"]}
    secrets = calls["secrets"]["module"]
    secrets["resources"] = [each for each in secrets["resources"] if each["mode"] != "data"]
    token = "ephemeral.aws_secretsmanager_secret_version.redis_token"  # noqa: S105 -- an address
    secrets["outputs"]["redis_token"]["expression"]["references"] = [f"{token}.secret_string", token]
    secrets["outputs"]["redis_token_version"] = {"expression": {"references": ["local.redis_token_version_id"]}}
    [url] = [each for each in secrets["resources"] if each["address"] == "terraform_data.redis_url"]
    url["expressions"]["input"]["references"] = ["var.redis_endpoint", "var.redis_port", "local.redis_token_version_id"]


def _all_values(plan: Json) -> Iterator[tuple[str, str, Json]]:
    for each in (*plan["resource_changes"], *plan.get("resource_drift", [])):
        for side in ("before", "after"):
            if each["change"][side] is not None:
                yield each["mode"], each["type"], each["change"][side]
    for resources in _all_resources(plan):
        yield from ((each["mode"], each["type"], each.setdefault("values", {})) for each in resources)


def _all_resources(plan: Json) -> Iterator[list[Any]]:
    yield from _resources_in(plan, "planned_values")
    yield from _resources_in(plan, "prior_state")


def _resources_in(plan: Json, part: str) -> Iterator[list[Any]]:
    state = plan.get(part, {})
    modules = [state.get("values", state).get("root_module", {})]
    while modules:
        module = modules.pop()
        modules += module.get("child_modules", [])
        yield module.get("resources", [])


@pytest.mark.parametrize("name", NAMES)
def test_plan_has_the_result_of_provider_5(name: str) -> None:
    before = evaluate_plan(plan_of(load_plan(name)), deployment(name), rendered_files(name))
    after = check(name, plan_6(name))
    assert [str(each) for each in after.violations] == [str(each) for each in before.violations]
    assert after.counts == before.counts


def test_upgrade_passes_and_changes_only_the_redis_group() -> None:
    """The token leaves the state, and its version is added."""
    plan = plan_6("no-change")
    change = find_change(plan, REDIS)["change"]
    change["before"] |= {"auth_token": "a-token-0123456789", "auth_token_wo_version": None}
    change["actions"] = ["update"]
    _copy_to_states(plan)
    result = check("no-change", plan)
    assert result.violations == ()
    assert (result.counts.update, result.counts.replace, result.counts.delete) == (1, 0, 0)


def test_upgrade_with_another_strategy_would_reject_the_running_tasks() -> None:
    plan = plan_6("no-change")
    change = find_change(plan, REDIS)["change"]
    change["before"] |= {"auth_token_wo_version": 1}
    change["after"]["auth_token_update_strategy"] = "SET"  # noqa: S105 -- a strategy
    change["actions"] = ["update"]
    problems = [each for each in check("no-change", plan).violations if each.rule == "interruption"]
    assert [(each.address, each.effect) for each in problems] == [(REDIS, "outage")]


@pytest.mark.parametrize("address", [REDIS, "module.load_balancer.aws_lb.this"])
def test_resource_in_another_region_fails(address: str) -> None:
    plan = plan_6("no-change")
    for values in (find_change(plan, address)["change"]["after"], find_change(plan, address)["change"]["before"]):
        values["region"] = "eu-west-3"
    problems = [each.problem for each in check("no-change", plan).violations if each.address == address]
    assert any("would set region" in each for each in problems)


def test_token_in_the_state_again_fails() -> None:
    plan = plan_6("create")
    find_change(plan, REDIS)["change"]["after"]["auth_token"] = "a-token-0123456789"  # noqa: S105 -- not one
    assert any("would set auth_token" in each.problem for each in check("create", plan).violations)


def test_plan_of_provider_5_fails() -> None:
    """Its configuration has the token in the state."""
    assert check("no-change", load_plan("no-change")).violations


@pytest.mark.parametrize("name", NAMES)
def test_registry_of_opentofu_is_that_of_terraform(name: str) -> None:
    plan = json.loads(json.dumps(plan_6(name)).replace("registry.terraform.io", "registry.opentofu.org"))
    assert check(name, plan) == check(name, plan_6(name))
    other = json.loads(json.dumps(plan_6(name)).replace("registry.terraform.io", "registry.example.com"))
    assert check(name, other).violations
