"""The way back, at each point of an upgrade."""

import shlex

import pytest

from owscale.aws_api.calls import is_reading
from owscale.upgrade.record import migrated_image, parse_document
from tests._support.upgrade_account import HEADS, NEW, OLD, UpgradeAccount
from tests._support.upgrade_runs import Runs


def _commands(runs: Runs) -> list[str]:
    return [line.removeprefix("$ ") for line in runs.screen.lines if line.startswith("$ ")]


def _plan_check_accepts(account: UpgradeAccount) -> str | None:
    (body, _), *_ = account.objects.values()
    return migrated_image(parse_document(body, "s3://bucket/key"))


def test_before_the_migration_nothing_is_lost(account: UpgradeAccount, runs: Runs) -> None:
    before = account.state()
    account.outcomes = ["fails"]
    runs.refused(runs.upgrade)
    runs.preview_back()
    assert "loses    nothing: the database was not migrated" in runs.screen.text
    steps = runs.back()
    assert account.state() == {**before, "snapshots": 1}
    assert steps == ("`owscale verify`", "remove app.migration_image from the spec, and apply")
    assert _plan_check_accepts(account) == OLD


def test_after_the_migration_the_user_restores(account: UpgradeAccount, runs: Runs) -> None:
    runs.complete()
    assert _plan_check_accepts(account) == NEW
    steps = runs.back()
    assert steps == ("run the commands above in their order", "`owscale upgrade --back`")
    assert account.service.running == 0
    assert not any(account.alarms.values())
    assert _plan_check_accepts(account) is None
    began = account.record["upgrade"]["attempts"][0]["started_at"]
    assert f"loses    everything that was written since {began}" in runs.screen.text
    account.database.head = HEADS[OLD]
    assert f"set app.image to {OLD}" in runs.back()[0]
    assert _plan_check_accepts(account) == OLD
    runs.merge_and_apply(OLD)
    assert runs.back() == ("`owscale verify`",)
    assert account.service.running == 3
    assert all(account.alarms.values())
    assert account.suspended
    assert not any(account.suspended.values())


def test_measured_release_returns_without_a_restore(live: None, account: UpgradeAccount, runs: Runs) -> None:  # noqa: ARG001 -- the pair is measured
    runs.complete()
    assert f"set app.image to {OLD}" in runs.back()[0]
    assert account.service.running == 3
    assert "nothing is lost" in runs.screen.text
    runs.merge_and_apply(OLD)
    runs.back()
    assert account.state()["image"] == OLD
    assert account.database.head == account.heads[NEW]


def test_commands_restore_beside_the_present_database(runs: Runs) -> None:
    runs.complete()
    runs.preview_back()
    commands = _commands(runs)
    words = [shlex.split(each.removeprefix("until ").partition(";")[0]) for each in commands]
    assert [each[:3] for each in words] == [
        ["aws", "rds", "restore-db-instance-to-point-in-time"],
        ["aws", "rds", "wait"],
        ["aws", "rds", "modify-db-instance"],
        ["aws", "rds", "wait"],
        ["aws", "rds", "modify-db-instance"],
        ["aws", "rds", "wait"],
    ]
    assert "delete" not in " ".join(commands)
    assert all(each[-2:] == ["--region", "eu-west-1"] for each in words)


def test_without_automated_backups_the_snapshot_is_restored(account: UpgradeAccount, runs: Runs) -> None:
    account.instances[0]["BackupRetentionPeriod"] = 0
    runs.complete()
    runs.preview_back()
    name = account.record["upgrade"]["snapshot"]["name"]
    words = _commands(runs)[0].split()
    assert words[2:5] == ["restore-db-instance-from-db-snapshot", "--db-snapshot-identifier", name]
    assert words[5:7] == ["--db-instance-identifier", "chat-restored"]


@pytest.mark.parametrize("retention", [0, 7])
def test_aurora_restores_a_cluster_with_an_instance(retention: int, account: UpgradeAccount, runs: Runs) -> None:
    account.clusters = [
        {
            "DBClusterIdentifier": "chat",
            "Engine": "aurora-postgresql",
            "Endpoint": account.instances[0]["Endpoint"]["Address"],
            "BackupRetentionPeriod": retention,
            "DBSubnetGroup": "private",
            "DBClusterMembers": [
                {"DBInstanceIdentifier": "chat-2", "IsClusterWriter": False},
                {"DBInstanceIdentifier": "chat-1", "IsClusterWriter": True},
            ],
            "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-11111111"}],
        }
    ]
    account.instances = []
    runs.complete()
    assert account.count("rds:CreateDBClusterSnapshot") == 1
    runs.preview_back()
    commands = _commands(runs)
    kind = "restore-db-cluster-to-point-in-time" if retention else "restore-db-cluster-from-snapshot"
    assert kind in commands[0]
    assert (
        "create-db-instance --db-instance-identifier chat-restored-1 --db-cluster-identifier chat-restored"
        in commands[2]
    )
    assert "describe-db-instances --db-instance-identifier chat-1" in commands[2]


