"""The migration: one task at a time, repeated while it could not get a lock, and judged by the revision it leaves."""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import dataclass

from owscale.console.invocation import owscale_command
from owscale.console.text import plural
from owscale.domain.openwebui.upgrades import Upgrade, Way, attempt_seconds
from owscale.errors import OwscaleError
from owscale.upgrade.clock import parse_stamp
from owscale.upgrade.ecs import (
    PLACEMENT_ATTEMPTS,
    EcsService,
    EndedTask,
    OneOffTasks,
    TaskDefinition,
    TaskGoneError,
    TaskNotStartedError,
    TaskTimeoutError,
)
from owscale.upgrade.preconditions import of_the_database, require, that_can_change
from owscale.upgrade.probe import (
    LOCK_TIMEOUT_MS,
    TRANSACTION_TIMEOUT_SINCE,
    DatabaseState,
    last_lines,
    migration_options,
    read_database,
)
from owscale.upgrade.record import MIGRATED, Attempt, OvertakenError
from owscale.upgrade.steps import Step
from owscale.upgrade.upgrading import MIGRATE_PREFIX, Upgrading

_NO_LOCK = ("LockNotAvailable", "canceling statement due to lock timeout")
"""The error of PostgreSQL after lock_timeout, as psycopg2 and the server name it."""
_DEADLOCK = ("DeadlockDetected", "deadlock detected")
"""The error where migration and service wait for each other, which PostgreSQL looks for before lock_timeout ends:
https://www.postgresql.org/docs/current/runtime-config-locks.html"""
_FORGOTTEN_SECONDS = 3600
"""How long ECS knows a task that stopped: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html"""
_ALONE_SECONDS = 60
_PAUSE_SECONDS = 15
_LIMIT_FACTOR = 2
"""Of the measured time of an attempt: how long its transaction may last."""
_LIMIT_MIN_SECONDS = 20
_OVER_LIMIT = (
    "TransactionTimeout",
    "terminating connection due to transaction timeout",
    "canceling statement due to statement timeout",
)


def wait_for_earlier_attempt(run: Upgrading, service: EcsService, definition: TaskDefinition) -> None:
    """Wait for the task of an attempt of a run that was killed; a task that reads beside it may get no lock."""
    attempts = run.open_record.attempts if run.open_record else []
    if not attempts or attempts[-1].outcome:
        return
    tasks = run.one_off_tasks(service)
    arn = attempts[-1].task or tasks.find(definition, attempts[-1].token)
    if arn is None or arn not in {each["taskArn"] for each in tasks.migrations([arn])}:
        return
    run.terminal.line(f"waits    for the migration of an earlier run: task {arn.rpartition('/')[2]}")
    with suppress(TaskGoneError, TaskTimeoutError):  # the revision of the database decides
        tasks.wait(definition, arn, run.settings.time_limit_seconds, until="")


