"""The database schema of each release of Open WebUI: its Alembic revisions, and the locks that they take.

`python -m owscale.workflow.openwebui_releases` writes the catalogue from the published packages, and
`python -m tests.openwebui.migration_locks` the locks, which it reads from a PostgreSQL while the migrations run.
docs/facts.md describes the update of both.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from owscale.fs import observed

FILE = Path(__file__).with_name("release_catalogue.json")
LOCKS_FILE = Path(__file__).with_name("migration_locks.json")


@dataclass(frozen=True)
class Lock:
    """A lock on a table that exists before the revision, with the strongest mode, such as `AccessExclusiveLock`."""

    table: str
    mode: str

    @property
    def blocks_reads(self) -> bool:
        """Whether a query of the running release waits for it; otherwise only its changes wait."""
        return self.mode == "AccessExclusiveLock"


@dataclass(frozen=True)
class SchemaRevision:
    """A revision of Alembic; `release` is the first release that has it.

    `locks` are held until the migration of all revisions ends, because they are one transaction. `fills` has the tables
    whose existing rows it changes, and those that it fills from others: it takes longer the more rows they have.
    """

    id: str
    title: str
    release: str
    locks: tuple[Lock, ...] = ()
    fills: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReleaseSchema:
    """The revisions that a release expects in its database, oldest first, each with the digest of its code.

    `at_start` names the changes of stored configuration that every start makes, whatever ENABLE_DB_MIGRATIONS is.
    `raises` is whether a failed migration ends the process; otherwise Open WebUI logs it, and starts.
    """

    release: str
    digests: Mapping[str, str]
    at_start: tuple[str, ...]
    raises: bool

    @property
    def head(self) -> str:
        """The last revision."""
        return list(self.digests)[-1]


@functools.cache
def schemas(file: Path = FILE) -> dict[str, ReleaseSchema]:
    """Return the schema of each release, the oldest first."""
    found: dict[str, ReleaseSchema] = {}
    digests: dict[str, str] = {}
    for release, entry in _content(file)["releases"].items():
        digests = digests | entry["digests"]
        found[release] = ReleaseSchema(release, digests, tuple(entry["at_start"]), entry["raises"])
    return found


@functools.cache
def revisions(file: Path = FILE, locks_file: Path = LOCKS_FILE) -> dict[str, SchemaRevision]:
    """Return the revisions by their id, the oldest first."""
    titles, measured = _content(file)["titles"], _content(locks_file)["revisions"]
    first = {id_: schema.release for schema in reversed(schemas(file).values()) for id_ in schema.digests}
    return {id_: _revision(id_, title, first[id_], measured.get(id_, {})) for id_, title in titles.items()}


def recorded_postgresql() -> str:
    """Return the version of PostgreSQL with which the locks were recorded."""
    version: str = _content(LOCKS_FILE)["postgresql"]
    return version


def _revision(id_: str, title: str, release: str, measured: Mapping[str, Any]) -> SchemaRevision:
    locks = tuple(Lock(table, mode) for table, mode in measured.get("locks", {}).items())
    return SchemaRevision(id_, title, release, locks, tuple(measured.get("fills", ())))


def _content(file: Path) -> Any:
    return json.loads(observed.read_bytes(file))
