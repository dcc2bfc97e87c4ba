"""The way back, at each point of an upgrade."""

import shlex
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import botocore.session
import pytest
from botocore import xform_name

from owscale.aws_api.calls import is_reading
from owscale.domain.openwebui.upgrades import Upgrade
from owscale.upgrade.clock import parse_stamp, stamp
from owscale.upgrade.record import ServiceBeforePlan, parse_document, recorded_upgrade
from tests._support.upgrade_account import ACCOUNT, CLUSTER, HEADS, NAME, NEW, OLD, UpgradeAccount
from tests._support.upgrade_runs import Runs

_ID = "20300107-090035-0000"
"""Of the upgrade: the restored and the present database have it in their names."""


def _commands(runs: Runs) -> list[str]:
    """Return the commands of the script that restores, without the loops and conditions around them."""
    lines = [line for line in _script(runs).splitlines() if line.startswith(("aws", "until"))]
    found = [line.rpartition(" || { ")[2].rpartition("done; ")[2].removesuffix("; }") for line in lines]
    return [line.removeprefix("until ").removesuffix("; do sleep 15; done") for line in found]


def _script(runs: Runs) -> str:
    lines = runs.screen.lines
    return "\n".join(lines[lines.index("(") : lines.index(")") + 1])


def _plan_check_accepts(account: UpgradeAccount) -> str | None:
    (body, _), *_ = account.objects.values()
    image = account.state()["image"]
    running = ServiceBeforePlan("minimal/production", ACCOUNT, CLUSTER, NAME, image, account.service.desired)
    return recorded_upgrade(parse_document(body, "s3://bucket/key"), running).image


def test_before_the_migration_nothing_is_lost(account: UpgradeAccount, runs: Runs) -> None:
    before = account.state()
    account.outcomes = ["fails"]
    runs.refused(runs.upgrade)
    runs.preview_back()
    assert "loses    nothing: the database was not migrated" in runs.screen.text
    steps = runs.back()
    assert account.state() == {**before, "snapshots": 1}
    assert "done     verify: 20 checks: 20 passed" in runs.screen.text
    assert steps == ("remove app.migration_image from the spec, and apply",)
    assert _plan_check_accepts(account) is None  # the record is closed, and no evidence for the database of later


def test_failed_verify_keeps_the_way_back_open(account: UpgradeAccount, runs: Runs) -> None:
    account.outcomes = ["fails"]
    runs.refused(runs.upgrade)
    runs.verify = lambda: (False, "failed  http.ready")
    error = runs.refused(runs.back)
    assert "runs 0.11.3 again, and checks of `owscale verify` failed" in error.message
    assert "owscale upgrade --back" in error.hint
    assert not account.record["upgrade"].get("closed_at")
    runs.verify = lambda: (True, "20 checks: 20 passed")
    runs.back()
    assert account.record["upgrade"]["closed_at"]


def test_spec_that_was_not_applied_is_not_verified(account: UpgradeAccount, runs: Runs) -> None:
    account.outcomes = ["fails"]
    runs.refused(runs.upgrade)
    runs.image, runs.migration_image = NEW, None
    assert runs.back() == (f"set app.image to {OLD}, and apply", "`owscale verify`")


def test_after_the_migration_the_user_restores(account: UpgradeAccount, runs: Runs) -> None:
    runs.upgrade()
    assert _plan_check_accepts(account) == NEW
    runs.merge_and_apply()
    runs.upgrade()
    steps = runs.back()
    assert steps == ("run the script above", "`owscale upgrade --back`")
    assert account.service.running == 0
    assert not any(account.alarms.values())
    assert _plan_check_accepts(account) is None
    began = account.record["upgrade"]["attempts"][0]["started_at"]
    assert f"loses    everything that was written since {began}" in runs.screen.text
    account.database.head = HEADS[OLD]
    assert f"set app.image to {OLD}" in runs.back()[0]
    assert _plan_check_accepts(account) == OLD
    runs.merge_and_apply(OLD)
    assert runs.back() == ("watch the service for a while: RUNBOOK.md, Watch",)
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
    words = [shlex.split(each) for each in commands]
    assert [each[:3] for each in words] == [
        ["aws", "rds", "restore-db-instance-to-point-in-time"],
        ["aws", "rds", "wait"],
        ["aws", "rds", "modify-db-instance"],
        ["aws", "rds", "wait"],
        ["aws", "rds", "modify-db-instance"],
        ["aws", "rds", "wait"],
    ]
    assert " delete-" not in " ".join(commands)
    _require_arguments_of_aws(commands)
    assert all(each[-2:] == ["--region", "eu-west-1"] for each in words)


