"""The part of docs/openwebui-releases.md about the schema of the database."""

from collections.abc import Iterator
from itertools import pairwise

from owscale.console.text import plural
from owscale.domain.openwebui.cautions import CAUTIONS
from owscale.domain.openwebui.release_catalogue import (
    ReleaseSchema,
    SchemaRevision,
    recorded_postgresql,
    revisions,
    schemas,
)
from owscale.domain.openwebui.releases import OLDEST

_INTRODUCTION = """\
## Schema of the database

The schema that each release expects, read from the published packages. `owscale diff` and the plan check use it: an
upgrade between releases with the same head, without an edited migration and without a caution in between, needs no
migration and can be rolled. A release that is not listed counts as one with another schema. So do an image with only a
digest, and one whose tag names no release.

- The revisions are those of Alembic. The head of a database is in its table `alembic_version`.
- An edited migration is a released one whose code changed later, formatting, comments and docstrings aside. A database
  that an earlier release migrated may differ from the schema that the later code expects.
- Cautions are those of upstream's [changelog](https://github.com/open-webui/open-webui/blob/main/CHANGELOG.md), in our
  words."""

_AT_START = """\
Not all changes of the database are migrations. At each start, whatever `ENABLE_DB_MIGRATIONS` is, the code writes
stored settings: {changes}.

Up to {swallows} a migration that fails is only logged; from {raises} on the process ends."""

_LOCKS = """\
### Locks of the migrations

All revisions of an upgrade are one transaction, so each lock lasts until the last revision ends. Every revision since
{oldest} was run against PostgreSQL {postgresql} with two rows in each table. The locks are those of `pg_locks` at the
end of the revision, on tables that existed before. With `AccessExclusiveLock` every query of the table waits, with the
other locks its changes wait. The filled tables are those whose rows changed. How long a revision takes depends on the
rows."""


def schema_sections() -> Iterator[str]:
    """Yield the lines."""
    found = list(schemas().values())
    yield from _INTRODUCTION.splitlines()
    yield from ("", "| Release | Head | Change of the schema | Cautions |", "|---|---|---|---|")
    for after, before in pairwise(reversed(found)):
        yield _row(before, after)
    yield _row(None, found[0])
    names = dict.fromkeys(name for schema in found for name in schema.at_start)
    changes = ", ".join(f"`{name}` from {_first(found, name)} on" for name in names)
    swallows = [schema.release for schema in found if not schema.raises][-1]
    raises = next(schema.release for schema in found if schema.raises)
    yield from ("", *_AT_START.format(changes=changes, swallows=swallows, raises=raises).splitlines(), "")
    yield from _LOCKS.format(oldest=OLDEST, postgresql=recorded_postgresql()).splitlines()
    yield from ("", "| Release | Revision | Locked tables | Filled tables |", "|---|---|---|---|")
    oldest = found[0].digests
    yield from (_revision_row(revision) for id_, revision in revisions().items() if id_ not in oldest)


def _row(before: ReleaseSchema | None, after: ReleaseSchema) -> str:
    cautions = "; ".join(caution.text for caution in CAUTIONS if caution.release == after.release)
    return f"| {after.release} | `{after.head}` | {_change(before, after)} | {cautions or 'none'} |"


def _change(before: ReleaseSchema | None, after: ReleaseSchema) -> str:
    if before is None:
        return "the oldest that owscale supports"
    added = len(after.digests) - len(before.digests)
    edited = sum(digest != after.digests[id_] for id_, digest in before.digests.items())
    parts = [f"{plural(added, 'revision')} added"] if added else []
    parts += [f"{plural(edited, 'migration')} edited"] if edited else []
    return ", ".join(parts) or "none"


def _first(found: list[ReleaseSchema], name: str) -> str:
    return next(schema.release for schema in found if name in schema.at_start)


def _revision_row(revision: SchemaRevision) -> str:
    locks = ", ".join(f"{lock.table} (`{lock.mode}`)" for lock in revision.locks)
    cells = (
        revision.release,
        f"`{revision.id}` {revision.title}",
        locks or "none",
        ", ".join(revision.fills) or "none",
    )
    return f"| {' | '.join(cells)} |"
