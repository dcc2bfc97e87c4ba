"""The migration: what its task may do, and what each end of it means."""

from collections.abc import Callable
from pathlib import Path

import pytest

from owscale.upgrade.clock import parse_stamp
from tests._support.upgrade_account import BY_HAND, NEW, OLD, Outcome, Task, UpgradeAccount, start_by_hand
from tests._support.upgrade_runs import Runs

OLD_HEAD = UpgradeAccount().database.head


def _outcomes(account: UpgradeAccount) -> list[str]:
    return [each["outcome"] for each in account.record["upgrade"]["attempts"]]


def test_migration_without_a_lock_is_repeated(account: UpgradeAccount, runs: Runs) -> None:
    account.outcomes = ["no lock", "no lock", "migrates"]
    runs.upgrade()
    assert _outcomes(account) == ["no lock within the time limit"] * 2 + ["migrated"]
    assert account.most_migrations == 1
    assert "again    attempt 2: no lock within the time limit; the database is unchanged" in runs.screen.text


def test_last_error_of_the_log_decides(account: UpgradeAccount, runs: Runs) -> None:
    original = account._result

    def after_another(task: Task) -> tuple[int | None, list[str]]:
        code, log = original(task)
        return code, log if task.is_probe else ["OperationalError: LockNotAvailable, tried again", *log]

    account.replace("_result", after_another)  # an error that the release handles
    account.outcomes = ["fails"]
    assert "exit code 1" in runs.refused(runs.upgrade).message
    assert len(account.migrations) == 1


def test_attempts_are_limited_in_each_run(account: UpgradeAccount, runs: Runs) -> None:
    account.outcomes = ["no lock", "no lock", "no lock", "no lock", "migrates"]
    error = runs.refused(runs.upgrade, attempts=3)
    assert error.message == f"the migration got no lock in 3 attempts; the database still has revision {OLD_HEAD}"
    assert len(account.migrations) == 3
    runs.upgrade(attempts=3)
    assert len(account.migrations) == 5


@pytest.mark.parametrize(
    ("outcome", "message"),
    [
        ("fails", "exit code 1"),
        ("swallows", "it ended with exit code 0, and did not migrate"),
        ("does not start", "its container did not run: CannotPullContainerError: not found"),
        ("killed", "MemoryError: no exit code follows"),
        ("hangs", "stopped after 10 minutes"),
    ],
)
def test_failed_migration_is_reported_with_its_log(
    outcome: Outcome, message: str, account: UpgradeAccount, runs: Runs
) -> None:
    account.outcomes = [outcome]
    error = runs.refused(runs.upgrade, time_limit_seconds=600)
    assert message in error.message
    assert f"the database still has revision {OLD_HEAD}" in error.message
    assert "owscale upgrade --back" in error.hint
    assert account.service.desired == 0
    assert account.state()["running migrations"] == 0
    assert not account.record["upgrade"].get("migrated_at")


def test_log_of_a_failure_has_no_secret(account: UpgradeAccount, runs: Runs) -> None:
    token = "ghp_" + "0aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0uV1wX"
    original = account._result

    def with_secret(task: object) -> tuple[int | None, list[str]]:
        code, log = original(task)  # type: ignore[arg-type]  # a task
        return code, [*log, f"TOKEN={token} Error"] if code else log

    account.replace("_result", with_secret)  # a log with a secret
    account.outcomes = ["fails"]
    error = runs.refused(runs.upgrade)
    assert "***" in error.message
    assert token not in error.message


def test_swallowed_migration_that_worked_counts_by_its_revision(account: UpgradeAccount, runs: Runs) -> None:
    """A release before 0.11.3 ends with exit code 0 after a failure, so the revision decides."""
    account.outcomes = ["swallows", "migrates"]
    runs.refused(runs.upgrade)
    runs.upgrade()
    assert _outcomes(account) == ["it ended with exit code 0, and did not migrate", "migrated"]


def test_repeated_run_after_a_failure_makes_no_second_snapshot(account: UpgradeAccount, runs: Runs) -> None:
    account.outcomes = ["fails", "migrates"]
    runs.refused(runs.upgrade)
    runs.upgrade()
    assert len(account.snapshots) == 1
    assert runs.screen.questions == []


