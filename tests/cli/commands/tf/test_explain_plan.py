"""The changed keys of the spec that explain a plan, and the cost of the change."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from owscale.cli.commands.tf._create_plan import EvaluatedPlan
from owscale.cli.commands.tf._explain_plan import PlanReasons, explain_plan
from owscale.cli.output import Output
from owscale.plan_policy.evaluate import evaluate_plan
from owscale.rules.runner import check_deployment
from owscale.terraform.plan.parser import parse_plan
from owscale.terraform.plan.summary import summarize_plan
from owscale.terraform.plan_store import PlanRecord, PlanStore
from owscale.workflow.project import ProjectPaths
from tests._support.plans import deployment, plan_text, rendered_files, spec_path

REDIS = ["module.redis.aws_elasticache_parameter_group.this", "module.redis.aws_elasticache_replication_group.this"]
"""Addresses that a change of the node type changes: the nodes, and the buffers that follow from their memory."""
RECORD = PlanRecord("", False, "", "", "", "", "", 0, True, True, "", [])


def _plan(name: str) -> EvaluatedPlan:
    plan, planned = parse_plan(plan_text(name)), deployment(name)
    return EvaluatedPlan(plan, evaluate_plan(plan, planned, rendered_files(name)), summarize_plan(plan), RECORD)


def _explain(name: str, store: PlanStore, spec: Path | None = None, base: str | None = None) -> PlanReasons:
    paths = ProjectPaths(spec or spec_path(name), Path("out"))
    return explain_plan(paths, base, check_deployment(deployment(name)), store, Output())


def _since_apply(name: str, folder: Path, applied: str = "create") -> PlanReasons:
    store = PlanStore(folder)
    store.prepare()
    store.save_applied(deployment(applied).document.data)
    return _explain(name, store)


def test_keys_since_the_last_apply_are_listed(tmp_path: Path) -> None:
    printed = _since_apply("node-type", tmp_path).format(_plan("node-type"), "text")
    assert printed.startswith("gravity-ai-chat/production: plan check failed, 1 violation\n")
    changes = printed.partition("Changes of the spec since the last apply here:\n")[2].splitlines()
    assert changes[:5] == [
        "  redis.node_type: cache.t3.micro → cache.t3.small",
        *(f"    {address}" for address in REDIS),
        "",
        "Cost, USD a month:",
    ]
    assert "+12.41" in changes[-1]


@pytest.mark.parametrize(("output_format", "start"), [("markdown", "## gravity"), ("json", "{")])
def test_keys_are_listed_in_every_format(output_format: str, start: str, tmp_path: Path) -> None:
    printed = _since_apply("node-type", tmp_path).format(_plan("node-type"), output_format)
    assert printed.startswith(start)
    if output_format == "markdown":
        addresses = ", ".join(f"`{address}`" for address in REDIS)
        assert f"- `redis.node_type`: cache.t3.micro → cache.t3.small ({addresses})\n" in printed
        assert "### Cost, USD a month\n\n| Component" in printed
    else:
        document: dict[str, Any] = json.loads(printed)
        assert document["passed"] is False
        assert document["because"]["keys"] == [
            {"key": "redis.node_type", "before": "cache.t3.micro", "after": "cache.t3.small", "affects": REDIS}
        ]
        assert [row["component"] for row in document["because"]["cost"]] == [
            "ElastiCache Redis cache.t3.micro",
            "ElastiCache Redis cache.t3.small",
        ]


def test_key_without_a_planned_resource_is_left_out(tmp_path: Path) -> None:
    printed = _since_apply("alarm", tmp_path, applied="node-type").format(_plan("alarm"), "text")
    assert "alarms.cpu_percent: 85 → 80\n" in printed
    assert "redis.node_type:" not in printed


def test_keys_since_a_revision_are_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def git(*words: str) -> None:
        subprocess.run(["git", "-C", str(tmp_path), *words], check=True, capture_output=True)  # noqa: S603, S607 -- git

    spec = tmp_path / "spec.yaml"
    spec.write_text(spec_path("create").read_text())
    git("init", "--quiet")
    git("add", "spec.yaml")
    git("-c", "user.name=a", "-c", "user.email=a@b.example", "commit", "--quiet", "--message=a")
    monkeypatch.chdir(tmp_path)
    printed = _explain("node-type", PlanStore(tmp_path), spec, "HEAD").format(_plan("node-type"), "text")
    assert "Changes of the spec since HEAD:\n  redis.node_type: cache.t3.micro → cache.t3.small\n" in printed


@pytest.mark.parametrize("applied", ["", "null", "[1]", '{"name": "gravity-ai-chat"}'])
def test_unreadable_record_of_the_last_apply_explains_nothing(applied: str, tmp_path: Path) -> None:
    store = PlanStore(tmp_path)
    store.prepare()
    (tmp_path / ".terraform/owscale/applied.json").write_text(applied)
    reasons = _explain("alarm", store)
    assert reasons.change is None
    assert "Changes of the spec" not in reasons.format(_plan("alarm"), "text")


def test_reasons_of_a_renamed_deployment_are_those_since_its_apply_under_the_old_name(tmp_path: Path) -> None:
    store = PlanStore(tmp_path)
    store.prepare()
    applied = dict(deployment("node-type").document.data)
    store.save_applied({**applied, "name": "old-name"})
    change = _explain("node-type", store).change
    assert change
    assert [key.name for key in change.keys] == ["name"]
