"""The table of docs/security.md: it is complete, and each test that it names exists and tests something."""

import re

import pytest

from tests._support.cases import PROJECT

TEXT = (PROJECT / "docs/security.md").read_text()
ROWS = [line.strip("| ").split(" | ") for line in TEXT.partition("|---|")[2].partition("\n\n")[0].splitlines()[1:]]
ATTACKED = (
    *(
        "spec",
        "git tree",
        "template",
        "custom Terraform",
        "journal",
        "manifest",
        "cache",
        "plan",
        "price file",
        "server",
    ),
    *("server", "terminal", "files of Terraform itself", "`out/`", "configuration of a repository", "FIFO", "killed"),
)


@pytest.mark.parametrize("row", ROWS, ids=[row[0][:30] for row in ROWS])
def test_each_row_names_tests_that_exist(row: list[str]) -> None:
    attacked, guarantee, tests = row
    assert attacked
    assert guarantee.endswith(".")
    paths = re.findall(r"`([^`]+)`", tests)
    assert paths
    for path in paths:
        files = sorted((PROJECT / path).glob("test_*.py")) if path.endswith("/") else [PROJECT / path]
        assert any("\ndef test_" in file.read_text() for file in files), path


@pytest.mark.parametrize("subject", ATTACKED)
def test_each_subject_has_a_row(subject: str) -> None:
    assert any(subject in row[0] for row in ROWS)


def test_each_guard_and_each_target_exists() -> None:
    for path in re.findall(r"^- `(generator/[^`]+)`|; `(generator/[^`]+)`", TEXT, re.MULTILINE):
        assert (PROJECT / (path[0] or path[1])).exists()
    assert "\nhostile: " in (PROJECT / "Makefile").read_text()
