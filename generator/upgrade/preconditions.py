"""What must hold before the first step, and before each further one: every item is read again in every run."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from owscale.console.invocation import owscale_command
from owscale.console.text import plural
from owscale.domain.openwebui.unreadable_rows import UNREADABLE_ROWS
from owscale.domain.openwebui.upgrade_texts import unsafe_rollback
from owscale.domain.openwebui.upgrades import Upgrade
from owscale.errors import OwscaleError
from owscale.upgrade.ecs import EcsService, TaskDefinition, addresses, normal_address, tasks_with_any_status
from owscale.upgrade.other_services import OtherServices, find_others
from owscale.upgrade.probe import DatabaseState
from owscale.upgrade.steps import is_old
from owscale.upgrade.upgrading import MIGRATE_PREFIX, READ_PREFIX, Upgrading, label


@dataclass(frozen=True)
class Precondition:
    """A precondition with its evidence. `hint` is the next step if it does not hold."""

    name: str
    evidence: str
    hint: str = ""
    holds: bool = True


def require(run: Upgrading, preconditions: Iterator[Precondition], *, is_repeated: bool = False) -> None:
    """Print preconditions as they are examined; where they are repeated, only those that do not hold.

    Raises OwscaleError if one does not hold, once all are printed.
    """
    failed: list[Precondition] = []
    for each in preconditions:
        if is_repeated and each.holds:
            continue
        run.terminal.line(f"{'ok     ' if each.holds else 'refused'}  {each.name}: {each.evidence}")
        if not each.holds:
            failed.append(each)
            run.terminal.line(f"         hint: {each.hint}")
    if failed:
        names = ", ".join(dict.fromkeys(each.name for each in failed))
        hint = failed[0].hint if len(failed) == 1 else "follow the hints above, then repeat the command"
        raise OwscaleError(f"the upgrade does not go on: {names}", hint=hint)


def before_the_task(
    run: Upgrading, service: EcsService, migration: TaskDefinition | None, change: Upgrade
) -> Iterator[Precondition]:
    """Yield what can be read without a task in the network of the service."""
    if change.needs_migration or run.spec.app.migration_image:
        yield _migration_task(run, service, migration)
    yield _service(run, service)
    yield _circuit_breaker(service, change)
    yield _other_migrations(run, service)
    yield from _other_services(run)


def that_can_change(
    run: Upgrading, address: tuple[str, str], *, is_service_steady: bool = True
) -> Iterator[Precondition]:
    """Yield again what may have changed while a snapshot was created, a question waited, or an attempt ran.

    `address` has host and database. Without `is_service_steady` the state of the service is not looked at.
    """
    service = run.service()
    if is_service_steady:
        yield _service(run, service)
    yield _other_migrations(run, service, is_between_attempts=True)
    yield from other_users(run, users_of_the_database(run, address), {run.wanted})
    if is_old(run):
        yield Precondition(
            "snapshot",
            "it is too old: its restore would lose all data that was written since",
            f"repeat `{owscale_command('upgrade')}`, which creates another one or asks for it",
            holds=False,
        )


def of_the_database(run: Upgrading, state: DatabaseState, change: Upgrade) -> Iterator[Precondition]:
    """Yield the preconditions that need the state of the database."""
    yield Precondition("database", str(state))
    if not state.heads:
        yield Precondition(
            "revision",
            "the database has none: it is empty, or DATABASE_URL or its schema is another one than that of the service",
            "check the address in the secret, and DATABASE_SCHEMA",
            holds=False,
        )
    elif not state.is_known:
        yield Precondition(
            "revision",
            f"the image {label(run.wanted)} does not know revision {state.head}: a later release, or a build of one's "
            "own, has migrated this database",
            "choose a release that has this revision",
            holds=False,
        )
    elif change.needs_migration and change.head and state.image_heads != (change.head,):
        problem = f"the image expects {state.image_head}, and {change.following} of upstream {change.head}"
        yield Precondition("revision", f"{problem}: a build of one's own, so nothing that was measured holds for it")
    yield from unreadable_rows(state)
    address = (state.host, state.database)
    others = users_of_the_database(run, address)
    yield from _clients(run, state, others)
    yield from other_users(run, others, {run.wanted})


def unreadable_rows(state: DatabaseState) -> Iterator[Precondition]:
    """Yield the rows that an earlier release wrote on the schema of a later one, and that the later one cannot read."""
    for rows in UNREADABLE_ROWS:
        if count := state.empty.get(rows.name):
            yield Precondition(
                "rows",
                f"{plural(count, 'row')} of {rows.table} without {rows.column}, which an earlier release wrote on this "
                f"schema: with {rows.release} and later, {rows.effect}",
                f"run this statement in the database, as the user of Open WebUI: {rows.repair};",
                holds=False,
            )


def _migration_task(run: Upgrading, service: EcsService, migration: TaskDefinition | None) -> Precondition:
    name, wanted = f"{run.spec.service.name}-migration", run.spec.app.migration_image
    running = run.running_definition(service)
    if migration is not None and migration.database_url != running.database_url:
        return Precondition(
            "migration task",
            f"{migration.short_name} has another DATABASE_URL than {running.short_name}",
            "give each service of this account and region a name of its own, or apply the spec where the address has "
            "changed",
            holds=False,
        )
    if migration is not None and migration.image == wanted:
        return Precondition("migration task", f"{migration.short_name} has {wanted}")
    problem = f"{migration.short_name} has {migration.image}" if migration else f"there is no task definition {name}"
    return Precondition(
        "migration task",
        f"{problem}; app.migration_image is {wanted}",
        f"apply the spec: `{owscale_command('tf', 'plan')}`, then `{owscale_command('tf', 'apply')}`",
        holds=False,
    )


def _service(run: Upgrading, service: EcsService) -> Precondition:
    record = run.open_record
    if record and "stop" in record.steps and not service.desired:
        return Precondition("service", f"{service}; stopped by this upgrade")
    if service.is_steady:
        return Precondition("service", f"steady: {service}")
    hint = (
        f"wait until a deployment ends, and see its events; `{owscale_command('verify', '--only', 'service')}` shows it"
    )
    return Precondition("service", f"not steady: {service}", hint, holds=False)


def _circuit_breaker(service: EcsService, change: Upgrade) -> Precondition:
    if not service.rolls_back:
        return Precondition("circuit breaker", "does not put the old image back")
    if change.may_roll_back:
        return Precondition("circuit breaker", "may put the old image back: it was measured to work on the new schema")
    return Precondition(
        "circuit breaker",
        f"would start the old image again: {unsafe_rollback(change)}",
        "set `service.circuit_breaker_rollback: false` beside app.migration_image, and apply",
        holds=False,
    )


def _other_migrations(run: Upgrading, service: EcsService, *, is_between_attempts: bool = False) -> Precondition:
    """Return whether another migration runs; between attempts, one of this upgrade is another one too."""
    own = f"{MIGRATE_PREFIX}{run.open_record.id}-" if run.open_record else READ_PREFIX
    if is_between_attempts:
        attempts = run.record.attempts
        own = attempts[-1].token if attempts and not attempts[-1].outcome else READ_PREFIX
    running = run.one_off_tasks(service).migrations()
    others = [each for each in running if not str(each.get("startedBy", "")).startswith((own, READ_PREFIX))]
    if not others:
        return Precondition("other migrations", "none runs")
    listed = ", ".join(
        f"{each['taskArn'].rpartition('/')[2]} (started by {each.get('startedBy', 'whom ECS does not say yet')})"
        for each in others
    )
    return Precondition("other migrations", listed, "wait until this task has stopped; two must not run", holds=False)


def users_of_the_database(
    run: Upgrading, address: tuple[str, str] = ("", ""), *, with_stopped: bool = False
) -> OtherServices:
    """Return the other services that use the database; `address` has its host and name, if they are known."""
    own = run.cluster, run.spec.service.name
    secret = run.spec.existing.database.url_secret_arn
    return find_others(run.call, own, secret, address, with_stopped=with_stopped)


def other_users(run: Upgrading, others: OtherServices, images: Collection[str]) -> Iterator[Precondition]:
    """Yield each service that uses the database with another image than one of `images`."""
    for each in others.found:
        if not (each.is_certain and each.is_running) or each.image in images:
            continue
        stop = ("aws", "ecs", "update-service", "--cluster", each.cluster, "--service", each.name)
        command = " ".join((*stop, "--desired-count", "0", *run.options))
        yield Precondition(
            "other services",
            f"{each} uses this database, and its schema is about to change",
            f"stop {each.name} first, which cuts off its users"
            f"{', or let it run the next release' if images else ''}: `{command}`",
            holds=False,
        )


def _other_services(run: Upgrading) -> Iterator[Precondition]:
    """Yield the services that use the database; if none does now, the number of those that owscale has looked at."""
    others = users_of_the_database(run, with_stopped=True)
    wrong = list(other_users(run, others, {run.wanted}))
    yield from wrong
    if wrong:
        return
    unsure = [each for each in others.found if not each.is_certain and each.is_running]
    stopped = [each for each in others.found if each.is_certain and not each.is_running and each.image != run.wanted]
    looked_at = plural(others.looked_at, "running service")
    evidence = [f"{looked_at} looked at, none with the secret of this database" if others.looked_at else "none runs"]
    evidence += [f"{each} has another secret, whose address owscale does not read" for each in unsure]
    evidence += [f"{each} uses this database: it must not start again with this image" for each in stopped]
    evidence += [others.unknown] if others.unknown else []
    yield Precondition("other services", "; ".join(evidence))


def _clients(run: Upgrading, state: DatabaseState, others: OtherServices) -> Iterator[Precondition]:
    # Also tasks that stopped: PostgreSQL may notice late that a client is gone.
    name = run.spec.service.name
    own = tasks_with_any_status(run.call, run.cluster, serviceName=name)
    migrates = (f"{MIGRATE_PREFIX}{run.open_record.id}-",) if run.open_record else ()
    for family in (name, f"{name}-migration"):  # the tasks of a run that was killed may go on
        found = tasks_with_any_status(run.call, run.cluster, family=family)
        own += (each for each in found if str(each.get("startedBy", "")).startswith((READ_PREFIX, *migrates)))
    for service in others.found:
        if service.is_certain:  # one with another image is refused as such
            own += tasks_with_any_status(run.call, service.cluster, serviceName=service.name)
    known = {*addresses(own), *map(normal_address, run.settings.other_clients)}
    unknown = {address: count for address, count in state.clients.items() if normal_address(address) not in known}
    if not unknown:
        allowed = sorted({*state.clients} & {*run.settings.other_clients})
        also = f", and from {', '.join(allowed)}, which --other-client allows" if allowed else ""
        yield Precondition("connections", f"only tasks of this service use the database user of Open WebUI{also}")
        return
    listed = ", ".join(f"{count} from {address}" for address, count in sorted(unknown.items()))
    first = min(unknown)
    query = f"Name={'ipv6-addresses.ipv6' if ':' in first else 'addresses.private-ip'}-address,Values={first}"
    lookup = " ".join(("aws", "ec2", "describe-network-interfaces", "--filters", query, *run.options))
    yield Precondition(
        "connections",
        f"{listed}, with the user of Open WebUI, and not from a task of {run.spec.service.name}",
        f"see whose address it is: `{lookup}`; stop it, or add `--other-client {first}` if it is no Open WebUI",
        holds=False,
    )
