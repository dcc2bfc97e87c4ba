"""Everything that is measured for a pair of releases, in the format of compatibility.json."""

import re
import signal
import sys
import time
from dataclasses import asdict, dataclass, field
from itertools import count
from typing import Any

from owscale.domain.openwebui.known_faults import FAULTS, JUDGED_UNTIL
from owscale.domain.openwebui.upgrades import upgrade
from tests.openwebui.client import ADMIN, Client, StatusError
from tests.openwebui.compatibility import filling, live
from tests.openwebui.compatibility.migration import ATTEMPTS, LOCK_TIMEOUT_MS, Migration, migrate
from tests.openwebui.compatibility.schema import head_of
from tests.openwebui.compatibility.visit import Kind, Visit, Written, database_errors, visit
from tests.openwebui.programs import wait_for
from tests.openwebui.stack import Process, Stack

_ROUNDS = 3
_LONGEST_NOTE = 200


@dataclass
class Template:
    """A database with the schema of a release and the objects of a visit, and its filled copy."""

    release: str
    name: str
    written: Written
    own_errors: dict[str, str]
    filled: str = ""


@dataclass
class Findings:
    """How a release works on the schema of another one."""

    starts: bool = True
    reads: bool = True
    writes: bool = True
    errors: list[str] = field(default_factory=list)
    visits: int = 0

    def as_data(self) -> dict[str, Any] | None:
        """Return the findings; None without a visit."""
        found = asdict(self)
        return found if found.pop("visits") else None

    def add(self, made: Visit, own: dict[str, str]) -> None:
        """Add the failures of a visit that the release does not have on its own schema."""
        self.visits += 1
        kinds: tuple[Kind, ...] = ("reads", "writes")
        for kind in kinds:
            new = {name: error for name, error in made.failed(kind).items() if name not in own}
            if new:
                setattr(self, kind, False)
            self._append(new.values())
        seen = " ".join(self.errors)
        self._append(f"log: {error}" for error in made.log_errors if error not in seen and error not in own.values())

    def _append(self, errors: Any) -> None:
        self.errors += [error for error in dict.fromkeys(errors) if error not in self.errors]


