"""The database on RDS, its snapshot, and a backup of the user's own."""

import copy

import pytest

from tests._support.upgrade_account import HOST, NEW, UpgradeAccount
from tests._support.upgrade_runs import Runs


def test_snapshot_of_a_single_zone_is_asked_about(account: UpgradeAccount, runs: Runs) -> None:
    account.instances[0]["MultiAZ"] = False
    error = runs.refused(runs.upgrade, answers=[False])
    assert "before the step `snapshot`" in error.message
    assert runs.screen.questions[0].startswith("create a snapshot of the RDS instance chat: the database is Single-AZ")
    assert not account.snapshots


def test_address_finds_the_database_among_several(account: UpgradeAccount, runs: Runs) -> None:
    other = copy.deepcopy(account.instances[0]) | {
        "DBInstanceIdentifier": "other",
        "Endpoint": {"Address": "elsewhere"},
    }
    account.instances.insert(0, other)
    runs.upgrade()
    assert account.record["upgrade"]["snapshot"]["database"] == "chat"


def test_several_databases_of_one_group_are_an_error(account: UpgradeAccount, runs: Runs) -> None:
    account.instances[0]["Endpoint"] = {"Address": "one"}
    account.instances.append(copy.deepcopy(account.instances[0]) | {"DBInstanceIdentifier": "other"})
    error = runs.refused(runs.upgrade)
    assert "several databases have the security group sg-11111111" in error.message
    assert "existing.database.instance" in error.hint


def test_database_elsewhere_needs_a_backup_by_name(account: UpgradeAccount, runs: Runs) -> None:
    account.instances = []
    error = runs.refused(runs.upgrade)
    assert f"the database at {HOST} is no RDS instance" in error.message
    assert account.service.desired == 3
    runs.upgrade(backup="pgdump-2030-01-07")
    snapshot = account.record["upgrade"]["snapshot"]
    assert (snapshot["kind"], snapshot["name"]) == ("own", "pgdump-2030-01-07")
    runs.merge_and_apply()
    runs.upgrade()
    runs.preview_back()
    assert "since the backup pgdump-2030-01-07" in runs.screen.text


def test_snapshot_waits_for_the_backup_of_aws(account: UpgradeAccount, runs: Runs) -> None:
    from owscale.aws_api.calls import CallError  # noqa: PLC0415 -- beside its use

    original, busy = account._CreateDBSnapshot, [1, 2]

    def in_progress(**arguments: str) -> dict[str, object]:
        if busy:
            busy.pop()
            raise CallError("busy", hint="wait", action="rds", reason="other", code="InvalidDBInstanceState")
        return original(**arguments)

    account.replace("_CreateDBSnapshot", in_progress)  # a backup in progress
    runs.upgrade()
    assert len(account.snapshots) == 1


def test_failed_snapshot_ends_the_run(account: UpgradeAccount, runs: Runs) -> None:
    original = account._snapshot
    account.replace("_snapshot", lambda name: original(name) | {"Status": "failed"})  # RDS
    assert "failed" in runs.refused(runs.upgrade).message
    assert account.service.desired == 3
    account.replace("_snapshot", original)  # as before
    runs.upgrade()
    assert account.record["upgrade"]["snapshot"]["name"].endswith("-2")


def test_database_at_another_address_is_asked_about(account: UpgradeAccount, runs: Runs) -> None:
    account.database.host = "db.example.com"
    runs.refused(runs.upgrade, answers=[False])
    assert "and that of the service db.example.com; go on" in runs.screen.questions[0]
    assert not account.snapshots


def test_age_of_a_snapshot_is_that_of_its_data(account: UpgradeAccount, runs: Runs) -> None:
    original, taken = account._snapshot, account.clock.now()
    account.replace("_snapshot", lambda name: original(name) | {"SnapshotCreateTime": taken})  # RDS
    runs.upgrade()
    assert account.record["upgrade"]["snapshot"]["available_at"] == "2030-01-07T09:00:00Z"


@pytest.mark.parametrize("is_migrated", [False, True])
def test_name_of_a_snapshot_that_was_deleted_is_not_used_again(
    account: UpgradeAccount, runs: Runs, *, is_migrated: bool
) -> None:
    """A second snapshot of that name would have the time of the first one, and another content."""
    if is_migrated:
        runs.upgrade()
    else:
        runs.refused(runs.upgrade, answers=[False])
    first = account.record["upgrade"]["snapshot"]
    account.snapshots.clear()
    account.clock.sleep(3600)
    runs.upgrade()
    assert set(account.snapshots) == (set() if is_migrated else {f"{first['name'][:-1]}2"})
    second = account.record["upgrade"]["snapshot"]
    assert (second == first) == is_migrated


def test_migrated_database_gets_no_snapshot(account: UpgradeAccount, runs: Runs) -> None:
    account.database.head = account.heads[NEW]
    runs.upgrade()
    assert not account.snapshots


def test_own_backup_that_is_old_is_named_again(account: UpgradeAccount, runs: Runs) -> None:
    account.instances = []
    runs.refused(runs.upgrade, backup="monday", answers=[False])
    account.clock.sleep(2 * 86400)
    error = runs.refused(runs.upgrade)
    assert "monday" in error.message
    assert "--backup NAME" in error.hint
    runs.upgrade(backup="wednesday")
    assert account.record["upgrade"]["snapshot"]["name"] == "wednesday"


def test_database_at_another_address_needs_a_person_once(account: UpgradeAccount, runs: Runs) -> None:
    account.database.host = "db.example.com"
    error = runs.refused(runs.upgrade, is_agreed=True, way="stop")
    assert "--yes does not agree" in error.message
    assert not account.snapshots
    runs.refused(runs.upgrade, answers=[True, False])
    runs.upgrade(is_agreed=True, way="stop")
    assert account.database.head == account.heads[NEW]


def test_own_backup_counts_for_a_database_at_another_address(account: UpgradeAccount, runs: Runs) -> None:
    account.database.host = "db.example.com"
    runs.upgrade(is_agreed=True, way="stop", backup="of-the-other-database")
    assert not account.snapshots
    assert account.record["upgrade"]["snapshot"]["name"] == "of-the-other-database"