def test_multi_az_cluster_is_restored_with_its_instances(account: UpgradeAccount, runs: Runs) -> None:
    account.clusters = [
        {
            "DBClusterIdentifier": "chat",
            "Engine": "postgres",
            "Endpoint": account.instances[0]["Endpoint"]["Address"],
            "BackupRetentionPeriod": 7,
            "DBClusterInstanceClass": "db.m6gd.large",
        }
    ]
    account.instances = []
    runs.complete()
    runs.preview_back()
    commands = _commands(runs)
    assert "--db-cluster-instance-class db.m6gd.large" in commands[0]
    assert not any("create-db-instance" in command for command in commands)


def test_dry_run_of_the_way_back_only_reads(account: UpgradeAccount, runs: Runs) -> None:
    runs.complete()
    number = len(account.calls)
    runs.preview_back()
    assert all(is_reading(name) for name, _ in account.calls[number:])


def test_way_back_waits_for_a_running_migration(account: UpgradeAccount, runs: Runs) -> None:
    account.outcomes = ["hangs"]
    account.named_faults["logs:GetLogEvents"] = []
    account.faults = {}
    original = account._RunTask

    def killed(**arguments: object) -> dict[str, object]:
        response = original(**arguments)
        if "command" not in str(arguments["overrides"]):
            raise KeyboardInterrupt
        return response

    account._RunTask = killed  # type: ignore[method-assign]  # the run ends while the migration runs
    with pytest.raises(KeyboardInterrupt):
        runs.upgrade()
    account._RunTask = original  # type: ignore[method-assign]  # as before
    error = runs.refused(runs.back)
    assert error.message.startswith("the migration still runs: task ")
    assert "aws ecs stop-task" in error.hint


def test_nothing_to_take_back(account: UpgradeAccount, runs: Runs) -> None:
    assert "no upgrade was recorded" in runs.refused(runs.back).message
    account.outcomes = ["fails"]
    runs.refused(runs.upgrade)
    runs.back()
    changes = len(account.changes)
    assert runs.back()[0].startswith("nothing to take back")
    assert len(account.changes) == changes


def test_restore_is_to_the_attempt_that_migrated(account: UpgradeAccount, runs: Runs) -> None:
    account.outcomes = ["fails", "migrates"]
    runs.refused(runs.upgrade)
    account.clock.sleep(4 * 86400)
    runs.upgrade()
    first, last = account.record["upgrade"]["attempts"]
    runs.preview_back()
    assert last["started_at"] in _commands(runs)[0]
    assert first["started_at"] not in runs.screen.text


def test_declined_way_back_changes_nothing(account: UpgradeAccount, runs: Runs) -> None:
    runs.upgrade()
    runs.merge_and_apply()
    before = account.state()
    assert "nothing was changed" in runs.refused(runs.back, answers=[False]).message
    assert "which loses everything that was written since" in runs.screen.questions[0]
    assert _plan_check_accepts(account) == NEW
    assert account.state() == before
    runs.upgrade()
    assert account.service.running == 3


def test_yes_alone_does_not_agree_to_a_loss(account: UpgradeAccount, runs: Runs) -> None:
    runs.complete()
    error = runs.refused(runs.back, is_agreed=True)
    assert "--way stop" in error.hint
    assert account.service.running == 3
    runs.back(is_agreed=True, way="stop")
    assert account.service.running == 0


def test_foreign_revision_is_not_led_back(live: None, account: UpgradeAccount, runs: Runs) -> None:  # noqa: ARG001 -- the pair is measured
    runs.complete()
    account.heads["later"] = account.database.head = "of-a-later-release"
    assert "neither that of before the upgrade" in runs.refused(runs.back).message
    assert account.service.running == 3


def test_settings_of_before_are_those_of_the_way_back(live: None, account: UpgradeAccount, runs: Runs) -> None:  # noqa: ARG001 -- the pair is measured
    runs.complete()
    account.alarms["chat-memory"] = False
    runs.back()
    runs.merge_and_apply(OLD)
    runs.back()
    assert not account.alarms["chat-memory"]
