"""Runs of `owscale upgrade` against the account in memory: each one as a new process would make it."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from owscale.domain.openwebui import upgrades
from owscale.errors import OwscaleError
from owscale.spec.deployment import Deployment
from owscale.upgrade import runner, way_back
from owscale.upgrade.record import RecordStore, place_of
from owscale.upgrade.upgrading import Next, UpgradeSettings, Upgrading
from owscale.workflow.pipeline import load_specs
from tests._support.cases import GOLDEN
from tests._support.upgrade_account import NEW, OLD, UpgradeAccount

_WORKS = {"starts": True, "reads": True, "writes": True, "errors": []}


class Screen:
    """The terminal of a test: the lines, the questions, and the answers to them; without answers, yes."""

    def __init__(self, answers: list[bool] | None = None, during_question: Callable[[], None] = lambda: None) -> None:
        self._during_question = during_question
        self.lines: list[str] = []
        self.questions: list[str] = []
        self.waits: list[str] = []
        self._answers = answers

    def line(self, text: str) -> None:
        self.lines += text.splitlines()

    def waiting(self, text: str) -> None:
        assert text
        self.waits.append(text)

    def confirm(self, question: str) -> bool:
        self.questions.append(question)
        self._during_question()
        answer = self._answers.pop(0) if self._answers is not None else True
        self.lines += [question, f"Type yes to go on: {'yes' if answer else 'no'}"]
        return answer

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


@dataclass
class Runs:
    """Runs for one account. `spec` is what the repository has: the image, and that of the migration."""

    account: UpgradeAccount
    directory: Path
    image: str = OLD
    migration_image: str | None = NEW
    settings: dict[str, Any] = field(default_factory=dict)
    verify: Callable[[], tuple[bool, str]] = lambda: (True, "20 checks: 20 passed")
    screen: Screen = field(default_factory=Screen)
    number: int = 0

    def upgrade(self, *, answers: list[bool] | None = None, **settings: Any) -> Next:
        """Run `owscale upgrade`, and return the next step."""
        return self._run(runner.upgrade_deployment, answers, settings)

    def upgrade_until_killed(self) -> None:
        """Run `owscale upgrade`, and kill it when the task of the migration has started."""
        start = self.account._RunTask

        def killed(**arguments: Any) -> dict[str, Any]:
            response = start(**arguments)
            if "command" not in str(arguments["overrides"]):
                raise KeyboardInterrupt
            return response

        self.account.replace("_RunTask", killed)  # until the end of this run
        with pytest.raises(KeyboardInterrupt):
            self.upgrade()
        self.account.replace("_RunTask", start)  # as before

    def preview(self, **settings: Any) -> Next:
        """Run `owscale upgrade --dry-run`."""
        return self._run(runner.preview, None, settings)

    def back(self, *, answers: list[bool] | None = None, **settings: Any) -> Next:
        """Run `owscale upgrade --back`."""
        return self._run(way_back.take_back, answers, settings)

    def preview_back(self) -> Next:
        """Run `owscale upgrade --back --dry-run`."""
        return self._run(way_back.preview_back, None, {})

    def refused(self, run: Callable[..., Next], **settings: Any) -> OwscaleError:
        """Return the error of a run that must fail."""
        with pytest.raises(OwscaleError) as caught:
            run(**settings)
        assert caught.value.hint
        return caught.value

    def merge_and_apply(self, image: str = NEW) -> None:
        """Change the spec to the release alone, and apply it."""
        self.image, self.migration_image = image, None
        self.account.apply(image)

    def complete(self, image: str = NEW, **settings: Any) -> None:
        """Run a whole upgrade."""
        self.upgrade(**settings)
        self.merge_and_apply(image)
        self.upgrade(**settings)

    def _run(self, what: Callable[[Upgrading], Next], answers: list[bool] | None, settings: dict[str, Any]) -> Next:
        self.number += 1
        self.screen = Screen(answers, settings.pop("during_question", lambda: None))
        account = self.account
        deployment = self.deployment()
        run_id = f"{self.number:08x}"
        call = aws_calls_caller(account)
        store = RecordStore(call, place_of(deployment.spec.state), "anna@laptop", run_id)
        upgrading = Upgrading(
            spec=deployment.spec,
            folder=deployment.folder,
            call=call,
            clock=account.clock,
            store=store,
            terminal=self.screen,
            verify=self.verify,
            settings=UpgradeSettings(**{**self.settings, **settings}),
            options=("--region", "eu-west-1"),
            who="anna@laptop",
            run_id=run_id,
            document=store.read(),
        )
        return what(upgrading)

    def deployment(self) -> Deployment:
        """Return the deployment of the spec as it is now."""
        return _deployment(self.directory, self.image, self.migration_image)


def aws_calls_caller(account: UpgradeAccount) -> Any:
    """Return the account with the repetition of calls that the command has."""
    from owscale.upgrade.aws_calls import PatientCaller  # noqa: PLC0415 -- beside its use

    return PatientCaller(account, account.clock.sleep)


@functools.cache
def _deployment(directory: Path, image: str, migration_image: str | None) -> Deployment:
    data = yaml.safe_load((GOLDEN / "minimal/spec.yaml").read_text())
    data["app"] = {"image": image} | ({"migration_image": migration_image} if migration_image else {})
    data["service"]["circuit_breaker_rollback"] = False
    file = directory / "spec.yaml"
    file.write_text(yaml.safe_dump(data))
    loaded = load_specs(file)
    assert not loaded.report.files_with_errors
    return loaded.deployments[0].deployment


def write_compatibility(
    file: Path, monkeypatch: pytest.MonkeyPatch, *, live: bool = True, chats: int = 100_000
) -> None:
    """Let the two releases of the tests be measured: old on new works, and a live migration with a wait of 0.3 s."""
    measured = {
        "chats": chats,
        "megabytes": 105,
        "rows": {"file": 20_000},
        "writers": 4,
        "lock_timeout_ms": 2000,
        "attempts": 1,
        "seconds": 4.2,
        "longest_wait_seconds": 0.3,
        "locks": [],
        "errors": 0,
        "lost_rows": 0,
    }
    pair = {"from": "0.11.3", "to": "0.12.4", "old_on_new": _WORKS, "new_on_old": None, "new_after_old": _WORKS}
    file.write_text(json.dumps({"pairs": [pair | {"live": [measured] if live else []}]}))
    monkeypatch.setattr(upgrades, "COMPATIBILITY_FILE", file)
    upgrades._pairs.cache_clear()
