"""Chromium ends with the tests, whatever ends them, and listens nowhere."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests._support.cases import PROJECT
from tests.openwebui import browser
from tests.openwebui.processes import listening_addresses, running, with_children
from tests.openwebui.programs import wait_for

pytestmark = pytest.mark.browsers

_TEST = """
import time
from pathlib import Path
import pytest
from tests.openwebui import browser

@pytest.mark.browsers
def test_that_waits():
    with browser.running(9) as chromium:
        chromium.context.new_page()
        Path("started").touch()
        time.sleep(600)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_chromium_does_not_survive_an_interrupted_run(tmp_path: Path, number: signal.Signals) -> None:
    browser.require()
    (tmp_path / "test_wait.py").write_text(_TEST)
    (tmp_path / "conftest.py").write_text("from tests.conftest import pytest_configure")  # it takes Ctrl-C back
    words = [sys.executable, "-m", "pytest", "-q", "-m", "browsers", "-p", "no:cacheprovider", "-c"]
    run = subprocess.Popen(
        [*words, str(PROJECT / "pyproject.toml"), "--rootdir", str(tmp_path), str(tmp_path / "test_wait.py")],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(PROJECT)},
        stdout=subprocess.DEVNULL,
    )
    started = tmp_path / "started"
    try:
        wait_for(lambda: started.exists() or run.poll() is not None, 120, "Chromium")
        assert started.exists()
        processes = set(with_children(run.pid)) - {run.pid}
        assert len(processes) >= 4  # the driver, and several processes of Chromium
        assert listening_addresses(processes) <= {"0100007F"}  # 127.0.0.1
    finally:
        run.send_signal(number)
        run.wait(60)
    wait_for(lambda: not running(processes), 60, "the end of Chromium")
