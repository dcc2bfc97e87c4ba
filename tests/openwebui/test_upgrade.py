"""`owscale upgrade` with the commands of its tasks run by Open WebUI itself, against PostgreSQL.

`make test-openwebui ARGS="-s -k test_upgrade"` prints what the command prints.
"""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from owscale.domain.openwebui import upgrades
from owscale.domain.openwebui.unreadable_rows import UNREADABLE_ROWS
from tests._support.cases import PROJECT
from tests._support.upgrade_account import NEW, OLD
from tests._support.upgrade_runs import Runs, write_compatibility
from tests.openwebui.client import Client, StatusError
from tests.openwebui.compatibility import live
from tests.openwebui.programs import Program
from tests.openwebui.stack import Stack
from tests.openwebui.upgrade_tasks import MIGRATION_COMMAND, RELEASES, RealTasks

pytestmark = pytest.mark.openwebui


@pytest.fixture(scope="module")
def account(stack: Stack) -> Iterator[RealTasks]:
    stack.create_schema(RELEASES[OLD])
    account = RealTasks(stack)
    try:
        yield account
    finally:
        account.stop()


@pytest.fixture(scope="module")
def runs(account: RealTasks, tmp_path_factory: pytest.TempPathFactory) -> Runs:
    return Runs(account, tmp_path_factory.mktemp("spec"))


@pytest.fixture(autouse=True)
def measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let no pair of releases be measured, unless a test says so."""
    file = tmp_path / "compatibility.json"
    file.write_text('{"pairs": []}')
    monkeypatch.setattr(upgrades, "COMPATIBILITY_FILE", file)
    upgrades._pairs.cache_clear()
    yield
    upgrades._pairs.cache_clear()


def test_command_is_that_of_the_task_definition() -> None:
    template = (PROJECT / "templates/modules/service/migration.tf.j2").read_text()
    words = ", ".join(f'"{word}"' for word in MIGRATION_COMMAND)
    assert f"command = [{words}]" in template


def _print(runs: Runs, end: str = "") -> None:
    print("\n" + "\n".join([*runs.screen.lines, end]))


def _revision(stack: Stack) -> str:
    return stack.database.query("SELECT version_num FROM alembic_version", "webui")


@contextmanager
def _held_lock(stack: Stack, table: str) -> Iterator[None]:
    """Hold a lock on a table, as a session of Open WebUI does that is idle in a transaction."""
    words = [str(stack.database.binaries / "bin/psql"), "-X", stack.database.url("webui")]
    words += ["-c", f'BEGIN; SELECT count(*) FROM "{table}"; SELECT pg_sleep(3600)']
    program = Program(words, stack.folder / "holder.log")
    held = f"SELECT count(*) FROM pg_locks WHERE relation = '\"{table}\"'::regclass"
    try:
        program.wait_until(lambda: stack.database.query(held, "webui") != "0", 30, "the lock")
        yield
    finally:
        program.stop(signal.SIGINT)
        stack.database.query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()"
        )


def test_failed_migration_leaves_the_database_and_is_taken_back(account: RealTasks, runs: Runs, stack: Stack) -> None:
    before = _revision(stack)
    stack.database.query("CREATE TABLE function_history (broken int)", "webui")  # a revision creates this table
    error = runs.refused(runs.upgrade)
    _print(runs, str(error))
    assert "the migration failed" in error.message
    assert "function_history" in error.message
    assert _revision(stack) == before
    assert account.record["upgrade"]["head_before"] == before
    stack.database.query("DROP TABLE function_history", "webui")
    runs.back()
    _print(runs)
    assert account.service.running == 3


def test_lock_ends_each_attempt_and_the_next_run_migrates_while_users_write(
    account: RealTasks, runs: Runs, stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_compatibility(tmp_path / "compatibility.json", monkeypatch)
    process = stack.start("old", RELEASES[OLD])
    before = _revision(stack)
    with _held_lock(stack, "function"):
        error = runs.refused(runs.upgrade, attempts=2, way="live")
    assert "got no lock in 2 attempts" in error.message
    assert _revision(stack) == before
    admin = Client(process.url).sign_in()
    settings = admin.get("/api/v1/auths/admin/config")
    admin.post("/api/v1/auths/admin/config", {**settings, "ENABLE_CHANNELS": True})  # the writers list them
    with live.writing(live.new_accounts(admin, 4)) as users:
        users.wait_for_rounds(2)
        began = time.monotonic()
        runs.upgrade(way="live")
        users.wait_for_rounds(2)
    _print(runs, f"{sum(users.rounds)} rounds of 4 writers; a request waited {users.longest_wait(began):g} s at most")
    assert not users.errors
    assert not users.lost_rows(stack.database, "webui")
    change = upgrades.upgrade(OLD, NEW)
    assert change
    assert _revision(stack) == change.head
    assert process.status("/health") == 200
    outcomes = [each["outcome"] for each in account.record["upgrade"]["attempts"]]
    assert outcomes == ["no lock within the time limit", "no lock within the time limit", "migrated"]


def test_skill_of_the_old_release_ends_the_upgrade_until_it_is_repaired(
    account: RealTasks, runs: Runs, stack: Stack
) -> None:
    old = next(process for process in stack.processes if process.name == "old")
    skill = {"id": "late", "name": "Late", "description": "Text", "content": "Text"}
    Client(old.url).sign_in().post("/api/v1/skills/create", skill)
    new = Client(stack.start("new", RELEASES[NEW]).url).sign_in()
    with pytest.raises(StatusError, match="500"):
        new.get("/api/v1/skills/")
    runs.merge_and_apply()
    runs.refused(runs.upgrade)
    _print(runs)
    assert "1 row of skill without data" in runs.screen.text
    (rows,) = UNREADABLE_ROWS
    stack.database.query(rows.repair, "webui")
    assert [each["id"] for each in new.get("/api/v1/skills/")] == ["late"]
    new.post("/api/v1/skills/id/late/update", skill)
    assert not account.record["upgrade"].get("closed_at")


def test_complete_upgrade_is_seen_by_the_next_run(account: RealTasks, runs: Runs) -> None:
    runs.upgrade()
    assert account.record["upgrade"]["closed_at"]
    assert runs.back()[0] == "run the script above"
