"""What a task prints about the database, whatever that is."""

import ast
from pathlib import Path

import pytest

from owscale import upgrade
from owscale.upgrade.probe import MARKER, migration_options
from tests._support.upgrade_account import Task, UpgradeAccount
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


def test_options_of_the_migration() -> None:
    assert migration_options(140000) == "-c lock_timeout=2000 -c client_connection_check_interval=1000"
    assert migration_options(130010) == "-c lock_timeout=2000"
    assert migration_options(160000, 30) == migration_options(160000)
    assert migration_options(170000, 30) == f"{migration_options(170000)} -c transaction_timeout=30000"


@pytest.mark.parametrize("line", ["null", "{}", "[]", "{", '{"lock_timeout": "2s"}', "[" * 500])
def test_other_line_is_an_error(line: str, account: UpgradeAccount, runs: Runs) -> None:
    account._probe = lambda *_: (0, [MARKER + line])  # type: ignore[method-assign]  # another program
    error = runs.refused(runs.upgrade)
    assert "printed another line than expected" in error.message
    assert not account.objects


def test_address_of_a_proxy_is_refused(account: UpgradeAccount, runs: Runs) -> None:
    account.database.host = "chat.proxy-abcdefghijkl.eu-west-1.rds.amazonaws.com"
    assert "leads to a pooler" in runs.refused(runs.upgrade).message


def test_failed_task_is_reported_with_its_log(account: UpgradeAccount, runs: Runs) -> None:
    def fails(task: Task, image: str) -> tuple[int, list[str]]:  # noqa: ARG001 -- the arguments of the method
        return 1, ['OperationalError: FATAL: password authentication failed for user "chat"']

    account._probe = fails  # type: ignore[method-assign]  # a wrong secret
    error = runs.refused(runs.upgrade)
    assert "ended with exit code 1" in error.message
    assert 'password authentication failed for user "chat"' in error.message


def test_task_that_hangs_is_stopped(account: UpgradeAccount, runs: Runs) -> None:
    original = account._RunTask

    def hangs(**arguments: object) -> dict[str, object]:
        response = original(**arguments)
        next(reversed(account.tasks.values())).ends_at = 10**12
        return response

    account._RunTask = hangs  # type: ignore[method-assign]  # a task without a network
    assert "did not end within 15 minutes" in runs.refused(runs.upgrade).message
    assert account.count("ecs:StopTask") == 1


def test_line_that_arrives_late_is_read(account: UpgradeAccount, runs: Runs) -> None:
    original, empty = account._GetLogEvents, [1, 2, 3]

    def late(**arguments: object) -> dict[str, object]:
        return {"events": [{"message": "loading"}]} if empty and empty.pop() else original(**arguments)  # type: ignore[arg-type]  # the arguments of the call

    account._GetLogEvents = late  # type: ignore[method-assign, assignment]  # CloudWatch Logs
    runs.upgrade()
    assert account.database.head in account.heads.values()