def test_stopped_task_is_one_of_owscale(account: UpgradeAccount, runs: Runs) -> None:
    account.outcomes = ["hangs"]
    runs.refused(runs.upgrade, time_limit_seconds=60)
    (stopped,) = [arguments["task"] for name, arguments in account.calls if name == "ecs:StopTask"]
    assert stopped == account.migrations[0].arn


def test_old_server_gets_no_unknown_option(account: UpgradeAccount, runs: Runs) -> None:
    account.database.server_version = 130010
    runs.upgrade()
    assert account.migrations[0].override["environment"] == [{"name": "PGOPTIONS", "value": "-c lock_timeout=2000"}]


def test_options_of_the_deployment_stay(account: UpgradeAccount, runs: Runs) -> None:
    container = account.definitions[account.latest("chat-migration")]["containerDefinitions"][0]
    container["environment"] = [{"name": "PGOPTIONS", "value": "-c search_path=chat"}]
    runs.upgrade()
    for task in account.tasks.values():
        values = {each["name"]: each["value"] for each in task.override["environment"]}
        assert values["PGOPTIONS"].startswith("-c search_path=chat -c lock_timeout=2000")


def test_snapshot_is_renewed_after_days_of_failed_attempts(account: UpgradeAccount, runs: Runs) -> None:
    account.outcomes = ["fails", "migrates"]
    runs.refused(runs.upgrade)
    account.clock.sleep(3 * 86400)
    runs.upgrade()
    assert len(account.snapshots) == 2


def test_tasks_that_start_again_end_the_attempts(account: UpgradeAccount, runs: Runs) -> None:
    original = account._result

    def started(task: Task) -> tuple[int | None, list[str]]:
        if not task.is_probe:
            account.service.desired, account.service.settles_at = 2, 0  # an apply of Terraform
        return original(task)

    account.replace("_result", started)  # while the first attempt runs
    account.outcomes = ["no lock", "migrates"]
    assert "tasks of the old release run again" in runs.refused(runs.upgrade).message
    assert len(account.migrations) == 1


def test_fargate_without_capacity_is_tried_again(account: UpgradeAccount, runs: Runs) -> None:
    original, refusals, tokens = account._RunTask, [1, 2], list[object]()

    def without_capacity(**arguments: object) -> dict[str, object]:
        tokens.append(arguments["clientToken"])
        if refusals:
            refusals.pop()
            return {"tasks": [], "failures": [{"reason": "Capacity is unavailable at this time"}]}
        return original(**arguments)

    account.replace("_RunTask", without_capacity)  # no capacity twice
    runs.upgrade()
    assert account.database.head == account.heads[NEW]
    assert len(set(tokens)) == len(tokens)
    refusals += [0] * 9
    account.database.head = OLD_HEAD
    account.replace("_RunTask", without_capacity)  # no capacity at all
    assert "Capacity is unavailable" in runs.refused(runs.upgrade).message


def _refuse_migrations(account: UpgradeAccount, number: int) -> None:
    """Let ECS have no room for so many migrations."""
    original, refusals = account._RunTask, [0] * number

    def without_capacity(**arguments: object) -> dict[str, object]:
        if refusals and "command" not in str(arguments["overrides"]):
            refusals.pop()
            return {"tasks": [], "failures": [{"reason": "Capacity is unavailable at this time"}]}
        return original(**arguments)

    account.replace("_RunTask", without_capacity)  # no capacity for the migration


def test_migration_without_capacity_is_recorded(account: UpgradeAccount, runs: Runs) -> None:
    _refuse_migrations(account, 9)
    assert "Capacity is unavailable" in runs.refused(runs.upgrade).message
    assert _outcomes(account) == ["ECS started no task: Capacity is unavailable at this time"] * 8
    runs.upgrade()
    assert _outcomes(account)[-1] == "migrated"
    tokens = [each["token"] for each in account.record["upgrade"]["attempts"]]
    assert len(set(tokens)) == len(tokens) == 10