class Measurement:
    """The measurement of one pair. `templates` keeps databases of old releases for further pairs."""

    def __init__(self, stack: Stack, old: str, new: str, templates: dict[str, Template]) -> None:
        self.stack, self.old, self.new, self.templates = stack, old, new, templates
        self.old_on_new, self.new_on_old, self.new_after_old = Findings(), Findings(), Findings()
        self.live: list[dict[str, Any]] = []
        self.notes: list[str] = []
        self.new_errors: dict[str, str] = {}
        change = upgrade(f"open-webui:v{old}", f"open-webui:v{new}")
        assert change is not None
        self._change = change
        self._has_migration = head_of(old) != head_of(new)
        self._started = time.monotonic()

    def run(self, chats: int) -> dict[str, Any]:
        """Measure everything and return the entry of the pair. `chats` is the size of the filled database."""
        template = self._template()
        if pair := self._small(template):
            if chats and self._has_migration:
                self._filled(template, *pair, chats)
            for process in pair:
                self._stop(process, None)
            self._drop(pair[0].database)
        elif chats and self._has_migration:
            self._filled_alone(template, chats)
        return {
            "from": self.old,
            "to": self.new,
            "old_on_new": self.old_on_new.as_data(),
            "new_on_old": self.new_on_old.as_data(),
            "new_after_old": self.new_after_old.as_data(),
            "live": sorted(self.live, key=lambda entry: (entry["chats"], entry["writers"])),
            "notes": " ".join(dict.fromkeys(self.notes)),
        }

    def _small(self, template: Template) -> tuple[Process, Process] | None:
        """Start the new release on the old schema; then the old one, which is migrated with four writers.

        Return both releases, which serve the migrated database.
        """
        name = self._copy(template.name)
        early = self._new_on_old(name, template.written)
        written = (early.written,) if early else ()
        try:
            old = self._start(self.old, name)
        except _StartError as error:
            self.new_on_old.errors.append(f"afterwards {self.old} does not start on its own schema: {error}")
            self._drop(name)
            return None
        after = visit(old, (template.written, *written))
        for step, text in after.all_failed.items():
            if step not in template.own_errors:
                self.new_on_old.errors.append(f"afterwards, {self.old} on its own schema: {text}")
        if not self._migrate(old, name, 4):
            self._stop(old, name)
            return None
        new = self._start(self.new, name)
        third = visit(new, (template.written, *written, after.written))
        self._keep_errors_of_new(third)
        if early:
            self.new_on_old.add(early, self.new_errors)
        # The circuit breaker of ECS starts the old release again.
        self._stop(old, None)
        try:
            old = self._start(self.old, name)
        except _StartError as error:
            self.old_on_new = Findings(starts=False, reads=False, writes=False, errors=[f"start: {error}"], visits=1)
            self._stop(new, name)
            return None
        fourth = visit(old, (after.written, third.written))
        self.old_on_new.add(fourth, template.own_errors)
        self.new_after_old.add(visit(new, (third.written, fourth.written)), self.new_errors)
        self._side_by_side(old, new, name, 4)
        return old, new

    def _filled(self, template: Template, old: Process, new: Process, chats: int) -> None:
        """Migrate a filled database, on which no new release has been started: with four writers, then with one."""
        self._fill(template, chats)
        if self.new_on_old.starts:
            name = self._copy(template.filled)
            if early := self._new_on_old(name, template.written):
                self.new_on_old.add(early, self.new_errors)
            self._drop(name)
        new.program.send(signal.SIGSTOP)
        self._replace_database(old, template.filled)
        if self._migrate(old, old.database, 4):
            second = visit(old, (template.written,))
            self.old_on_new.add(second, template.own_errors)
            new.program.send(signal.SIGCONT)
            new.wait_until_healthy()
            third = visit(new, (template.written, second.written))
            self.new_after_old.add(third, self.new_errors)
            self._side_by_side(old, new, old.database, 4)
            self.old_on_new.add(visit(old, (second.written, third.written)), template.own_errors)
            new.program.send(signal.SIGSTOP)
        self._replace_database(old, template.filled)
        self._migrate(old, old.database, 1)

    def _filled_alone(self, template: Template, chats: int) -> None:
        """Migrate a filled database under an old release that does not start again on the new schema."""
        self._fill(template, chats)
        for writers in (4, 1):
            name = self._copy(template.filled)
            old = self._start(self.old, name)
            self._migrate(old, name, writers)
            self._stop(old, name)

    def _fill(self, template: Template, chats: int) -> None:
        """Make the filled copy of a template, which all pairs of its release share."""
        if template.filled:
            return
        self._say(f"filling with {chats} chats")
        filled = self._copy(template.name)
        filling.fill(self.stack.database, filled, chats)
        self._say(f"filled: {filling.megabytes(self.stack.database, filled)} MB")
        template.filled = filled

    def _replace_database(self, process: Process, template: str) -> None:
        """Put a copy in the place of the database of a process; its pools test connections before they use them."""
        copy, database = self._copy(template), self.stack.database
        self._drop(process.database)
        database.query(f'ALTER DATABASE "{copy}" RENAME TO "{process.database}"')
        client = Client(process.url)

        def serves() -> bool:
            try:
                client.sign_in().get("/api/v1/chats/?page=1")
            except (StatusError, OSError):
                return False
            return True

        wait_for(serves, 60, f"{process.name} on another copy")

    def _keep_errors_of_new(self, made: Visit) -> None:
        """Keep the failures of the new release on its own schema, which say nothing about compatibility."""
        errors = made.all_failed | {f"log: {error}": error for error in made.log_errors}
        self.new_errors |= errors
        for step, error in errors.items():
            self.notes.append(f"{self.new} on its own schema, after the migration: {step}: {error}.")

    def _new_on_old(self, name: str, written: Written) -> Visit | None:
        """Return the visit of the new release on the old schema; None if it does not start."""
        try:
            new = self._start(self.new, name)
        except _StartError as error:
            self.new_on_old = Findings(starts=False, reads=False, writes=False, errors=[f"start: {error}"], visits=1)
            return None
        made = visit(new, (written,))
        self._stop(new, None)
        return made

    def _migrate(self, old: Process, name: str, writers: int) -> bool:
        """Migrate while writers use the old release, and keep the measurement if it ends well.

        Between releases with the same schema there is nothing to measure.
        """
        if not self._has_migration:
            return True
        database = self.stack.database
        existing = set(database.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", name).split())
        entry: dict[str, Any] = {
            "chats": int(database.query("SELECT count(*) FROM chat", name)) // 1000 * 1000,
            "megabytes": filling.megabytes(database, name),
            "rows": {
                table: int(database.query(f'SELECT count(*) FROM "{table}"', name))
                for table in self._change.affected_tables
                if table in existing
            },
            "writers": writers,
            "lock_timeout_ms": LOCK_TIMEOUT_MS,
        }
        clients = live.new_accounts(Client(old.url).sign_in(ADMIN), writers)
        with live.writing(clients) as users:
            users.wait_for_rounds(_ROUNDS)
            began, before = time.monotonic(), len(users.errors)
            result = migrate(self.stack, self.new, name, _rendered_for(self.new))
            users.wait_for_rounds(_ROUNDS)
            longest = users.longest_wait(began)
        self._note(result, entry)
        entry |= {
            "attempts": result.attempts,
            "seconds": result.seconds,
            "longest_wait_seconds": longest,
            "locks": [
                asdict(lock) for lock in result.locks if lock.table in existing and lock.table != "alembic_version"
            ],
            "errors": len(users.errors) - before,
            "lost_rows": users.lost_rows(database, name),
        }
        for error in users.errors[before:][:2]:
            self.notes.append(f"{_size(entry)}: {_shorten(error)}.")
        held = max((lock["seconds"] for lock in entry["locks"]), default=0.0)
        if longest > held + LOCK_TIMEOUT_MS / 1000 + 1:
            # A request waits for a lock, and behind a migration that waits for one.
            self.notes.append(f"{_size(entry)}: a wait of {longest:.1f} s is of a busy machine; no lock explains it.")
        self._say(f"live: {entry}")
        if result.is_complete:
            self.live.append(entry)
        return result.is_complete

    def _note(self, result: Migration, entry: dict[str, Any]) -> None:
        others = [error for error in result.errors if "lock timeout" not in error]
        if others:
            self.notes.append(f"{_size(entry)}: an attempt failed with {_shorten(others[-1])}.")
        failed = result.exit_codes[:-1] if result.is_complete else result.exit_codes
        if 0 in failed:
            self.notes.append("A failed attempt ended with exit code 0.")
        if not result.is_complete:
            self.notes.append(f"{_size(entry)}: not migrated in {result.attempts} attempts of at most {ATTEMPTS}.")

    def _side_by_side(self, old: Process, new: Process, name: str, writers: int) -> None:
        """Have writers use both releases, and add errors and lost rows to the measurement of the migration."""
        admin = Client(old.url).sign_in(ADMIN)
        clients = live.new_accounts(admin, max(writers, 2))
        clients = [live.through((old, new)[number % 2], client) for number, client in enumerate(clients)]
        with live.writing(clients) as users:
            users.wait_for_rounds(_ROUNDS)
        if not self._has_migration:
            self.notes += [f"Both side by side: {_shorten(error)}." for error in users.errors[:2]]
            return
        entry = self.live[-1]
        entry["errors"] += len(users.errors)
        entry["lost_rows"] += users.lost_rows(self.stack.database, name)
        for error in users.errors[:2]:
            self.notes.append(f"Both side by side, {_size(entry)}: {_shorten(error)}.")

    def _template(self) -> Template:
        if self.old in self.templates:
            return self.templates[self.old]
        name = f"template-{self.old}"
        self.stack.database.create(name)
        process = self._start(self.old, name, should_migrate=True)
        Client(process.url).sign_up()
        made = visit(process)
        # The log has errors of the migration too, of statements that may fail.
        own = made.all_failed | {f"log: {error}": error for error in made.log_errors}
        for step, error in own.items():
            self._say(f"{self.old} on its own schema: {step}: {error}")
        self._stop(process, None)
        head = self.stack.database.query("SELECT version_num FROM alembic_version", name)
        if head != head_of(self.old):
            raise RuntimeError(f"{self.old} migrated to {head}, not to {head_of(self.old)}")
        template = Template(self.old, name, made.written, own)
        self.templates[self.old] = template
        return template

    def _copy(self, template: str) -> str:
        name = f"copy-{next(_numbers)}"
        database = self.stack.database
        wait_for(lambda: database.connections(template) == 0, 60, f"no connection of {template}")
        database.query(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy', seconds=600)
        self.stack.redis.command("FLUSHALL")
        return name

    def _drop(self, name: str) -> None:
        self.stack.database.query(f'DROP DATABASE "{name}" WITH (FORCE)', seconds=600)

    def _start(self, release: str, database: str, *, should_migrate: bool = False) -> Process:
        self._say(f"start {release} on {database}")
        environment = {"DATABASE_URL": self.stack.database.url(database)}
        environment["ENABLE_DB_MIGRATIONS"] = str(should_migrate).lower()
        name = f"{release}-{next(_numbers)}"
        process = self.stack.start(name, release, environment, should_wait=False, rendered_for=_rendered_for(release))
        try:
            process.wait_until_healthy()
        except (RuntimeError, TimeoutError) as error:
            log = process.program.log.read_text(errors="replace")
            self.stack.stop(process)
            lines = [line for line in log.splitlines() if re.match(r"[\w.]+(Error|Exception)\b", line)]
            reasons = database_errors(log) or lines or [str(error)]
            raise _StartError(_shorten(reasons[-1])) from None
        return process

    def _stop(self, process: Process, database: str | None) -> None:
        self.stack.stop(process)
        if database:
            self._drop(database)

    def _say(self, text: str) -> None:
        print(
            f"{self.old} to {self.new}, {time.monotonic() - self._started:.0f} s: {text}", file=sys.stderr, flush=True
        )


class _StartError(Exception):
    """A release that does not start."""


_numbers = count(1)


def _rendered_for(release: str) -> str | None:
    """Return the release whose rendered environment a refused release gets."""
    refused = any(fault.severity == "refused" and not fault.condition and fault.covers(release) for fault in FAULTS)
    return JUDGED_UNTIL if refused else None


def _size(entry: dict[str, Any]) -> str:
    size = f"{entry['chats']:,} chats" if entry["chats"] else "Small database"
    return f"{size}, {entry['writers']} writers"


def _shorten(text: str) -> str:
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27,}", "{id}", " ".join(text.split()))
    return text if len(text) <= _LONGEST_NOTE else f"{text[:_LONGEST_NOTE]}…"
