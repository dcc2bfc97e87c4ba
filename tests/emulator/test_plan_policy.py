"""The plan check of the real plans, and the committed plans of tests/plans/, which must be like the real ones."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from owscale.cli.main import main
from tests._support.cases import PROJECT
from tests._support.emulator.lifecycle import PLANS_AS_JSON, WEBUI_KEY, DeploymentLifecycle

pytestmark = pytest.mark.xdist_group("emulator")

ACCESS_LOGS = "aws_s3_bucket"  # only in the committed plans


@pytest.mark.parametrize("name", PLANS_AS_JSON)
def test_plan_passes_its_check(
    lifecycle: DeploymentLifecycle, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan, spec = tmp_path / "plan.json", tmp_path / "spec.yaml"
    plan.write_text(lifecycle.plans[name].json)
    spec.write_text(yaml.safe_dump(lifecycle.plans[name].spec))
    words = ["tf", "check-plan", str(plan), "--spec", str(spec), "--env", "production"]
    for output_format in ("text", "markdown", "json"):
        code = main([*words, "--output-format", output_format])
        out = capsys.readouterr().out
        assert code == 0, out
        for value in (WEBUI_KEY, *lifecycle.created.secrets.values(), *lifecycle.changed.secrets.values()):
            assert value not in out
    rules = json.loads(out)["group_rules"]
    assert [rule["group"] for rule in rules] == (
        [lifecycle.account.groups[group] for group in ("database", "files", "peer")] if name == "first" else []
    )


def test_committed_plan_is_like_a_real_one(lifecycle: DeploymentLifecycle) -> None:
    """`make plans` writes the committed plans again."""
    committed = json.loads((PROJECT / "tests/plans/create/plan.json").read_text())
    real = json.loads(lifecycle.plans["first"].json)
    assert committed.keys() <= real.keys() | {"resource_drift"}
    assert committed["format_version"] == real["format_version"]
    assert _actions(committed) == _actions(real)
    committed = json.loads((PROJECT / "tests/plans/no-change/plan.json").read_text())
    assert _actions(committed) == _actions(json.loads(lifecycle.plans["second"].json))


def _actions(plan: dict[str, Any]) -> set[tuple[str, str, str, tuple[str, ...]]]:
    return {
        (change["module_address"], change["type"], change["name"], tuple(change["change"]["actions"]))
        for change in plan["resource_changes"]
        if change["mode"] == "managed" and not change["type"].startswith(ACCESS_LOGS)
    }