def test_token_that_ecs_knows_with_other_arguments_is_given_up(account: UpgradeAccount, runs: Runs) -> None:
    original = account._RunTask

    def used(**arguments: object) -> dict[str, object]:
        if str(arguments["clientToken"]).endswith("-1") and "command" not in str(arguments["overrides"]):
            account.tokens.setdefault(str(arguments["clientToken"]), ("gone", {}))
        return original(**arguments)

    account.replace("_RunTask", used)  # a task of this token stopped long ago
    runs.upgrade()
    outcomes = _outcomes(account)
    assert outcomes[0].startswith("ECS started no task: ecs:RunTask: ConflictException")
    assert outcomes[1:] == ["migrated"]


def test_release_without_a_migration_stops_and_starts(account: UpgradeAccount, directory: Path) -> None:
    """0.8.9 has the revisions of 0.8.6, and the code of one of them was edited between."""
    old, new = (OLD.replace("0.11.3", each) for each in ("0.8.6", "0.8.9"))
    account.heads |= {old: account.heads[NEW], new: account.heads[NEW]}
    account.database.head = account.heads[NEW]
    account.service.definition = account.register(old)
    runs = Runs(account, directory, image=new, migration_image=None)
    steps = runs.upgrade()
    assert steps == ("`owscale tf plan`", "`owscale tf apply`", "`owscale upgrade`")
    assert account.service.running == 0
    assert not account.migrations
    runs.merge_and_apply(new)
    runs.upgrade()
    assert account.service.running == 3
    assert account.record["upgrade"]["closed_at"]


def test_older_release_is_no_upgrade(account: UpgradeAccount, directory: Path) -> None:
    account.service.definition = account.register(NEW)
    runs = Runs(account, directory, image=OLD, migration_image=None)
    error = runs.refused(runs.upgrade)
    assert "0.11.3 is older than 0.12.4" in error.message
    assert "--back" in error.hint


def _late_deployment(account: UpgradeAccount) -> None:
    account.service.settles_at = account.clock.seconds + 3600


def _late_migration(account: UpgradeAccount) -> None:
    start_by_hand(account)


def _late_service(account: UpgradeAccount) -> None:
    account.add_service("second", OLD)


def _night(account: UpgradeAccount) -> None:
    account.clock.sleep(13 * 3600)


_LATE: dict[Callable[[UpgradeAccount], None], str] = {
    _late_deployment: "service",
    _late_migration: "other migrations",
    _late_service: "other services",
    _night: "snapshot",
}


@pytest.mark.parametrize("way", ["stop", "live"])
@pytest.mark.parametrize("change", _LATE)
def test_what_changes_during_a_question_is_noticed(
    live: None,  # noqa: ARG001 -- the pair is measured
    way: str,
    change: Callable[[UpgradeAccount], None],
    account: UpgradeAccount,
    runs: Runs,
) -> None:
    before = len(account.migrations), account.service.desired, dict(account.alarms)
    error = runs.refused(runs.upgrade, way=way, during_question=lambda: change(account))
    assert error.message == f"the upgrade does not go on: {_LATE[change]}"
    started = sum(task.started_by == BY_HAND for task in account.migrations)
    assert (len(account.migrations) - started, account.service.desired, account.alarms) == before


def test_own_migration_that_ecs_did_not_list_is_another_one(account: UpgradeAccount, runs: Runs) -> None:
    """ListTasks and DescribeTasks are eventually consistent: a task that was gone may appear again."""
    original = account._DescribeTasks

    def forgotten(cluster: str, tasks: list[str]) -> dict[str, object]:
        account.clock.sleep(0 if any(account.tasks[each].is_probe for each in tasks if each in account.tasks) else 60)
        found = original(cluster, tasks)
        return {"tasks": []} if tasks == [each.arn for each in account.migrations] and not listed else found

    listed: list[int] = []
    list_tasks = account._ListTasks

    def listing(**arguments: str) -> dict[str, object]:
        if account.migrations:
            listed.append(1)
        return list_tasks(**arguments)

    account.outcomes = ["hangs"]
    account.replace("_DescribeTasks", forgotten)  # an empty answer for minutes
    account.replace("_ListTasks", listing)  # and then the task again
    assert "other migrations" in runs.refused(runs.upgrade).message
    assert account.most_migrations == 1


