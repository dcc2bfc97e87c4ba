"""The way back: the old release, on the database as it is, or on one that the user restores.

owscale never restores over a database: it prints the commands that restore one beside it.
"""

from __future__ import annotations

from collections.abc import Iterator

from owscale.console.invocation import owscale_command
from owscale.domain.openwebui import release_catalogue
from owscale.domain.openwebui.upgrades import Upgrade, upgrade
from owscale.errors import OwscaleError
from owscale.upgrade import database, preconditions, steps
from owscale.upgrade.clock import parse_stamp
from owscale.upgrade.ecs import EcsService, TaskDefinition
from owscale.upgrade.preconditions import Precondition
from owscale.upgrade.probe import DatabaseState, read_database
from owscale.upgrade.record import UpgradeRecord
from owscale.upgrade.upgrading import READ_PREFIX, Next, Upgrading, label


def take_back(run: Upgrading) -> Next:
    """Lead back as far as possible, and return the next steps.

    Raises OwscaleError if there is nothing to take back, a step fails, or the user does not agree.
    """
    record = _record(run)
    if record is None:
        return _nothing_to_do(run)
    service = run.service()
    running = run.running_definition(service)
    _require_about(run, record, running)
    run.terminal.line(f"{run.folder}: back to {label(record.current)} from {label(record.following)}")
    _require_no_migration(run, record, service)
    run.terminal.line("reads    the database, with a task of 1 to 3 minutes: users notice nothing")
    state = read_database(run.one_off_tasks(service), running, run.probe_token(), ())
    run.terminal.line(f"ok       database: {state}")
    change = upgrade(record.current, record.following)
    evidence = _fits_the_old_release(record, state, change)
    if evidence is None:
        preconditions.require(run, _other_services(run, state), is_repeated=True)
        _confirm_the_loss(run, record, state)
    _begin_the_way_back(run, record)
    _require_no_migration(run, record, service)  # of another run, which can begin no other from here on
    if evidence is None:
        if record.steps.pop("database", None):  # it suited the old release before
            run.save()
        run.is_down = True
        return _restore(run, record, state)
    run.save_step("database", "done", evidence)
    run.terminal.line(f"done     database: {evidence}")
    if running.image != record.current:
        run.is_down = not run.service().desired
        return _apply_the_old_release(record)
    is_applied = run.spec.app.image == record.current  # the checks of verify compare with the spec
    for step in (
        steps.start_step(),
        steps.steady_step(record.current),
        steps.autoscaling_on_step(),
        steps.alarms_on_step(),
        *([steps.verify_step(record.current)] if is_applied else []),
    ):
        steps.take(run, step)
    record.closed_at = run.now()
    run.save()
    run.terminal.line(f"back     the service runs {label(record.current)} again")
    if not is_applied:
        return (f"set app.image to {record.current}, and apply", f"`{owscale_command('verify')}`")
    if run.spec.app.migration_image:
        return ("remove app.migration_image from the spec, and apply",)
    return ("watch the service for a while: RUNBOOK.md, Watch",)


def preview_back(run: Upgrading) -> Next:
    """Print the way back and the data that it would lose, with calls that only read."""
    record = _record(run)
    if record is None:
        return _nothing_to_do(run)
    _require_about(run, record, run.running_definition(run.service()))
    run.terminal.line(f"{run.folder}: back to {label(record.current)} from {label(record.following)}")
    change = upgrade(record.current, record.following)
    if not record.migrated_at and record.migrating_attempt is None:
        run.terminal.line("loses    nothing: the database was not migrated")
    elif change is not None and change.returns_without_restore:
        run.terminal.line("loses    nothing: the old release was measured to work on the new schema")
    else:
        for line in _restore_lines(run, record):
            run.terminal.line(line)
    return (f"nothing was changed; run `{owscale_command('upgrade', '--back')}`",)


def _record(run: Upgrading) -> UpgradeRecord | None:
    """Return the upgrade to take back; None if it was taken back. Raises OwscaleError if there was none."""
    if run.document is None:
        raise OwscaleError(
            f"{run.folder}: no upgrade was recorded, so there is none to take back",
            hint=f"see `{owscale_command('upgrade', '--status')}`",
        )
    record = run.document.upgrade
    return None if record.back_at and not record.is_open else record


def _nothing_to_do(run: Upgrading) -> Next:
    record = run.document.upgrade if run.document else None
    return (f"nothing to take back: the last upgrade was taken back at {record.closed_at if record else ''}",)


def _require_about(run: Upgrading, record: UpgradeRecord, running: TaskDefinition) -> None:
    """Require that the record is about this service, and a closed one about its release: others may have followed."""
    run.require_same_place(record, running)
    if not record.is_open and not record.is_about(running.image):
        raise OwscaleError(
            f"the service runs {running.image}, and the last recorded upgrade is from {record.current} to "
            f"{record.following}: nothing is known about the way back to it",
            hint="apply one of these two releases first, or restore the database by hand: RUNBOOK.md",
        )


def _require_no_migration(run: Upgrading, record: UpgradeRecord, service: EcsService) -> None:
    """Require that no migration runs: it would change the database after it was looked at."""
    own = [each.task for each in record.attempts if each.task and not each.outcome]
    running = [
        task
        for task in run.one_off_tasks(service).migrations(own)
        if not str(task.get("startedBy", "")).startswith(READ_PREFIX)
    ]
    if running:
        task = str(running[0]["taskArn"]).rpartition("/")[2]
        raise OwscaleError(
            f"the migration still runs: task {task}",
            hint=f"repeat the command when it has stopped; to end it: `{_aws(run, 'ecs', 'stop-task', '--cluster')} "
            f"{run.cluster} --task {task}`",
        )