def test_without_automated_backups_the_snapshot_is_restored(account: UpgradeAccount, runs: Runs) -> None:
    account.instances[0]["BackupRetentionPeriod"] = 0
    runs.complete()
    runs.preview_back()
    name = account.record["upgrade"]["snapshot"]["name"]
    words = _commands(runs)[0].split()
    assert words[2:5] == ["restore-db-instance-from-db-snapshot", "--db-snapshot-identifier", name]
    assert words[5:7] == ["--db-instance-identifier", f"chat-restored-{_ID}"]


@pytest.mark.parametrize("retention", [0, 7])
def test_aurora_restores_a_cluster_with_an_instance(retention: int, account: UpgradeAccount, runs: Runs) -> None:
    account.clusters = [
        {
            "DBClusterIdentifier": "chat",
            "Engine": "aurora-postgresql",
            "Endpoint": account.instances[0]["Endpoint"]["Address"],
            "BackupRetentionPeriod": retention,
            "DBSubnetGroup": "private",
            "IAMDatabaseAuthenticationEnabled": True,
            "DeletionProtection": True,
            "ServerlessV2ScalingConfiguration": {"MinCapacity": 0.5, "MaxCapacity": 8},
            "DBClusterMembers": [
                {"DBInstanceIdentifier": "chat-2", "IsClusterWriter": False},
                {"DBInstanceIdentifier": "chat-1", "IsClusterWriter": True},
            ],
            "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-11111111"}],
        }
    ]
    member = {"Engine": "aurora-postgresql", "DBClusterIdentifier": "chat"}
    account.instances = [
        member | {"DBInstanceIdentifier": "chat-2", "DBInstanceClass": "db.r6g.large", "PromotionTier": 0},
        member | {"DBInstanceIdentifier": "chat-1", "DBInstanceClass": "db.serverless", "PromotionTier": 1},
    ]
    runs.complete()
    assert account.count("rds:CreateDBClusterSnapshot") == 1
    runs.preview_back()
    commands = _commands(runs)
    kind = "restore-db-cluster-to-point-in-time" if retention else "restore-db-cluster-from-snapshot"
    assert kind in commands[0]
    assert "--serverless-v2-scaling-configuration MaxCapacity=8,MinCapacity=0.5" in commands[0]
    assert "--enable-iam-database-authentication --deletion-protection" in commands[0]
    _require_arguments_of_aws(commands)
    create = (
        f"aws rds create-db-instance --db-instance-identifier chat-restored-{_ID}-{{}} "
        f"--db-cluster-identifier chat-restored-{_ID}"
    )
    writer, reader = (line for line in commands if "create-db-instance" in line)
    assert writer.startswith(create.format(1))
    assert "--db-instance-class db.serverless --promotion-tier 1" in writer
    assert reader.startswith(create.format(2))
    assert "--db-instance-class db.r6g.large --promotion-tier 0" in reader


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
    runs.upgrade_until_killed()
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


@pytest.mark.parametrize("ahead", [timedelta(hours=2), timedelta(hours=-2)])
def test_time_of_the_restore_is_that_of_aws(ahead: timedelta, account: UpgradeAccount, runs: Runs) -> None:
    account.clock_ahead = ahead
    runs.upgrade()
    began = parse_stamp(account.record["upgrade"]["attempts"][0]["started_at"])
    assert account.record["upgrade"]["attempts"][0]["task"]
    assert timedelta() < account.clock.now() - ahead - began < timedelta(minutes=3)
    runs.merge_and_apply()
    runs.upgrade()
    runs.preview_back()
    assert f"--restore-time {stamp(began)}" in _script(runs)


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


def _require_arguments_of_aws(commands: list[str]) -> None:
    """Require that each command and option is one of AWS: the CLI names them as botocore does, with hyphens."""
    model = botocore.session.get_session().get_service_model("rds")
    operations = {xform_name(name, "-"): name for name in model.operation_names}
    for words in (shlex.split(command) for command in commands if " wait " not in command):
        shape = model.operation_model(operations[words[2]]).input_shape
        known = {xform_name(name, "-") for name in shape.members} | {"region"}
        options = [word.removeprefix("--") for word in words if word.startswith("--")]
        assert {each if each in known else each.removeprefix("no-") for each in options} <= known


