"""The steps of an upgrade. Each one is done only where it is not seen to hold, and is seen to hold before the next."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from owscale.aws_api.calls import CallError
from owscale.console.invocation import owscale_command
from owscale.console.text import plural
from owscale.domain.aws.alarms import alarm_names
from owscale.domain.openwebui.capacity import min_tasks
from owscale.errors import OwscaleError
from owscale.upgrade import database
from owscale.upgrade.clock import parse_stamp
from owscale.upgrade.ecs import tasks, tasks_with_any_status
from owscale.upgrade.record import Before, Snapshot, SnapshotKind
from owscale.upgrade.upgrading import Upgrading, label

NOTICES_NOTHING = "users notice nothing"
_DIMENSION = "ecs:service:DesiredCount"
_NAMESPACE = "ecs"
_ALL_SUSPENDED = {
    "DynamicScalingInSuspended": True,
    "DynamicScalingOutSuspended": True,
    "ScheduledScalingSuspended": True,
}
_ALARMS_OF_A_CALL = 100  # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
_HOUR = 3600
_MAX_AGE_SECONDS = 12 * _HOUR


@dataclass(frozen=True)
class Step:
    """A step: what users notice of it and for how long, how it is taken back, and how it is done.

    `seen` returns the evidence that it holds, and None if it does not. `act` begins it. A step with a `question` is
    asked about; one answer holds for all steps of a run with the same question. `require` raises OwscaleError where a
    precondition holds no longer, after the question and before `act`.
    """

    name: str
    title: str
    notice: str
    undo: str
    seen: Callable[[Upgrading], str | None]
    act: Callable[[Upgrading], None]
    question: str = ""
    seconds: float = _HOUR
    require: Callable[[], None] = lambda: None


def take(run: Upgrading, step: Step) -> None:
    """Do a step if it does not hold, and wait until it holds.

    The record is written before and after it. Raises OwscaleError if the user does not agree, or where it fails.
    """
    evidence = step.seen(run)
    if evidence is None:
        _ask(run, step)
        step.require()
        run.save_step(step.name, "started")
        run.terminal.line(f"begins   {step.title}: {step.notice}")
        step.act(run)
        evidence = run.wait(lambda: step.seen(run), step.title, step.seconds)
    run.save_step(step.name, "done", evidence)
    run.terminal.line(f"done     {step.name}: {evidence}")


def _ask(run: Upgrading, step: Step) -> None:
    if not step.question or step.question in run.agreed:
        return
    if not run.terminal.confirm(f"{step.question}."):
        end = ""
        if not (run.record.back_at or run.record.migrated_at):
            end = f", and `{owscale_command('upgrade', '--back')}` ends the upgrade without a loss"
        raise OwscaleError(
            f"stopped before the step `{step.name}`; nothing of it was done",
            hint=f"`{run.command}` goes on from here{end}",
        )
    run.agreed.add(step.question)


def remember(run: Upgrading) -> Before:
    """Return the settings that the steps change for a while, as they are now."""
    return Before(run.service().desired, _suspended(run), _alarms_with_actions(run))


# --- snapshot -----------------------------------------------------------------------------------------------------


def snapshot_step(run: Upgrading, host: str) -> Step:
    """Return the step that creates a snapshot, or asks for the name of a backup where the database is not on RDS.

    A backup of the user's own counts too where the address of the database found is not that of the service.
    """
    found = database.find_database(run.call, run.spec.existing.database, host)
    if found is None:
        return _own_backup_step(host)
    if host and found.endpoint != host and _has_own_backup(run):
        return _own_backup_step(host)
    return _rds_snapshot_step(found, host)


def _rds_snapshot_step(found: database.RdsDatabase, host: str) -> Step:
    kind: SnapshotKind = "cluster" if found.is_cluster else "instance"
    title, notice = f"create a snapshot of the {found}", NOTICES_NOTHING
    if found.is_suspended_by_a_snapshot:
        notice = "the database is Single-AZ, so requests may wait for seconds, rarely minutes, as in its daily backup"

    def known(run: Upgrading) -> Snapshot | None:
        snapshot = run.record.snapshot
        is_of_it = snapshot is not None and (snapshot.kind, snapshot.database) == (kind, found.name)
        return snapshot if is_of_it and not is_old(run) else None

    def act(run: Upgrading) -> None:
        snapshot = known(run)
        _require_a_person(run, found, host)
        if snapshot is None or snapshot.available_at:  # it was deleted: another one has another time and another name
            run.record.snapshot_count += 1
            name = f"{run.spec.service.name}-upgrade-{run.record.id}-{run.record.snapshot_count}"
            run.record.snapshot = snapshot = Snapshot(kind, found.name, name)
            run.save()  # before the call, so that a run that is killed between them finds its snapshot again
        database.create_snapshot(run.call, run.clock, snapshot, run.terminal.waiting)

    def seen(run: Upgrading) -> str | None:
        snapshot = known(run)
        if snapshot is None:
            return None
        status, percent, created = database.snapshot_state(run.call, snapshot)
        if status == "available":
            if not snapshot.available_at:
                snapshot.available_at = created or run.now()
            return f"{snapshot.name} of {found} is available since {snapshot.available_at}"
        if status == "failed":
            run.record.snapshot = None
            run.save()
            raise OwscaleError(
                f"the snapshot {snapshot.name} failed", hint="see its events in RDS, then repeat the command"
            )
        run.terminal.waiting(f"snapshot {snapshot.name}: {status or 'not there yet'}, {percent} %")
        return None

    return Step(
        "snapshot",
        title,
        notice,
        "the snapshot stays until you delete it",
        seen,
        act,
        question=_snapshot_question(found, host, f"{title}: {notice}"),
        seconds=6 * _HOUR,
    )


def _require_a_person(run: Upgrading, found: database.RdsDatabase, host: str) -> None:
    """Require that a person has looked at a database whose address is not that of the service."""
    if host and found.endpoint != host and run.settings.is_agreed:
        raise OwscaleError(
            f"the {found} has the address {found.endpoint}, and the service uses {host}: --yes does not agree to a "
            "snapshot that may be of another database",
            hint="run the command in a terminal once, or set existing.database.url_secret_arn to a secret with the "
            "address of RDS; for a database elsewhere, name a backup of your own with `--backup NAME`",
        )


def _snapshot_question(found: database.RdsDatabase, host: str, text: str) -> str:
    """Return the question before a snapshot: users may notice it, or it may be of another database."""
    if host and found.endpoint != host:
        return f"snapshot of the {found}: its address is {found.endpoint}, and that of the service {host}; go on"
    return text if found.is_suspended_by_a_snapshot else ""


def is_old(run: Upgrading) -> bool:
    """Whether a restore of the snapshot would lose more than half a day, and nothing was migrated since."""
    snapshot = run.record.snapshot
    if snapshot is None or not snapshot.available_at or run.record.migrating_attempt:
        return False
    return (parse_stamp(run.now()) - parse_stamp(snapshot.available_at)).total_seconds() > _MAX_AGE_SECONDS


def _has_own_backup(run: Upgrading) -> bool:
    record = run.open_record
    return bool(run.settings.backup or (record and record.snapshot and record.snapshot.kind == "own"))


def _own_backup_step(host: str) -> Step:
    def act(run: Upgrading) -> None:
        if not run.settings.backup:
            snapshot = run.record.snapshot
            problem = (
                f"the backup {snapshot.name} is of {snapshot.available_at}, as you stated: its restore would lose all "
                "data that was written since"
                if snapshot
                else f"the database at {host} is no RDS instance or Aurora cluster of this account and region: owscale "
                "cannot create a snapshot of it"
            )
            raise OwscaleError(
                problem,
                hint="create a backup yourself, check that it can be restored, and name it with `--backup NAME`",
            )
        run.record.snapshot = Snapshot("own", host, run.settings.backup, run.now())

    def seen(run: Upgrading) -> str | None:
        snapshot = run.record.snapshot
        if snapshot is None or is_old(run) or (run.settings.backup or snapshot.name) != snapshot.name:
            return None
        return f"{snapshot.name}, as you state"

    return Step(
        "snapshot",
        "have a backup of your own, named by --backup",
        NOTICES_NOTHING,
        "the backup stays until you delete it",
        seen,
        act,
    )


# --- alarms and autoscaling ---------------------------------------------------------------------------------------


def interruption(run: Upgrading, until: str, require: Callable[[], None] = lambda: None) -> list[Step]:
    """Return the steps that stop the service, and until when; one question is asked before the first of them.

    `require` is called before the first of them, so that a refusal leaves everything as it is, and before the stop.
    """
    stop = replace(stop_step(run, until), require=require)
    alarms = replace(alarms_off_step(stop.question), require=require)
    return [alarms, autoscaling_off_step(stop.question), stop]


def alarms_off_step(question: str = "") -> Step:
    """Return the step that turns off the actions of the alarms."""

    def act(run: Upgrading) -> None:
        if names := _alarms_with_actions(run):
            run.call("cloudwatch:DisableAlarmActions", AlarmNames=names)

    def seen(run: Upgrading) -> str | None:
        on = _alarms_with_actions(run)
        before = len(run.record.before.alarms) if run.record.before else 0
        count = plural(len(alarm_names(run.spec)), "alarm")
        return None if on else f"the actions of {count} are off; those of {before} were on before"

    return Step(
        "alarms off",
        "turn off the alarm actions",
        "no alarm notifies until they are on again",
        "the actions are turned on again",
        seen,
        act,
        question,
    )


def alarms_on_step() -> Step:
    """Return the step that turns on the actions that were on before."""

    def act(run: Upgrading) -> None:
        if names := _known_alarms(run):
            run.call("cloudwatch:EnableAlarmActions", AlarmNames=names)

    def seen(run: Upgrading) -> str | None:
        before = _known_alarms(run)
        off = set(before) - set(_alarms_with_actions(run))
        return None if off else f"the actions of {plural(len(before), 'alarm')} are on, which were on before"

    return Step("alarms on", "turn on the alarm actions", NOTICES_NOTHING, "nothing to take back", seen, act)


def _known_alarms(run: Upgrading) -> list[str]:
    """Return the alarms whose actions were on before, and that still exist."""
    existing = {each["AlarmName"] for each in _described_alarms(run)}
    return [name for name in (run.record.before.alarms if run.record.before else ()) if name in existing]


def _alarms_with_actions(run: Upgrading) -> list[str]:
    return sorted(each["AlarmName"] for each in _described_alarms(run) if each["ActionsEnabled"])


def _described_alarms(run: Upgrading) -> Iterator[dict[str, Any]]:
    names = sorted(alarm_names(run.spec))
    for start in range(0, len(names), _ALARMS_OF_A_CALL):
        chunk = names[start : start + _ALARMS_OF_A_CALL]
        yield from run.call("cloudwatch:DescribeAlarms", AlarmNames=chunk, MaxRecords=len(chunk))["MetricAlarms"]


def autoscaling_off_step(question: str = "") -> Step:
    """Return the step that suspends autoscaling, so that it starts and stops no task during the upgrade."""

    def act(run: Upgrading) -> None:
        _suspend(run, _ALL_SUSPENDED)

    def seen(run: Upgrading) -> str | None:
        suspended = _suspended(run)
        if suspended is None:
            return "there is none"
        return "is suspended" if suspended == _ALL_SUSPENDED else None

    return Step(
        "autoscaling off",
        "suspend autoscaling",
        "the number of tasks stays as it is",
        "autoscaling is resumed",
        seen,
        act,
        question,
    )


def autoscaling_on_step() -> Step:
    """Return the step that sets the suspended state of before."""

    def act(run: Upgrading) -> None:
        if run.record.before and run.record.before.suspended is not None:
            _suspend(run, run.record.before.suspended)

    def seen(run: Upgrading) -> str | None:
        before, suspended = run.record.before, _suspended(run)
        if suspended is None or before is None or before.suspended is None:
            return "there was none" if suspended is None else "was not changed"
        if suspended != before.suspended:
            return None
        return "works as before" + (": partly suspended, which it was" if any(suspended.values()) else "")

    return Step("autoscaling on", "resume autoscaling", NOTICES_NOTHING, "nothing to take back", seen, act)


def _suspended(run: Upgrading) -> dict[str, bool] | None:
    """Return the suspended state of the scalable target; None if there is none."""
    response = run.call(
        "application-autoscaling:DescribeScalableTargets",
        ServiceNamespace=_NAMESPACE,
        ResourceIds=[run.scalable_resource],
        ScalableDimension=_DIMENSION,
    )
    if not response["ScalableTargets"]:
        return None
    state = response["ScalableTargets"][0].get("SuspendedState", {})
    return {name: bool(state.get(name, False)) for name in _ALL_SUSPENDED}


def _suspend(run: Upgrading, state: dict[str, bool]) -> None:
    run.call(
        "application-autoscaling:RegisterScalableTarget",
        ServiceNamespace=_NAMESPACE,
        ResourceId=run.scalable_resource,
        ScalableDimension=_DIMENSION,
        SuspendedState=state,
    )


# --- tasks --------------------------------------------------------------------------------------------------------


def stop_step(run: Upgrading, until: str) -> Step:
    """Return the step that stops every task of the service, with how long that lasts."""
    title = "stop every task"
    delay = run.spec.load_balancer.deregistration_delay_seconds
    notice = (
        f"the service is down {until}; answers that take longer than {delay} s are cut off, and open pages reload "
        "afterwards"
    )

    def act(run: Upgrading) -> None:
        desired = run.service().desired
        if desired and run.record.before and run.record.before.desired_count != desired:
            run.record.before.desired_count = desired  # autoscaling may have changed it since the upgrade began
            run.save()
        _set_desired(run, 0)

    def seen(run: Upgrading) -> str | None:
        service = run.service()
        left = _left(run)
        if not service.desired and not service.running and not service.pending and not left:
            return "no task runs"
        run.terminal.waiting(f"tasks stop: {service}{f'; {left}' if left else ''}")
        return None

    return Step(
        "stop",
        title,
        notice,
        "the tasks start again",
        seen,
        act,
        question=f"{title}: {notice}",
        seconds=_HOUR + stop_seconds(run),
    )


def stop_seconds(run: Upgrading) -> int:
    """Return how long a task may take to stop: it finishes its answers without new requests, and then it ends."""
    return run.spec.load_balancer.deregistration_delay_seconds + run.spec.service.stop_timeout_seconds


def _left(run: Upgrading) -> str:
    """Return the states of the tasks that have not stopped, though they should, and still use the database.

    `runningCount` has no task in DEACTIVATING (the load balancer drains it) or STOPPING, and ListTasks has them under
    the desired status STOPPED: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html
    """
    found = tasks_with_any_status(run.call, run.cluster, serviceName=run.spec.service.name)
    return ", ".join(sorted({str(each["lastStatus"]) for each in found if each["lastStatus"] != "STOPPED"}))


def no_migration_step() -> Step:
    """Return the step in place of the migration, if the schema stays the same."""

    def seen(run: Upgrading) -> str | None:
        run.record.migrated_at = run.record.migrated_at or run.now()
        return "none is needed, because the schema stays as it is"

    return Step("migrate", "migrate the database", NOTICES_NOTHING, "nothing to take back", seen, lambda _: None)


def start_step() -> Step:
    """Return the step that starts as many tasks as there were; without autoscaling, as many as the spec has."""

    def number(run: Upgrading) -> int:
        before = run.record.before.desired_count if run.record.before and run.spec.autoscaling.enabled else 0
        return max(before, min_tasks(run.spec))

    def act(run: Upgrading) -> None:
        _set_desired(run, number(run))

    def seen(run: Upgrading) -> str | None:
        service, step = run.service(), run.record.steps.get("start")
        was_done = step is not None and step.state == "done"  # since then, autoscaling may have changed the number
        is_enough = service.desired >= (1 if was_done else number(run))
        return f"{plural(service.desired, 'task')} wanted" if is_enough else None

    return Step("start", "start the tasks", "users can work again in some minutes", "the tasks stop", seen, act)


def steady_step(image: str) -> Step:
    """Return the step that waits until all tasks serve an image."""

    def seen(run: Upgrading) -> str | None:
        service = run.service()
        running = run.running_definition(service)
        failure = service.failure
        if running.image != image or failure is not None:
            problem = f"the service has {running.image} instead of {image}: ECS rolled back, or another tool deployed"
            if running.image == image:
                problem = f"the deployment of {image} failed"
            raise OwscaleError(
                f"{problem}{f'; {failure}' if failure else ''}",
                hint="read the events and the log of the service: see RUNBOOK.md, When an alarm fires; then apply "
                f"again, or run `{owscale_command('upgrade', '--back')}`",
            )
        is_checked = bool(running.container.get("healthCheck"))
        healthy = _healthy(run, running.arn) if is_checked and service.is_steady else service.running
        if service.is_steady and service.desired and healthy >= service.desired:
            health = " healthy" if is_checked else ""
            return f"{plural(service.running, f'{health} task'.strip())} of {label(image)}, in one completed deployment"
        run.terminal.waiting(f"tasks start: {service}; healthy {healthy}")
        return None

    return Step(
        "steady",
        "wait until all tasks serve",
        "users can work as soon as one serves",
        "nothing to take back",
        seen,
        lambda _: None,
        seconds=_HOUR,
    )


def _healthy(run: Upgrading, definition: str) -> int:
    """Return how many tasks of a task definition pass the health check of their container.

    A deployment can be completed before: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html
    """
    described = tasks(run.call, run.cluster, serviceName=run.spec.service.name, desiredStatus="RUNNING")
    return sum(
        each.get("taskDefinitionArn") == definition and each.get("healthStatus") == "HEALTHY" for each in described
    )


def _set_desired(run: Upgrading, count: int) -> None:
    try:
        run.call("ecs:UpdateService", cluster=run.cluster, service=run.spec.service.name, desiredCount=count)
    except CallError as error:
        raise OwscaleError(f"the number of tasks was not set to {count}: {error.message}", hint=error.hint) from error


def verify_step(image: str) -> Step:
    """Return the step that runs the checks of `owscale verify` for a service that runs an image."""
    evidence: list[str] = []

    def act(run: Upgrading) -> None:
        passed, report = run.verify()
        run.terminal.line(report.rstrip())
        if not passed and run.record.back_at:
            raise OwscaleError(
                f"the service runs {label(image)} again, and checks of `owscale verify` failed",
                hint=f"resolve them and repeat `{owscale_command('upgrade', '--back')}`; a check that cannot run here: "
                "`--skip CHECK`",
            )
        if not passed:
            raise OwscaleError(
                f"the service runs {label(image)}, and checks of `owscale verify` failed",
                hint=f"resolve them and repeat `{owscale_command('upgrade')}`; a check that cannot run here: `--skip "
                f"CHECK`; to give up: `{owscale_command('upgrade', '--back')}`",
            )
        evidence.append(report.rstrip().rpartition("\n")[2])

    def seen(_: Upgrading) -> str | None:
        return evidence[-1] if evidence else None

    return Step("verify", "run owscale verify", NOTICES_NOTHING, "nothing to take back", seen, act)