def test_release_without_a_migration_needs_no_task_definition_of_one(account: UpgradeAccount, directory: Path) -> None:
    """Its task reads the database with the task definition of the service, whose tasks are no migrations."""
    old, new = (OLD.replace("0.11.3", each) for each in ("0.8.6", "0.8.9"))
    account.definitions = {arn: each for arn, each in account.definitions.items() if "migration" not in arn}
    account.heads |= {old: account.heads[NEW], new: account.heads[NEW]}
    account.database.head = account.heads[NEW]
    account.service.definition = account.register(old)
    runs = Runs(account, directory, image=new, migration_image=None)
    runs.upgrade()
    assert account.service.running == 0
    runs.merge_and_apply(new)
    runs.upgrade()
    assert account.record["upgrade"]["closed_at"]


def test_database_behind_a_release_of_the_same_schema_is_refused_before_the_stop(
    account: UpgradeAccount, directory: Path
) -> None:
    """An earlier release was rolled, and its schema never followed."""
    old, new = (OLD.replace("0.11.3", each) for each in ("0.8.6", "0.8.9"))
    account.definitions = {arn: each for arn, each in account.definitions.items() if "migration" not in arn}
    account.heads |= {old: account.heads[NEW], new: account.heads[NEW]}
    account.service.definition = account.register(old)
    runs = Runs(account, directory, image=old, migration_image=None)
    runs.image = new
    error = runs.refused(runs.upgrade)
    assert "revision" in error.message
    assert f"app.migration_image to {new}" in error.hint
    assert account.service.running == 3
    runs.image, runs.migration_image = old, new
    account.register(new, migration=True)
    runs.complete(new)
    assert account.database.head == account.heads[new]
    assert account.record["upgrade"]["closed_at"]


def test_attempt_that_migrated_counts_as_such_whatever_its_end(account: UpgradeAccount, runs: Runs) -> None:
    original = account._result

    def commits(task: Task) -> tuple[int | None, list[str]]:
        code, log = original(task)
        if not task.is_probe:
            account.database.head = account.heads[NEW]
        return code, log

    def hangs_after_the_commit(**arguments: object) -> dict[str, object]:
        if not any(task.arn == arguments["task"] and task.is_probe for task in account.tasks.values()):
            account.database.head = account.heads[NEW]
        return stop(**arguments)  # type: ignore[arg-type]  # the arguments of the call

    stop = account._StopTask
    account.replace("_result", commits)  # a migration that commits, and then goes on
    account.replace("_StopTask", hangs_after_the_commit)  # until its time limit
    account.outcomes = ["hangs"]
    runs.upgrade(time_limit_seconds=600)
    assert _outcomes(account) == ["migrated"]
    runs.merge_and_apply()
    runs.upgrade()
    runs.preview_back()
    assert f"--restore-time {account.record['upgrade']['attempts'][0]['started_at']}" in runs.screen.text


def _kill_before_the_migration(account: UpgradeAccount, runs: Runs) -> None:
    """End a run after it has written its attempt, and before ECS has heard of it."""
    original = account._RunTask

    def killed(**arguments: object) -> dict[str, object]:
        if "command" not in str(arguments["overrides"]):
            raise KeyboardInterrupt
        return original(**arguments)

    account.replace("_RunTask", killed)  # the run ends
    with pytest.raises(KeyboardInterrupt):
        runs.upgrade()
    account.replace("_RunTask", original)  # as before


@pytest.mark.parametrize("minutes", [30, 3 * 24 * 60])
def test_attempt_that_began_later_restores_to_that_time(minutes: int, account: UpgradeAccount, runs: Runs) -> None:
    _kill_before_the_migration(account, runs)
    account.clock.sleep(minutes * 60)
    resumed = account.clock.now()
    runs.upgrade()
    assert len(account.migrations) == 1
    assert parse_stamp(account.record["upgrade"]["attempts"][-1]["started_at"]) >= resumed
    assert len(account.snapshots) == (1 if minutes < 60 else 2)
    assert account.record["upgrade"]["attempts"][-1]["outcome"] == "migrated"


