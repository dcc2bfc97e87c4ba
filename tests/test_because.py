"""Which keys of the spec are behind a plan, and what they cost."""

import json
import subprocess
from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest

from generator.commands.tf.because import Because, because
from generator.commands.tf.planning import Made
from generator.plan import read
from generator.plan.summary import summary
from generator.proof import prove
from generator.proof.telling import Format
from generator.terraform.saved import Record, Saved
from tests.proof.plans import deployment, spec_of, text

REDIS = "module.redis.aws_elasticache_replication_group.this"
RECORD = Record("", False, "", "", "", "", "", 0, True, True, "", [])


def _made(name: str) -> Made:
    plan, of = read(text(name)), deployment(name)
    return Made(plan, prove(plan, of.spec, of.environment), summary(plan), RECORD)


def _options(name: str, base: str | None = None) -> Namespace:
    return Namespace(spec=spec_of(name), out=Path("out"), base=base)


def _since_apply(name: str, folder: Path, applied: str = "create") -> Because:
    saved = Saved(folder)
    saved.prepare()
    saved.keep_applied(deployment(applied).document.data)
    return because(_options(name), deployment(name), saved)


def test_since_the_last_apply(tmp_path: Path) -> None:
    told = _since_apply("node-type", tmp_path).told(_made("node-type"), "text")
    assert told.startswith("gravity-ai-chat/production: proved\n")
    after = told.partition("Because of the spec, against what was last applied here:\n")[2].splitlines()
    assert after[:4] == ["  redis.node_type: cache.t3.micro → cache.t3.small", f"    {REDIS}", "", "Cost, USD a month:"]
    assert "+12.41" in after[-1]


@pytest.mark.parametrize(("how", "start"), [("markdown", "## gravity"), ("json", "{")])
def test_for_a_pull_request_and_for_a_program(how: Format, start: str, tmp_path: Path) -> None:
    told = _since_apply("node-type", tmp_path).told(_made("node-type"), how)
    assert told.startswith(start)
    if how == "markdown":
        assert f"- `redis.node_type`: cache.t3.micro → cache.t3.small (`{REDIS}`)\n" in told
        assert "### Cost, USD a month\n\n| Component" in told
    else:
        found: dict[str, Any] = json.loads(told)
        assert found["proved"] is True
        assert found["because"]["keys"] == [
            {"key": "redis.node_type", "before": "cache.t3.micro", "after": "cache.t3.small", "reaches": [REDIS]}
        ]
        assert [row["component"] for row in found["because"]["cost"]] == [
            "ElastiCache Redis cache.t3.micro",
            "ElastiCache Redis cache.t3.small",
        ]


def test_a_key_that_reaches_nothing_in_the_plan_is_not_blamed(tmp_path: Path) -> None:
    told = _since_apply("alarm", tmp_path, applied="node-type").told(_made("alarm"), "text")
    assert "alarms.cpu_percent: 85 → 80\n" in told
    assert "redis.node_type:" not in told


def test_against_a_revision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def git(*words: str) -> None:
        subprocess.run(["git", "-C", str(tmp_path), *words], check=True, capture_output=True)  # noqa: S603, S607 -- git

    spec = tmp_path / "spec.yaml"
    spec.write_text(spec_of("create").read_text())
    git("init", "--quiet")
    git("add", "spec.yaml")
    git("-c", "user.name=a", "-c", "user.email=a@b.example", "commit", "--quiet", "--message=a")
    monkeypatch.chdir(tmp_path)
    options = Namespace(spec=spec, out=Path("out"), base="HEAD")
    told = because(options, deployment("node-type"), Saved(tmp_path)).told(_made("node-type"), "text")
    assert "Because of the spec, against HEAD:\n  redis.node_type: cache.t3.micro → cache.t3.small\n" in told


@pytest.mark.parametrize("applied", ["", "null", "[1]", '{"name": "gravity-ai-chat"}'])
def test_nothing_is_guessed(applied: str, tmp_path: Path) -> None:
    saved = Saved(tmp_path)
    saved.prepare()
    (tmp_path / ".terraform/owscale/applied.json").write_text(applied)
    why = because(_options("alarm"), deployment("alarm"), saved)
    assert why.change is None
    assert "Because" not in why.told(_made("alarm"), "text")
