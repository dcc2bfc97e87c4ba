"""Several runs at once: one writer, or several readers."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from owscale.errors import OwscaleError
from owscale.output.lock import lock_output
from tests._support.project import Project

_HOLD_LOCK = """
import sys
from pathlib import Path
from owscale.output.lock import lock_output
with lock_output(Path(sys.argv[1]), exclusive=sys.argv[2] == "exclusive", timeout_seconds=0, status=print):
    print("locked", flush=True)
    sys.stdin.read()
"""
_OWSCALE = "import sys; from owscale.cli.main import main; sys.exit(main())"
_ENVIRONMENT = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
_WAITING = "out: waiting for another run of owscale\n"


@contextmanager
def other_run(out: Path, kind: str) -> Iterator["subprocess.Popen[str]"]:
    """Another process that holds the lock until the block ends."""
    with subprocess.Popen(  # noqa: S603 -- our own code
        [sys.executable, "-c", _HOLD_LOCK, str(out), kind],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=_ENVIRONMENT,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "locked\n"
        yield process
        process.kill()


def start_generate(*arguments: str) -> "subprocess.Popen[str]":
    """Start a run that waits for the lock as long as a busy machine may need."""
    command = [sys.executable, "-c", _OWSCALE, "generate", "--lock-timeout", "600", *arguments]
    return subprocess.Popen(command, env=_ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # noqa: S603 -- our own code


@pytest.mark.parametrize("command", ["generate", "check"])
def test_second_run_fails_after_the_timeout(project: Project, command: str) -> None:
    project.generate()
    tree = project.tree()
    project.change_spec("instances: 2", "instances: 4")
    with other_run(project.out, "exclusive"):
        assert project.run(command, "--lock-timeout", "0") == 1
    assert project.stderr.splitlines()[-2:] == [
        "out: locked by another run of owscale, which did not end within 0 s",
        "  hint: run again when it has ended, or wait longer with `--lock-timeout SECONDS`",
    ]
    assert project.tree() == tree


def test_second_run_waits_for_the_first(project: Project) -> None:
    project.generate()
    with other_run(project.out, "exclusive") as first, start_generate() as second:
        assert second.stderr
        assert second.stderr.readline() == _WAITING
        assert second.poll() is None
        first.kill()
        assert second.wait() == 0


def test_readers_share_the_lock(project: Project) -> None:
    project.generate()
    with other_run(project.out, "shared"):
        assert project.run("check", "--lock-timeout", "0") == 0
        assert project.run("generate", "--lock-timeout", "0") == 1


def test_killed_run_leaves_no_lock(project: Project) -> None:
    project.generate()
    with other_run(project.out, "exclusive") as other:
        other.send_signal(signal.SIGKILL)
        other.wait()
        assert project.run("generate", "--lock-timeout", "0") == 0


def test_ten_runs_at_once_create_the_directory(project: Project) -> None:
    """Each with a spec of its own: all succeed, and none removes the output of another."""
    text = project.spec.read_text()
    runs = []
    for number in range(10):
        changed = text.replace("name: minimal", f"name: n{number}").replace("minimal.tfstate", f"{number}.tfstate")
        spec = project.spec.with_name(f"n{number}.yaml")
        spec.write_text(changed.replace("{name: chat,", f"{{name: chat-{number},"))
        runs.append(start_generate("--spec", str(spec)))
    results = [(run.communicate()[1], run.returncode) for run in runs]
    assert [code for _, code in results] == [0] * 10, results
    assert len(list(project.out.glob("*/production/main.tf"))) == 10


def test_directory_that_is_removed_while_a_run_waits(project: Project) -> None:
    """The lock that the run gets then is on a removed directory: it must start again."""
    project.out.mkdir()
    with other_run(project.out, "exclusive") as first, start_generate() as second:
        assert second.stderr
        assert second.stderr.readline() == _WAITING
        project.out.rmdir()
        first.kill()
        assert second.wait() == 0
    assert project.root.joinpath("main.tf").exists()


def test_directory_that_stays_empty_is_removed(tmp_path: Path) -> None:
    with lock_output(tmp_path / "out", exclusive=True, timeout_seconds=0, status=print):
        assert (tmp_path / "out").is_dir()
    assert not (tmp_path / "out").exists()


def test_reader_needs_no_directory(tmp_path: Path) -> None:
    with lock_output(tmp_path / "out", exclusive=False, timeout_seconds=0, status=print):
        assert not (tmp_path / "out").exists()


def test_failed_lock_closes_its_directory(tmp_path: Path) -> None:
    with lock_output(tmp_path, exclusive=True, timeout_seconds=0, status=print):
        open_files = len(os.listdir("/dev/fd"))
        second = lock_output(tmp_path, exclusive=True, timeout_seconds=0, status=print)
        with pytest.raises(OwscaleError, match="locked by another run"), second:
            pass
        assert len(os.listdir("/dev/fd")) == open_files