def test_settings_of_an_instance_are_carried_over(account: UpgradeAccount, runs: Runs) -> None:
    account.instances[0] |= {"IAMDatabaseAuthenticationEnabled": True, "DeletionProtection": True}
    runs.complete()
    runs.preview_back()
    restore = _commands(runs)[0]
    assert "--enable-iam-database-authentication --deletion-protection --multi-az --no-publicly-accessible" in restore
    _require_arguments_of_aws(_commands(runs))


def test_moment_before_the_automated_backups_needs_the_snapshot(account: UpgradeAccount, runs: Runs) -> None:
    runs.complete()
    account.clock.sleep(6 * 86400)
    runs.preview_back()
    assert "restore-db-instance-to-point-in-time" in _commands(runs)[0]
    account.clock.sleep(2 * 86400)
    runs.preview_back()
    assert "restore-db-instance-from-db-snapshot" in _commands(runs)[0]
    assert "the automated backups reach" not in runs.screen.text


_AWS = """#!{python}
import os, pathlib, sys
words, databases = sys.argv[1:], pathlib.Path("databases")
if os.environ["FAILS"] in " ".join(words) and not pathlib.Path("failed").exists():
    pathlib.Path("failed").touch()
    sys.exit(1)
option = lambda name: words[words.index(name) + 1]
database = databases / option("--db-instance-identifier" if "--db-instance-identifier" in words else {target})
match words[1]:
    case "restore-db-instance-to-point-in-time" if not database.exists():
        database.write_text("restored")
    case "modify-db-instance" if not (databases / option("--new-db-instance-identifier")).exists():
        database.rename(databases / option("--new-db-instance-identifier"))
    case "describe-db-instances" | "wait" if database.exists():
        print("2030-01-08T09:00:00+00:00")
    case _:
        sys.exit(254)
"""


@pytest.mark.parametrize(
    ("fails", "interactive"),
    [
        ("restore-db", True),
        ("restore-db", False),
        ("wait db-instance-available", False),
        ("modify-db-instance --db-instance-identifier chat ", True),
        ("wait db-instance-available --db-instance-identifier chat-migrated-", False),
        ("modify-db-instance --db-instance-identifier chat-restored", False),
    ],
)
def test_script_that_failed_goes_on_where_it_ended(
    fails: str, runs: Runs, tmp_path: Path, *, interactive: bool
) -> None:
    runs.complete()
    runs.preview_back()
    script = _script(runs)
    assert "LatestRestorableTime" in script  # minutes after the migration, AWS has not saved its moment yet
    (tmp_path / "aws").write_text(_AWS.format(python=sys.executable, target='"--target-db-instance-identifier"'))
    (tmp_path / "sleep").write_text("#!/bin/sh\n")
    for program in ("aws", "sleep"):
        (tmp_path / program).chmod(0o755)
    databases = tmp_path / "databases"
    databases.mkdir()
    (databases / "chat").write_text("present")
    shell = ["sh"] if interactive else ["sh", "-c", script]
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", "FAILS": fails}
    for is_last in (False, True):
        subprocess.run(  # noqa: S603 -- the script under test
            shell, input=f"{script}\n", text=True, cwd=tmp_path, env=environment, timeout=10, check=False
        )
        contents = {database.name: database.read_text() for database in databases.iterdir()}
        assert "present" in contents.values()
        if is_last or fails.startswith("wait"):  # the loop goes on after a failed `wait`
            assert contents == {"chat": "restored", f"chat-migrated-{_ID}": "present"}
        else:
            assert contents != {"chat": "restored", f"chat-migrated-{_ID}": "present"}


def test_way_back_that_was_begun_may_be_given_up(account: UpgradeAccount, runs: Runs) -> None:
    runs.complete()
    runs.back()
    assert account.service.running == 0
    assert "is being taken back" in runs.refused(runs.upgrade, is_agreed=True, way="stop").message  # a pipeline
    assert "the way back stays open" in runs.refused(runs.upgrade, answers=[False]).message
    runs.upgrade()
    assert "go forward to 0.12.4" in runs.screen.questions[0]
    assert account.service.running == 3
    assert all(account.alarms.values())
    assert account.record["upgrade"]["closed_at"]
    assert not account.record["upgrade"].get("back_at")
    runs.back()  # and back again
    assert account.service.running == 0


def test_way_back_before_the_apply_may_be_given_up(account: UpgradeAccount, runs: Runs) -> None:
    runs.upgrade()
    runs.back()
    runs.complete()
    assert account.state()["image"] == NEW
    assert account.service.running == 3


