"""The proof on the plans of the story, and tests/plans/ beside them: what is committed there must stay true."""

import json
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from generator.cli import main
from generator.proof.telling import Format
from tests.cases import PROJECT
from tests.emulator.story import SHOWN, WEBUI_KEY, Story

pytestmark = pytest.mark.xdist_group("emulator")

ACCESS_LOGS = "aws_s3_bucket"  # which the committed plans have too, and the story has not


@pytest.mark.parametrize("name", SHOWN)
def test_plan_is_proved(story: Story, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown, spec = story.plans[name].shown, story.plans[name].spec
    plan, written = tmp_path / "plan.json", tmp_path / "spec.yaml"
    plan.write_text(shown)
    written.write_text(yaml.safe_dump(spec))
    for how in get_args(Format):
        code = main(["tf", "prove", str(plan), "--spec", str(written), "--env", "production", "--as", how])
        said = capsys.readouterr().out
        assert code == 0, said
        for value in (WEBUI_KEY, *story.first.secrets.values(), *story.changed.secrets.values()):
            assert value not in said
    rules = json.loads(said)["group_rules"]
    assert [rule["group"] for rule in rules] == (
        [story.world.groups[group] for group in ("database", "files", "peer")] if name == "first" else []
    )


def test_committed_plan_is_like_a_real_one(story: Story) -> None:
    """`make plans` makes them again."""
    committed = json.loads((PROJECT / "tests/plans/create/plan.json").read_text())
    real = json.loads(story.plans["first"].shown)
    assert committed.keys() <= real.keys() | {"resource_drift"}
    assert committed["format_version"] == real["format_version"]
    assert _done(committed) == _done(real)
    after = json.loads((PROJECT / "tests/plans/no-change/plan.json").read_text())
    assert _done(after) == _done(json.loads(story.plans["second"].shown))


def _done(plan: dict[str, Any]) -> set[tuple[str, str, str, tuple[str, ...]]]:
    return {
        (change["module_address"], change["type"], change["name"], tuple(change["change"]["actions"]))
        for change in plan["resource_changes"]
        if change["mode"] == "managed" and not change["type"].startswith(ACCESS_LOGS)
    }
