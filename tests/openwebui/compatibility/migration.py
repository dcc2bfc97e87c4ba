"""The migration as the task of owscale runs it, repeated until it ends well, and the locks that it held."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from tests.openwebui import installation
from tests.openwebui.compatibility.schema import head_in, head_of
from tests.openwebui.compatibility.visit import database_errors
from tests.openwebui.programs import Program
from tests.openwebui.stack import Stack

LOCK_TIMEOUT_MS = 2000
ATTEMPTS = 10
OPTIONS = f"-c lock_timeout={LOCK_TIMEOUT_MS} -c client_connection_check_interval=1000"

_ATTEMPT_SECONDS = 900
_PAUSE_SECONDS = 1
_NAME = "owscale-migration"
_SAMPLE_SECONDS = 0.05
# By what they stop: all reads, or all writes. Weaker modes stop nobody who reads or writes rows.
# https://www.postgresql.org/docs/current/explicit-locking.html
_MODES = ("ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock")
_SAMPLE = f"""
SELECT round(extract(epoch FROM clock_timestamp())::numeric, 3), l.pid, c.relname, l.mode
FROM pg_locks AS l JOIN pg_stat_activity AS a USING (pid) JOIN pg_class AS c ON c.oid = l.relation
WHERE a.application_name = '{_NAME}' AND a.datname = current_database() AND l.granted AND c.relkind = 'r'
  AND l.mode IN ({", ".join(f"'{mode}'" for mode in _MODES)}) AND c.relnamespace = 'public'::regnamespace
\\watch {_SAMPLE_SECONDS}
"""

_numbers = count(1)


@dataclass
class Lock:
    """The strongest lock of a table that stops others, and the longest time from its grant to its release."""

    table: str
    mode: str
    seconds: float


@dataclass
class Migration:
    """The result of all attempts. `is_complete` compares the heads: before 0.11.3 a failed attempt ends with code 0."""

    attempts: int = 0
    seconds: float = 0
    is_complete: bool = False
    errors: list[str] = field(default_factory=list)
    exit_codes: list[int] = field(default_factory=list)
    locks: list[Lock] = field(default_factory=list)


def migrate(stack: Stack, release: str, database: str, rendered_for: str | None, attempts: int = ATTEMPTS) -> Migration:
    """Migrate a database to a release, again after each failed attempt."""
    result, head = Migration(), head_of(release)
    environment = {
        **stack.environment(rendered_for or release),
        "DATABASE_URL": stack.database.url(database),
        "ENABLE_DB_MIGRATIONS": "true",
        "PATH": os.environ["PATH"],
        "SSL_CERT_FILE": str(stack.certificate),
        "FROM_INIT_PY": "true",
        "PGOPTIONS": OPTIONS,
        "PGAPPNAME": _NAME,
    }
    started = time.monotonic()
    with _samples_of_locks(stack, database) as log:
        while result.attempts < attempts and not result.is_complete:
            if result.attempts:
                time.sleep(_PAUSE_SECONDS)
            result.attempts += 1
            folder = stack.folder / f"migration-{next(_numbers)}"
            (folder / "static").mkdir(parents=True)
            environment |= {"HOME": str(folder), "STATIC_DIR": str(folder / "static")}
            # The command of templates/modules/service/migration.tf.j2.
            words = [str(installation.python_of(release)), "-c", "import open_webui.config"]
            program = Program(words, folder / "log", environment, folder)
            try:
                result.exit_codes.append(program.process.wait(_ATTEMPT_SECONDS))
            finally:
                program.stop()
            result.is_complete = head_in(stack.database, database) == head
            if not result.is_complete:
                text = program.log.read_text(errors="replace")
                result.errors.append((database_errors(text) or text.strip().splitlines() or ["no output"])[-1])
            result.seconds = round(time.monotonic() - started, 1)
    result.locks = strongest_locks(log.read_text())
    return result


@contextmanager
def _samples_of_locks(stack: Stack, database: str) -> Iterator[Path]:
    """Look at the locks of the migration many times a second, with one session."""
    script = stack.folder / f"locks-{next(_numbers)}.sql"
    script.write_text(_SAMPLE)
    script.chmod(0o644)
    log = script.with_suffix(".log")
    words = [
        str(stack.database.binaries / "bin/psql"),
        "-X",
        "-A",
        "-t",
        "-f",
        str(script),
        stack.database.url(database),
    ]
    program = Program(words, log)
    try:
        yield log
    finally:
        program.stop()


def strongest_locks(samples: str) -> list[Lock]:
    """Return the strongest lock of each table, and how long an attempt held it at the most."""
    seen: dict[tuple[str, str], tuple[float, float, str]] = {}
    for line in samples.splitlines():
        parts = line.split("|")
        if len(parts) != 4:
            continue
        moment, process, table, mode = float(parts[0]), parts[1], parts[2], parts[3]
        first, _, strongest = seen.get((process, table), (moment, moment, mode))
        seen[process, table] = first, moment, max(mode, strongest, key=_MODES.index)
    locks: dict[str, Lock] = {}
    for (_, table), (first, last, mode) in seen.items():
        known = locks.setdefault(table, Lock(table, mode, 0.0))
        known.seconds = max(known.seconds, round(last - first, 1))
        known.mode = max(known.mode, mode, key=_MODES.index)
    return sorted(locks.values(), key=lambda lock: (-lock.seconds, lock.table))
