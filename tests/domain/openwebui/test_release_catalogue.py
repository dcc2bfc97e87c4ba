"""The catalogue has every release, its revisions are one chain, and the locks are those of all later revisions."""

from itertools import pairwise

import pytest

from owscale.domain.openwebui.cautions import CAUTIONS
from owscale.domain.openwebui.read_variables import releases_read
from owscale.domain.openwebui.release_catalogue import revisions, schemas
from owscale.domain.openwebui.releases import OLDEST, is_older

SCHEMAS = list(schemas().values())


def test_the_catalogue_has_every_release_whose_variables_were_read() -> None:
    assert tuple(schemas()) == releases_read(), "run `make openwebui-releases` with the wheel of the new release"


def test_every_chain_continues_the_one_before() -> None:
    for before, after in pairwise(SCHEMAS):
        assert list(after.digests)[: len(before.digests)] == list(before.digests)
    assert list(revisions()) == list(SCHEMAS[-1].digests)


def test_most_releases_leave_the_schema() -> None:
    """25 of the 35 transitions from 0.7.0 to 0.12.4 have the same head."""
    until = [schema for schema in SCHEMAS if not is_older("0.12.4", schema.release)]
    heads = [schema.head for schema in until]
    assert sum(before == after for before, after in pairwise(heads)) == 25
    assert {"0.7.0", "0.8.0", "0.8.1", "0.9.0", "0.9.3", "0.9.6", "0.10.0", "0.11.0", "0.11.1", "0.12.0", "0.12.1"} == {
        schema.release for number, schema in enumerate(until) if heads.index(schema.head) == number
    }


def test_released_migrations_were_edited_later() -> None:
    """What the digests find; 0.9.6 made its migrations skip what exists."""
    edited = {
        after.release: [id_ for id_, digest in before.digests.items() if after.digests[id_] != digest]
        for before, after in pairwise(SCHEMAS)
    }
    numbers = {release: len(found) for release, found in edited.items() if found}
    assert numbers == {"0.8.6": 1, "0.8.9": 1, "0.8.11": 1, "0.9.6": 40, "0.10.0": 1, "0.10.2": 1, "0.11.1": 1}
    assert edited["0.8.6"] == edited["0.8.9"] == edited["0.8.11"] == ["8452d01d26d7"]


@pytest.mark.parametrize(
    ("name", "since"),
    [("rename_prefix", "0.10.0"), ("repair_config_rows", "0.11.1"), ("seed_registered_defaults", "0.10.0")],
)
def test_stored_settings_change_at_every_start_since(name: str, since: str) -> None:
    assert all((name in schema.at_start) == (not is_older(schema.release, since)) for schema in SCHEMAS)


def test_a_failed_migration_ends_the_process_from_0_11_3_on() -> None:
    assert all(schema.raises == (not is_older(schema.release, "0.11.3")) for schema in SCHEMAS)


def test_every_revision_after_the_oldest_release_was_run() -> None:
    later = [id_ for id_ in revisions() if id_ not in schemas()[OLDEST].digests]
    without = {id_ for id_ in later if not revisions()[id_].locks and not revisions()[id_].fills}
    new_tables_only = {"a1b2c3d4e5f6", "d4e5f6a7b8c9", "56359461a091"}  # skill, automation, calendar
    assert without == new_tables_only | {"461111b60977"}, "run `make openwebui-migration-locks`"  # keys that exist


def test_the_backfills_that_take_long_are_known() -> None:
    assert "chat_message" in revisions()["8452d01d26d7"].fills
    backfill = revisions()["9a1b2c3d4e5f"]
    assert backfill.fills == ("chat",)
    assert [(lock.table, lock.blocks_reads) for lock in backfill.locks] == [("chat", True)]
    [index] = revisions()["b8f2c6d91a04"].locks
    assert (index.table, index.mode, index.blocks_reads) == ("file", "ShareLock", False)


def test_every_release_with_another_schema_has_a_caution() -> None:
    releases = {caution.release for caution in CAUTIONS}
    assert releases <= set(schemas())
    with_revisions = {revision.release for revision in revisions().values()} - {OLDEST}
    assert with_revisions <= releases
    against = {caution.release for caution in CAUTIONS if caution.is_against_rolling}
    assert against == with_revisions - {"0.10.0"} | {"0.10.2"}  # 0.10.2 has the head of 0.10.1