def test_database_that_was_restored_goes_back_only(account: UpgradeAccount, runs: Runs) -> None:
    runs.complete()
    runs.back()
    account.database.head = HEADS[OLD]
    assert "is being taken back" in runs.refused(runs.upgrade).message


def test_service_of_another_release_is_not_led_back(live: None, account: UpgradeAccount, runs: Runs) -> None:  # noqa: ARG001 -- the pair is measured
    """The plan check would refuse the old release for ever: the record is not about the release that runs."""
    runs.complete()
    runs.merge_and_apply("ghcr.io/open-webui/open-webui:v0.12.5")
    account.heads["ghcr.io/open-webui/open-webui:v0.12.5"] = account.heads[NEW]
    account.clock.sleep(600)
    assert "the service runs ghcr.io/open-webui/open-webui:v0.12.5" in runs.refused(runs.back).message
    assert account.record["upgrade"]["closed_at"]


def test_mirror_of_the_release_is_led_back(live: None, account: UpgradeAccount, runs: Runs) -> None:  # noqa: ARG001 -- the pair is measured
    runs.complete()
    mirror = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/open-webui:0.12.4"
    account.heads[mirror] = account.heads[NEW]
    runs.merge_and_apply(mirror)
    account.clock.sleep(600)
    runs.back()
    assert _plan_check_accepts(account) == OLD


def test_without_a_source_of_the_restore_the_service_goes_on(account: UpgradeAccount, runs: Runs) -> None:
    runs.complete()
    account.clock.sleep(30 * 86400)
    account.snapshots.clear()
    assert "nothing to restore" in runs.refused(runs.back).message
    assert account.service.running == 3
    assert "nothing to restore" in runs.refused(runs.preview_back).message


def test_young_database_has_no_earlier_backups(account: UpgradeAccount, runs: Runs) -> None:
    runs.complete()
    account.instances[0]["InstanceCreateTime"] = account.clock.now()
    runs.preview_back()
    assert "restore-db-instance-from-db-snapshot" in _commands(runs)[0]


def test_other_service_of_the_database_stops_before_a_restore(account: UpgradeAccount, runs: Runs) -> None:
    runs.complete()
    account.add_service("second", NEW)
    error = runs.refused(runs.back)
    assert "other services" in error.message
    assert "--service second --desired-count 0" in error.hint
    assert account.service.running == 3
    assert account.record["upgrade"]["closed_at"]


def test_running_migration_is_found_without_its_task_definition(account: UpgradeAccount, runs: Runs) -> None:
    account.outcomes = ["hangs"]
    original = account._DescribeTasks

    def killed(cluster: str, tasks: list[str]) -> dict[str, object]:
        if account.migrations:
            raise KeyboardInterrupt
        return original(cluster, tasks)

    account.replace("_DescribeTasks", killed)  # the run ends while the migration runs
    with pytest.raises(KeyboardInterrupt):
        runs.upgrade()
    account.replace("_DescribeTasks", original)  # as before
    for each in account.definitions.values():
        if each["family"] == "chat-migration":
            each["status"] = "INACTIVE"
    runs.migration_image = None
    assert runs.refused(runs.back).message.startswith("the migration still runs: task ")
    original_list = account._ListTasks

    def without_migration(**arguments: str) -> dict[str, object]:
        arns = original_list(**arguments)["taskArns"]
        return {"taskArns": [each for each in arns if each != account.migrations[0].arn]}

    account.replace("_ListTasks", without_migration)  # eventual consistency
    assert runs.refused(runs.back).message.startswith("the migration still runs: task ")


def test_database_that_suits_no_more_closes_the_plan(account: UpgradeAccount, runs: Runs) -> None:
    runs.complete()
    runs.back()
    account.database.head = HEADS[OLD]
    runs.back()
    assert _plan_check_accepts(account) == OLD
    account.database.head = account.heads[NEW]  # the restored database was the wrong one
    runs.back()
    assert _plan_check_accepts(account) is None


def _declined(runs: Runs) -> None:
    runs.refused(runs.upgrade, answers=[False])


def _failed(runs: Runs) -> None:
    runs.account.outcomes = ["fails", "migrates"]
    runs.refused(runs.upgrade)


def _migrated(runs: Runs) -> None:
    runs.upgrade()


def _applied(runs: Runs) -> None:
    runs.upgrade()
    runs.merge_and_apply()


