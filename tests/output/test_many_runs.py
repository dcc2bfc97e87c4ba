"""Many runs at once on one output, and many deployments in one run; `make hostile` tries all of them."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from benchmarks.fleets import write_specs
from tests._support.project import Project
from tests._support.scale import scaled

_NAMES = ("alpha", "beta", "gamma")
_AT_ONCE = scaled(31, 6)
_ROUNDS = scaled(19, 1)  # 19 * 31 = 589 runs
_DEPLOYMENTS = scaled(5000, 20)


@pytest.fixture
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return an environment in which all runs share one cache."""
    cache = str(tmp_path_factory.mktemp("cache"))
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "XDG_CACHE_HOME": cache}


def start(environment: dict[str, str], *words: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "owscale", *words, "--lock-timeout", "600"]
    return subprocess.Popen(  # noqa: S603 -- our own code
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def commands() -> Iterator[tuple[str, ...]]:
    """Yield the commands of a round: write all deployments or one of them, and check all or one."""
    for number in range(_AT_ONCE):
        spec = f"spec/{(*_NAMES, 'spec')[number % 4]}.yaml"
        yield (("generate",), ("check",), ("generate", "--spec", spec), ("check", "--spec", spec))[number % 4]


def test_many_runs_at_once_leave_a_whole_tree(project: Project, environment: dict[str, str]) -> None:
    """Each run waits for the lock, so that a check finds each deployment old or new, and no run fails."""
    specs = [project.spec, *map(project.add_spec, _NAMES)]
    project.generate()
    codes: list[int] = []
    for number in range(_ROUNDS):
        for spec in specs:
            text = re.sub(r"instances: \d+", f"instances: {3 + number % 7}", spec.read_text())
            spec.write_text(text)
        old = project.tree()
        runs = [(words, start(environment, *words)) for words in commands()]
        killed = runs[number % len(runs)][1] if number % 3 == 2 else None
        if killed:
            killed.kill()
        for words, run in runs:
            out, err = run.communicate(timeout=600)
            codes.append(run.returncode)
            if run is killed and run.returncode == -9:
                continue
            assert "Traceback" not in err
            if words[0] == "generate":
                assert run.returncode == 0, (words, out, err)
            else:
                assert run.returncode in (0, 1), (words, out, err)
                assert ("up to date" in out) is (run.returncode == 0), (words, out, err)
                assert ("differ from the specs" in err or "differs from the specs" in err) is (run.returncode == 1)
                assert "modified locally" not in err
        new = project.tree()
        assert new.keys() == old.keys(), "no journal and no staged file is left"
        assert project.run("check") == 0, project.stderr
        for last_words in ("check", "generate"):
            with start(environment, last_words) as last:
                assert last.wait() == 0
        assert project.tree() == new
        assert new != old
    assert len(codes) == _AT_ONCE * _ROUNDS


class Measured(NamedTuple):
    """A run: its exit code, its output, its time on the processor in seconds, and its peak memory in KiB."""

    exit_code: int
    out: str
    err: str
    seconds: float
    memory: int


_MEASURE = """
import sys
from owscale.cli.main import main
code = main(sys.argv[2:])
sys.stdout.flush()
with open("/proc/self/status") as status, open(sys.argv[1], "w") as memory:
    memory.write(next(line.split()[1] for line in status if line.startswith("VmHWM:")))
sys.exit(code)
"""
"""Runs a command, and writes its peak memory into a file; `wait4` would count the memory of the test before `exec`."""


def measure(folder: Path, environment: dict[str, str], *words: str) -> Measured:
    with (folder / ".out").open("w+") as out, (folder / ".err").open("w+") as err:
        command = [sys.executable, "-c", _MEASURE, ".memory", *words]
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=out, stderr=err)  # noqa: S603 -- our own code
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        seconds = usage.ru_utime + usage.ru_stime
        return Measured(process.returncode, out.read(), err.read(), seconds, int((folder / ".memory").read_text()))


def run_fleet(folder: Path, environment: dict[str, str], number: int) -> list[Measured]:
    """Generate deployments, check them, change one of them, check and generate again; return the measurements."""
    folder.mkdir()
    write_specs(folder, number)
    generated = measure(folder, environment, "generate")
    assert generated.exit_code == 0, generated.err
    assert len(list(folder.glob("out/*/*/main.tf"))) == number
    checked = measure(folder, environment, "check")
    assert checked.exit_code == 0, checked.err
    cached = measure(folder, environment, "check")
    assert (cached.exit_code, cached.out) == (0, checked.out)
    spec = folder / f"spec/chat-{number // 2:04}.yaml"
    spec.write_text(re.sub(r"cpu_percent: \d+", "cpu_percent: 41", spec.read_text(), count=1))
    changed = measure(folder, environment, "check")
    assert changed.exit_code == 1
    found = {line.split("/")[1] for line in changed.err.splitlines() if ": changed: " in line}
    assert found == {f"chat-{number // 2:04}"}
    before = {path: path.stat().st_mtime_ns for path in folder.glob("out/*/*/main.tf")}
    again = measure(folder, environment, "generate")
    assert again.exit_code == 0, again.err
    written = [path for path, mtime in before.items() if path.stat().st_mtime_ns != mtime]
    assert [path.parts[-3] for path in written] == [f"chat-{number // 2:04}"]
    assert measure(folder, environment, "check").exit_code == 0
    return [generated, checked, cached, changed, again]


def test_many_deployments_take_time_and_memory_in_proportion(tmp_path: Path, environment: dict[str, str]) -> None:
    """The time of a further deployment does not grow with their number, nor does its memory."""
    sizes = [1, max(2, _DEPLOYMENTS // 5), _DEPLOYMENTS]
    one, few, many = (run_fleet(tmp_path / str(size), environment, size) for size in sizes)
    for name, first, second, third in zip(
        ("generate", "check", "cached", "changed", "again"), one, few, many, strict=True
    ):
        figures = [(round(run.seconds, 2), run.memory // 1024) for run in (first, second, third)]
        print(f"{name}: {dict(zip(sizes, figures, strict=True))} (s of processor time, MiB)")  # noqa: T201 -- for `pytest -s`
        further = (sizes[2] - sizes[0]) / (sizes[1] - sizes[0])
        # A busy machine makes single runs slower by a half.
        assert third.seconds - first.seconds <= 2 * further * max(second.seconds - first.seconds, 0.1), (name, figures)
        growth = max(second.memory - first.memory, 4096)
        assert third.memory - first.memory <= 1.5 * further * growth, (name, figures)
