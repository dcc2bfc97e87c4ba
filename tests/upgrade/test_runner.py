"""Whole upgrades, and every wrong order."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from owscale.aws_api.calls import CallError, is_reading
from owscale.domain.openwebui import upgrades
from owscale.domain.openwebui.upgrades import Way
from owscale.upgrade import runner
from owscale.upgrade.record import ServiceBeforePlan, parse_document, recorded_upgrade
from tests._support.upgrade_account import (
    ACCOUNT,
    CLUSTER,
    HEADS,
    NAME,
    NEW,
    OLD,
    OTHER_SECRET,
    EcsService,
    UpgradeAccount,
    outcome_counts,
    start_by_hand,
)
from tests._support.upgrade_runs import Runs


def test_stop_migrates_while_no_task_runs(account: UpgradeAccount, runs: Runs) -> None:
    steps = runs.upgrade()
    assert account.service.desired == account.service.running == 0
    assert not any(account.alarms.values())
    assert account.suspended
    assert all(account.suspended.values())
    assert account.database.head == account.heads[NEW]
    assert steps[-1] == "`owscale upgrade`"
    (question,) = runs.screen.questions
    assert question.startswith("stop every task: the service is down until new tasks serve: 5 to 22 minutes")
    runs.merge_and_apply()
    runs.upgrade()
    assert account.state() == {
        "head": account.heads[NEW],
        "desired": 3,
        "image": NEW,
        "suspended": dict.fromkeys(account.suspended or (), False),
        "alarms": dict.fromkeys(account.alarms, True),
        "snapshots": 1,
        "running migrations": 0,
    }
    assert account.record["upgrade"]["closed_at"]


def test_stop_waits_for_tasks_that_drain(account: UpgradeAccount, runs: Runs) -> None:
    """A task that finishes its answers is no running one, and writes."""
    account.drain_seconds = 300
    drained: list[bool] = []
    original = account._RunTask

    def run_task(**arguments: object) -> dict[str, object]:
        if account.service.desired == 0:
            drained.append(account.clock.seconds >= account.service.drained_at)
        return original(**arguments)

    account.replace("_RunTask", run_task)  # to look at the tasks of the service
    runs.upgrade()
    assert drained
    assert all(drained)


@pytest.mark.parametrize("leads", [Runs.upgrade, Runs.back])
def test_tasks_serve_when_their_health_checks_pass(
    leads: Callable[[Runs], object], account: UpgradeAccount, runs: Runs
) -> None:
    if leads is Runs.back:
        account.outcomes = ["fails"]
        runs.refused(runs.upgrade)
    else:
        runs.upgrade()
        runs.merge_and_apply()
    account.healthy_at = account.clock.seconds + 1500
    leads(runs)
    assert account.clock.seconds >= account.healthy_at
    assert "done     steady: 3 healthy tasks" in runs.screen.text


def test_tasks_without_a_health_check_serve_when_they_run(account: UpgradeAccount, runs: Runs) -> None:
    runs.upgrade()
    runs.merge_and_apply()
    account.healthy_at = 10.0**12
    container = account.definitions[account.service.definition]["containerDefinitions"][0]
    del container["healthCheck"]
    runs.upgrade()
    assert "done     steady: 3 tasks" in runs.screen.text


def test_live_migrates_while_tasks_serve(live: None, account: UpgradeAccount, runs: Runs) -> None:  # noqa: ARG001 -- the pair is measured
    runs.upgrade()
    assert account.service.running == 3
    assert all(account.alarms.values())
    assert account.suspended
    assert all(account.suspended.values())
    assert account.database.head == account.heads[NEW]
    (question,) = runs.screen.questions
    wait = (
        "requests wait up to 0.3 s, as measured, and up to 2 s for each of 9 tables where an attempt gets no lock; "
        "PostgreSQL ends a statement of an attempt after 20 s."
    )
    assert question.endswith(wait)
    runs.merge_and_apply()
    runs.upgrade()
    assert account.suspended
    assert not any(account.suspended.values())
    assert outcome_counts(account)["ecs:UpdateService"] == 0


def test_live_sets_the_options_of_the_session(live: None, account: UpgradeAccount, runs: Runs) -> None:  # noqa: ARG001 -- the pair is measured
    runs.upgrade()
    (migration,) = account.migrations
    assert migration.override == {
        "name": "open-webui",
        "environment": [
            {
                "name": "PGOPTIONS",
                "value": "-c lock_timeout=2000 -c client_connection_check_interval=1000 -c statement_timeout=20000",
            }
        ],
    }


@pytest.mark.parametrize(("version", "limit"), [(150004, "statement"), (170002, "transaction")])
def test_live_migration_has_a_limit(live: None, account: UpgradeAccount, runs: Runs, version: int, limit: str) -> None:  # noqa: ARG001 -- the pair is measured
    account.database.server_version = version
    account.outcomes = [f"over the limit of a {limit}"]  # type: ignore[list-item]  # one of the two
    error = runs.refused(runs.upgrade)
    (migration,) = account.migrations
    assert migration.override["environment"][0]["value"].endswith(f" -c {limit}_timeout=20000")
    assert "it lasted longer than 20 s, the limit of a live migration" in error.message
    assert "--way stop" in error.hint


def test_transaction_without_requests_has_no_limit(account: UpgradeAccount, runs: Runs) -> None:
    account.database.server_version = 170002
    runs.upgrade()
    assert "_timeout" not in account.migrations[0].override["environment"][0]["value"].replace("lock_timeout", "")


def test_rolling_needs_no_step(account: UpgradeAccount, runs: Runs) -> None:
    earlier = "ghcr.io/open-webui/open-webui:v0.12.3"
    account.service.definition = account.register(earlier)
    account.heads[earlier] = account.database.head = account.heads[NEW]
    runs.image = earlier
    steps = runs.upgrade()
    assert "way      roll" in runs.screen.text
    assert steps[0] == f"set app.image to {NEW}, and remove app.migration_image"
    assert account.changes == ["ecs:RunTask"]  # reads the database
    assert not account.objects


def test_autoscaling_and_alarms_return_to_what_they_were(account: UpgradeAccount, runs: Runs) -> None:
    assert account.suspended
    account.suspended["ScheduledScalingSuspended"] = True
    account.alarms["chat-memory"] = False
    before = account.state()
    runs.complete()
    after = account.state()
    assert (after["suspended"], after["alarms"]) == (before["suspended"], before["alarms"])


def test_without_autoscaling_the_number_of_tasks_returns(account: UpgradeAccount, runs: Runs) -> None:
    account.suspended = None
    runs.complete()
    assert account.service.desired == 3
    assert "application-autoscaling:RegisterScalableTarget" not in account.changes


def test_dry_run_only_reads(live: None, account: UpgradeAccount, runs: Runs) -> None:  # noqa: ARG001 -- live is open
    steps = runs.preview()
    assert "way      live" in runs.screen.text
    assert "0.3 s with 100,000 chats" in runs.screen.text
    assert steps == ("nothing was changed; run `owscale upgrade`",)
    assert all(is_reading(name) for name, _ in account.calls)


def test_complete_upgrade_has_nothing_to_do(account: UpgradeAccount, runs: Runs) -> None:
    runs.complete()
    number = len(account.changes)
    assert "nothing to upgrade" in runs.upgrade()[0]
    assert account.changes[number:] == ["ecs:RunTask"]  # it reads the database


@pytest.mark.parametrize("is_measured", [True, False])
def test_release_that_was_applied_without_the_command_is_noticed(
    account: UpgradeAccount, runs: Runs, monkeypatch: pytest.MonkeyPatch, *, is_measured: bool
) -> None:
    runs.merge_and_apply()
    monkeypatch.setattr("owscale.upgrade.runner.works_on_schema", lambda *_: is_measured)
    if is_measured:
        assert "nothing to upgrade" in runs.upgrade()[0]
    else:
        message = runs.refused(runs.upgrade).message
        assert f"has revision {HEADS[OLD]} instead of {HEADS[NEW]}" in message
    assert account.database.head == HEADS[OLD]


def test_record_keeps_earlier_upgrades_and_no_secret(account: UpgradeAccount, runs: Runs) -> None:
    account.outcomes = ["fails", "migrates"]
    runs.refused(runs.upgrade)
    runs.back()
    runs.upgrade()
    assert [each["back_at"] != "" for each in account.record["earlier"]] == [True]
    assert "secret" not in json.dumps(account.record)


def test_declined_question_leaves_the_service_alone(account: UpgradeAccount, runs: Runs) -> None:
    error = runs.refused(runs.upgrade, answers=[False])
    assert error.message == "stopped before the step `alarms off`; nothing of it was done"
    assert account.service.desired == 3
    assert all(account.alarms.values())


def test_alarm_that_was_turned_off_meanwhile_stays_off(account: UpgradeAccount, runs: Runs) -> None:
    runs.refused(runs.upgrade, answers=[False])
    account.alarms["chat-memory"] = False
    runs.complete()
    assert not account.alarms["chat-memory"]


def test_failed_verify_keeps_the_upgrade_open(account: UpgradeAccount, runs: Runs) -> None:
    runs.upgrade()
    runs.merge_and_apply()
    runs.verify = lambda: (False, "failed  http.ready")
    assert "checks of `owscale verify` failed" in runs.refused(runs.upgrade).message
    assert all(account.alarms.values())
    runs.verify = lambda: (True, "20 checks: 20 passed")
    runs.upgrade()
    assert account.record["upgrade"]["closed_at"]


def test_old_snapshot_is_not_enough(account: UpgradeAccount, runs: Runs) -> None:
    runs.refused(runs.upgrade, answers=[False])
    account.clock.sleep(3600)
    runs.refused(runs.upgrade, answers=[False])
    assert len(account.snapshots) == 1
    account.clock.sleep(13 * 3600)
    runs.upgrade()
    assert len(account.snapshots) == 2
    assert account.record["upgrade"]["snapshot"]["name"].endswith("-2")


def test_wait_for_a_backup_of_aws_is_shown(account: UpgradeAccount, runs: Runs) -> None:
    original, refusals = account._CreateDBSnapshot, [0] * 3

    def busy(**arguments: str) -> dict[str, object]:
        if refusals:
            refusals.pop()
            raise CallError("busy", hint="wait", action="rds", reason="other", code="InvalidDBInstanceState")
        return original(**arguments)

    account.replace("_CreateDBSnapshot", busy)  # the backup window
    runs.upgrade()
    assert sum("chat is busy" in each for each in runs.screen.waits) == 3
    assert sum("creating, 40 %" in each for each in runs.screen.waits) > 1


WrongOrder = Callable[[UpgradeAccount, Runs], object]


def _release_before_migration(account: UpgradeAccount, runs: Runs) -> object:
    runs.image, runs.migration_image = NEW, None
    return account


def _migration_not_applied(account: UpgradeAccount, _: Runs) -> None:
    account.definitions = {arn: each for arn, each in account.definitions.items() if "migration" not in arn}


def _other_migration_applied(account: UpgradeAccount, _: Runs) -> None:
    account.register("ghcr.io/open-webui/open-webui:v0.12.3", migration=True)


def _deployment_in_progress(account: UpgradeAccount, _: Runs) -> None:
    account.service.settles_at = account.clock.seconds + 600


def _circuit_breaker(account: UpgradeAccount, _: Runs) -> None:
    account.service.rolls_back = True


def _other_service(account: UpgradeAccount, _: Runs) -> None:
    account.add_service("webui3", OLD, cluster="other")


def _other_client(account: UpgradeAccount, _: Runs) -> None:
    account.database.other_clients["10.0.7.7"] = 3


def _other_migration(account: UpgradeAccount, _: Runs) -> None:
    start_by_hand(account)


def _migration_of_an_earlier_upgrade(account: UpgradeAccount, _: Runs) -> None:
    start_by_hand(account)
    account.migrations[0].started_by = "owscale-migrate-20291231-000000-0000-1"


def _pgbouncer(account: UpgradeAccount, _: Runs) -> None:
    account.database.pooler = "unsupported startup parameter in options: lock_timeout"


def _rds_proxy(account: UpgradeAccount, _: Runs) -> None:
    account.database.pooler = "Feature not supported: RDS Proxy currently doesn't support command-line options."


def _own_options(account: UpgradeAccount, _: Runs) -> None:
    account.database.lock_timeout = "0"


def _no_revision(account: UpgradeAccount, _: Runs) -> None:
    account.database.head = ""


def _later_database(account: UpgradeAccount, _: Runs) -> None:
    account.database.head = "of-a-later-release"


def _unapplied_image(_: UpgradeAccount, runs: Runs) -> None:
    runs.image = "ghcr.io/open-webui/open-webui:v0.11.1"


def _no_service(account: UpgradeAccount, _: Runs) -> None:
    account.services.clear()


def _open_for_another_image(_: UpgradeAccount, runs: Runs) -> None:
    runs.refused(runs.upgrade, answers=[False])
    runs.migration_image = "ghcr.io/open-webui/open-webui:v0.12.3"


def _being_taken_back(account: UpgradeAccount, runs: Runs) -> None:
    runs.complete()
    account.clock.sleep(60)
    runs.back()
    account.database.head = HEADS[OLD]  # restored


@pytest.mark.parametrize(
    ("wrong", "message", "hint"),
    [
        (_release_before_migration, "the database was not migrated for it", f"app.migration_image to {NEW}"),
        (_migration_not_applied, "does not go on: migration task", "owscale tf apply"),
        (_other_migration_applied, "does not go on: migration task", "owscale tf apply"),
        (_deployment_in_progress, "does not go on: service", "wait until a deployment ends"),
        (_circuit_breaker, "does not go on: circuit breaker", "service.circuit_breaker_rollback: false"),
        (_other_service, "does not go on: other services", "--cluster other --service webui3 --desired-count 0"),
        (_other_client, "does not go on: connections", "--other-client 10.0.7.7"),
        (_other_migration, "does not go on: other migrations", "wait until this task has stopped"),
        (_migration_of_an_earlier_upgrade, "does not go on: other migrations", "wait until this task has stopped"),
        (_pgbouncer, "leads to a pooler", "existing.database.url_secret_arn"),
        (_rds_proxy, "leads to a pooler", "existing.database.url_secret_arn"),
        (_own_options, "does not take lock_timeout", "remove `options`"),
        (_no_revision, "does not go on: revision", "DATABASE_SCHEMA"),
        (_later_database, "does not go on: revision", "choose a release that has this revision"),
        (_unapplied_image, "apply the spec first", "owscale tf plan"),
        (_no_service, "nothing to upgrade", "owscale tf apply"),
        (_open_for_another_image, "the spec has ghcr.io/open-webui/open-webui:v0.12.3", "--back"),
        (_being_taken_back, "is being taken back", "owscale upgrade --back"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_wrong_order_is_refused(
    wrong: WrongOrder, message: str, hint: str, account: UpgradeAccount, runs: Runs
) -> None:
    wrong(account, runs)
    head, desired, snapshots = (
        account.database.head,
        account.services and account.service.desired,
        len(account.snapshots),
    )
    error = runs.refused(runs.upgrade)
    assert message in error.message
    assert hint in error.hint
    after = account.database.head, account.services and account.service.desired, len(account.snapshots)
    assert after == (head, desired, snapshots)


def test_release_applied_before_its_migration_is_refused(runs: Runs) -> None:
    runs.refused(runs.upgrade, answers=[False])
    runs.merge_and_apply()
    error = runs.refused(runs.upgrade)
    assert "was applied before its migration" in error.message
    assert f"leads to {OLD} again" in error.hint


@pytest.mark.parametrize("way", ["stop", "live"])
def test_database_that_was_restored_by_hand_gets_no_new_release(
    live: None,  # noqa: ARG001 -- the pair is measured
    way: str,
    account: UpgradeAccount,
    runs: Runs,
) -> None:
    runs.upgrade(way=way)
    account.database.head = HEADS[OLD]
    runs.merge_and_apply()
    before = account.service.desired
    assert "was applied before its migration" in runs.refused(runs.upgrade).message
    assert account.service.desired == before


def test_rows_that_the_old_release_left_are_refused(
    live: None,  # noqa: ARG001 -- the pair is measured
    account: UpgradeAccount,
    runs: Runs,
) -> None:
    """They are written between the migration and the end of the old tasks, or after a return to the old release."""
    runs.upgrade()
    account.database.skills_without_data = 2
    error = runs.refused(runs.upgrade)
    assert "rows" in error.message
    assert "2 rows of skill without data" in runs.screen.text
    assert "UPDATE skill SET data = " in runs.screen.text
    runs.merge_and_apply()
    runs.refused(runs.upgrade)
    assert not account.record["upgrade"].get("closed_at")
    account.database.skills_without_data = 0
    runs.upgrade()
    assert account.record["upgrade"]["closed_at"]


def test_live_needs_the_revision_of_the_measured_release(
    live: None,  # noqa: ARG001 -- the pair is measured
    account: UpgradeAccount,
    runs: Runs,
) -> None:
    account.heads["older"] = account.database.head = "of-an-older-release"
    assert "that of the measured release is" in runs.refused(runs.upgrade, way="live").message


def test_migration_by_hand_counts(account: UpgradeAccount, runs: Runs) -> None:
    account.database.head = account.heads[NEW]
    runs.upgrade()
    assert not account.migrations
    assert account.record["upgrade"]["migrated_at"]


def test_known_client_is_no_obstacle(account: UpgradeAccount, runs: Runs) -> None:
    account.database.other_clients["10.0.7.7"] = 3
    runs.upgrade(other_clients=("10.0.7.7",))
    assert account.database.head == account.heads[NEW]


def test_service_that_starts_during_the_stop_is_refused(account: UpgradeAccount, runs: Runs) -> None:
    runs.refused(runs.upgrade, answers=[False])
    update = account._UpdateService

    def update_and_connect(**arguments: object) -> dict[str, object]:
        account.database.other_clients["10.0.9.9"] = 1
        return update(**arguments)  # type: ignore[arg-type]  # the arguments of the call

    account.replace("_UpdateService", update_and_connect)  # another service appears
    error = runs.refused(runs.upgrade)
    assert "connections" in error.message
    assert not account.migrations


def test_other_service_of_the_following_release_is_no_obstacle(account: UpgradeAccount, runs: Runs) -> None:
    account.add_service("second", NEW)
    account.add_service("unrelated", "nginx:1", secret=OTHER_SECRET)
    runs.upgrade()
    assert account.database.head == account.heads[NEW]


def test_unknown_address_of_another_openwebui_is_said(account: UpgradeAccount, runs: Runs) -> None:
    account.add_service("second", OLD, secret=OTHER_SECRET)
    runs.preview()
    assert "second in the cluster chat" in runs.screen.text
    assert "whose address owscale does not read" in runs.screen.text


def test_denied_list_of_clusters_is_said(account: UpgradeAccount, runs: Runs) -> None:
    account.denied.add("ecs:ListClusters")
    runs.preview()
    assert "only the cluster chat was looked at" in runs.screen.text


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"chats": 200_000}, "not measured with as much data: 200,000 rows in chat, of at most 100,000"),
        ({"megabytes": 106}, "not measured with as much data: 106 MB, of at most 105"),
        ({"rows": {"file": 30_000}}, "not measured with as much data: 30,000 rows in file, of at most 20,000"),
        ({"server_version": 130010}, "PostgreSQL 13 does not notice"),
        ({"max_connections": 60}, "connections"),
    ],
)
def test_live_falls_back_to_stop(
    live: None,  # noqa: ARG001 -- the pair was measured
    changes: dict[str, int],
    reason: str,
    account: UpgradeAccount,
    runs: Runs,
) -> None:
    vars(account.database).update(changes)
    runs.refused(runs.upgrade, answers=[False])
    assert "way      stop" in runs.screen.text
    assert reason in runs.screen.text
    assert reason in runs.refused(runs.upgrade, way="live").message


def test_live_with_a_longer_wait_than_allowed_is_refused(live: None, runs: Runs) -> None:  # noqa: ARG001 -- the pair is measured
    assert "up to 0.3 s; the limit is 0.1 s" in runs.refused(runs.upgrade, way="live", max_wait_seconds=0.1).message


def test_way_that_is_not_open_is_refused(runs: Runs) -> None:
    assert "roll is not available" in runs.refused(runs.upgrade, way="roll").message
    assert "live is not available" in runs.refused(runs.upgrade, way="live").message


def test_way_cannot_be_live_once_tasks_are_stopped(live: None, account: UpgradeAccount, runs: Runs) -> None:  # noqa: ARG001 -- the pair is measured
    account.outcomes = ["fails"]
    runs.refused(runs.upgrade, way="stop")
    assert "the tasks are stopped" in runs.refused(runs.upgrade, way="live").message
    account.outcomes = ["migrates"]
    runs.upgrade()
    assert account.record["upgrade"]["way"] == "stop"


def test_builds_of_ones_own_stop(live: None, account: UpgradeAccount, runs: Runs) -> None:  # noqa: ARG001 -- the pair is measured
    account.heads[NEW] = "of-a-fork"
    runs.refused(runs.upgrade, answers=[False])
    assert "a build of one's own" in runs.screen.text
    assert "way      stop" in runs.screen.text


def test_unknown_images_stop_by_the_revisions_of_the_image(account: UpgradeAccount, runs: Runs) -> None:
    mine = "registry.example.com/chat@sha256:" + "0" * 64
    account.heads[mine] = "mine"
    account.register(mine, migration=True)
    runs.migration_image = mine
    runs.upgrade()
    assert account.database.head == "mine"


def test_heads_of_the_tests_are_those_of_the_catalogue_or_made_up() -> None:
    assert set(HEADS) == {OLD, NEW}


def _without_a_migration_image(account: UpgradeAccount, runs: Runs) -> None:
    """Merge the change of the release, and let its apply end after the first of its changes."""
    runs.image, runs.migration_image = NEW, None
    for each in account.definitions.values():
        if each["family"] == "chat-migration":
            each["status"] = "INACTIVE"


def test_database_that_was_restored_before_the_apply_is_noticed(account: UpgradeAccount, runs: Runs) -> None:
    runs.upgrade()
    account.database.head = HEADS[OLD]
    _without_a_migration_image(account, runs)
    error = runs.refused(runs.upgrade)
    assert f"app.migration_image to {NEW}" in error.hint
    assert "migrated_at" not in account.record["upgrade"]  # so that the plan check refuses the release
    runs.image, runs.migration_image = OLD, NEW
    account.register(NEW, migration=True)
    runs.complete()
    assert account.database.head == account.heads[NEW]


def test_old_tasks_that_start_after_the_migration_are_stopped_again(account: UpgradeAccount, runs: Runs) -> None:
    """The plan check refuses the release while they run, and names this command."""
    runs.upgrade()
    _without_a_migration_image(account, runs)
    account.service.desired = 3
    account.clock.sleep(600)
    assert runs.upgrade()[-1] == "`owscale upgrade`"
    assert account.service.running == 0


def test_migrated_database_that_grew_needs_no_other_way(live: None, account: UpgradeAccount, runs: Runs) -> None:  # noqa: ARG001 -- the pair is measured
    runs.upgrade()
    account.database.chats = 10**6
    assert runs.upgrade()[-1] == "`owscale upgrade`"
    assert account.service.running == 3


def test_dry_run_after_the_migration_only_reads(account: UpgradeAccount, runs: Runs) -> None:
    runs.upgrade()
    number = len(account.calls)
    runs.preview()
    assert all(is_reading(name) for name, _ in account.calls[number:])


@pytest.mark.parametrize("leads", [Runs.upgrade, Runs.back, Runs.preview, Runs.preview_back])
def test_record_of_another_account_is_refused(
    leads: Callable[..., tuple[str, ...]], account: UpgradeAccount, runs: Runs
) -> None:
    """Staging and production may have the same names, and one bucket for the states."""
    runs.upgrade()
    (place, (body, tag)), *_ = account.objects.items()
    account.objects[place] = body.replace(b'"111122223333"', b'"444455556666"'), tag
    number = len(account.changes)
    error = runs.refused(lambda: leads(runs))
    assert "444455556666" in error.message
    assert len(account.changes) == number


def test_as_many_tasks_start_as_there_were(account: UpgradeAccount, runs: Runs) -> None:
    account.service.desired = account.service.running = 5
    runs.upgrade()
    runs.merge_and_apply()
    account.service.desired = 1  # by hand, or by another tool
    runs.upgrade()
    assert account.service.running == 5
    assert "done     start: 5 tasks wanted" in runs.screen.text


def test_failed_deployment_that_was_replaced_does_not_count(account: UpgradeAccount, runs: Runs) -> None:
    runs.upgrade()
    runs.merge_and_apply()
    runs.account.service.desired = 3
    failed = {"status": "ACTIVE", "rolloutState": "FAILED", "taskDefinition": "arn:aws:ecs:x:y:task-definition/chat:9"}
    original, ends = account._described, account.clock.seconds + 300

    def with_failed(service: EcsService) -> dict[str, object]:
        described = original(service)
        described["deployments"] += [failed] if account.clock.seconds < ends else []
        return described

    account.replace("_described", with_failed)  # its last task ends
    runs.upgrade()
    assert account.record["upgrade"]["closed_at"]


def test_alarm_of_the_deployment_may_put_the_old_image_back_too(account: UpgradeAccount, runs: Runs) -> None:
    """Its `rollback`: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentAlarms.html."""
    original = account._described

    def with_alarms(service: EcsService) -> dict[str, object]:
        alarms = {"alarms": {"alarmNames": ["x"], "enable": True, "rollback": True}}
        return original(service) | {"deploymentConfiguration": alarms}

    account.replace("_described", with_alarms)  # custom Terraform
    assert "circuit breaker" in runs.refused(runs.upgrade).message


def test_address_of_ipv6_belongs_to_a_task(account: UpgradeAccount, runs: Runs) -> None:
    account.interface = {"privateIpv4Address": "10.0.0.1", "ipv6Address": "2001:0DB8:0:0::7"}
    account.database.other_clients["2001:db8::7"] = 12
    runs.upgrade()
    assert account.database.head == account.heads[NEW]


def test_unknown_address_of_ipv6_is_looked_up_as_such(account: UpgradeAccount, runs: Runs) -> None:
    account.database.other_clients["2001:db8::9"] = 1
    error = runs.refused(runs.upgrade)
    assert "Name=ipv6-addresses.ipv6-address,Values=2001:db8::9" in error.hint


def test_connection_of_a_task_that_stopped_is_no_other_client(account: UpgradeAccount, runs: Runs) -> None:
    """PostgreSQL notices the end of a task late where its network interface is gone."""
    original = account._UpdateService

    def with_remains(**arguments: object) -> dict[str, object]:
        account.database.other_clients["10.0.0.2"] = 1
        return original(**arguments)  # type: ignore[arg-type]  # the arguments of the call

    account.replace("_UpdateService", with_remains)  # its last task
    runs.upgrade()
    assert account.database.head == account.heads[NEW]


def test_roll_on_a_database_behind_is_refused(account: UpgradeAccount, runs: Runs) -> None:
    """An earlier release was rolled, so the database has the schema of a release before the one that runs."""
    earlier = "ghcr.io/open-webui/open-webui:v0.12.3"
    account.heads[earlier] = account.heads[NEW]
    account.service.definition = account.register(earlier)
    runs.image = earlier
    error = runs.refused(runs.upgrade)
    assert f"the database has revision {HEADS[OLD]}" in error.message
    assert "--way stop" in error.hint
    runs.complete(way="stop")
    assert account.database.head == account.heads[NEW]


def test_record_that_was_opened_on_another_revision_follows(account: UpgradeAccount, runs: Runs) -> None:
    runs.refused(runs.upgrade, answers=[False])
    account.heads["between"] = account.database.head = "between"
    runs.upgrade()
    assert account.record["upgrade"]["head_before"] == "between"


def test_stopped_service_of_the_same_database_is_said(account: UpgradeAccount, runs: Runs) -> None:
    """Such as one that a schedule starts again in the morning, on the schema of the following release."""
    other = account.add_service("webui3", OLD)
    other.desired = other.running = 0
    runs.preview()
    assert "webui3 in the cluster chat, which runs no task and has " in runs.screen.text


def test_service_without_tasks_may_follow_another_one(account: UpgradeAccount, runs: Runs) -> None:
    """Two services share a database: the second one was stopped, as the upgrade of the first one asked."""
    account.database.head = account.heads[NEW]
    account.service.desired = account.service.running = 0
    runs.upgrade()
    assert _plan_check_accepts_stopped(account) == NEW
    runs.merge_and_apply()
    runs.upgrade()
    assert account.service.running == 2  # the smallest number of the spec
    assert account.record["upgrade"]["closed_at"]


def test_schema_on_which_the_old_release_did_not_run_is_not_that_of_before(account: UpgradeAccount, runs: Runs) -> None:
    account.database.head = account.heads[NEW]
    account.service.desired = account.service.running = 0
    runs.upgrade()
    runs.back()
    assert account.service.running == 0
    assert f"0.11.3 needs {HEADS[OLD]}" in runs.screen.text


def _plan_check_accepts_stopped(account: UpgradeAccount) -> str | None:
    (body, _), *_ = account.objects.values()
    running = ServiceBeforePlan("minimal/production", ACCOUNT, CLUSTER, NAME, account.state()["image"], 0)
    return recorded_upgrade(parse_document(body, "s3://bucket/key"), running).image


def test_other_build_of_the_release_that_runs_is_only_applied(account: UpgradeAccount, runs: Runs) -> None:
    runs.image, runs.migration_image = f"{OLD}-slim", None
    text = f"nothing to migrate: {OLD}-slim is another build of 0.11.3, and the database has revision {HEADS[OLD]}"
    assert runs.upgrade() == (text, "`owscale tf plan`", "`owscale tf apply`")
    assert account.changes == ["ecs:RunTask"]  # it reads the database


def test_probe_of_a_killed_run_is_no_other_client(account: UpgradeAccount, runs: Runs) -> None:
    original = account._RunTask

    def killed(**arguments: object) -> dict[str, object]:
        original(**arguments)
        raise KeyboardInterrupt

    account.replace("_RunTask", killed)  # while a task reads the database
    with pytest.raises(KeyboardInterrupt):
        runs.upgrade()
    account.replace("_RunTask", original)  # as before
    account.database.other_clients["10.0.1.1"] = 1  # its address
    runs.upgrade()
    assert account.database.head == account.heads[NEW]


def test_dry_run_of_a_roll_names_the_task_that_reads(account: UpgradeAccount, runs: Runs) -> None:
    runs.image, runs.migration_image = "ghcr.io/open-webui/open-webui:v0.11.4", None
    runs.preview()
    assert "would    read the database" in runs.screen.text
    assert all(is_reading(name) for name, _ in account.calls)


def test_dry_run_of_a_way_that_is_not_open_is_refused(runs: Runs) -> None:
    assert "roll is not available" in runs.refused(runs.preview, way="roll").message


def test_number_of_tasks_is_that_of_autoscaling_once_they_were_started(account: UpgradeAccount, runs: Runs) -> None:
    account.service.desired = account.service.running = 5
    runs.upgrade()
    runs.merge_and_apply()
    verify, runs.verify = runs.verify, lambda: (False, "failed  http.ready")
    runs.refused(runs.upgrade)
    account.service.desired = 2  # autoscaling, in the night
    account.clock.sleep(600)
    runs.verify = verify
    runs.upgrade()
    assert account.service.desired == 2


def test_roll_in_place_of_live_needs_the_schema_too(
    live: None,  # noqa: ARG001 -- the pair is measured
    account: UpgradeAccount,
    runs: Runs,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ways: tuple[Way, ...] = ("live", "roll", "stop")
    original = upgrades.upgrade
    monkeypatch.setattr(
        runner, "upgrade", lambda *images: replace(found, ways=ways) if (found := original(*images)) else None
    )
    account.heads["older"] = account.database.head = "older"
    assert "the database has revision older" in runs.refused(runs.upgrade).message
    account.database.head = HEADS[OLD]
    account.database.chats = 10**6  # more than measured
    runs.upgrade()
    assert "way      roll" in runs.screen.text


@pytest.mark.parametrize("is_migrated", [False, True])
def test_release_that_was_rolled_meanwhile_is_the_one_before(
    account: UpgradeAccount, runs: Runs, *, is_migrated: bool
) -> None:
    """The plan check refuses that, and an apply without it may come between."""
    rolled = "ghcr.io/open-webui/open-webui:v0.11.4"
    account.heads[rolled] = account.heads[OLD]
    runs.upgrade() if is_migrated else runs.refused(runs.upgrade, answers=[False])
    account.service.definition = account.register(rolled)
    account.clock.sleep(600)
    runs.image = rolled
    runs.upgrade()
    assert account.record["upgrade"]["current"] == rolled
    assert _plan_check_accepts_stopped(account) == NEW
    account.database.head = HEADS[OLD]
    runs.back()
    assert account.service.running == 3
    assert account.state()["image"] == rolled


def test_connections_of_an_accepted_service_are_no_other_clients(account: UpgradeAccount, runs: Runs) -> None:
    second = account.add_service("second", NEW)
    second.desired = second.running = 9
    account.database.other_clients["10.0.0.9"] = 5  # of its last task
    runs.upgrade()
    assert account.database.head == account.heads[NEW]


def test_tasks_beyond_the_maximum_of_the_spec_start_again(account: UpgradeAccount, runs: Runs) -> None:
    """A scheduled action may have raised the limits; autoscaling removes tasks once it works again."""
    account.service.desired = account.service.running = 15
    runs.complete()
    assert account.service.running == 15


def test_migration_of_another_database_is_refused(account: UpgradeAccount, runs: Runs) -> None:
    """A family has one name in an account: a service of this name in another cluster may have the last revision."""
    account.register(NEW, migration=True, secret=OTHER_SECRET)
    error = runs.refused(runs.upgrade)
    assert "does not go on: migration task" in error.message
    assert "chat-migration:2 has another DATABASE_URL than chat:1" in runs.screen.text
    assert not account.tasks