def _not_verified(runs: Runs) -> None:
    _applied(runs)
    verify = runs.verify
    runs.verify = lambda: (False, "failed  http.ready")
    runs.refused(runs.upgrade)
    runs.verify = verify


def _completed(runs: Runs) -> None:
    runs.complete()


@pytest.fixture
def restores(live: None, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001 -- the pair is measured
    """Let a live migration be open, and the old release not be measured on the new schema."""
    for name in ("may_roll_back", "returns_without_restore"):
        monkeypatch.setattr(Upgrade, name, property(lambda _: False))


@pytest.mark.usefixtures("restores")
@pytest.mark.parametrize("way", ["stop", "live"])
@pytest.mark.parametrize("reach", [_declined, _failed, _migrated, _applied, _not_verified, _completed])
def test_way_back_from_each_point_and_forward_again(
    reach: Callable[[Runs], None], way: str, account: UpgradeAccount, runs: Runs
) -> None:
    before = {**account.state(), "snapshots": 0}
    runs.settings = {"way": way}
    reach(runs)
    runs.back()
    account.database.head = HEADS[OLD]  # restored, where that was needed
    while not account.record["upgrade"].get("closed_at"):
        runs.back()
        if account.state()["image"] == NEW:
            assert _plan_check_accepts(account) == OLD
            runs.merge_and_apply(OLD)
    assert {**account.state(), "snapshots": 0} == before
    runs.image, runs.migration_image = OLD, NEW
    if account.state()["image"] == OLD:
        account.register(NEW, migration=True)
    account.outcomes = ["migrates"]
    runs.complete()
    after = account.state()
    assert (after["head"], after["image"], after["desired"]) == (account.heads[NEW], NEW, 3)
    assert all(account.alarms.values())
    assert not any((account.suspended or {}).values())
    assert account.most_migrations == 1


def test_release_applied_too_early_is_taken_back_as_its_message_says(account: UpgradeAccount, runs: Runs) -> None:
    runs.refused(runs.upgrade, answers=[False])
    runs.merge_and_apply()
    assert "owscale upgrade --back" in runs.refused(runs.upgrade).hint
    runs.back()
    assert _plan_check_accepts(account) == OLD
    runs.merge_and_apply(OLD)
    runs.back()
    assert account.record["upgrade"]["closed_at"]


@pytest.mark.usefixtures("restores")
def test_live_upgrade_that_goes_forward_again_says_that_no_task_runs(runs: Runs) -> None:
    runs.upgrade()
    runs.back()
    runs.upgrade()
    assert "down     the service is down" in runs.screen.text


def test_revision_of_the_old_release_suits_it_whatever_was_there_before(
    live: None,  # noqa: ARG001 -- the pair is measured
    account: UpgradeAccount,
    runs: Runs,
) -> None:
    """A second upgrade began on the migrated database, on which the old release serves; then the user restores."""
    runs.upgrade()
    runs.back()
    runs.upgrade()
    assert account.record["upgrade"]["head_before"] == account.heads[NEW]
    account.database.head = HEADS[OLD]
    runs.back()
    assert account.record["upgrade"]["closed_at"]


def test_way_forward_names_the_image_that_it_needs(account: UpgradeAccount, runs: Runs) -> None:
    runs.complete()
    runs.back()
    runs.image = OLD
    error = runs.refused(runs.upgrade)
    assert f"set app.image to {NEW}" in error.hint
    runs.image = NEW
    runs.upgrade()
    assert account.service.running == 3


def test_declined_stop_of_the_way_back_names_its_command(account: UpgradeAccount, runs: Runs) -> None:
    runs.complete()
    error = runs.refused(runs.back, answers=[True, False])
    assert error.hint.startswith("`owscale upgrade --back` goes on from here")
    assert "without a loss" not in error.hint
    assert account.service.running == 3


def test_wait_that_takes_too_long_names_the_command_of_its_direction(account: UpgradeAccount, runs: Runs) -> None:
    account.outcomes = ["fails"]
    runs.refused(runs.upgrade)
    account.healthy_at = 10.0**12
    assert "repeat `owscale upgrade --back`" in runs.refused(runs.back).hint


def test_declined_stop_after_the_migration_promises_nothing(account: UpgradeAccount, runs: Runs) -> None:
    runs.upgrade()
    account.service.desired = 3  # started by hand
    account.clock.sleep(600)
    error = runs.refused(runs.upgrade, answers=[False])
    assert "without a loss" not in error.hint
