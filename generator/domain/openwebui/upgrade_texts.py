"""Sentences about a change of the release, for reviewers and for messages."""

from collections.abc import Iterable, Iterator

from owscale.console.text import plural
from owscale.domain.openwebui import release_catalogue
from owscale.domain.openwebui.release_catalogue import Lock
from owscale.domain.openwebui.upgrades import Compatibility, Upgrade, Way

UNKNOWN_RELEASE = "an unknown release"

_FAILURE = "new tasks die at start, or pass the health checks while users get errors"
"""Measured: 0.12.4 on the schema of 0.11.3 dies; 0.11.3 on that of 0.10.2 answers /health and /ready with 200, and
sign-up with 500 (docs/openwebui-measured.md)."""


def releases_text(change: Upgrade) -> str:
    """Return the two releases, such as `0.11.3 → 0.12.4`."""
    return f"{change.current or UNKNOWN_RELEASE} → {change.following or UNKNOWN_RELEASE}"


def other_build_text(release: str) -> str:
    """Return a sentence about an image that has the tag of the same release, and may have other code."""
    return f"another build of {release}; owscale does not know its schema"


def way_texts(change: Upgrade) -> Iterator[str]:
    """Yield a sentence for each open way, the proposed one first."""
    number = len(change.ways)
    for position, way in enumerate(change.ways, 1):
        yield f"{f'way {position}' if number > 1 else 'the only way'}: {_way(change, way)}"


def _way(change: Upgrade, way: Way) -> str:
    if way == "roll":
        return "new tasks replace the old ones, as at any other change"
    if way == "live":
        chats = max(measurement.chats for measurement in change.live)
        waits = [measurement.longest_wait_seconds for measurement in change.live if measurement.chats == chats]
        size = f"{chats:,} chats" if chats else "a few chats"
        return (
            f"migrate while the old tasks serve, then replace them; measured with {size}, a request waited "
            f"{max(waits):g} s at most"
        )
    if change.needs_migration:
        return "stop every task, migrate, then start the new ones"
    if change.changes_schema:
        return "stop every task, restore the snapshot of before the upgrade, then start the earlier release"
    return "stop every task, then start the new ones"


def facts(change: Upgrade) -> Iterator[str]:
    """Yield the effects of the change on the database, then the cautions of upstream."""
    yield _schema(change)
    if change.needs_migration:
        yield from _effects(change)
    yield from _at_start(change)
    yield from measured(change)
    cautions = [caution for caution in change.cautions if caution.is_against_rolling or not change.is_back]
    for text in dict.fromkeys(caution.text for caution in cautions):
        cautious = ", ".join(caution.release for caution in cautions if caution.text == text)
        yield f"the changelog of {cautious}: {text}"


def measured(change: Upgrade) -> Iterator[str]:
    """Yield the results of measurements: the code of one release with the schema of the other."""
    if not change.is_known or not change.changes_schema:
        return
    older, newer = (change.following, change.current) if change.is_back else (change.current, change.following)
    yield f"{older} on the schema of {newer}: {_result(change.old_on_new)}"
    yield f"{newer} on the schema of {older}: {_result(change.new_on_old)}"
    yield f"{newer} with rows that {older} wrote after the migration: {_result(change.new_after_old)}"


def unsafe_rollback(change: Upgrade) -> str:
    """Return why the earlier release must not start on the schema of the later one."""
    older, newer = (change.following, change.current) if change.is_back else (change.current, change.following)
    older, newer = older or UNKNOWN_RELEASE, newer or UNKNOWN_RELEASE
    after = change.new_after_old
    if change.old_on_new and change.old_on_new.is_complete and after and not after.is_complete:
        return f"measured with rows that {older} wrote after the migration, {newer} {_result(after)}"
    if change.old_on_new is None or change.old_on_new.is_complete:
        return f"{older} was not measured to work on the database of {newer}"
    return f"measured on the database of {newer}, {older} {_result(change.old_on_new)}"


