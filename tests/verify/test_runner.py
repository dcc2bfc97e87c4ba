"""Which checks are retried, and when a run ends."""

import signal
import subprocess
import sys

import pytest
import yaml

from tests._support.applied_deployment import HOST, AppliedDeployment
from tests._support.cases import PROJECT, own_resources
from tests._support.emulator.account import ACCOUNT

_VERIFY = (sys.executable, "-c", "import sys; from owscale.cli.main import main; sys.exit(main())", "verify")


def test_failing_check_is_retried_until_the_timeout(applied: AppliedDeployment) -> None:
    applied.webui.responses["/ready"] = (503, {"detail": "Redis not ready"})
    document = applied.verify_json("--timeout", "2", "--only", "http", code=1)
    checks = {check["name"]: check for check in document["checks"]}
    assert checks["http.ready"]["attempts"] >= 2
    assert 1.9 < checks["http.ready"]["seconds"] < 60
    assert checks["http.health"]["attempts"] == 1


def test_permanent_failure_is_not_retried(applied: AppliedDeployment) -> None:
    applied.replication_group.transit_encryption_enabled = False
    [check] = applied.verify_json("--timeout", "60", "--only", "redis.encrypted", code=1)["checks"]
    assert (check["status"], check["attempts"]) == ("failed", 1)


def test_check_runs_once_the_required_one_has_passed(applied: AppliedDeployment) -> None:
    applied.webui.responses["/health"] = (503, "")
    assert applied.verify("--only", "http") == 1
    assert "skipped  http.websocket   not run: http.health has not passed" in applied.stdout
    assert [path for path, _ in applied.webui.requests] == ["/health"]
    assert applied.verify("--only", "http.websocket") == 0


def test_interrupted_run_prints_its_results_on_stderr(applied: AppliedDeployment) -> None:
    applied.replication_group.status = "modifying"
    applied.verify()  # writes the files
    with subprocess.Popen(  # noqa: S603 -- the project's own program
        [*_VERIFY, *applied.files, "--only", "redis"],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as run:
        assert run.stderr
        assert run.stderr.readline().startswith("waiting for redis.available")
        run.send_signal(signal.SIGINT)
        try:
            stdout, stderr = run.communicate(timeout=60)
        finally:
            run.kill()  # else the end of the block would wait for it
    assert (run.returncode, stdout) == (130, "")
    assert stderr.startswith("interrupted after ")
    assert f"failed   redis.available  {applied.name} is modifying" in stderr
    assert "redis.nodes" in stderr
    assert stderr.splitlines()[-1] == "interrupted"


@pytest.mark.parametrize("seconds", ["-1", "nan", "inf", "soon"])
def test_timeout_must_be_a_number_of_seconds(applied: AppliedDeployment, seconds: str) -> None:
    with pytest.raises(SystemExit) as exit_info:
        applied.verify("--timeout", seconds)
    assert exit_info.value.code == 2


def test_unknown_environment_is_a_usage_error(applied: AppliedDeployment) -> None:
    assert applied.verify("--env", "staging") == 2
    assert "--env staging: no such environment\n  hint: use production" in applied.stderr


def test_one_environment_must_be_chosen(applied: AppliedDeployment) -> None:
    staging = {
        "state": {"key": "b"},
        "service": {"name": "b"},
        "existing": yaml.safe_load(own_resources("staging").replace("111122223333", ACCOUNT)) | {"service": None},
        "app": {"public_url": "https://b.example.com"},
    }
    applied.spec["environments"] = {"production": {}, "staging": staging}
    assert applied.verify() == 2, applied.stderr
    assert (
        "minimal/production, minimal/staging: choose one of these\n  hint: add `--env` with one of production, staging"
        in applied.stderr
    )
    assert applied.verify("--env", "production") == 0
    assert HOST in applied.stdout
