"""Ctrl-C, SIGTERM and a kill while several deployments are written: each of them is old or new."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests._support.fault_injection import NO_FAULT, generate_with_fault
from tests._support.project import Project
from tests._support.scale import scaled

CHANGING = ("alpha", "gamma", "minimal")


class Fleet:
    """Four deployments in the order of their folders: a new one, an unchanged one, and two that change.

    The last one also loses files.
    """

    def __init__(self, project: Project) -> None:
        self.project = project
        self.specs = {name: project.add_spec(name) for name in ("beta", "gamma")} | {"minimal": project.spec}
        project.generate()
        self.old = project.tree()
        project.add_spec("alpha")
        self._change("gamma", "instances: 2", "instances: 4")
        self._change("minimal", "name: minimal", "name: minimal\nautoscaling: {enabled: false}")
        project.generate()
        self.new = project.tree()

    def _change(self, name: str, old: str, new: str) -> None:
        path = self.specs[name]
        path.write_text(path.read_text().replace(old, new))

    def reset(self) -> None:
        """Restore the old tree; the specs stay new."""
        for path in self.project.tree():
            (self.project.out / path).unlink()
        for folder in sorted(self.project.out.rglob("*"), reverse=True):
            folder.rmdir()
        for path, content in self.old.items():
            (self.project.out / path).parent.mkdir(parents=True, exist_ok=True)
            (self.project.out / path).write_bytes(content)

    def states(self) -> list[str]:
        """Return whether each changing deployment is old, new or mixed."""
        tree = self.project.tree()
        states = []
        for name in CHANGING:
            files = deployment_files(tree, name)
            is_old, is_new = (files == deployment_files(known, name) for known in (self.old, self.new))
            states.append("old" if is_old else "new" if is_new else "mixed")
        return states

    def count_written(self) -> int:
        """Return how many deployments are new; they must be the first ones, and the others old."""
        states = self.states()
        number = states.count("new")
        assert states == ["new"] * number + ["old"] * (len(CHANGING) - number)
        assert deployment_files(self.project.tree(), "beta") == deployment_files(self.old, "beta")
        return number

    def is_mixed_after_kill(self, at: int) -> bool:
        """Return whether a kill before that change leaves the last deployment mixed."""
        self.reset()
        return os.WIFSIGNALED(generate_with_fault(at, send(signal.SIGKILL))) and self.states()[-1] == "mixed"


def deployment_files(tree: dict[str, bytes], name: str) -> dict[str, bytes]:
    return {path: content for path, content in tree.items() if path.startswith(f"{name}/")}


@pytest.fixture
def fleet(project: Project) -> Fleet:
    return Fleet(project)


def send(number: int) -> Callable[[], None]:
    return lambda: os.kill(os.getpid(), number)


# The first changes stage files, where a few samples are enough.
CHANGES = (*range(1, 70, 17 // scaled(17, 1)), *range(70, 1000, 2 // scaled(2, 1)))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_stops_between_two_deployments(fleet: Fleet, number: signal.Signals, tmp_path: Path) -> None:
    output, counts = tmp_path / "output", set()
    for at in CHANGES:
        fleet.reset()
        code = os.waitstatus_to_exitcode(generate_with_fault(at, send(number), str(output)))
        if code == NO_FAULT:
            break
        written = fleet.count_written()
        counts.add(written)
        assert not [path for path in fleet.project.tree() if path.endswith("journal")]
        if code == -signal.SIGTERM:
            assert written in (0, 3), "a signal that ends the run at once comes before or after all writes"
            continue
        lines = output.read_text().splitlines()
        assert (code, lines[-1]) == (130, "interrupted")
        assert not [path for path in fleet.project.tree() if path.startswith(".owscale")]
        if written in (1, 2):
            assert f"out: {written} of 3 deployments written" in lines
            assert "  hint: run `owscale generate` again for the others" in lines
            assert f"  + {Path('out/alpha/production/main.tf')}" in lines
            assert (f"  ~ {Path('out/gamma/production/main.tf')}" in lines) is (written == 2)
    assert counts == {0, 1, 2, 3}


def test_next_run_completes_a_killed_one(fleet: Fleet) -> None:
    """A kill leaves at most one deployment mixed; the next run recognises its files."""
    mixed = 0
    for at in CHANGES:
        fleet.reset()
        if os.WIFEXITED(generate_with_fault(at, send(signal.SIGKILL))):
            break
        states = fleet.states()
        mixed += "mixed" in states
        assert states.count("mixed") <= 1
        fleet.project.generate()
        assert fleet.project.tree() == fleet.new
        assert ("this run completed it" in fleet.project.stderr) >= ("mixed" in states)
    assert mixed > 2


def test_mixed_deployment_stays_in_the_journal_of_an_interrupted_run(fleet: Fleet) -> None:
    """A run is killed in the last deployment, and the next one is interrupted before it reaches that."""
    fleet.reset()
    at = next(at for at in reversed(range(70, 140)) if fleet.is_mixed_after_kill(at))
    assert fleet.states()[-1] == "mixed"
    lost = fleet.project.out / "alpha/production/main.tf"
    lost.unlink()
    for change in range(
        1, at
    ):  # an interrupt while files are staged writes nothing, the first one after it writes alpha
        assert os.waitstatus_to_exitcode(generate_with_fault(change, send(signal.SIGINT))) == 130
        assert (fleet.project.out / ".owscale/journal").exists()
        if lost.exists():
            break
    assert fleet.states() == ["new", "new", "mixed"]
    fleet.project.generate()
    assert fleet.project.tree() == fleet.new
    assert "this run completed it" in fleet.project.stderr
