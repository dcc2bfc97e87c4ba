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


def test_ten_at_once_into_a_folder_that_is_not_there(project: Project) -> None:
    """Each with a spec of its own: all of them end well, and none ends another's."""
    text = project.spec.read_text()
    code = "import sys; from generator.cli import main; sys.exit(main())"
    runs = []
    for number in range(10):
        theirs = text.replace("name: minimal", f"name: n{number}").replace("minimal.tfstate", f"{number}.tfstate")
        spec = project.spec.with_name(f"n{number}.yaml")
        spec.write_text(theirs.replace("{name: chat,", f"{{name: chat-{number},"))
        arguments = [sys.executable, "-c", code, "generate", "--spec", str(spec)]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
        runs.append(subprocess.Popen(arguments, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE))  # noqa: S603 -- our own code
    said = [(run.communicate()[1].decode(), run.returncode) for run in runs]
    assert [code for _, code in said] == [0] * 10, said
    assert len(list(project.out.glob("*/production/main.tf"))) == 10


def test_a_folder_that_was_removed_while_one_waited(project: Project) -> None:
    """The lock that one gets then is of a folder that is no more: it must begin again."""
    project.out.mkdir()
    with held(project.out, "w") as other:
        threading.Timer(0.5, project.out.rmdir).start()
        threading.Timer(0.6, other.kill).start()
        assert project.run("generate") == 0
    assert project.root.joinpath("main.tf").exists()
