"""`owscale upgrade` as a user runs it, against the account in memory."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from owscale.aws_api import client
from owscale.cli.commands import upgrade
from owscale.cli.main import main
from owscale.domain.openwebui import upgrades
from owscale.verify.registry import CHECKS
from tests._support.cases import GOLDEN
from tests._support.upgrade_account import ACCOUNT, NEW, OLD, UpgradeAccount
from tests._support.upgrade_runs import write_compatibility

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> UpgradeAccount:
    account = UpgradeAccount()
    change = upgrades.upgrade(OLD, NEW)
    assert change
    account.heads[NEW] = change.head or ""
    file = tmp_path / "compatibility.json"
    file.write_text('{"pairs": []}')
    monkeypatch.setattr(upgrades, "COMPATIBILITY_FILE", file)
    upgrades._pairs.cache_clear()

    class Account:
        """Takes the place of the account of the credentials."""

        def __init__(self, region: str | None, *_: Any, **__: Any) -> None:
            self.region, self.id, self.call = region, ACCOUNT, account

    monkeypatch.setattr(client, "AwsAccount", Account)
    monkeypatch.setattr(upgrade, "SystemClock", lambda: account.clock)
    return account


@pytest.fixture
def run(
    account: UpgradeAccount, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Return a function that runs owscale in a project; its specs are up to date with `out/`."""
    assert account
    monkeypatch.chdir(tmp_path)
    write_spec(image=OLD, migration_image=NEW)
    capsys.readouterr()

    def run_owscale(*words: str) -> tuple[int, str, str]:
        code = main(list(words))
        return code, *capsys.readouterr()

    return run_owscale


def write_spec(**app: str) -> None:
    data = yaml.safe_load((GOLDEN / "minimal/spec.yaml").read_text())
    data["app"] = app
    data["service"]["circuit_breaker_rollback"] = False
    Path("spec").mkdir(exist_ok=True)
    Path("spec/spec.yaml").write_text(yaml.safe_dump(data))
    assert main(["generate", "--no-cache"]) == 0


def test_status_without_a_record(run: Run) -> None:
    code, out, _ = run("upgrade", "--status")
    assert code == 0
    assert out.startswith(
        "minimal/production: no upgrade was recorded; s3://minimal-states/minimal.tfstate.upgrade.json"
    )
    assert "`owscale upgrade --dry-run`" in out


def test_upgrade_leads_to_the_apply_and_status_names_the_next_step(account: UpgradeAccount, run: Run) -> None:
    code, out, err = run("upgrade", "--yes", "--way", "stop")
    assert code == 0, err
    assert out.endswith(
        "next     1. merge the change that sets app.image to ghcr.io/open-webui/open-webui:v0.12.4 and removes "
        "app.migration_image, and update this folder\n"
        "         2. `owscale tf plan`\n"
        "         3. `owscale tf apply`\n"
        "         4. `owscale upgrade`\n"
    )
    assert "waits    task " in err
    assert account.database.head == account.heads[NEW]
    code, out, _ = run("upgrade", "--status")
    assert code == 0
    assert f"revision {account.heads[OLD]} before; {account.heads[NEW]} after" in out
    assert "attempt  1: " in out
    assert "every task is stopped" in out
    assert out.endswith(
        "paused   autoscaling is suspended and the alarm actions are off\n"
        "next     run `owscale upgrade`, which names the steps that are yours\n"
    )


def _verify_words(account: UpgradeAccount, folder: Path) -> list[str]:
    """Return the words with which verify runs only the checks that the account in memory answers."""
    values = {
        "alb_dns_name": "internal-chat.elb.invalid",
        "dashboard_url": "https://console.invalid",
        "log_group_name": "/ecs/chat",
        "service_name": "chat",
        "target_group_arn": f"arn:aws:elasticloadbalancing:eu-west-1:{ACCOUNT}:targetgroup/chat/1",
        "task_definition_arn": account.service.definition,
    }
    outputs = {name: {"sensitive": False, "type": "string", "value": value} for name, value in values.items()}
    (folder / "outputs.json").write_text(json.dumps(outputs))
    skipped = [*sorted({each.group for each in CHECKS} - {"service"}), "service.tasks"]
    return ["--outputs", "outputs.json", *(word for name in skipped for word in ("--skip", name))]


