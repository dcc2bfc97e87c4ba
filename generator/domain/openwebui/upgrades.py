"""The meaning of a change of the image for the database, and the ways that are open to make it.

A pair of releases that was not measured counts as incompatible, and an image that names no release of the catalogue as
one that changes the schema.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from owscale.domain.openwebui import release_catalogue, releases
from owscale.domain.openwebui.cautions import CAUTIONS, Caution
from owscale.domain.openwebui.release_catalogue import Lock, SchemaRevision
from owscale.fs import observed

COMPATIBILITY_FILE = Path(__file__).with_name("compatibility.json")

Way = Literal["roll", "live", "stop"]
"""`roll`: new tasks replace old ones without a migration before. `live`: the migration runs while the old release
serves, then new tasks replace old ones. `stop`: every task stops, the migration runs, new tasks start."""


@dataclass(frozen=True)
class Compatibility:
    """How the code of one release was measured to work with the schema of another."""

    starts: bool
    reads: bool
    writes: bool
    errors: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether everything worked that was tried."""
        return self.starts and self.reads and self.writes and not self.errors


@dataclass(frozen=True)
class MeasuredLock:
    """How long a migration held a lock, in seconds."""

    table: str
    mode: str
    seconds: float


FEW_ROWS = 1_000
"""A migration writes so few rows of a table in well below a second: every measurement covers a table of this size."""


@dataclass(frozen=True)
class LiveMeasurement:
    """A migration that was measured while the earlier release served `writers` clients.

    `rows` has the rows, before the migration, of the tables that it locks or fills.
    """

    chats: int
    megabytes: float
    rows: Mapping[str, int]
    writers: int
    lock_timeout_ms: int
    attempts: int
    seconds: float
    longest_wait_seconds: float
    locks: tuple[MeasuredLock, ...]
    errors: int
    lost_rows: int

    def covers(self, rows: Mapping[str, int], megabytes: int) -> bool:
        """Whether a database with these rows by table, and of this size, is not larger than the measured one."""
        return self.megabytes >= megabytes and all(count <= self.most_rows(table) for table, count in rows.items())

    def most_rows(self, table: str) -> int:
        """Return up to how many rows of a table it covers."""
        return max(self.chats if table == "chat" else self.rows.get(table, 0), FEW_ROWS)

    @property
    def is_clean(self) -> bool:
        """Whether no request failed and no row was lost."""
        return not self.errors and not self.lost_rows


@dataclass(frozen=True)
class Pair:
    """The measurements of two releases; None: not measured."""

    old_on_new: Compatibility | None = None
    new_on_old: Compatibility | None = None
    new_after_old: Compatibility | None = None
    live: tuple[LiveMeasurement, ...] = ()


@dataclass(frozen=True)
class Upgrade:
    """A change of the image, from one release to another; None for an image that names no release.

    - `changes_schema`: whether their newest revisions differ; True where the catalogue lacks a release.
    - `head`: the last revision of the following release.
    - `revisions`: those that only the newer of the two has.
    - `edited`: revisions of both whose code differs. A database that the earlier code migrated may differ from the
      schema that the later code expects.
    - `old_on_new`: the code of the older release on the schema of the newer one, also where the change goes back.
    - `new_after_old`: the newer release on its schema, after the older one has written there.
    - `ways`: all that are open, the one to propose first.
    """

    current: str | None
    following: str | None
    changes_schema: bool
    is_known: bool
    head: str | None
    revisions: tuple[SchemaRevision, ...]
    edited: tuple[SchemaRevision, ...]
    cautions: tuple[Caution, ...]
    old_on_new: Compatibility | None
    new_on_old: Compatibility | None
    new_after_old: Compatibility | None
    live: tuple[LiveMeasurement, ...]
    ways: tuple[Way, ...]

    @property
    def is_back(self) -> bool:
        """Whether it goes back to an older release, which has no migration."""
        return bool(self.current and self.following and releases.is_older(self.following, self.current))

    @property
    def needs_migration(self) -> bool:
        """Whether the following release expects a newer schema; True if that is unknown."""
        return self.changes_schema and not self.is_back

    @property
    def may_roll_back(self) -> bool:
        """Whether ECS may put the earlier image back on the schema of the following one, without being asked."""
        if self.is_back:  # where a restore is the only way, the newer release would find the older schema
            return "roll" in self.ways or _works(self.new_on_old)
        return self.returns_without_restore and (not self.changes_schema or _works(self.new_after_old))

    @property
    def returns_without_restore(self) -> bool:
        """Whether the earlier release works on the schema of the following one."""
        return _works(self.old_on_new) or ("roll" in self.ways and not self.changes_schema)

    @property
    def locked(self) -> tuple[Lock, ...]:
        """The existing tables that the migration locks, each with the strongest mode."""
        found: dict[str, Lock] = {}
        for lock in (lock for revision in self.revisions for lock in revision.locks):
            if lock.table not in found or lock.blocks_reads:
                found[lock.table] = lock
        return tuple(sorted(found.values(), key=lambda lock: lock.table))

    @property
    def filled(self) -> tuple[str, ...]:
        """The tables that the migration fills or rewrites."""
        return tuple(sorted({table for revision in self.revisions for table in revision.fills}))

    @property
    def affected_tables(self) -> tuple[str, ...]:
        """The tables whose size can lengthen the migration, because it locks or fills them."""
        return tuple(sorted({*self.filled, *(lock.table for lock in self.locked)}))