def test_deadlock_is_repeated(account: UpgradeAccount, runs: Runs) -> None:
    original = account._result

    def deadlock(task: Task) -> tuple[int | None, list[str]]:
        code, log = original(task)
        return code, ["sqlalchemy.exc.OperationalError: (psycopg2.errors.DeadlockDetected) deadlock detected"] if (
            code and not task.is_probe
        ) else log

    account.replace("_result", deadlock)  # PostgreSQL ends one of the two
    account.outcomes = ["no lock", "migrates"]
    runs.upgrade()
    assert len(account.migrations) == 2


def test_task_of_an_overtaken_run_is_stopped(account: UpgradeAccount, runs: Runs, directory: Path) -> None:
    """Another run leads back between the write of the attempt and its task; then no run waits for this task."""
    other = Runs(account, directory, number=100)
    original = account._RunTask

    def late(**arguments: object) -> dict[str, object]:
        if "command" not in str(arguments["overrides"]):
            account.replace("_RunTask", original)  # only the first one is late
            other.back()
        return original(**arguments)

    account.replace("_RunTask", late)  # a call that AWS throttles for minutes
    account.outcomes = ["hangs"]
    assert "another run" in runs.refused(runs.upgrade).message
    assert account.state()["running migrations"] == 0
    assert account.database.head == OLD_HEAD


def test_task_that_another_run_resumed_is_not_stopped(account: UpgradeAccount, runs: Runs, directory: Path) -> None:
    other = Runs(account, directory, number=100)
    original = account._RunTask

    def resumed(**arguments: object) -> dict[str, object]:
        response = original(**arguments)
        if "command" not in str(arguments["overrides"]):
            account.replace("_RunTask", original)  # only once
            other.upgrade()
        return response

    account.replace("_RunTask", resumed)  # a second run finds the task by its token
    assert "another run" in runs.refused(runs.upgrade).message
    assert account.count("ecs:StopTask") == 0
    assert account.database.head == account.heads[NEW]


@pytest.mark.parametrize("started_by", ["owscale-migrate-0", BY_HAND])
def test_listed_task_that_ecs_does_not_describe_may_run(started_by: str, account: UpgradeAccount, runs: Runs) -> None:
    """DescribeTasks leaves out a task that it does not know yet: ECS is eventually consistent."""
    start_by_hand(account)
    (by_hand,) = account.migrations
    by_hand.started_by = started_by
    original = account._DescribeTasks
    account.replace(
        "_DescribeTasks", lambda cluster, tasks: original(cluster, [each for each in tasks if each != by_hand.arn])
    )  # MISSING
    assert "other migrations" in runs.refused(runs.upgrade).message
    assert account.most_migrations == 1


def test_resumed_run_waits_for_the_migration_before_it_reads(account: UpgradeAccount, runs: Runs) -> None:
    """Its connection is of no other client, and a task that reads beside it gets no lock."""
    describe = account._probe

    def reads(task: Task, image: str) -> tuple[int, list[str]]:
        if any(not account._ended(each) for each in account.migrations):
            return 1, ["psycopg2.errors.LockNotAvailable: canceling statement due to lock timeout"]
        return describe(task, image)

    runs.upgrade_until_killed()
    account.migrations[0].ends_at = account.clock.seconds + 900
    account.replace("_probe", reads)  # as PostgreSQL answers meanwhile
    account.database.other_clients[f"10.0.1.{len(account.tasks)}"] = 1
    runs.upgrade()
    assert len(account.migrations) == 1
    assert _outcomes(account) == ["migrated"]


def test_resumed_migration_that_hangs_is_stopped(account: UpgradeAccount, runs: Runs) -> None:
    account.outcomes = ["hangs"]
    runs.upgrade_until_killed()
    assert "the migration failed" in runs.refused(runs.upgrade, time_limit_seconds=600).message
    assert account.state()["running migrations"] == 0
