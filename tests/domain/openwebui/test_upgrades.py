"""What a change of the image means, with and without measurements of the two releases."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from owscale.domain.openwebui import upgrades
from owscale.domain.openwebui.release_catalogue import schemas
from owscale.domain.openwebui.upgrade_texts import facts, unsafe_rollback, unsafe_start, way_texts
from owscale.domain.openwebui.upgrades import FEW_ROWS, Upgrade, expected_wait, unmeasured_sizes, upgrade
from tests.domain.openwebui.conftest import REPOSITORY

WORKS = {"starts": True, "reads": True, "writes": True, "errors": []}
FAILS = WORKS | {"writes": False, "errors": ["sign-up: 500"]}
LIVE = {
    "chats": 1000,
    "megabytes": 2,
    "rows": {},
    "writers": 4,
    "lock_timeout_ms": 2000,
    "attempts": 1,
    "seconds": 4.0,
    "longest_wait_seconds": 0.5,
    "locks": [{"table": "chat", "mode": "AccessExclusiveLock", "seconds": 0.1}],
    "errors": 0,
    "lost_rows": 0,
}

Measure = Callable[..., None]


@pytest.fixture(autouse=True)
def measure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Measure]:
    """Replace what was measured; without a call of the returned function nothing was."""
    file = tmp_path / "compatibility.json"

    def write(*pairs: dict[str, Any]) -> None:
        defaults: dict[str, Any] = {"old_on_new": None, "new_on_old": None, "new_after_old": WORKS, "live": []}
        file.write_text(json.dumps({"conditions": {}, "pairs": [defaults | pair for pair in pairs]}))
        upgrades._pairs.cache_clear()

    monkeypatch.setattr(upgrades, "COMPATIBILITY_FILE", file)
    write()
    yield write
    upgrades._pairs.cache_clear()


def change(before: str, after: str) -> Upgrade:
    """Return the change between two tags."""
    found = upgrade(f"{REPOSITORY}:{before}", f"{REPOSITORY}:{after}")
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x:v0.12.4", "x:v0.12.4"),
        ("x:mine", "x:mine"),
        ("x:v0.12.4", "y:0.12.4-slim"),
        (f"x:v0.12.4@sha256:{'a' * 64}", f"x:v0.12.4@sha256:{'b' * 64}"),
    ],
)
def test_another_build_of_the_same_release_is_no_change(before: str, after: str) -> None:
    assert upgrade(before, after) is None


@pytest.mark.parametrize("tags", [("v0.12.1", "v0.12.4"), ("v0.12.4", "v0.12.1"), ("v0.8.12", "v0.8.11")])
def test_the_same_schema_without_a_caution_can_be_rolled(tags: tuple[str, str]) -> None:
    found = change(*tags)
    assert (found.ways, found.changes_schema, found.may_roll_back) == (("roll", "stop"), False, True)
    assert not found.needs_migration
    assert [*facts(found)] == ["the schema of the database stays the same"]
    assert [*way_texts(found)][1] == "way 2: stop every task, then start the new ones"


def test_a_caution_speaks_against_rolling_on_the_same_schema() -> None:
    """0.10.2 has the head of 0.10.1; its changelog speaks against rolling updates."""
    found = change("v0.10.1", "v0.10.2")
    assert (found.ways, found.changes_schema, found.may_roll_back) == (("stop",), False, False)
    assert "0.10.2: no rolling update" in unsafe_start(found)


def test_an_edited_migration_speaks_against_rolling() -> None:
    found = change("v0.8.8", "v0.8.9")
    assert (found.ways, found.changes_schema, [each.id for each in found.edited]) == (
        ("stop",),
        False,
        ["8452d01d26d7"],
    )
    assert "was edited after its release" in unsafe_start(found)


def test_another_schema_needs_a_migration() -> None:
    found = change("v0.11.3", "v0.12.4")
    assert (found.ways, found.head, len(found.revisions)) == (("stop",), "0bd252b206fb", 8)
    assert found.needs_migration
    assert not found.may_roll_back
    assert [(lock.table, lock.blocks_reads) for lock in found.locked if lock.table in {"file", "model"}] == [
        ("file", False),
        ("model", True),
    ]
    assert "model_history" in found.filled
    assert unsafe_start(found).startswith(
        "the database lacks 8 revisions of its schema that 0.12.4 needs: new tasks die"
    )
    assert [*way_texts(found)] == ["the only way: stop every task, migrate, then start the new ones"]
    assert not [line for line in facts(found) if "only logs" in line]
    assert [line for line in facts(change("v0.10.2", "v0.11.2")) if "0.11.2 only logs a migration that fails" in line]


@pytest.mark.parametrize(
    ("tags", "text"),
    [
        (("v0.12.4", "v0.13.0"), "owscale does not know 0.13.0, so the database may need a migration"),
        (("v0.12.4", "mine"), "owscale does not know the release of the new image"),
        (("mine", "v0.12.4"), "owscale does not know the release of the image that runs"),
        (("v0.6.43", "v0.12.4"), "owscale does not know 0.6.43"),
    ],
)
def test_an_unknown_release_counts_as_another_schema(tags: tuple[str, str], text: str) -> None:
    found = change(*tags)
    assert (found.is_known, found.changes_schema, found.ways) == (False, True, ("stop",))
    assert found.needs_migration
    assert not found.may_roll_back
    assert text in unsafe_start(found)
    assert "the catalogue of owscale lacks a release" in next(facts(found))


def test_the_way_back_needs_a_measurement(measure: Measure) -> None:
    found = change("v0.12.4", "v0.11.3")
    assert (found.is_back, found.needs_migration, found.ways) == (True, False, ("stop",))
    assert not found.may_roll_back  # after the restore the newer release would find the older schema
    assert "a database cannot be migrated back" in unsafe_start(found)
    assert "restore the snapshot" in next(way_texts(found))
    measure({"from": "0.11.3", "to": "0.12.4", "old_on_new": WORKS})
    assert change("v0.12.4", "v0.11.3").ways == ("roll", "stop")
    assert change("v0.12.4", "v0.11.3").may_roll_back


def test_measured_pairs_open_more_ways(measure: Measure) -> None:
    pair = {"from": "0.11.3", "to": "0.12.4", "old_on_new": WORKS, "new_on_old": FAILS}
    measure(pair)
    found = change("v0.11.3", "v0.12.4")
    assert (found.ways, found.may_roll_back) == (("stop",), True)
    assert "0.12.4 on the schema of 0.11.3: starts; writes fail: sign-up: 500" in [*facts(found)]
    assert "0.11.3 on the schema of 0.12.4: works in all that was measured" in [*facts(found)]
    assert unsafe_start(found).endswith("measured without them, it starts; writes fail: sign-up: 500")
    measure(pair | {"old_on_new": FAILS, "new_on_old": WORKS})
    text = "it works without them, but 0.11.3 on the migrated database: starts; writes fail: sign-up: 500"
    assert text in unsafe_start(change("v0.11.3", "v0.12.4"))
    measure(pair | {"live": [LIVE]})
    live = change("v0.11.3", "v0.12.4")
    assert live.ways == ("live", "stop")
    assert next(way_texts(live)).endswith("measured with 1,000 chats, a request waited 0.5 s at most")
    measure(pair | {"new_on_old": WORKS})
    assert change("v0.11.3", "v0.12.4").ways == ("roll", "stop")
    measure(pair | {"old_on_new": FAILS, "live": [LIVE]})
    assert change("v0.11.3", "v0.12.4").ways == ("stop",)
    assert not change("v0.11.3", "v0.12.4").may_roll_back


def test_rows_that_the_new_release_cannot_read_need_a_stop(measure: Measure) -> None:
    pair = {"from": "0.11.3", "to": "0.12.4", "old_on_new": WORKS, "new_on_old": WORKS, "live": [LIVE]}
    for after in (FAILS, None):
        measure(pair | {"new_after_old": after})
        found = change("v0.11.3", "v0.12.4")
        assert (found.ways, found.may_roll_back, found.returns_without_restore) == (("stop",), False, True)
    measure(pair | {"new_after_old": FAILS})
    found = change("v0.11.3", "v0.12.4")
    text = "with rows that 0.11.3 wrote after the migration, 0.12.4 starts; writes fail: sign-up: 500"
    assert text in unsafe_rollback(found)
    assert "0.12.4 with rows that 0.11.3 wrote after the migration: starts; writes fail: sign-up: 500" in [
        *facts(found)
    ]
    assert change("v0.12.4", "v0.11.3").ways == ("roll", "stop")  # the newer release ends


@pytest.mark.parametrize(
    ("bad", "is_open"), [({"errors": 1}, False), ({"lost_rows": 1}, False), ({"attempts": 4}, True)]
)
def test_a_live_migration_needs_clean_measurements(measure: Measure, bad: dict[str, int], *, is_open: bool) -> None:
    live = [LIVE, LIVE | bad, LIVE | {"lock_timeout_ms": 0, "errors": 1}]  # owscale always sets the timeout
    measure({"from": "0.11.3", "to": "0.12.4", "old_on_new": WORKS, "live": live})
    assert ("live" in change("v0.11.3", "v0.12.4").ways) == is_open


def test_expected_wait_is_the_longest_at_the_next_larger_size(measure: Measure) -> None:
    larger = LIVE | {"chats": 100_000, "megabytes": 900, "longest_wait_seconds": 15.2}
    live = [larger, LIVE, LIVE | {"longest_wait_seconds": 0.9}]
    measure({"from": "0.11.3", "to": "0.12.4", "old_on_new": WORKS, "live": live})
    found = change("v0.11.3", "v0.12.4")
    waits = [expected_wait(found, {"chat": chats}, 2) for chats in (0, 1000, 1001, 100_000, 100_001)]
    assert waits == [0.9, 0.9, 15.2, 15.2, None]
    assert [expected_wait(found, {"chat": 1000}, megabytes) for megabytes in (3, 900, 901)] == [15.2, 15.2, None]


def test_every_table_that_the_migration_locks_or_fills_must_be_as_small_as_measured(measure: Measure) -> None:
    larger = LIVE | {"chats": 100_000, "megabytes": 900, "rows": {"auth": 10_000}, "longest_wait_seconds": 15.2}
    measure({"from": "0.11.3", "to": "0.12.4", "old_on_new": WORKS, "live": [larger, LIVE]})
    found = change("v0.11.3", "v0.12.4")
    assert {"auth", "file"} < set(found.affected_tables)
    auth = [expected_wait(found, {"auth": rows}, 2) for rows in (FEW_ROWS, FEW_ROWS + 1, 10_000, 10_001)]
    assert auth == [0.5, 15.2, 15.2, None]
    assert expected_wait(found, {"auth": 1, "file": FEW_ROWS + 1}, 2) is None
    sizes = unmeasured_sizes(found, {"chat": 100_001, "auth": 10_001, "file": FEW_ROWS + 1, "model": FEW_ROWS}, 901)
    assert [*sizes] == [
        "10,001 rows in auth, of at most 10,000",
        "100,001 rows in chat, of at most 100,000",
        "1,001 rows in file, of at most 1,000",
        "901 MB, of at most 900",
    ]


def test_the_committed_measurements_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    upgrades._pairs.cache_clear()
    releases = {release for pair in upgrades._pairs() for release in pair}
    assert releases <= set(schemas())
