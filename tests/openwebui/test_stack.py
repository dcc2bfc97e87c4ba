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
from tests.openwebui.processes import with_children
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


def _running(processes: set[int]) -> set[int]:
    """Return the processes that have not ended; their programs write over their command lines."""
    return {number for number in processes if Path(f"/proc/{number}/fd").exists() and not _is_zombie(number)}


def _is_zombie(number: int) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def _listening_addresses(processes: set[int]) -> set[str]:
    """Return the addresses, in the hexadecimal form of /proc/net/tcp, at which processes listen."""
    sockets = set()
    for number in processes:
        for link in Path(f"/proc/{number}/fd").glob("*"):
            try:
                sockets.add(os.readlink(link))
            except OSError:
                continue
    addresses = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in sockets:
                addresses.add(fields[1].partition(":")[0])
    return addresses


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
        assert _listening_addresses(processes) == {"0100007F"}  # 127.0.0.1
    finally:
        run.send_signal(number)
        run.wait(60)
    wait_for(lambda: not _running(processes), 60, "the end of what the tests started")
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