def test_verify_runs_after_the_apply(account: UpgradeAccount, run: Run, tmp_path: Path) -> None:
    run("upgrade", "--yes", "--way", "stop")
    write_spec(image=NEW)
    account.apply(NEW)
    code, out, err = run("upgrade", "--yes", "--way", "stop", *_verify_words(account, tmp_path))
    assert code == 0, err
    assert "service.deployment" in out
    assert "2 checks: 2 passed" in out
    assert "the upgrade to 0.12.4 is complete" in out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "stdin is not a terminal"),
        (("--yes",), "the way has to be named"),
        (("--dry-run", "--status"), "not allowed with"),
        (("--way", "fast"), "unknown value: fast"),
        (("--attempts", "0"), "must be 1 to 100 attempts"),
        (("--attempts", "two"), "must be 1 to 100 attempts"),
        (("--max-wait", "long"), "must be 0 to 86400 seconds"),
        (("--other-client", "bastion"), "must be an IP address"),
        (("--skip", "nothing", "--dry-run"), "no such check"),
        (("--env", "staging", "--dry-run"), "no such environment"),
    ],
)
def test_wrong_command_line_calls_nothing(
    words: tuple[str, ...], message: str, account: UpgradeAccount, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        code, _, err = run("upgrade", *words)
    except SystemExit as exit_:
        code, err = int(exit_.code or 0), capsys.readouterr().err
    assert code == 2
    assert message in err
    assert "hint: " in err
    assert not account.calls


def test_drift_is_refused_before_any_call(account: UpgradeAccount, run: Run) -> None:
    next(Path("out").rglob("main.tf")).write_text("# changed\n")
    code, _, err = run("upgrade", "--dry-run")
    assert code == 1
    assert "differs from the spec" in err
    assert not account.calls


def test_refusal_has_exit_code_1_and_the_hint(account: UpgradeAccount, run: Run) -> None:
    account.service.rolls_back = True
    code, out, err = run("upgrade", "--yes", "--way", "stop")
    assert code == 1
    assert "refused  circuit breaker" in out
    assert "hint: set `service.circuit_breaker_rollback: false`" in err


def test_interruption_says_how_to_go_on(account: UpgradeAccount, run: Run) -> None:
    account.named_faults["ecs:UpdateService"] = ["killed after"]
    code, _, err = run("upgrade", "--yes", "--way", "stop")
    assert code == 130
    assert "hint: `owscale upgrade` goes on from here" in err


def test_back_needs_no_way(account: UpgradeAccount, run: Run, tmp_path: Path) -> None:
    account.outcomes = ["fails"]
    assert run("upgrade", "--yes", "--way", "stop")[0] == 1
    code, out, err = run("upgrade", "--back", "--yes", *_verify_words(account, tmp_path))
    assert code == 0, err
    assert "2 checks: 2 passed" in out
    assert "the service runs 0.11.3 again" in out


def test_way_back_that_a_person_must_finish_has_exit_code_1(account: UpgradeAccount, run: Run) -> None:
    assert run("upgrade", "--yes", "--way", "stop")[0] == 0
    code, out, err = run("upgrade", "--back", "--yes", "--way", "stop")
    assert code == 1, err
    assert "next     1. run the script above" in out
    account.database.head = account.heads[OLD]
    account.apply(NEW)
    code, out, err = run("upgrade", "--back", "--yes")
    assert code == 1, err
    assert f"next     1. set app.image to {OLD}" in out
    write_spec(image=OLD)
    account.apply(OLD)
    run("upgrade", "--back", "--yes")
    assert account.service.running == 3


def test_way_back_of_a_service_that_serves_has_exit_code_0(
    account: UpgradeAccount, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_compatibility(tmp_path / "compatibility.json", monkeypatch)
    assert run("upgrade", "--yes", "--way", "live")[0] == 0
    account.apply(NEW)
    code, out, err = run("upgrade", "--back", "--yes")
    assert code == 0, err
    assert f"next     1. set app.image to {OLD}" in out


def test_control_characters_of_aws_do_not_reach_the_terminal(account: UpgradeAccount, run: Run) -> None:
    account.add_service("evil\x1b[2J", OLD)
    _, out, err = run("upgrade", "--dry-run")
    assert "\x1b" not in out + err
