"""Two operators, in any order of commands, applies and accidents: no release starts on a schema that it does not suit.

Afterwards a person who follows the messages reaches the end, forward or back.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from owscale.domain.openwebui.upgrades import Upgrade
from owscale.errors import OwscaleError
from owscale.upgrade.record import RecordedUpgrade, ServiceBeforePlan, parse_document, recorded_upgrade
from tests._support.upgrade_account import ACCOUNT, CLUSTER, NAME, NEW, OLD, Fault, Outcome, UpgradeAccount
from tests._support.upgrade_runs import Runs

_STORIES = 60
"""Random stories of each test; a story takes some hundredths of a second."""
_MOST_ORDERS = 15
"""Orders that a person follows at most until the end."""
_FAULTS: tuple[Fault, ...] = ("killed after", "killed before", "lost", "throttled")
_OUTCOMES: tuple[Outcome, ...] = ("no lock", "fails", "does not start", "migrates", "killed")


class _Account(UpgradeAccount):
    """An account that fails where owscale does what it never may, and that lets a second operator in between."""

    def __init__(self) -> None:
        super().__init__()
        self.interruption: tuple[int, Callable[[], object]] | None = None

    def __call__(self, name: str, /, **arguments: Any) -> dict[str, Any]:
        if self.interruption and len(self.calls) >= self.interruption[0]:
            _, interrupt = self.interruption
            self.interruption = None
            interrupt()
        if name == "ecs:UpdateService" and arguments["desiredCount"]:
            assert not self.state()["running migrations"]
            assert self.database.head == self.heads[self.state()["image"]]
        is_migration = name == "ecs:RunTask" and "command" not in str(arguments["overrides"])
        if is_migration and self.record["upgrade"]["way"] == "stop":
            assert self.service.desired == 0
        response = super().__call__(name, **arguments)
        assert self.most_migrations <= 1
        return response


class _Story:
    """A story: random acts, and then a person with a goal."""

    def __init__(self, account: _Account, directory: Path, seed: int) -> None:
        self.account, self.random = account, random.Random(seed)  # noqa: S311 -- a story that can be told again
        self.runs = Runs(account, directory)
        self.acts: list[Callable[[], object]] = [
            *[lambda: self._command(Runs.upgrade)] * 3,
            *[lambda: self._command(Runs.back)] * 2,
            lambda: self._write(OLD, NEW),
            lambda: self._write(NEW, None),
            lambda: self._write(OLD, None),
            *[self.apply] * 2,
            lambda: account.clock.sleep(self.random.choice([600, 7200, 2 * 86400])),
            account.snapshots.clear,
            self._scale,
            self._choose_an_outcome,
        ]

    def act(self) -> None:
        """Do some random acts."""
        for _ in range(self.random.randrange(3, 16)):
            self.random.choice(self.acts)()
        self.account.interruption, self.account.faults, self.account.outcomes = None, {}, ["migrates"]

    def apply(self) -> None:
        """Apply the spec, if the plan check passes."""
        account, runs = self.account, self.runs
        running, recorded = account.state()["image"], self._recorded()
        if runs.image not in {running, recorded.image}:
            return
        if runs.image != running:
            account.apply(runs.image)
        for definition in account.definitions.values():
            if definition["family"] == f"{NAME}-migration":
                definition["status"] = "INACTIVE"
        if runs.migration_image:
            account.register(runs.migration_image, migration=True)
        account.alarms.update(dict.fromkeys(account.alarms, True))

    def order(self, run: Callable[[Runs], tuple[str, ...]]) -> str:
        """Run a command, and return its next step or its error."""
        try:
            return " ".join(run(self.runs))
        except OwscaleError as error:
            return f"{error.message} {error.hint}"

    def follow(self, run: Callable[[Runs], tuple[str, ...]], is_at_the_end: Callable[[], bool]) -> None:
        """Do what the messages of a command say, until the end."""
        for _ in range(_MOST_ORDERS):
            self.account.clock.sleep(700)
            if is_at_the_end():
                return
            self._obey(self.order(run))
        pytest.fail("no end")

    def is_forward(self) -> bool:
        """Whether the service runs the following release, and the upgrade is complete."""
        last = self._last()
        return self._runs(NEW) and bool(last.get("closed_at")) and not last.get("back_at")

    def is_back(self) -> bool:
        """Whether the service runs the earlier release, and no upgrade is open."""
        last = self._last()
        return self._runs(OLD) and (not last or bool(last.get("closed_at")))

    def _obey(self, text: str) -> None:
        if "run the script above" in text:
            self.account.database.head = self.account.heads[OLD]
        elif f"sets app.image to {NEW}" in text or f"set app.image to {NEW}" in text:
            self._write(NEW, None)
        elif f"set app.image to {OLD} (revert" in text:
            self._write(OLD, None)
        elif "is being taken back" in text or "`owscale upgrade --back`, which leads to" in text:
            self._obey(self.order(Runs.back))
        elif "nothing to restore" in text:
            self._obey(self.order(Runs.upgrade))
        elif self.account.state()["image"] == OLD:
            self._write(OLD, NEW)
        else:
            self._write(NEW, None)
        self.apply()

    def _command(self, run: Callable[..., tuple[str, ...]]) -> None:
        """Run a command, perhaps with faults, answers, and a second operator in between."""
        account, number = self.account, len(self.account.calls)
        account.faults = {
            number + self.random.randrange(1, 90): self.random.choice(_FAULTS) for _ in range(self.random.randrange(3))
        }
        if self.random.random() < 0.4:
            account.interruption = number + self.random.randrange(1, 80), self._second_operator
        answers = [self.random.random() < 0.5 for _ in range(9)] if self.random.random() < 0.2 else None
        self._ignore(lambda: run(self.runs, answers=answers))

    def _second_operator(self) -> None:
        runs = self.runs
        other = Runs(self.account, runs.directory, runs.image, runs.migration_image, number=1000 + runs.number)
        self._ignore(self.random.choice([other.upgrade, other.back]))

    @staticmethod
    def _ignore(run: Callable[[], object]) -> None:
        try:
            run()
        except (OwscaleError, KeyboardInterrupt):
            return

    def _write(self, image: str, migration_image: str | None) -> None:
        self.runs.image, self.runs.migration_image = image, migration_image

    def _scale(self) -> None:
        if self.account.service.desired:
            self.account.service.desired = self.random.choice([1, 2, 5])

    def _choose_an_outcome(self) -> None:
        self.account.outcomes = [self.random.choice(_OUTCOMES), "migrates"]

    def _recorded(self) -> RecordedUpgrade:
        documents = [parse_document(body, "s3://bucket/key") for body, _ in self.account.objects.values()]
        running = self.account.state()["image"], self.account.service.desired
        return recorded_upgrade(
            documents[0] if documents else None,
            ServiceBeforePlan("minimal/production", ACCOUNT, CLUSTER, NAME, *running),
        )

    def _last(self) -> dict[str, Any]:
        return self.account.record["upgrade"] if self.account.objects else {}

    def _runs(self, image: str) -> bool:
        account = self.account
        return bool(account.service.running and account.state()["image"] == image)


@pytest.fixture(params=["stop", "live"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Let a live migration be available, or not; a release does not work on the schema of the other."""
    if request.param == "live":
        request.getfixturevalue("live")
    for name in ("may_roll_back", "returns_without_restore"):
        monkeypatch.setattr(Upgrade, name, property(lambda _: False))
    return str(request.param)


@pytest.mark.parametrize("goal", ["forward", "back"])
def test_any_order_can_be_led_to_an_end(way: str, goal: str, directory: Path) -> None:
    for seed in range(_STORIES):
        story = _Story(_Account(), directory, seed)
        try:
            story.act()
            if goal == "forward":
                story.follow(Runs.upgrade, story.is_forward)
            else:
                story.follow(Runs.back, story.is_back)
        except BaseException as error:
            error.add_note(f"way {way}, seed {seed}")
            raise
        assert story.account.database.head == story.account.heads[story.account.state()["image"]]
