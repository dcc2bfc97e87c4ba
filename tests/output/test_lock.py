"""Two runs at once."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.output.conftest import Project

_HOLD = """
import sys
from pathlib import Path
from generator.output import locked
with locked(Path(sys.argv[1]), writing=sys.argv[2] == "w", timeout_seconds=0, say=print):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def held(out: Path, kind: str) -> Iterator["subprocess.Popen[str]"]:
    """Another process that holds the lock."""
    with subprocess.Popen(  # noqa: S603 -- our own code
        [sys.executable, "-c", _HOLD, str(out), kind],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


@pytest.mark.parametrize("verb", ["generate", "check"])
def test_a_second_run_stops_with_a_message(project: Project, verb: str) -> None:
    project.generate()
    before = project.tree()
    project.change_spec("instances: 2", "instances: 4")
    with held(project.out, "w"):
        assert project.run(verb, "--lock-timeout", "0") == 1
    assert project.stderr.splitlines()[-2].startswith(
        "out: another owscale is at work here, and was not done after 0 s"
    )
    assert "--lock-timeout" in project.stderr
    assert project.tree() == before


def test_a_second_run_waits(project: Project) -> None:
    project.generate()
    with held(project.out, "w") as other:
        began = time.monotonic()
        threading.Timer(1.5, other.kill).start()
        assert project.run("generate") == 0
        assert time.monotonic() - began > 1
    assert "out: waiting for another owscale that is at work here" in project.stderr


def test_readers_do_not_wait_for_each_other(project: Project) -> None:
    project.generate()
    with held(project.out, "r"):
        assert project.run("check", "--lock-timeout", "0") == 0
        assert project.run("generate", "--lock-timeout", "0") == 1


def test_a_run_that_was_killed_holds_nothing(project: Project) -> None:
    project.generate()
    with held(project.out, "w") as other:
        other.send_signal(signal.SIGKILL)
        other.wait()
        assert project.run("generate", "--lock-timeout", "0") == 0
