"""How the measurement reads logs, locks and visits; without Open WebUI, so `make test` runs it."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.openwebui.compatibility import table
from tests.openwebui.compatibility.migration import Lock, strongest_locks
from tests.openwebui.compatibility.pair import Findings
from tests.openwebui.compatibility.visit import Visit, _plain, database_errors

MISSING_COLUMN = "UndefinedColumn: column chat.timer_at does not exist"


def made(process: Any = None, **errors: str) -> Visit:
    """Return a visit whose steps, by name, have an error or none."""
    return Visit(process, {name: ("writes" if name == "note" else "reads", error) for name, error in errors.items()})


@pytest.mark.parametrize(
    "line",
    [
        "ProgrammingError: (psycopg2.errors.UndefinedColumn) column chat.timer_at does not exist\nLINE 1",
        r'{"msg": "(psycopg.errors.UndefinedColumn) column chat.timer_at does not exist\nLINE 1: SELECT"}',
    ],
    ids=["text", "json"],
)
def test_error_of_the_database_is_its_class_and_first_line(line: str) -> None:
    assert database_errors(f"start\n{line}\nend\n{line}") == [MISSING_COLUMN]


def test_longest_and_strongest_lock_of_a_table_counts() -> None:
    samples = """Sun
10.000|7|chat|ShareLock
10.500|7|chat|AccessExclusiveLock
11.250|7|chat|ShareLock
12.000|8|chat|ShareLock
12.100|8|chat|ShareLock
12.100|8|auth|ShareLock
"""
    assert strongest_locks(samples) == [Lock("chat", "AccessExclusiveLock", 1.2), Lock("auth", "ShareLock", 0.0)]


def test_failures_on_the_own_schema_say_nothing_about_a_pair() -> None:
    findings = Findings()
    assert findings.as_data() is None
    findings.add(made(chat="", note="POST /note: 500", tags="GET /tags: 401"), {"tags": "GET /tags: 401"})
    assert findings.as_data() == {"starts": True, "reads": True, "writes": False, "errors": ["POST /note: 500"]}


def test_error_that_only_the_log_has_is_kept_once() -> None:
    findings, visit = Findings(), made(chat="")
    visit.log_errors = [MISSING_COLUMN, "UndefinedTable: of its own schema"]
    findings.add(visit, {"log: UndefinedTable": "UndefinedTable: of its own schema"})
    findings.add(visit, {"log: UndefinedTable": "UndefinedTable: of its own schema"})
    assert findings.errors == [f"log: {MISSING_COLUMN}"]


def test_pairs_are_written_in_the_order_of_their_releases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "PATH", tmp_path / "compatibility.json")
    for old, notes in (("0.11.3", ""), ("0.9.6", ""), ("0.11.3", "again")):
        table.write_pair({"from": old, "to": "0.12.4", "notes": notes})
    pairs = json.loads(table.PATH.read_text())["pairs"]
    assert [(pair["from"], pair["notes"]) for pair in pairs] == [("0.9.6", ""), ("0.11.3", "again")]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("500 b'Internal Server Error'", "500 Internal Server Error"),
        ("""404 b'{"detail":"We could not find it"}'""", "404 We could not find it"),
        (r"""401 b'{"detail":"It isn\'t there"}'""", "401 It isn't there"),
        ('''400 b"{'x'}"''', "400 {'x'}"),
    ],
)
def test_body_of_an_error_is_plain(text: str, plain: str) -> None:
    assert _plain(text) == plain
