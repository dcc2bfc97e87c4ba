"""What a task prints about the database, whatever that is."""

import ast
import json
import runpy
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from owscale import upgrade
from owscale.upgrade.probe import MARKER, migration_options
from tests._support.upgrade_account import NEW, Task, UpgradeAccount
from tests._support.upgrade_runs import Runs

_SCRIPT = Path(upgrade.__file__).with_name("container_probe.py")


def test_script_fits_the_overrides_of_a_task() -> None:
    """ECS takes 8192 characters of JSON: docs of RunTask."""
    assert len(_SCRIPT.read_bytes()) < 6000


def test_script_imports_nothing_of_open_webui() -> None:
    """An import of open_webui.config would migrate the database."""
    tree = ast.parse(_SCRIPT.read_text())
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert names == {"ast", "importlib.util", "json", "os", "pathlib", "sqlalchemy", "time"}


@pytest.mark.parametrize("estimate", [40_000_000, -1])
def test_table_that_takes_too_long_to_count_is_estimated(
    estimate: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    versions = tmp_path / "open_webui/migrations/versions"
    versions.mkdir(parents=True)
    (versions / "one.py").write_text("revision = 'one'\ndown_revision = None\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(sys.modules, "sqlalchemy", _Sqlalchemy(estimate))
    monkeypatch.setenv("DATABASE_URL", "postgresql://host/name")
    monkeypatch.setenv("OWSCALE_TABLES", "chat")
    if estimate < 0:  # never analyzed: nothing is known
        with pytest.raises(_TimeoutError):
            runpy.run_path(str(_SCRIPT))
        return
    runpy.run_path(str(_SCRIPT))
    printed = json.loads(capsys.readouterr().out.strip().removeprefix(MARKER))
    assert printed["tables"] == {"chat": [estimate, 1]}


class _TimeoutError(Exception):
    """What SQLAlchemy raises after statement_timeout."""


class _Sqlalchemy(ModuleType):
    """A database whose tables take too long to count."""

    def __init__(self, estimate: int) -> None:
        super().__init__("sqlalchemy")
        self.pool = SimpleNamespace(NullPool=None)
        self.exc = SimpleNamespace(OperationalError=_TimeoutError)
        self.text = str
        info = SimpleNamespace(host="host", dbname="name")
        raw = SimpleNamespace(dbapi_connection=SimpleNamespace(info=info))
        connection = SimpleNamespace(execute=self._execute, rollback=lambda: None, commit=lambda: None, connection=raw)
        self.create_engine = lambda *_, **__: SimpleNamespace(connect=lambda: connection)
        self._estimate = estimate

    def _execute(self, query: str, values: object) -> list[tuple[object, ...]]:  # noqa: ARG002 -- the arguments of the method
        if query.startswith('SELECT count(*) FROM "'):
            raise _TimeoutError
        if "GROUP BY" in query:
            return []
        if "version_num" in query and "SHOW" not in query:
            return [("one",)]
        return [(self._estimate if "reltuples" in query else 1,)]


@pytest.mark.parametrize("log", [["FATAL: remaining connection slots are reserved"], None])
def test_failed_look_after_a_commit_does_not_say_that_nothing_was_changed(
    log: list[str] | None, account: UpgradeAccount, runs: Runs
) -> None:
    original = account._probe

    def fails(task: Task, image: str) -> tuple[int, list[str]]:
        return (1, log or []) if account.migrations else original(task, image)

    account.replace("_probe", fails)  # the database after the migration
    error = runs.refused(runs.upgrade)
    assert account.database.head == account.heads[NEW]
    assert "nothing was changed" not in str(error)
    assert "the upgrade goes on from here" in error.hint


def test_options_of_the_migration() -> None:
    assert migration_options(140000) == "-c lock_timeout=2000 -c client_connection_check_interval=1000"
    assert migration_options(130010) == "-c lock_timeout=2000"
    assert migration_options(160000, 30) == f"{migration_options(160000)} -c statement_timeout=30000"
    assert migration_options(170000, 30) == f"{migration_options(170000)} -c transaction_timeout=30000"


@pytest.mark.parametrize("line", ["null", "{}", "[]", "{", '{"lock_timeout": "2s"}', "[" * 500])
def test_other_line_is_an_error(line: str, account: UpgradeAccount, runs: Runs) -> None:
    account.replace("_probe", lambda *_: (0, [MARKER + line]))  # another program
    error = runs.refused(runs.upgrade)
    assert "printed another line than expected" in error.message
    assert not account.objects


def test_address_of_a_proxy_is_refused(account: UpgradeAccount, runs: Runs) -> None:
    account.database.host = "chat.proxy-abcdefghijkl.eu-west-1.rds.amazonaws.com"
    assert "leads to a pooler" in runs.refused(runs.upgrade).message


def test_failed_task_is_reported_with_its_log(account: UpgradeAccount, runs: Runs) -> None:
    def fails(task: Task, image: str) -> tuple[int, list[str]]:  # noqa: ARG001 -- the arguments of the method
        return 1, ['OperationalError: FATAL: password authentication failed for user "chat"']

    account.replace("_probe", fails)  # a wrong secret
    error = runs.refused(runs.upgrade)
    assert "ended with exit code 1" in error.message
    assert 'password authentication failed for user "chat"' in error.message


def test_task_that_hangs_is_stopped(account: UpgradeAccount, runs: Runs) -> None:
    original = account._RunTask

    def hangs(**arguments: object) -> dict[str, object]:
        response = original(**arguments)
        next(reversed(account.tasks.values())).ends_at = 10**12
        return response

    account.replace("_RunTask", hangs)  # a task without a network
    assert "did not end within 15 minutes" in runs.refused(runs.upgrade).message
    assert account.count("ecs:StopTask") == 1


def test_line_that_arrives_late_is_read(account: UpgradeAccount, runs: Runs) -> None:
    original, empty = account._GetLogEvents, [1, 2, 3]

    def late(**arguments: object) -> dict[str, object]:
        return {"events": [{"message": "loading"}]} if empty and empty.pop() else original(**arguments)  # type: ignore[arg-type]  # the arguments of the call

    account.replace("_GetLogEvents", late)  # CloudWatch Logs
    runs.upgrade()
    assert account.database.head in account.heads.values()
