"""`owscale tf check-plan`, as users and pipelines run it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from owscale.cli.main import main
from tests._support.plans import PLANS, load_plan, spec_path


def check_plan(name: str, *arguments: str, plan: Path | None = None, spec: Path | None = None) -> int:
    path = plan or PLANS / name / "plan.json"
    return main(["tf", "check-plan", str(path), "--spec", str(spec or spec_path(name)), *arguments])


def test_passed_check_exits_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert check_plan("alarm", "--env", "production") == 0
    assert capsys.readouterr().out.startswith("gravity-ai-chat/production: plan check passed\n")


def test_failed_check_exits_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert check_plan("destroy") == 1
    assert capsys.readouterr().out.startswith("gravity-ai-chat/production: plan check failed, 9 violations\n")


@pytest.mark.parametrize("option", ["--output-format", "--as"])
@pytest.mark.parametrize(("output_format", "start"), [("markdown", "## gravity"), ("json", "{"), ("text", "gravity")])
def test_only_the_result_is_on_stdout(
    option: str, output_format: str, start: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check_plan("alarm", option, output_format) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith(start)
    assert "warning" in printed.err  # of the spec
    assert "warning" not in printed.out
    if output_format == "json":
        assert json.loads(printed.out)["passed"] is True


def test_old_name_of_the_command_works_with_a_note(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tf", "prove", str(PLANS / "alarm/plan.json"), "--spec", str(spec_path("alarm"))]) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith("gravity-ai-chat/production: plan check passed\n")
    assert printed.err.startswith("note: `owscale tf prove` is deprecated: use `owscale tf check-plan`\n")


def test_migrated_image_opens_an_upgrade(capsys: pytest.CaptureFixture[str]) -> None:
    assert check_plan("release") == 1
    printed = capsys.readouterr().out
    assert "would change Open WebUI from 0.12.4 to 0.13.0" in printed
    assert "run `owscale upgrade`" in printed
    assert check_plan("release", "--migrated-image", "ghcr.io/open-webui/open-webui:v0.12.9") == 1
    assert check_plan("release", "--migrated-image", "ghcr.io/open-webui/open-webui:v0.13.0") == 0


def test_allowed_violation_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = tmp_path / "spec.yaml"
    reason = "everybody logs in again on Sunday"
    address = "module.redis.aws_elasticache_replication_group.this"
    spec.write_text(
        f"{spec_path('redis-replaced').read_text()}allow:\n  {address}: {{loss: {reason}, outage: {reason}}}\n"
    )
    assert check_plan("redis-replaced", "--env", "production", spec=spec) == 0
    assert f"{address}: would be replaced for kms_key_id, which the spec allows: {reason}" in capsys.readouterr().out


@pytest.mark.parametrize("mark", ["utf-8", "utf-8-sig", "utf-16-le", "utf-16-be"])
def test_plan_that_powershell_wrote_is_read(mark: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`>` of Windows PowerShell writes UTF-16 with a byte order mark, and CRLF."""
    text = (PLANS / "alarm/plan.json").read_text().replace("\n", "\r\n")
    path = tmp_path / "plan.json"
    path.write_bytes((f"\ufeff{text}" if mark.startswith("utf-16") else text).encode(mark))
    assert check_plan("alarm", plan=path) == 0
    assert capsys.readouterr().out.startswith("gravity-ai-chat/production: plan check passed\n")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "No such file"),
        (b"{", "not JSON"),
        (b"\xff\xfe\x00", "a saved plan is binary"),
        (b'{"format_version": "1.0"}', "not a plan"),
        (b"null", "not a plan"),
    ],
)
def test_other_file_is_an_error_with_a_hint(
    content: bytes | None, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "plan.json"
    if content is not None:
        path.write_bytes(content)
    assert check_plan("alarm", plan=path) == 1
    printed = capsys.readouterr()
    assert message in printed.err
    assert str(path) in printed.err
    assert "hint: " in printed.err
    assert "Traceback" not in printed.err
    assert printed.out == ""


def test_folder_instead_of_a_plan_is_not_to_be_moved(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check_plan("alarm", plan=tmp_path) == 1
    assert capsys.readouterr().err.endswith(f"{tmp_path}: is a folder, not a file\n  hint: name a file instead\n")


def test_environment_must_be_unambiguous(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check_plan("alarm", "--env", "staging") == 2
    assert "use production" in capsys.readouterr().err
    spec = tmp_path / "spec.yaml"
    text = spec_path("alarm").read_text()
    staging = """\
  staging:
    state: {key: staging.tfstate}
    existing:
      service: null
      database:
        url_secret_arn: arn:aws:secretsmanager:us-east-1:123456789012:secret:staging-database-000001
        security_group: sg-00000000000000011
      files: {access_point: fsap-00000000000000011}
    app: {public_url: "https://staging.msappproxy.net"}
    service: {name: webui3-staging}
"""
    spec.write_text(text.replace("environments:\n", f"environments:\n{staging}"))
    assert check_plan("alarm", spec=spec) == 2
    assert "add `--env` with one of production, staging" in capsys.readouterr().err
    assert check_plan("alarm", "--env", "production", spec=spec) == 0
    assert check_plan("alarm", "--env", "staging", spec=spec) == 1


def test_invalid_spec_prints_no_result(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(f"{spec_path('alarm').read_text()}allow: {{redis: too short}}\n")
    assert check_plan("alarm", spec=spec) == 1
    printed = capsys.readouterr()
    assert "must be the exact address of a resource" in printed.err
    assert printed.out == ""


def test_committed_plans_contain_no_path_of_a_machine() -> None:
    for name in ("create", "no-change"):
        text = json.dumps(load_plan(name))
        assert "/tmp" not in text  # noqa: S108 -- not a file


def test_plan_of_other_code_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The plan was made before the spec changed."""
    spec = tmp_path / "spec.yaml"
    text = spec_path("no-change").read_text()
    assert "  max: 10\n" in text
    spec.write_text(text.replace("  max: 10\n", "  max: 9\n"))
    assert check_plan("no-change", "--env", "production", spec=spec) == 1
    printed = capsys.readouterr().out
    address = "module.autoscaling.aws_appautoscaling_target.this"
    assert f"{address}: would set max_capacity to another value than the spec gives\n  spec: {spec}:" in printed
    assert ": autoscaling.max\n" in printed


def test_other_commands_evaluate_nothing() -> None:
    code = "import sys, owscale.cli.commands.tf.{0} as _; print('hcl2' in sys.modules or 'lark' in sys.modules)"
    for command, imported in {"check_plan": "True", "status": "False", "output": "False", "validate": "False"}.items():
        run = subprocess.run([sys.executable, "-c", code.format(command)], capture_output=True, text=True, check=True)  # noqa: S603 -- our own code
        assert run.stdout.strip() == imported, command