def unsafe_start(change: Upgrade) -> str:
    """Return what happens to users if the new tasks start without the migration."""
    if not change.is_known:
        return f"owscale does not know {_unknown(change)}, so the database may need a migration: {_FAILURE}"
    if change.is_back:
        return f"{unsafe_rollback(change)}, and a database cannot be migrated back"
    if change.changes_schema:
        number = plural(len(change.revisions), "revision")
        return f"the database lacks {number} of its schema that {change.following} needs: {_without_migration(change)}"
    reasons = [f"{caution.release}: {caution.text}" for caution in change.cautions if caution.is_against_rolling]
    if change.edited:
        reasons.append(
            f"the code of {plural(len(change.edited), 'migration')} was edited after its release, so the database may "
            "differ from the schema that the new code expects"
        )
    return "tasks of both releases would use the database at the same time; " + "; ".join(reasons)


def _without_migration(change: Upgrade) -> str:
    """Return what happens to the new release on the old schema: as measured, or what may happen."""
    measured_result = change.new_on_old
    if measured_result is None:
        return _FAILURE
    if not measured_result.is_complete:
        return f"measured without them, it {_result(measured_result)}"
    return f"it works without them, but {change.current} on the migrated database: {_result(change.old_on_new)}"


def _unknown(change: Upgrade) -> str:
    """Return the release, of the new image or of the running one, that the catalogue lacks."""
    schemas = release_catalogue.schemas()
    if change.following not in schemas:
        return change.following or "the release of the new image"
    return change.current or "the release of the image that runs"


def _schema(change: Upgrade) -> str:
    if not change.is_known:
        return (
            f"the catalogue of owscale lacks a release ({_unknown(change)}), so the change counts as one of the "
            "schema: check the tag. A copy of a release is known by a tag such as v0.12.4-2"
        )
    number = plural(len(change.revisions), "revision")
    if change.is_back and change.changes_schema:
        return f"the schema of the database keeps {number} that {change.following} lacks: nothing migrates it back"
    if change.changes_schema:
        return f"the schema of the database changes: {number}, up to {change.head}"
    if change.edited:
        return (
            f"the schema of the database has the same revisions; the code of {plural(len(change.edited), 'revision')} "
            "was edited after its release"
        )
    return "the schema of the database stays the same"


def _effects(change: Upgrade) -> Iterator[str]:
    locks = change.locked
    if reads := _tables(lock for lock in locks if lock.blocks_reads):
        yield f"until the migration ends, queries of these tables wait: {reads}"
    if writes := _tables(lock for lock in locks if not lock.blocks_reads):
        yield f"until the migration ends, changes of these tables wait: {writes}"
    if filled := ", ".join(change.filled):
        yield f"the migration writes rows of these tables, so it takes longer the more there are: {filled}"


def _at_start(change: Upgrade) -> Iterator[str]:
    """Yield the changes of stored configuration that the new release makes, and the old one does not."""
    schemas = release_catalogue.schemas()
    old, new = schemas.get(change.current or ""), schemas.get(change.following or "")
    if old and new and (added := [name for name in new.at_start if name not in old.at_start]):
        names = ", ".join(added)
        yield f"every start of {new.release} also changes stored settings, with or without a migration: {names}"
    if new and change.needs_migration and not new.raises:
        yield f"{new.release} only logs a migration that fails, and starts"


def _tables(locks: Iterable[Lock]) -> str:
    return ", ".join(lock.table for lock in locks)


def _result(compatibility: Compatibility | None) -> str:
    if compatibility is None:
        return "not measured"
    if compatibility.is_complete:
        return "works in all that was measured"
    if not compatibility.starts:
        return f"does not start ({compatibility.errors[0]})" if compatibility.errors else "does not start"
    failing = [name for name in ("reads", "writes") if not getattr(compatibility, name)]
    errors = "; ".join(compatibility.errors) or "docs/openwebui-measured.md"
    return f"starts; {' and '.join(failing) or 'some requests'} fail: {errors}"
