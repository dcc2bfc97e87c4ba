"""A run of owscale that ends between any two calls: the next run leads to the same end, and repeats no change."""

from collections.abc import Callable
from pathlib import Path

import pytest

from owscale.aws_api.calls import is_reading
from owscale.errors import OwscaleError
from tests._support.upgrade_account import HEADS, NEW, OLD, Fault, UpgradeAccount, outcome_counts
from tests._support.upgrade_runs import Runs

_PARTS = 3
"""Parts into which the kills are divided, so that workers share them."""

Scenario = Callable[[Runs], None]


def _forward(runs: Runs) -> None:
    runs.upgrade()
    runs.merge_and_apply()
    runs.upgrade()


def _with_two_attempts(runs: Runs) -> None:
    runs.account.outcomes = ["no lock", "migrates"]
    _forward(runs)


def _failed_and_back(runs: Runs) -> None:
    runs.account.outcomes = ["fails"]
    if runs.account.service.desired:
        with pytest.raises(OwscaleError, match="the migration failed"):
            runs.upgrade()
    runs.back()


def _restored(runs: Runs) -> None:
    runs.complete()
    runs.back()
    runs.account.database.head = HEADS[OLD]
    runs.back()
    runs.merge_and_apply(OLD)
    runs.back()


def _back_and_forward_again(runs: Runs) -> None:
    runs.complete()
    runs.back()
    runs.upgrade()


def _repeat(run: Callable[[], object]) -> None:
    """Run as a user does: again after an interruption."""
    for _ in range(5):
        try:
            run()
        except KeyboardInterrupt:
            continue
        return
    pytest.fail("still interrupted")


class _Persistent(Runs):
    """Runs that are repeated after an interruption."""

    def upgrade(self, *, answers: list[bool] | None = None, **settings: object) -> tuple[str, ...]:
        result: list[tuple[str, ...]] = []
        _repeat(lambda: result.append(super(_Persistent, self).upgrade(answers=answers, **settings)))
        return result[0]

    def back(self, *, answers: list[bool] | None = None, **settings: object) -> tuple[str, ...]:
        result: list[tuple[str, ...]] = []
        _repeat(lambda: result.append(super(_Persistent, self).back(answers=answers, **settings)))
        return result[0]


def _end(scenario: Scenario, directory: Path, head: str, faults: dict[int, Fault]) -> UpgradeAccount:
    account = UpgradeAccount()
    account.heads[NEW] = head
    account.faults = faults
    scenario(_Persistent(account, directory))
    return account


@pytest.mark.parametrize("part", range(_PARTS))
@pytest.mark.parametrize("scenario", [_with_two_attempts, _failed_and_back])
def test_every_kill_leads_to_the_same_end(
    scenario: Scenario, part: int, directory: Path, account: UpgradeAccount
) -> None:
    _require_same_end(
        scenario, "killed after", directory, account.heads[NEW], lambda number, _: number % _PARTS == part
    )


@pytest.mark.parametrize("fault", ["killed before", "killed after"])
@pytest.mark.parametrize("scenario", [_restored, _back_and_forward_again])
def test_every_kill_at_a_change_of_the_way_back_leads_to_the_same_end(
    scenario: Scenario, fault: Fault, directory: Path, account: UpgradeAccount
) -> None:
    _require_same_end(scenario, fault, directory, account.heads[NEW], lambda _, name: not is_reading(name))


@pytest.mark.parametrize("scenario", [_with_two_attempts, _failed_and_back])
def test_every_lost_response_leads_to_the_same_end(
    scenario: Scenario, directory: Path, account: UpgradeAccount
) -> None:
    _require_same_end(scenario, "lost", directory, account.heads[NEW], lambda _, name: not is_reading(name))


