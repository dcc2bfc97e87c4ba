"""The plan check of the real plans, and the committed plans of tests/plans/, which must be like the real ones."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from owscale.cli.main import main
from tests._support.cases import PROJECT
from tests._support.emulator.lifecycle import WEBUI_KEY, CreatedDeployment, EmulatedDeployment

ACCESS_LOGS = "aws_s3_bucket"  # only in the committed plans


def test_plans_pass_their_check(
    each_deployment: EmulatedDeployment, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan_file, spec_file = tmp_path / "plan.json", tmp_path / "spec.yaml"
    for name, plan in each_deployment.plans.items():
        plan_file.write_text(plan.json)
        spec_file.write_text(yaml.safe_dump(plan.spec))
        words = ["tf", "check-plan", str(plan_file), "--spec", str(spec_file), "--env", "production"]
        for output_format in ("text", "markdown", "json"):
            code = main([*words, "--output-format", output_format])
            out = capsys.readouterr().out
            assert code == 0, (name, out)
            for snapshot in each_deployment.snapshots:
                assert not [secret for secret, value in snapshot.secrets.items() if value in out]
            assert WEBUI_KEY not in out
        groups = each_deployment.account.groups
        assert [rule["group"] for rule in json.loads(out)["group_rules"]] == (
            [groups[group] for group in ("database", "files", "peer")] if name == "first" else []
        )


def test_committed_plan_is_like_a_real_one(deployment: CreatedDeployment) -> None:
    """`make plans` writes the committed plans again."""
    committed = json.loads((PROJECT / "tests/plans/create/plan.json").read_text())
    real = json.loads(deployment.plans["first"].json)
    assert committed.keys() <= real.keys() | {"resource_drift"}
    assert committed["format_version"] == real["format_version"]
    assert _actions(committed) == _actions(real)
    committed = json.loads((PROJECT / "tests/plans/no-change/plan.json").read_text())
    assert _actions(committed) == _actions(json.loads(deployment.plans["second"].json))


def _actions(plan: dict[str, Any]) -> set[tuple[str, str, str, tuple[str, ...]]]:
    return {
        (change["module_address"], change["type"], change["name"], tuple(change["change"]["actions"]))
        for change in plan["resource_changes"]
        if change["mode"] == "managed" and not change["type"].startswith(ACCESS_LOGS)
    }
