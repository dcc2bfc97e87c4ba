"""`owscale tf prove`, as people and pipelines call it."""

import json
from pathlib import Path

import pytest

from generator.cli import main
from tests.proof.plans import PLANS, load, spec_of


def prove(name: str, *arguments: str, plan: Path | None = None) -> int:
    path = plan or PLANS / name / "plan.json"
    return main(["tf", "prove", str(path), "--spec", str(spec_of(name)), *arguments])


def test_proved(capsys: pytest.CaptureFixture[str]) -> None:
    assert prove("alarm", "--env", "production") == 0
    assert capsys.readouterr().out.startswith("gravity-ai-chat/production: proved\n")


def test_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert prove("destroy") == 1
    assert capsys.readouterr().out.startswith("gravity-ai-chat/production: refused, 8 violations\n")


@pytest.mark.parametrize(("how", "start"), [("markdown", "## gravity"), ("json", "{"), ("text", "gravity")])
def test_the_proof_stands_alone_on_stdout(how: str, start: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert prove("alarm", "--as", how) == 0
    said = capsys.readouterr()
    assert said.out.startswith(start)
    assert "warning" in said.err  # of the spec
    assert "warning" not in said.out
    if how == "json":
        assert json.loads(said.out)["proved"] is True


def test_what_the_spec_allows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = tmp_path / "spec.yaml"
    reason = "everybody logs in again on Sunday"
    address = "module.redis.aws_elasticache_replication_group.this"
    spec.write_text(f"{spec_of('redis-replaced').read_text()}allow:\n  {address}: {reason}\n")
    plan = str(PLANS / "redis-replaced/plan.json")
    assert main(["tf", "prove", plan, "--spec", str(spec), "--env", "production"]) == 0
    assert f"{address}: would be replaced for kms_key_id, which the spec allows: {reason}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "No such file"),
        (b"{", "not JSON"),
        (b"\xff\xfe\x00", "a saved plan is binary"),
        (b'{"format_version": "1.0"}', "not a plan"),
        (b"null", "not a plan"),
    ],
)
def test_no_plan(content: bytes | None, why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "plan.json"
    if content is not None:
        path.write_bytes(content)
    assert prove("alarm", plan=path) == 1
    said = capsys.readouterr()
    assert why in said.err
    assert str(path) in said.err
    assert "hint: " in said.err
    assert "Traceback" not in said.err
    assert said.out == ""


def test_which_deployment(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert prove("alarm", "--env", "staging") == 2
    assert "there is production" in capsys.readouterr().err
    spec = tmp_path / "spec.yaml"
    text = spec_of("alarm").read_text()
    staging = "  staging: {state: {key: staging.tfstate}, service: {name: webui3-staging}}\n"
    spec.write_text(text.replace("environments:\n", f"environments:\n{staging}"))
    plan = str(PLANS / "alarm/plan.json")
    assert main(["tf", "prove", plan, "--spec", str(spec)]) == 2
    assert "name it with --env" in capsys.readouterr().err
    assert main(["tf", "prove", plan, "--spec", str(spec), "--env", "production"]) == 0
    assert main(["tf", "prove", plan, "--spec", str(spec), "--env", "staging"]) == 1


def test_wrong_spec_proves_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(f"{spec_of('alarm').read_text()}allow: {{redis: too short}}\n")
    assert main(["tf", "prove", str(PLANS / "alarm/plan.json"), "--spec", str(spec)]) == 1
    said = capsys.readouterr()
    assert "must be the exact address of a resource" in said.err
    assert said.out == ""


def test_committed_plans_tell_nothing_of_the_machine() -> None:
    for name in ("create", "no-change"):
        text = json.dumps(load(name))
        assert "/tmp" not in text  # noqa: S108 -- not a file