@dataclass
class Migration:
    """The migration of one run. `state` is the database as it was last seen."""

    run: Upgrading
    change: Upgrade
    definition: TaskDefinition
    state: DatabaseState
    way: Way = "stop"

    def read(self, alone_seconds: int = 0) -> DatabaseState:
        """Look at the database again."""
        tasks = self.run.one_off_tasks(self.run.service())
        tables = self.change.affected_tables
        self.state = read_database(tasks, self.definition, self.run.probe_token(), tables, alone_seconds=alone_seconds)
        return self.state

    def settle(self) -> None:
        """Note that an attempt of an earlier run ended without a migration, once ECS has forgotten its task.

        Its time is no longer the one of before the migration, and the snapshot of before it may be old.
        """
        run, attempts = self.run, self.run.record.attempts
        if self.state.is_migrated or not attempts or attempts[-1].outcome:
            return
        age = (parse_stamp(run.now()) - parse_stamp(attempts[-1].started_at)).total_seconds()
        if age < _FORGOTTEN_SECONDS or run.one_off_tasks(run.service()).migrations():
            return
        attempts[-1].outcome = "its end is unknown, and it did not migrate"
        run.save()

    def step(self, wait: float | None) -> Step:
        """Return the step; `wait` is how long requests wait at most in a live migration."""
        title = f"migrate the database to revision {self.state.image_head}"
        notice = "the service is down meanwhile"
        if wait is not None:
            tables = plural(len(self.change.locked), "table")
            lock = f"{LOCK_TIMEOUT_MS // 1000} s for each of {tables}"
            is_whole = self.state.server_version >= TRANSACTION_TIMEOUT_SINCE
            bounded = "an attempt" if is_whole else "a statement of an attempt"
            notice = (
                f"requests wait up to {wait:g} s, as measured, and up to {lock} where an attempt gets no lock; "
                f"PostgreSQL ends {bounded} after {self._limit()} s"
            )
        return Step(
            "migrate",
            title,
            notice,
            "only a restore of the database, unless the old release was measured to work on the new schema",
            self._seen,
            lambda _: self._act(),
            question=f"{title}: {notice}" if wait is not None else "",
        )

    def _seen(self, run: Upgrading) -> str | None:
        if not self.state.is_migrated:
            return None
        run.record.head = self.state.image_head
        run.record.migrated_at = run.record.migrated_at or run.now()
        if run.record.attempts and not run.record.attempts[-1].outcome:
            run.record.attempts[-1].outcome = MIGRATED
        return f"the database has revision {self.state.head}, which the image expects"

    def _act(self) -> None:
        if self.way == "stop":  # no client may write meanwhile; connections end some seconds after their task
            self.read(_ALONE_SECONDS)
            require(self.run, of_the_database(self.run, self.state, self.change))
        remaining = self.run.settings.attempts
        while not self.state.is_migrated:
            self._require_stopped()
            self.require_unchanged()
            attempt = self._attempt()
            ended = self._finish(attempt)
            self.read()
            if self.state.is_migrated:  # whatever the end of its task
                attempt.outcome = MIGRATED
                self.run.save()
                return
            remaining -= 1
            if ended is None:
                attempt.outcome = attempt.outcome or "ECS no longer knows the task"
            elif _has(ended, _NO_LOCK):
                attempt.outcome = "no lock within the time limit"
            elif _has(ended, _DEADLOCK):
                attempt.outcome = "a deadlock with another session"
            else:
                if _has(ended, _OVER_LIMIT):
                    attempt.outcome = f"it lasted longer than {self._limit()} s, the limit of a live migration"
                attempt.outcome = attempt.outcome or _outcome(ended)
                self.run.save()
                raise self._failure(attempt, ended)
            self.run.save()
            self.run.terminal.line(
                f"again    attempt {len(self.run.record.attempts)}: {attempt.outcome}; the database is unchanged"
            )
            if remaining <= 0:
                raise self._no_lock()
            self.run.clock.sleep(_PAUSE_SECONDS)

    def require_unchanged(self) -> None:
        """Require again what may have changed since it was looked at; the hours of a snapshot or a question pass."""
        address = (self.state.host, self.state.database)
        is_down = self.way == "stop" and not self.run.service().desired  # its tasks may still end
        again = that_can_change(self.run, address, is_service_steady=not is_down)
        require(self.run, again, is_repeated=True)

    def _require_stopped(self) -> None:
        """Require that no task runs before an attempt after a stop; an apply may have started them again."""
        service = self.run.service()
        if self.way == "stop" and (service.desired or service.running):
            raise OwscaleError(
                f"tasks of the old release run again: {service}; something else started them",
                hint=f"apply nothing until the migration holds; `{owscale_command('upgrade')}` stops them again",
            )

    def _attempt(self) -> Attempt:
        """Return the attempt that an earlier run began and did not finish, or a new one. Its task runs then."""
        run, record = self.run, self.run.record
        if not record.attempts or record.attempts[-1].outcome:
            self._begin()
        tasks = run.one_off_tasks(run.service())
        for remaining in reversed(range(PLACEMENT_ATTEMPTS)):
            attempt = record.attempts[-1]
            if attempt.task:
                break
            try:
                attempt.task = self._start(tasks, attempt)
            except TaskNotStartedError as error:
                attempt.outcome = f"ECS started no task: {error.reason}"
                run.save()
                if not remaining:
                    raise
                self._require_stopped()
                self.require_unchanged()
                self._begin()
            else:
                self._save_task(tasks, attempt)
        return record.attempts[-1]

    def _start(self, tasks: OneOffTasks, attempt: Attempt) -> str:
        """Return the task of an attempt, which an earlier run may have started."""
        if found := tasks.find(self.definition, attempt.token):
            return found
        attempt.started_at = self.run.now()  # an earlier run may have ended before it started the task
        self.run.save()  # ends this run if another one has taken over
        environment = {"PGOPTIONS": migration_options(self.state.server_version, self._limit())}
        return tasks.start(self.definition, attempt.token, environment)

    def _save_task(self, tasks: OneOffTasks, attempt: Attempt) -> None:
        """Write the task of an attempt; a run that was overtaken stops it, unless the other run waits for it too."""
        try:
            self.run.save()
        except OvertakenError as error:
            other = error.document.upgrade if error.document else None
            if other is None or other.back_at or attempt.token not in {each.token for each in other.attempts}:
                tasks.stop(self.definition, attempt.task, "another run has written the record")
            raise

    def _begin(self) -> None:
        """Write a new attempt before its task starts, so that a run that is killed between them finds it again."""
        record = self.run.record
        token = f"{MIGRATE_PREFIX}{record.id}-{len(record.attempts) + 1}"
        record.head_before = self.state.head  # as it was just seen
        record.attempts.append(Attempt(token, self.run.now()))
        self.run.save()

    def _limit(self) -> int | None:
        """Return how long the transaction of a live migration may last; requests wait for it."""
        longest = attempt_seconds(self.change, self.state.rows, self.state.megabytes) if self.way == "live" else None
        return None if longest is None else max(math.ceil(longest * _LIMIT_FACTOR), _LIMIT_MIN_SECONDS)

    def _finish(self, attempt: Attempt) -> EndedTask | None:
        """Wait until the task of an attempt stopped; None if ECS has forgotten it."""
        run = self.run
        limit = run.settings.time_limit_seconds
        try:
            return run.one_off_tasks(run.service()).wait(self.definition, attempt.task, limit, until="")
        except TaskTimeoutError as error:
            attempt.outcome = f"stopped after {limit / 60:.0f} minutes"
            return error.ended
        except TaskGoneError:
            return None

    def _failure(self, attempt: Attempt, ended: EndedTask) -> OwscaleError:
        state = "The tasks are stopped. " if self.way == "stop" else ""
        if _has(ended, _OVER_LIMIT):
            state = "With `--way stop` no request waits, and there is no such limit. "
        return OwscaleError(
            f"the migration failed: task {ended.id}: {attempt.outcome}; the database still has revision "
            f"{self.state.head}, because all revisions are one transaction{last_lines(ended.log)}",
            hint=f"{state}Resolve the cause and repeat `{owscale_command('upgrade')}`, or return to the old release "
            f"without a loss: `{owscale_command('upgrade', '--back')}`",
        )

    def _no_lock(self) -> OwscaleError:
        number = plural(self.run.settings.attempts, "attempt")
        again = owscale_command("upgrade")
        hint = f"repeat `{again}` when fewer users work, or with `--way stop`"
        if self.way == "stop":
            hint = (
                "the tasks are stopped: find the session that holds the lock in pg_locks and pg_stat_activity, end it "
                f"and repeat `{again}`, or return to the old release without a "
                f"loss: `{owscale_command('upgrade', '--back')}`"
            )
        return OwscaleError(
            f"the migration got no lock in {number}; the database still has revision {self.state.head}", hint=hint
        )


def _has(ended: EndedTask, texts: tuple[str, ...]) -> bool:
    """Whether the last error in the log of a task is one of these; earlier ones may have been handled."""
    errors = [
        line
        for line in ended.log
        if "Error" in line or any(text in line for text in (*_NO_LOCK, *_DEADLOCK, *_OVER_LIMIT))
    ]
    return bool(errors) and any(text in errors[-1] for text in texts)


def _outcome(ended: EndedTask) -> str:
    if ended.exit_code is None:
        return f"its container did not run: {ended.reason}"
    if not ended.exit_code:
        return "it ended with exit code 0, and did not migrate"
    return f"exit code {ended.exit_code}"