def _require_same_end(
    scenario: Scenario, fault: Fault, directory: Path, head: str, selects: Callable[[int, str], bool]
) -> None:
    """Require that a fault at each of the selected calls leads to the end without a fault."""
    expected = _end(scenario, directory, head, {})
    for number, (name, _) in enumerate(expected.calls):
        if not selects(number, name):
            continue
        interrupted = _end(scenario, directory, head, {number: fault})
        where = f"call {number}: {name}"
        assert interrupted.state() == expected.state(), where
        assert interrupted.most_migrations <= 1, where
        # A run that ended after a failure repeats the migration, as it says; none is repeated that succeeded.
        repeats = 1 if scenario is _failed_and_back else 0
        assert len(expected.migrations) <= len(interrupted.migrations) <= len(expected.migrations) + repeats, where
        assert len(interrupted.snapshots) == 1, where
        assert interrupted.record["upgrade"]["closed_at"], where


def test_live_upgrade_survives_interruptions(live: None, directory: Path, account: UpgradeAccount) -> None:  # noqa: ARG001 -- the pair is measured
    head = account.heads[NEW]
    expected = _end(_with_two_attempts, directory, head, {})
    for number in range(0, len(expected.calls), 3):
        interrupted = _end(_with_two_attempts, directory, head, {number: "killed after"})
        assert interrupted.state() == expected.state()
        assert (interrupted.most_migrations, len(interrupted.migrations)) == (1, 2)


def test_throttling_everywhere_only_takes_longer(directory: Path, account: UpgradeAccount) -> None:
    head = account.heads[NEW]
    expected = _end(_forward, directory, head, {})
    throttled = _end(_forward, directory, head, dict.fromkeys(range(0, 10_000, 2), "throttled"))
    assert throttled.state() == expected.state()
    assert outcome_counts(throttled).keys() == outcome_counts(expected).keys()


def test_two_runs_never_mix(account: UpgradeAccount, runs: Runs, directory: Path) -> None:
    other = Runs(account, directory, number=100)
    account.named_faults["ecs:UpdateService"] = []
    original = account._UpdateService

    def overtaken(**arguments: object) -> dict[str, object]:
        account.replace("_UpdateService", original)  # only the first call is overtaken
        other.upgrade()
        return original(**arguments)  # type: ignore[arg-type]  # the arguments of the call

    account.replace("_UpdateService", overtaken)  # a second run, meanwhile
    error = runs.refused(runs.upgrade)
    assert "another run of `owscale upgrade` works on this deployment: anna@laptop wrote it at" in error.message
    assert (len(account.migrations), len(account.snapshots)) == (1, 1)


def test_way_back_of_another_run_ends_a_wait_for_capacity(account: UpgradeAccount, runs: Runs, directory: Path) -> None:
    other = Runs(account, directory, number=100)
    original = account._RunTask

    def without_capacity(**arguments: object) -> dict[str, object]:
        if "command" in str(arguments["overrides"]):
            return original(**arguments)
        account.replace("_RunTask", original)  # ECS has capacity again
        other.back()
        return {"tasks": [], "failures": [{"reason": "Capacity is unavailable at this time"}]}

    account.replace("_RunTask", without_capacity)  # no capacity for the migration
    assert "another run" in runs.refused(runs.upgrade).message
    assert not account.migrations
    assert account.service.running == 3


def test_first_records_of_two_runs_never_mix(account: UpgradeAccount, runs: Runs, directory: Path) -> None:
    other = Runs(account, directory, number=100)
    original = account._PutObject

    def overtaken(**arguments: object) -> dict[str, object]:
        account.replace("_PutObject", original)  # only the first call is overtaken
        other.upgrade()
        return original(**arguments)  # type: ignore[arg-type]  # the arguments of the call

    account.replace("_PutObject", overtaken)  # a second run, meanwhile
    assert "another run" in runs.refused(runs.upgrade).message
    assert len(account.migrations) == 1
    assert account.service.definition == account.latest("chat")
    assert account.definitions[account.service.definition]["containerDefinitions"][0]["image"] == OLD