def _other_services(run: Upgrading, state: DatabaseState) -> Iterator[Precondition]:
    """Yield the other services of the database: a restore takes it from them, with all that they wrote."""
    others = preconditions.users_of_the_database(run, (state.host, state.database))
    return preconditions.other_users(run, others, ())


def _fits_the_old_release(record: UpgradeRecord, state: DatabaseState, change: Upgrade | None) -> str | None:
    """Return why the old release can run on the database; None if it cannot."""
    if state.head == record.head_before:
        return f"revision {state.head}, as before the upgrade"
    known = release_catalogue.schemas().get(label(record.current))
    if known and state.head == known.head:
        return f"revision {state.head}, which is that of {known.release}"
    if state.head == record.head and change is not None and change.returns_without_restore:
        return f"revision {state.head}, on which {label(record.current)} was measured to work; nothing is lost"
    return None


def _confirm_the_loss(run: Upgrading, record: UpgradeRecord, state: DatabaseState) -> None:
    """Ask before a way back that loses data. Raises OwscaleError without an agreement, or for a foreign revision."""
    if state.head != record.head:
        raise OwscaleError(
            f"the database has revision {state.head}: neither that of before the upgrade, {record.head_before}, nor "
            f"that of {label(record.following)}, {record.head}",
            hint="find out which release or restore led to this revision; nothing was changed. To end the upgrade as "
            f"it is, move {run.store.place} away: owscale knows of none then",
        )
    if record.back_at:
        return
    if run.settings.way != "stop" and run.settings.is_agreed:
        raise OwscaleError(
            "this way back stops the service and loses data, which --yes alone does not agree to",
            hint=f"look at `{owscale_command('upgrade', '--back', '--dry-run')}`, then add `--way stop`",
        )
    loss = _restore_lines(run, record)[0].removeprefix("loses    ")
    if not run.terminal.confirm(f"return with a restore of the database, which loses {loss}."):
        raise OwscaleError(
            "the way back was not begun; nothing was changed",
            hint=f"`{owscale_command('upgrade')}` goes forward",
        )


def _begin_the_way_back(run: Upgrading, record: UpgradeRecord) -> None:
    if record.back_at:
        return
    if record.closed_at:  # since then, autoscaling and people may have changed the number of tasks and the alarms
        record.before = steps.remember(run)
    record.back_at, record.closed_at = run.now(), ""
    run.save()


def _restore(run: Upgrading, record: UpgradeRecord, state: DatabaseState) -> Next:
    """Stop the tasks, so that no more data is written that a restore loses, and print the commands of the restore."""
    if run.service().desired or run.service().running:
        for step in steps.interruption(run, "until the database is restored and the old release is applied"):
            steps.take(run, step)
    needed = record.head_before or "one that is not recorded"
    run.terminal.line(f"restore  the database has revision {state.head}; {label(record.current)} needs {needed}")
    for line in _restore_lines(run, record):
        run.terminal.line(line)
    run.terminal.line("         owscale restores nothing itself, and nothing of the present database is deleted")
    run.terminal.line(
        f"         to keep the present database after all: `{owscale_command('upgrade')}` goes forward again"
    )
    return ("run the script above", f"`{owscale_command('upgrade', '--back')}`")


def _restore_lines(run: Upgrading, record: UpgradeRecord) -> list[str]:
    snapshot = record.snapshot
    if snapshot is None or snapshot.kind == "own":
        name = f"the backup {snapshot.name}" if snapshot else "your last backup"
        return [f"loses    everything that was written since {name}", f"restore  {name}, as its tool does it"]
    found = database.snapshot_source(run.call, snapshot)
    if found is None:
        return [
            f"loses    everything that was written since {snapshot.available_at}",
            f"restore  the snapshot {snapshot.name}; {snapshot.database} was not found, so its settings are unknown",
        ]
    attempt = record.migrating_attempt
    moment = attempt.started_at if attempt and database.is_restorable(found, parse_stamp(attempt.started_at)) else ""
    if not moment and database.snapshot_state(run.call, snapshot)[0] != "available":
        raise OwscaleError(
            f"there is nothing to restore: the automated backups of the {found} do not reach back to the migration, "
            f"and the snapshot {snapshot.name} is gone",
            hint="restore a backup of your own, if there is one; "
            f"`{owscale_command('upgrade')}` keeps the release of the present database",
        )
    lines = [f"loses    everything that was written since {moment or snapshot.available_at}"]
    if moment:
        lines.append(
            f"         (the automated backups reach to that moment; the snapshot is of {snapshot.available_at})"
        )
    lines.append(
        "restore  paste these lines into a shell; the first command that fails ends them, and repeated they go on:"
    )
    lines += database.Restore(found, record.id, snapshot, run.options, moment).script()
    lines.append("         the present database stays under a name with -migrated-; compare the settings of the two")
    return lines


def _apply_the_old_release(record: UpgradeRecord) -> Next:
    return (
        f"set app.image to {record.current} (revert the change of the release), and remove app.migration_image",
        f"`{owscale_command('generate')}`",
        f"`{owscale_command('tf', 'plan')}`",
        f"`{owscale_command('tf', 'apply')}`",
        f"`{owscale_command('upgrade', '--back')}`",
    )


def _aws(run: Upgrading, *words: str) -> str:
    return " ".join(("aws", *words[:2], *run.options, *words[2:]))
