"""The state of the database, read by a task in the network of the service, because nothing outside reaches it."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from owscale.console.secret_texts import mask_secrets
from owscale.domain.openwebui.unreadable_rows import UNREADABLE_ROWS
from owscale.errors import OwscaleError
from owscale.upgrade.ecs import (
    PLACEMENT_ATTEMPTS,
    EndedTask,
    OneOffTasks,
    TaskDefinition,
    TaskGoneError,
    TaskNotStartedError,
    TaskTimeoutError,
)

LOCK_TIMEOUT_MS = 2000
"""How long the migration waits for a lock: an attempt then ends, and the requests behind it go on.

Open WebUI keeps a session "idle in transaction" while it waits for another query, so without this limit migration and
service can wait for each other for ever: docs/openwebui-measured.md.
"""
CHECK_INTERVAL_MS = 1000
"""How often the server looks whether the migrating client is still there; else a statement of a stopped task goes on.

https://www.postgresql.org/docs/current/runtime-config-tcp-settings.html: from PostgreSQL 14 on.
"""
MIN_SERVER_VERSION = 140000
TRANSACTION_TIMEOUT_SINCE = 170000
"""https://www.postgresql.org/docs/17/runtime-config-client.html#GUC-TRANSACTION-TIMEOUT: it ends the session. Earlier
servers limit only each statement and each lock."""
MARKER = "OWSCALE-PROBE "
SECONDS = 900
"""Time limit of the task, with the download of the image."""

_SCRIPT = Path(__file__).with_name("container_probe.py")
_READ_ONLY = "-c default_transaction_read_only=on -c statement_timeout=60000"
_POOLER = re.compile(r"unsupported startup parameter|RDS Proxy currently doesn.t support", re.IGNORECASE)
"""PgBouncer, src/client.c; Amazon RDS Proxy: "currently doesn't support command-line options"."""
_PROXY_HOST = re.compile(r"\.proxy-[a-z0-9]+\.[a-z0-9-]+\.rds\.amazonaws\.com")
"""https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-connecting.html"""
_LAST_LINES = 15


@dataclass(frozen=True)
class DatabaseState:
    """The database as a task sees it.

    `heads` are its revisions, and `image_heads` those that the image of the task expects; `is_known` is whether the
    image has the revisions of the database at all. `clients` has the number of
    other connections of the user of Open WebUI by their address. `tables` has rows and bytes by
    table, `empty` the rows with an empty column by its name, and `bytes` is the size of the database.
    """

    heads: tuple[str, ...]
    image_heads: tuple[str, ...]
    is_known: bool
    server_version: int
    max_connections: int
    reserved_connections: int
    connections: int
    clients: Mapping[str, int]
    tables: Mapping[str, tuple[int, int]]
    empty: Mapping[str, int]
    bytes: int
    host: str
    database: str

    @property
    def chats(self) -> int:
        """The number of chats."""
        return self.tables.get("chat", (0, 0))[0]

    @property
    def rows(self) -> Mapping[str, int]:
        """The number of rows by table."""
        return {table: rows for table, (rows, _) in self.tables.items()}

    @property
    def megabytes(self) -> int:
        """Its size, as the measurements have theirs: in millions of bytes."""
        return self.bytes // 10**6

    @property
    def head(self) -> str:
        """Its revision, as a text."""
        return ", ".join(self.heads) or "none"

    @property
    def image_head(self) -> str:
        """The revision that the image expects."""
        return ", ".join(self.image_heads)

    @property
    def is_migrated(self) -> bool:
        """Whether its revision is the one that the image expects."""
        return bool(self.heads) and self.heads == self.image_heads

    def __str__(self) -> str:
        chats = f"{self.chats:,} chats, {self.megabytes:,} MB"
        version = self.server_version // 10000
        used = f"{self.connections} of {self.max_connections} connections"
        return f"revision {self.head}, PostgreSQL {version}, {chats}, {used}"


def migration_options(server_version: int, limit_seconds: int | None = None) -> str:
    """Return PGOPTIONS of the migration.

    `limit_seconds` is how long its transaction may last, where that is known; each of its statements on servers that do
    not limit a transaction.
    """
    interval = f" -c client_connection_check_interval={CHECK_INTERVAL_MS}"
    options = f"-c lock_timeout={LOCK_TIMEOUT_MS}{interval if server_version >= MIN_SERVER_VERSION else ''}"
    if limit_seconds is None:
        return options
    limit = "transaction_timeout" if server_version >= TRANSACTION_TIMEOUT_SINCE else "statement_timeout"
    return f"{options} -c {limit}={limit_seconds * 1000}"


def read_database(
    tasks: OneOffTasks, definition: TaskDefinition, token: str, tables: Iterable[str], *, alone_seconds: int = 0
) -> DatabaseState:
    """Run the task that reads the database, and return the state that it printed.

    With `alone_seconds` it waits so long for the connections of other tasks to end. Raises OwscaleError if it fails,
    also where a pooler is between the tasks and the database.
    """
    environment = {
        "PGOPTIONS": f"-c lock_timeout={LOCK_TIMEOUT_MS} {_READ_ONLY}",
        "OWSCALE_TABLES": " ".join(sorted({"chat", *tables})),
        "OWSCALE_COLUMNS": " ".join(rows.name for rows in UNREADABLE_ROWS),
        "OWSCALE_ALONE_SECONDS": str(alone_seconds),
    }
    arn = _start(tasks, definition, token, environment)
    try:
        ended = tasks.wait(definition, arn, SECONDS, until=MARKER)
    except TaskTimeoutError as error:
        raise OwscaleError(
            f"the task that reads the database did not end within {SECONDS // 60} minutes, and was stopped",
            hint=f"read its log; {error.ended.reason or 'no reason is known'}",
        ) from error
    except TaskGoneError as error:
        raise OwscaleError(
            f"ECS no longer knows the task {arn.rpartition('/')[2]}, which reads the database",
            hint="repeat the command: this task only reads, and the upgrade goes on from here",
        ) from error
    line = next((line for line in reversed(ended.log) if line.startswith(MARKER)), None)
    if line is None:
        raise _failure(ended)
    return _parse(line.removeprefix(MARKER))


def _start(tasks: OneOffTasks, definition: TaskDefinition, token: str, environment: Mapping[str, str]) -> str:
    """Start the task. Raises TaskNotStartedError if ECS has no room for it after some minutes."""
    for number in range(1, PLACEMENT_ATTEMPTS):
        try:
            return tasks.start(definition, f"{token}-{number}", environment, ("python", "-c", _script()))
        except TaskNotStartedError:
            continue
    return tasks.start(definition, f"{token}-{PLACEMENT_ATTEMPTS}", environment, ("python", "-c", _script()))


def last_lines(log: Iterable[str]) -> str:
    """Return the last lines of a log for a message, without secrets."""
    lines = [mask_secrets(line) for line in log if line.strip()]
    return "".join(f"\n  | {line}" for line in lines[-_LAST_LINES:])


@functools.cache
def _script() -> str:
    return _SCRIPT.read_text("utf-8")


def _failure(ended: EndedTask) -> OwscaleError:
    if any(_POOLER.search(line) for line in ended.log):
        return _pooler()
    code = "did not start" if ended.exit_code is None else f"ended with exit code {ended.exit_code}"
    reason = f": {ended.reason}" if ended.reason else ""
    return OwscaleError(
        f"the task {ended.id}, which reads the database, {code}{reason}{last_lines(ended.log)}",
        hint="resolve its cause, then repeat the command: this task only reads, and the upgrade goes on from here",
    )


def _pooler() -> OwscaleError:
    return OwscaleError(
        "DATABASE_URL leads to a pooler (RDS Proxy, or PgBouncer), which refuses the options of the migration",
        hint="set existing.database.url_secret_arn to a secret with the address of the database itself, and apply",
    )


def _parse(text: str) -> DatabaseState:
    try:
        data: dict[str, Any] = json.loads(text)
        if _PROXY_HOST.search(str(data["host"])):
            raise _pooler()
        if data["lock_timeout"] != f"{LOCK_TIMEOUT_MS // 1000}s":
            raise OwscaleError(
                "the database does not take lock_timeout from PGOPTIONS: DATABASE_URL sets `options` of its own, or "
                "leads to a pooler",
                hint="remove `options` from the address in the secret, or set it to the address of the database itself",
            )
        return DatabaseState(
            heads=tuple(map(str, data["heads"])),
            image_heads=tuple(map(str, data["image_heads"])),
            is_known=bool(data["is_known"]),
            server_version=int(data["server_version"]),
            max_connections=int(data["max_connections"]),
            reserved_connections=int(data["reserved_connections"]),
            connections=int(data["connections"]),
            clients={str(name): int(count) for name, count in data["clients"].items()},
            tables={str(name): (int(rows), int(size)) for name, (rows, size) in data["tables"].items()},
            empty={str(name): int(count) for name, count in data["empty"].items()},
            bytes=int(data["bytes"]),
            host=str(data["host"]),
            database=str(data["database"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise OwscaleError(
            f"the task that reads the database printed another line than expected: {type(error).__name__}",
            hint="check that DATABASE_URL leads to PostgreSQL; otherwise report this as a bug of owscale",
        ) from error