def upgrade(current_image: str, following_image: str) -> Upgrade | None:
    """Return the meaning of a change; None for the same image, or another build of the same release."""
    current, following = releases.release(current_image), releases.release(following_image)
    if current_image == following_image or (current is not None and current == following):
        return None
    schemas = release_catalogue.schemas()
    old, new = schemas.get(current or ""), schemas.get(following or "")
    if old is None or new is None:
        return Upgrade(
            current,
            following,
            changes_schema=True,
            is_known=False,
            head=new.head if new else None,
            revisions=(),
            edited=(),
            cautions=tuple(_cautions(current, following)),
            old_on_new=None,
            new_on_old=None,
            new_after_old=None,
            live=(),
            ways=("stop",),
        )
    is_back = releases.is_older(new.release, old.release)
    older, newer = (new, old) if is_back else (old, new)
    revisions = release_catalogue.revisions()
    pair = _pairs().get((older.release, newer.release), Pair())
    added = tuple(revisions[id_] for id_ in newer.digests if id_ not in older.digests)
    edited = tuple(revisions[id_] for id_, digest in older.digests.items() if newer.digests[id_] != digest)
    cautions = tuple(_cautions(older.release, newer.release))
    is_same = not (added or edited or any(caution.is_against_rolling for caution in cautions))
    return Upgrade(
        current,
        following,
        changes_schema=bool(added),
        is_known=True,
        head=new.head,
        revisions=added,
        edited=edited,
        cautions=cautions,
        old_on_new=pair.old_on_new,
        new_on_old=pair.new_on_old,
        new_after_old=pair.new_after_old,
        live=pair.live,
        ways=tuple(_ways(pair, is_same=is_same, is_back=is_back, has_migration=bool(added))),
    )


def other_build(current_image: str, following_image: str) -> str | None:
    """Return the release if another build of the same release follows: another repository, suffix or digest."""
    current = releases.release(current_image)
    is_same = current is not None and current == releases.release(following_image)
    return current if is_same and current_image != following_image else None


def works_on_schema(image: str, heads: Collection[str]) -> bool:
    """Return whether the release of an image was measured to work on the schema of an earlier one, by its revisions."""
    schemas, release = release_catalogue.schemas(), releases.release(image)
    return any(
        newer == release and {*heads} == {schemas[older].head} and _works(pair.new_on_old)
        for (older, newer), pair in _pairs().items()
    )


def comparable(change: Upgrade, rows: Mapping[str, int], megabytes: int) -> tuple[LiveMeasurement, ...]:
    """Return the live measurements for a database: those of the smallest one that is at least as large.

    `rows` has the rows of `chat` and of `change.affected_tables`, by table.
    """
    enough = [measured for measured in change.live if measured.covers(rows, megabytes)]
    smallest = min((measured.chats for measured in enough), default=0)
    return tuple(measured for measured in enough if measured.chats == smallest)


def expected_wait(change: Upgrade, rows: Mapping[str, int], megabytes: int) -> float | None:
    """Return the seconds that a request waits at most during a live migration; None: not measured for such a size."""
    return max((measured.longest_wait_seconds for measured in comparable(change, rows, megabytes)), default=None)


def attempt_seconds(change: Upgrade, rows: Mapping[str, int], megabytes: int) -> float | None:
    """Return how long an attempt of a live migration lasts at most, as measured; None: not measured for such a size."""
    return max((measured.seconds for measured in comparable(change, rows, megabytes)), default=None)


def unmeasured_sizes(change: Upgrade, rows: Mapping[str, int], megabytes: int) -> Iterator[str]:
    """Yield each table, and the size, in which a database is larger than every measured one."""
    for table, count in sorted(rows.items()):
        most = max((measured.most_rows(table) for measured in change.live), default=0)
        if count > most:
            yield f"{count:,} rows in {table}, of at most {most:,}"
    largest = max((measured.megabytes for measured in change.live), default=0)
    if megabytes > largest:
        yield f"{megabytes:,} MB, of at most {largest:,}"


def _ways(pair: Pair, *, is_same: bool, is_back: bool, has_migration: bool) -> Iterator[Way]:
    live = [measured for measured in pair.live if measured.lock_timeout_ms]  # as `owscale upgrade` migrates
    is_mixable = _works(pair.old_on_new) and (is_back or _works(pair.new_after_old))
    if has_migration and not is_back and is_mixable and live and all(each.is_clean for each in live):
        yield "live"
    if is_same or (is_mixable and (is_back or _works(pair.new_on_old))):
        yield "roll"
    yield "stop"


def _works(compatibility: Compatibility | None) -> bool:
    return compatibility is not None and compatibility.is_complete


def _cautions(older: str | None, newer: str | None) -> Iterator[Caution]:
    """Yield the cautions of the releases after the older one, up to the newer one."""
    for caution in CAUTIONS:
        if (
            older
            and newer
            and releases.is_older(older, caution.release)
            and not releases.is_older(newer, caution.release)
        ):
            yield caution


@functools.cache
def _pairs() -> dict[tuple[str, str], Pair]:
    """Return the measurements by the older and the newer release."""
    entries = json.loads(observed.read_bytes(COMPATIBILITY_FILE))["pairs"]
    return {(entry["from"], entry["to"]): _pair(entry) for entry in entries}


def _pair(entry: Mapping[str, Any]) -> Pair:
    return Pair(
        _compatibility(entry["old_on_new"]),
        _compatibility(entry["new_on_old"]),
        _compatibility(entry["new_after_old"]),
        tuple(
            LiveMeasurement(**{**measured, "locks": tuple(MeasuredLock(**lock) for lock in measured["locks"])})
            for measured in entry["live"]
        ),
    )


def _compatibility(entry: Mapping[str, Any] | None) -> Compatibility | None:
    if entry is None:
        return None
    return Compatibility(entry["starts"], entry["reads"], entry["writes"], tuple(entry["errors"]))
