"""Runs of `owscale upgrade` against an AWS account in memory."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from owscale.domain.openwebui import upgrades
from tests._support.upgrade_account import NEW, OLD, UpgradeAccount
from tests._support.upgrade_runs import Runs, write_compatibility


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("specs")


@pytest.fixture
def account() -> UpgradeAccount:
    account = UpgradeAccount()
    change = upgrades.upgrade(OLD, NEW)
    assert change
    assert change.head
    account.heads[NEW] = change.head
    return account


@pytest.fixture(autouse=True)
def measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let no pair of releases be measured, whatever the file of the project has."""
    file = tmp_path / "compatibility.json"
    file.write_text('{"pairs": []}')
    monkeypatch.setattr(upgrades, "COMPATIBILITY_FILE", file)
    upgrades._pairs.cache_clear()
    yield
    upgrades._pairs.cache_clear()


@pytest.fixture
def live(measured: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001 -- after it
    """Let the two releases of the tests be measured as safe for a live migration with 100,000 chats."""
    write_compatibility(tmp_path / "compatibility.json", monkeypatch)


@pytest.fixture
def runs(account: UpgradeAccount, directory: Path) -> Runs:
    return Runs(account, directory)
