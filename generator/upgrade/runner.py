"""One run of `owscale upgrade`: find out where the upgrade is, go on from there, and name the next command."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from owscale.console.invocation import owscale_command
from owscale.console.text import plural
from owscale.domain.openwebui import release_catalogue
from owscale.domain.openwebui.browser_losses import losses
from owscale.domain.openwebui.upgrade_texts import facts, releases_text, unsafe_rollback
from owscale.domain.openwebui.upgrades import Upgrade, Way, upgrade, works_on_schema
from owscale.errors import OwscaleError
from owscale.upgrade import preconditions, steps
from owscale.upgrade.ecs import EcsService, TaskDefinition
from owscale.upgrade.migration import Migration, wait_for_earlier_attempt
from owscale.upgrade.probe import DatabaseState, read_database
from owscale.upgrade.record import UpgradeRecord, begin
from owscale.upgrade.upgrading import Next, Upgrading, account_of, label
from owscale.upgrade.way import TITLES, Choice, LiveCondition, choose_way

_SHORTEST_MINUTES, _LONGEST_MINUTES = 5, 15
"""From the end of the old tasks until the new ones serve."""
_WOULD_READ = "would    read the database with a task of 1 to 3 minutes: users notice nothing"


@dataclass(frozen=True)
class UpgradePosition:
    """Where a deployment is: what its service runs, and the change of release that the spec leads to."""

    service: EcsService
    running: TaskDefinition
    migration: TaskDefinition | None
    following: str

    @property
    def current(self) -> str:
        """The image that the service runs."""
        return self.running.image


def locate(run: Upgrading) -> UpgradePosition:
    """Return where the deployment is. Raises OwscaleError if the spec leads elsewhere than the open upgrade."""
    service = run.service()
    position = UpgradePosition(service, run.running_definition(service), run.migration_definition(), run.wanted)
    record = run.open_record
    if record is None:
        return position
    run.require_same_place(record, position.running)
    if record.back_at:
        edit = "" if run.wanted == record.following else f"set app.image to {record.following}, and "
        forward = (
            f"; to go forward again instead, while the database is not restored: {edit}run "
            f"`{owscale_command('upgrade')}` without --yes"
        )
        raise OwscaleError(
            f"the upgrade to {label(record.following)} is being taken back since {record.back_at}",
            hint=f"go on with `{owscale_command('upgrade', '--back')}`{forward if record.migrated_at else ''}",
        )
    if run.wanted != record.following:
        raise OwscaleError(
            f"an upgrade to {record.following} is open since {record.started_at}; the spec has {run.wanted}",
            hint="set app.migration_image (before the migration) or app.image (after it) to that image, or end the "
            f"upgrade with `{owscale_command('upgrade', '--back')}`",
        )
    return position


def upgrade_deployment(run: Upgrading) -> Next:
    """Go on with the upgrade as far as possible, and return the next steps.

    Raises OwscaleError if a precondition does not hold, a step fails, or the user does not agree.
    """
    _go_forward_again(run)
    position = locate(run)
    if run.open_record is None:
        return _begin(run, position)
    if position.current == run.record.following:
        return _after_the_apply(run, position)
    if run.record.migrated_at and _is_still_migrated(run, position):
        return _apply_the_release(run)
    return _before_the_apply(run, position)


def preview(run: Upgrading) -> Next:
    """Print the preconditions and the steps, with calls that only read; return the next steps."""
    position = locate(run)
    record = run.open_record
    if record and position.current == record.following:
        run.terminal.line("next steps: start the tasks, wait until they serve, autoscaling, alarms, verify")
        return (f"run `{owscale_command('upgrade')}`",)
    if record and record.migrated_at:
        run.terminal.line("next steps: see that the database still has its revision; the apply of app.image follows")
        return (f"run `{owscale_command('upgrade')}`",)
    change = _change(run, position)
    if change is None:
        return (f"{_as_the_spec(position)}; `{owscale_command('upgrade')}` reads the database too",)
    _introduce(run, change)
    if _is_rolled(run, change, position):
        run.terminal.line(_WOULD_READ)
        return _roll(run, change, position)
    _require_prepared(run, position, change)
    failure: OwscaleError | None = None
    try:
        preconditions.require(run, preconditions.before_the_task(run, position.service, position.migration, change))
    except OwscaleError as error:
        failure = error
    live = LiveCondition(run.spec, change, None, position.service.desired, run.settings.max_wait_seconds)
    choice = choose_way(run.settings.way, live)
    _print_way(run, choice, change)
    if choice.way == "live":
        _print_measurements(run, change)
    run.terminal.line(_WOULD_READ)
    asked: set[str] = set()
    for step in _steps_before(run, choice, ""):
        asks_first = bool(step.question) and step.question not in asked
        asked.add(step.question)
        run.terminal.line(f"would    {step.title}: {step.notice}{' (asks first)' if asks_first else ''}")
    if change.needs_migration:
        notice = "requests wait for locks (asks first)" if choice.way == "live" else "the service is down meanwhile"
        run.terminal.line(f"would    migrate the database with one task: {notice}")
    run.terminal.line("you      merge and apply the change of app.image, then run the command again")
    start = "start the tasks, " if choice.way == "stop" else ""
    run.terminal.line(f"would    {start}wait until all tasks serve, restore autoscaling and alarms, run owscale verify")
    run.terminal.line(f"back     {_loss(change)}")
    if failure:
        raise failure
    return (f"nothing was changed; run `{owscale_command('upgrade')}`",)


def _print_measurements(run: Upgrading, change: Upgrade) -> None:
    for measured in change.live:
        run.terminal.line(
            f"         measured: requests wait up to {measured.longest_wait_seconds:g} s with {measured.chats:,} "
            f"chats in {measured.megabytes:,} MB, {plural(measured.writers, 'writer')}"
        )
    run.terminal.line(
        "         a task reads the size of the database first; for a larger one than these, the way is stop"
    )


def _begin(run: Upgrading, position: UpgradePosition) -> Next:
    change = _change(run, position)
    if change is None:
        return _nothing_to_do(run, position)
    if _is_rolled(run, change, position):
        _introduce(run, change)
        _require_schema_of(run, change, position)
        return _roll(run, change, position)
    return _before_the_apply(run, position)


def _is_rolled(run: Upgrading, change: Upgrade, position: UpgradePosition) -> bool:
    """Whether nothing runs before the apply. Raises OwscaleError if the user wants that, and it is not open."""
    if run.settings.way != "roll":
        return run.settings.way is None and change.ways[0] == "roll"
    choose_way("roll", LiveCondition(run.spec, change, None, position.service.desired, run.settings.max_wait_seconds))
    return True


def _before_the_apply(run: Upgrading, position: UpgradePosition) -> Next:
    change = _change(run, position)
    if change is None:
        return _nothing_to_do(run, position)
    _introduce(run, change)
    _require_prepared(run, position, change)
    preconditions.require(run, preconditions.before_the_task(run, position.service, position.migration, change))
    definition = position.migration or position.running
    wait_for_earlier_attempt(run, position.service, definition)
    state = _read(run, position, definition, change.affected_tables)
    preconditions.require(run, preconditions.of_the_database(run, state, change))
    migrates = change.needs_migration or not state.is_migrated
    if migrates and position.migration is None:
        raise _behind(state, position)
    tasks_now = position.service.desired or (
        run.open_record.before.desired_count if run.open_record and run.open_record.before else 0
    )
    live = LiveCondition(run.spec, change, state, tasks_now, run.settings.max_wait_seconds)
    choice = _choose(run, live, position.service)
    if choice.way == "roll":
        _require_schema_of(run, change, position)
        return _roll(run, change, position)
    _print_way(run, choice, change)
    _open_record(run, position, state, choice, change)
    migration = Migration(run, change, definition, state, choice.way)
    migration.settle()
    snapshot, *others = _steps_before(run, choice, state.host, migration.require_unchanged)
    # A snapshot of a migrated database is no way back.
    for step in others if migrates and state.is_migrated else (snapshot, *others):
        steps.take(run, step)
    steps.take(run, migration.step(choice.wait) if migrates else steps.no_migration_step())
    return _apply_the_release(run)


def _read(
    run: Upgrading, position: UpgradePosition, definition: TaskDefinition, tables: Iterable[str] = ()
) -> DatabaseState:
    run.terminal.line("reads    the database, with a task of 1 to 3 minutes: users notice nothing")
    return read_database(run.one_off_tasks(position.service), definition, run.probe_token(), tables)


def _go_forward_again(run: Upgrading) -> None:
    """Give up a way back that was begun, where the database still has the schema of the following release.

    A pipeline never does: a person has chosen the way back.
    """
    record = run.open_record
    if record is None or not (record.back_at and record.migrated_at):
        return
    if run.wanted != record.following or run.settings.is_agreed:
        return
    service = run.service()
    running = run.running_definition(service)
    run.require_same_place(record, running)
    state = _read(run, UpgradePosition(service, running, None, record.following), running)
    if state.head != record.head:
        return
    forward = f"go forward to {label(record.following)}, whose revision the database still has"
    if not run.terminal.confirm(f"give up the way back to {label(record.current)}, and {forward}; nothing is lost."):
        raise OwscaleError(
            "the way back stays open; nothing was changed", hint=f"go on with `{owscale_command('upgrade', '--back')}`"
        )
    record.back_at = ""
    record.steps.pop("database", None)
    run.save()


def _is_still_migrated(run: Upgrading, position: UpgradePosition) -> bool:
    """Whether the database has the revision that it was migrated to; a restore by hand may have come between.

    Tasks of the old release that something started after a stop are stopped again: the plan check waits for that.
    """
    record = run.record
    state = _read(run, position, position.running)
    if state.head != record.head:
        run.terminal.line(f"changed  the database has revision {state.head}, and no longer {record.head}")
        record.migrated_at = ""
        record.steps.pop("migrate", None)
        run.save()
        return False
    preconditions.require(run, preconditions.unreadable_rows(state))
    if record.current != position.current:  # another one was rolled meanwhile
        record.current = position.current
        run.save()
    if record.way == "stop":
        for step in steps.interruption(run, _until(run)):
            steps.take(run, step)
    return True


def _require_schema_of(run: Upgrading, change: Upgrade, position: UpgradePosition) -> None:
    """Require that the database has the schema for which the two releases were compared.

    An earlier release that was rolled on the schema of the one before may have left it behind.
    """
    state = _read(run, position, position.running)
    if state.is_migrated or (change.needs_migration and state.head == change.head):
        return
    raise _behind(state, position)


def _behind(state: DatabaseState, position: UpgradePosition) -> OwscaleError:
    expected = f"{label(position.current)} expects {state.image_head}"
    return OwscaleError(
        f"the database has revision {state.head}, and {expected}: the two releases were compared on that one",
        hint=f"set app.image to {position.current} and app.migration_image to {position.following}, apply, and run "
        f"`{owscale_command('upgrade')} --way stop`",
    )


def _after_the_apply(run: Upgrading, position: UpgradePosition) -> Next:
    record = run.record
    run.terminal.line(f"{run.folder}: {label(record.current)} → {label(record.following)}, applied")
    _require_migrated(run, position)
    is_stopped = "stop" in record.steps or not position.service.desired
    done = [
        *([steps.start_step()] if is_stopped else []),
        steps.steady_step(record.following),
        steps.autoscaling_on_step(),
        steps.alarms_on_step(),
        steps.verify_step(record.following),
    ]
    for step in done:
        steps.take(run, step)
    record.closed_at = run.now()
    run.save()
    return (
        f"the upgrade to {label(record.following)} is complete; watch it for a while: RUNBOOK.md, Watch",
        f"you can still return; `{owscale_command('upgrade', '--back', '--dry-run')}` names what would be lost",
    )


def _require_migrated(run: Upgrading, position: UpgradePosition) -> None:
    """Require that the database has the revision of the image that already runs, though no record says so."""
    state = _read(run, position, position.running)
    if not state.is_migrated:
        raise OwscaleError(
            f"the service runs {run.record.following}, and the database has revision {state.head} instead of "
            f"{state.image_head}: the release was applied before its migration",
            hint=f"run `{owscale_command('upgrade', '--back')}`, which leads to {run.record.current} again; then begin "
            "anew",
        )
    preconditions.require(run, preconditions.unreadable_rows(state))
    if not run.record.migrated_at:
        run.record.head, run.record.migrated_at = state.image_head, run.now()
        run.save()


def _choose(run: Upgrading, live: LiveCondition, service: EcsService) -> Choice:
    record = run.open_record
    wanted = run.settings.way or (record.way if record else None)
    is_down = record is not None and "stop" in record.steps and not service.desired
    if is_down and wanted != "stop":
        raise OwscaleError(
            f"the tasks are stopped by this upgrade, so the way is stop and not {wanted}",
            hint=f"run `{owscale_command('upgrade')}` with `--way stop`, or first "
            f"`{owscale_command('upgrade', '--back')}`",
        )
    return choose_way(wanted, live)


def _open_record(
    run: Upgrading, position: UpgradePosition, state: DatabaseState, choice: Choice, change: Upgrade
) -> None:
    """Write the record of a new upgrade, before anything is changed; or the way, if it is another one now."""
    record = run.open_record
    if record is not None:
        is_undisturbed = not record.steps.keys() & {"alarms off", "autoscaling off", "stop"}
        before = steps.remember(run) if is_undisturbed else record.before
        head = record.head_before if state.is_migrated or record.attempts else state.head
        # Another release may have been rolled since the upgrade began.
        current = record.current if state.is_migrated else position.current
        if (record.way, record.before, record.head_before, record.current) != (choice.way, before, head, current):
            record.way, record.before, record.head_before, record.current = choice.way, before, head, current
            run.save()
        return
    new = UpgradeRecord(
        id=f"{run.clock.now():%Y%m%d-%H%M%S}-{run.run_id[:4]}",
        deployment=run.folder,
        current=position.current,
        following=position.following,
        started_at=run.now(),
        started_by=run.who,
        way=choice.way,
        head_before=_head_before(position, state, change),
        head=state.image_head,
        before=steps.remember(run),
        account=account_of(position.running),
        cluster=run.cluster,
        service=position.service.name,
    )
    run.document = begin(run.document, new)
    run.save()
    run.terminal.line(f"record   {run.store.place}")


def _head_before(position: UpgradePosition, state: DatabaseState, change: Upgrade) -> str:
    """Return the revision on which the old release ran, "" if it is unknown.

    Where no task runs, a database that is migrated is no evidence: the upgrade of another service may have done it.
    """
    if state.is_migrated and change.changes_schema and not position.service.has_tasks:
        known = release_catalogue.schemas().get(change.current or "")
        return known.head if known else ""
    return state.head


def _steps_before(
    run: Upgrading, choice: Choice, host: str, require: Callable[[], None] = lambda: None
) -> list[steps.Step]:
    """Return the steps between the preconditions and the migration; `require` looks at what may have changed."""
    snapshot = steps.snapshot_step(run, host)
    if choice.way == "live":
        return [snapshot, steps.autoscaling_off_step()]
    return [snapshot, *steps.interruption(run, _until(run), require)]


def _until(run: Upgrading) -> str:
    """Return how long an interruption lasts; a task that stops gets no new request, so its end is part of it."""
    stop = -(-steps.stop_seconds(run) // 60)
    return (
        f"until new tasks serve: {_SHORTEST_MINUTES} to {_LONGEST_MINUTES + stop} minutes if the change of app.image "
        f"is ready to be merged, of which the tasks need up to {stop} to stop"
    )


def _change(run: Upgrading, position: UpgradePosition) -> Upgrade | None:
    record = run.open_record
    return upgrade(record.current if record and record.migrated_at else position.current, position.following)


def _introduce(run: Upgrading, change: Upgrade) -> None:
    run.terminal.line(f"{run.folder}: {releases_text(change)}")
    for fact in facts(change):
        run.terminal.line(f"fact     {fact}")


def _print_way(run: Upgrading, choice: Choice, change: Upgrade) -> None:
    run.terminal.line(f"way      {TITLES[choice.way]}")
    for obstacle in choice.obstacles:
        run.terminal.line(f"         not live: {obstacle}")
    if choice.way == "live" and any(caution.is_against_rolling for caution in change.cautions):
        run.terminal.line(
            f"         the changelog advises to stop every task first; {change.current} was measured "
            "to work on the new schema"
        )
    _print_losses(run, choice.way, change)


def _print_losses(run: Upgrading, way: Way, change: Upgrade) -> None:
    for sentence in losses(way, change):
        run.terminal.line(f"users    {sentence}")


def _require_prepared(run: Upgrading, position: UpgradePosition, change: Upgrade) -> None:
    """Require that the spec has the migration before the release.

    Raises OwscaleError if it has only the new image, or an older one, for whose database there is no migration.
    """
    app = run.spec.app
    if change.is_back:
        raise OwscaleError(
            f"{label(position.following)} is older than {label(position.current)}; {unsafe_rollback(change)}: only a "
            "restore returns to it",
            hint=f"keep app.image; after an upgrade, `{owscale_command('upgrade', '--back')}` returns to the old one",
        )
    if app.migration_image is None and not change.needs_migration:
        return
    if app.migration_image is None:
        raise OwscaleError(
            f"app.image is {app.image}, and the database was not migrated for it; the service runs {position.current}",
            hint=f"set app.image to {position.current} and app.migration_image to {app.image}; run "
            f"`{owscale_command('generate')}`, apply, and then `{owscale_command('upgrade')}`",
        )
    if app.image != position.current:
        raise OwscaleError(
            f"the service runs {position.current}, and app.image is {app.image}: apply the spec first",
            hint=f"run `{owscale_command('tf', 'plan')}`, then `{owscale_command('tf', 'apply')}`",
        )


def _as_the_spec(position: UpgradePosition) -> str:
    if position.following == position.current:
        return f"nothing to upgrade: the service runs {position.current}, as the spec has it"
    return f"nothing to migrate: {position.following} is another build of {label(position.following)}"


def _nothing_to_do(run: Upgrading, position: UpgradePosition) -> Next:
    """Require that the database suits the release, which may have been applied without this command."""
    state = _read(run, position, position.running)
    if state.is_known and not state.is_migrated and not works_on_schema(position.current, state.heads):
        raise OwscaleError(
            f"the service runs {position.current}, and the database has revision {state.head} instead of "
            f"{state.image_head}: the release was applied without its migration",
            hint="set app.image to the image that ran before and app.migration_image to this one, apply with the "
            f"`allow:` that the plan check names, and run `{owscale_command('upgrade')}`",
        )
    preconditions.require(run, preconditions.unreadable_rows(state))
    following = f"{_as_the_spec(position)}, and the database has revision {state.head}"
    if position.following == position.current:
        return (following,)
    return (following, f"`{owscale_command('tf', 'plan')}`", f"`{owscale_command('tf', 'apply')}`")


def _roll(run: Upgrading, change: Upgrade, position: UpgradePosition) -> Next:
    run.terminal.line(f"way      {TITLES['roll']}")
    _print_losses(run, "roll", change)
    if change.needs_migration:
        run.terminal.line("         both releases were measured on both schemas; the database keeps its schema until a")
        run.terminal.line("         later upgrade migrates it")
    else:
        run.terminal.line("         the schema stays as it is, so nothing has to run before")
    apply = (f"`{owscale_command('tf', 'plan')}`", f"`{owscale_command('tf', 'apply')}`")
    if run.spec.app.image == position.following:
        return apply
    edit = f"set app.image to {position.following}, and remove app.migration_image"
    return (edit, f"`{owscale_command('generate')}`", *apply)


def _apply_the_release(run: Upgrading) -> Next:
    record = run.record
    if record.way == "stop" or not run.service().has_tasks:
        run.terminal.line("down     the service is down until the release is applied and its tasks are started;")
        run.terminal.line("         until then autoscaling is suspended, and no alarm notifies")
    else:
        run.terminal.line("serves   the old release serves on; the apply replaces its tasks, and open pages reload")
        run.terminal.line("         autoscaling is suspended until this command has run again after the apply")
    change = f"merge the change that sets app.image to {record.following} and removes app.migration_image"
    return (
        *([f"{change}, and update this folder"] if run.spec.app.migration_image else []),
        f"`{owscale_command('tf', 'plan')}`",
        f"`{owscale_command('tf', 'apply')}`",
        f"`{owscale_command('upgrade')}`",
    )


def _loss(change: Upgrade) -> str:
    if change.returns_without_restore:
        return "to the old release on the new schema, which was measured to work: nothing is lost"
    return (
        "before the migration nothing is lost; after it, the snapshot has to be restored: all that was written since is"
    )
