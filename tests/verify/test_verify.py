"""A whole run: what is tried again, when it ends, what is told on which stream."""

import io
import json
import re
import signal
import subprocess
import sys
from typing import Any

import pytest

from generator.verify.selection import CHECKS
from tests.cases import PROJECT
from tests.verify.stage import ACCOUNT, HOST, REGION, Stage

_OWSCALE = (sys.executable, "-c", "import sys; from generator.cli import main; sys.exit(main())", "verify")


def test_everything_is_well(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    assert stage.owscale() == 0
    title, *lines, summary = capsys.readouterr().out.splitlines()
    assert title == f"minimal/production at {stage.webui.url}, account {ACCOUNT}, {REGION}"
    assert [line.split()[1] for line in lines] == [check.name for check in CHECKS]
    assert [line.split()[1] for line in lines if line.split()[0] != "passed"] == ["http.tls"]
    assert summary == "16 checks: 15 passed, 1 skipped."


def test_document(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    stage.health["10.0.0.1"] = ("unhealthy", "Target.Timeout")
    assert stage.owscale("--json") == 1
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    checks = document.pop("checks")
    assert document == {
        "deployment": "minimal/production",
        "address": stage.webui.url,
        "account": ACCOUNT,
        "region": REGION,
        "passed": False,
        "counts": {"passed": 14, "warning": 0, "failed": 1, "skipped": 1},
    }
    [failed] = [check for check in checks if check["status"] == "failed"]
    assert failed["name"] == "targets.healthy"
    assert failed["attempts"] == 1
    assert isinstance(failed["seconds"], float)
    assert failed["next"].endswith(f"aws logs tail /ecs/{stage.name} --since 30m --region {REGION}")
    assert {tuple(check) for check in checks} == {("name", "status", "evidence", "next", "attempts", "seconds")}


def test_what_comes_right_in_time_passes(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    stage.webui.first["/ready"] = [(503, {"detail": why}) for why in ("Startup not complete", *["Redis not ready"] * 2)]
    assert stage.owscale("--timeout", "20", "--only", "http.ready") == 0
    said = capsys.readouterr()
    first, second, last = said.err.splitlines()
    assert first == f"waiting for http.ready: GET /ready with Host {HOST}: 503, Startup not complete"
    assert second == f"waiting for http.ready: GET /ready with Host {HOST}: 503, Redis not ready"
    assert re.fullmatch(r"passed after \d+ s: http\.ready", last)
    assert "1 check: 1 passed." in said.out


def test_time_is_limited(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    stage.webui.answers["/ready"] = (503, {"detail": "Redis not ready"})
    assert stage.owscale("--timeout", "0.5", "--only", "http", "--json") == 1
    checks = {check["name"]: check for check in json.loads(capsys.readouterr().out)["checks"]}
    assert checks["http.ready"]["attempts"] >= 2
    assert 0.4 < checks["http.ready"]["seconds"] < 5
    assert checks["http.health"]["attempts"] == 1


def test_what_cannot_change_is_tried_once(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    stage.group.transit_encryption_enabled = False
    assert stage.owscale("--timeout", "60", "--only", "redis.encrypted", "--json") == 1
    [check] = json.loads(capsys.readouterr().out)["checks"]
    assert (check["status"], check["attempts"]) == ("failed", 1)


def test_check_waits_for_the_one_before(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    stage.webui.answers["/health"] = (503, "")
    assert stage.owscale("--only", "http") == 1
    said = capsys.readouterr().out
    assert "skipped  http.websocket  not tried: http.health has not passed" in said
    assert [path for path, _ in stage.webui.asked] == ["/health"]
    assert stage.owscale("--only", "http.websocket") == 0


def test_secrets_are_nowhere(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    stage.webui.answers["/ready"] = (503, {"detail": "secret-value"})
    stage.webui.packet = b'0{"sid":"secret-value"}'
    for form in ([], ["--json"]):
        assert stage.owscale(*form) == 1
        said = capsys.readouterr()
        assert "http.ready" in said.out
        assert "secret-value" not in said.out + said.err
        assert "a-session-id" not in said.out + said.err


def test_terminal_shows_one_live_line(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    stage.service(stage.name).deployments[0] |= {"rolloutState": "IN_PROGRESS", "rolloutStateReason": "\x1b[2J"}
    assert stage.owscale("--timeout", "0.2", "--only", "service") == 1
    first, *lines, last = terminal.getvalue().split("\r\x1b[K")
    assert (first, last) == ("", "")
    assert re.match(r"\d+ of 0\.2 s: 2 of 3 done; service\.deployment: ", lines[2])
    assert all(len(line) < 60 and "\n" not in line and "\x1b" not in line for line in lines)


def test_progress_says_nothing_of_what_passes(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    assert stage.owscale("--only", "alarms") == 0
    assert "alarms" not in capsys.readouterr().err


def test_interrupted(stage: Stage) -> None:
    stage.group.status = "modifying"
    stage.owscale()
    given = ("--spec", stage.folder / "spec.yaml", "--outputs", stage.folder / "outputs.json", "--only", "redis")
    with subprocess.Popen(  # noqa: S603 -- the project's own program
        [*_OWSCALE, *given], cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as run:
        assert run.stderr
        first = run.stderr.readline()
        assert first.startswith("waiting for redis.available")
        run.send_signal(signal.SIGINT)
        out, err = run.communicate(timeout=20)
    assert (run.returncode, out) == (130, "")
    assert err.startswith("broken off after ")
    assert f"failed   redis.available  {stage.name} is modifying" in err
    assert "redis.nodes" in err
    assert err.splitlines()[-1] == "interrupted"


def test_checks_of_http_need_no_boto3(stage: Stage) -> None:
    stage.owscale()
    blocked = "import sys; sys.modules['boto3'] = None; from generator.cli import main; sys.exit(main())"
    given = ("--spec", str(stage.folder / "spec.yaml"), "--outputs", str(stage.folder / "outputs.json"))
    where = ("--address", stage.webui.url, "--timeout", "0")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", blocked, "verify", *given, *where, *arguments]
        return subprocess.run(  # noqa: S603 -- the project's own program
            command, cwd=PROJECT, capture_output=True, text=True, check=False
        )

    without = run()
    assert without.returncode == 1
    assert "boto3 is not installed, and these checks ask AWS" in without.stderr
    assert "make verify installs it" in without.stderr
    assert run("--only", "http").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--only", "htp"], "--only htp: no such check\n  hint: groups: http, service, existing, targets, redis"),
        (["--only", "http", "--skip", "http"], "--only and --skip leave no check"),
        (["--env", "staging"], "--env staging: no such environment\n  hint: there is production"),
        (["--address", "127.0.0.1:80"], "--address: must be http:// or https://"),
        (["--address", "http://user@host"], "--address: must be http:// or https://"),
        (["--address", "http://host:port"], "--address: must be http:// or https://"),
        (["--address", "http://host/path"], "--address: must be http:// or https://"),
    ],
)
def test_usage(stage: Stage, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str) -> None:
    assert stage.owscale(*arguments) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("seconds", ["-1", "nan", "inf", "soon"])
def test_seconds_are_a_number_of_them(stage: Stage, seconds: str) -> None:
    with pytest.raises(SystemExit) as ended:
        stage.owscale("--timeout", seconds)
    assert ended.value.code == 2


def test_one_environment_at_a_time(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    stage.spec["environments"] = {"production": {}, "staging": {"state": {"key": "b"}, "service": {"name": "b"}}}
    assert stage.owscale() == 2
    assert (
        "minimal/production, minimal/staging: one of these is meant\n  hint: name it with --env"
        in capsys.readouterr().err
    )
    assert stage.owscale("--env", "production") == 0
    assert HOST in capsys.readouterr().out
