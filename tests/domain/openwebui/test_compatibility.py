"""The committed measurements: the shape that `upgrades` reads, in a form whose diff shows only new measurements."""

import json
import re
from typing import Any

import pytest

from owscale.console.versions import version_numbers
from owscale.domain.openwebui import release_catalogue, upgrades

TEXT = upgrades.COMPATIBILITY_FILE.read_text()
CONTENT = json.loads(TEXT)
PAIRS: list[dict[str, Any]] = CONTENT["pairs"]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair['from']}-{pair['to']}")
def test_pair_has_what_the_reader_expects(pair: dict[str, Any]) -> None:
    assert list(pair) == ["from", "to", "old_on_new", "new_on_old", "new_after_old", "live", "notes"]
    read = upgrades._pair(pair)
    assert {pair["from"], pair["to"]} <= set(release_catalogue.schemas())
    assert read.old_on_new
    assert read.new_on_old
    assert (read.new_after_old is not None) == read.old_on_new.starts
    for found in filter(None, (read.old_on_new, read.new_on_old, read.new_after_old)):
        assert all(isinstance(error, str) and error for error in found.errors)
        # What fails has its error beside it, so that a reader can judge it.
        assert found.is_complete or found.errors
    for entry in read.live:
        assert (entry.writers, entry.attempts, entry.lock_timeout_ms) >= (1, 1, 1)
        assert entry.seconds > 0
        assert all(lock.seconds >= 0 and lock.mode.endswith("Lock") for lock in entry.locks)
        assert list(entry.locks) == sorted(entry.locks, key=lambda lock: (-lock.seconds, lock.table))


def test_pairs_are_in_the_order_of_their_releases_and_unique() -> None:
    keys = [(version_numbers(pair["from"]), version_numbers(pair["to"])) for pair in PAIRS]
    assert keys == sorted(set(keys))
    assert all(old < new for old, new in keys)


def test_conditions_are_given_and_nothing_of_one_run_is_left() -> None:
    assert {"application", "database", "machine", "migration", "filled", "writers", "locks"} == set(
        CONTENT["conditions"]
    )
    assert not re.search(r"/root|/home|/tmp|127\.0\.0\.1|copy-\d|[0-9a-f]{8}-[0-9a-f]{4}-|20\d\d-\d\d", TEXT)
