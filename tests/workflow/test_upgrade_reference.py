"""The document of the measured upgrades names what was measured, and what was not."""

import json
from pathlib import Path
from typing import Any

import pytest

from owscale.domain.openwebui import upgrades
from owscale.workflow.upgrade_reference import upgrades_reference, wanted_pairs

WORKS = {"starts": True, "reads": True, "writes": True, "errors": []}
LIVE = {
    "chats": 0,
    "megabytes": 12,
    "writers": 4,
    "lock_timeout_ms": 2000,
    "attempts": 2,
    "seconds": 9.0,
    "longest_wait_seconds": 2.3,
    "locks": [
        {"table": "chat", "mode": "AccessExclusiveLock", "seconds": 2.0},
        {"table": "file", "mode": "ShareLock", "seconds": 0.4},
        {"table": "user", "mode": "ShareLock", "seconds": 0.0},
    ],
    "errors": 1,
    "lost_rows": 0,
}


def document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *pairs: dict[str, Any]) -> str:
    """Return the document of some pairs."""
    file = tmp_path / "compatibility.json"
    given: dict[str, Any] = {
        "from": "0.11.4",
        "to": "0.12.4",
        "old_on_new": WORKS,
        "new_on_old": None,
        "new_after_old": WORKS,
        "live": [],
        "notes": "",
    }
    file.write_text(json.dumps({"conditions": {"machine": "two cores"}, "pairs": [given | pair for pair in pairs]}))
    monkeypatch.setattr(upgrades, "COMPATIBILITY_FILE", file)
    return upgrades_reference()


def test_row_has_the_verdicts_and_the_longest_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled = {**LIVE, "chats": 100_000, "megabytes": 1000, "longest_wait_seconds": 15.2}
    fails = {"starts": True, "reads": False, "writes": True, "errors": ["GET /chats: 500"]}
    text = document(tmp_path, monkeypatch, {"new_on_old": fails, "live": [LIVE, filled]})
    assert "| 0.11.4 | 0.12.4 | **reads fail** | ✓ | ✓ | 2.3 s | 15.2 s |" in text
    assert (
        "| 0.11.4 → 0.12.4 | a few | 12 | 4 | 2 | 9 | 2.3 s | 1 | 0 | `chat` 2.0 s (all), `file` 0.4 s (changes) |  |"
        in text
    )
    assert "`file` 0.4 s (changes) | 2.0 |" in text
    assert "- New on old: GET /chats: 500" in text


def test_what_was_not_measured_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = document(tmp_path, monkeypatch, {"live": [LIVE]})
    assert "| 0.11.4 | 0.12.4 | not measured | ✓ | ✓ | 2.3 s |  |" in text
    [missing] = [line for line in text.splitlines() if "should be measured" in line]
    assert {f"{old} → {new}" for old, new in wanted_pairs()} - {"0.11.4 → 0.12.4"} == set(
        missing.partition(": ")[2].removesuffix(".").split(", ")
    )
    assert "0.7.2 → 0.8.0" in missing
    assert "0.7.2 → 0.12.4" in missing
    assert "- A filled database, for 0.11.4 → 0.12.4." in text
