"""What the stack starts ends with the tests, whatever ends them, and nothing of it listens beyond the loopback."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests._support.cases import PROJECT
from tests.openwebui import installation
from tests.openwebui.processes import listening_addresses, running, with_children
from tests.openwebui.programs import wait_for

pytestmark = pytest.mark.openwebui

_TEST = """
import time
from pathlib import Path
import pytest
from tests.openwebui.conftest import stack

@pytest.mark.openwebui
def test_that_waits(stack):
    process = stack.start("one", "0.12.4", {"ENABLE_DB_MIGRATIONS": "true"})
    stack.start_proxy([process])
    Path("started").write_text(str(stack.folder))
    time.sleep(600)
"""


@pytest.fixture
def folder_of_run() -> Iterator[str]:
    """Return a folder for a run that is killed: short for a socket of PostgreSQL, and readable by its user."""
    with tempfile.TemporaryDirectory(prefix="owscale-killed-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        yield folder


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_survives_an_interrupted_run(tmp_path: Path, folder_of_run: str, number: signal.Signals) -> None:
    (tmp_path / "test_wait.py").write_text(_TEST)
    (tmp_path / "conftest.py").write_text("from tests.conftest import pytest_configure")  # it takes Ctrl-C back
    environment = os.environ | {"PYTHONPATH": str(PROJECT), "TMPDIR": folder_of_run}
    words = [sys.executable, "-m", "pytest", "-q", "-m", "openwebui", "-p", "no:cacheprovider", "-c"]
    run = subprocess.Popen(
        [*words, str(PROJECT / "pyproject.toml"), "--rootdir", str(tmp_path), str(tmp_path / "test_wait.py")],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    started = tmp_path / "started"
    try:
        wait_for(lambda: started.exists() or run.poll() is not None, 300, "the stack")
        folder = started.read_text()
        processes = set(with_children(run.pid)) - {run.pid}
        assert len(processes) >= 4  # PostgreSQL, Redis, HAProxy, Open WebUI
        assert listening_addresses(processes) == {"0100007F"}  # 127.0.0.1
    finally:
        run.send_signal(number)
        run.wait(60)
    wait_for(lambda: not running(processes), 60, "the end of what the tests started")
    if number == signal.SIGINT:
        assert not Path(folder).exists()


def test_release_that_cannot_be_installed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OWSCALE_OPENWEBUI_CACHE", str(tmp_path))
    with pytest.raises(installation.InstallationError, match=r"0\.0\.1 cannot be installed: .* open-webui==0\.0\.1 "):
        installation.python_of("0.0.1")


def test_missing_program_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda *_arguments, **_options: None)
    with pytest.raises(installation.InstallationError, match=r"haproxy is not on PATH.*apt-get install haproxy"):
        installation.program("haproxy")
