"""Ctrl-C, SIGTERM and a kill in a run over several deployments: each is old or new, and what was done is told."""

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.cli import main
from generator.output import held
from tests.output.conftest import Project
from tests.output.strike import SURVIVED, struck

CHANGING = ("alpha", "gamma", "minimal")


class Fleet:
    """Four deployments in the order of their folders: one is new, one stays, one changes, and one loses files too."""

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
        """The old tree, and the specs of the new one."""
        for path in self.project.tree():
            (self.project.out / path).unlink()
        for folder in sorted(self.project.out.rglob("*"), reverse=True):
            folder.rmdir()
        for path, content in self.old.items():
            (self.project.out / path).parent.mkdir(parents=True, exist_ok=True)
            (self.project.out / path).write_bytes(content)

    def states(self) -> list[str]:
        """Whether each that changes is old, new or mixed."""
        tree = self.project.tree()
        found = []
        for name in CHANGING:
            here, old, new = (_part(each, name) for each in (tree, self.old, self.new))
            found.append("old" if here == old else "new" if here == new else "mixed")
        return found

    def written(self) -> int:
        """How many are new, which must be the first ones."""
        states = self.states()
        number = states.count("new")
        assert states == ["new"] * number + ["old"] * (len(CHANGING) - number)
        assert _part(self.project.tree(), "beta") == _part(self.old, "beta")
        return number

    def mixed_after(self, at: int) -> bool:
        """Whether a kill at that moment leaves the last one mixed."""
        self.reset()
        return os.WIFSIGNALED(struck(at, _signal(signal.SIGKILL))) and self.states()[-1] == "mixed"


def _part(tree: dict[str, bytes], name: str) -> dict[str, bytes]:
    return {path: content for path, content in tree.items() if path.startswith(f"{name}/")}


@pytest.fixture
def fleet(project: Project) -> Fleet:
    return Fleet(project)


def _signal(number: int) -> Callable[[], None]:
    return lambda: os.kill(os.getpid(), number)


# Most changes lay files ready, for which a few moments will do.
MOMENTS = (*range(1, 70, 17), *range(70, 1000, 2))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_asked_to_stop_at_any_moment(fleet: Fleet, number: signal.Signals, tmp_path: Path) -> None:
    said, seen = tmp_path / "said", set()
    for at in MOMENTS:
        fleet.reset()
        code = os.waitstatus_to_exitcode(struck(at, _signal(number), str(said)))
        if code == SURVIVED:
            break
        written = fleet.written()
        seen.add(written)
        assert not [path for path in fleet.project.tree() if path.endswith("journal")]
        if code == -signal.SIGTERM:
            assert written in (0, 3), "where it changes one after the other it comes to the end of one"
            continue
        lines = said.read_text().splitlines()
        assert (code, lines[-1]) == (130, "interrupted")
        assert not [path for path in fleet.project.tree() if path.startswith(".owscale")]
        if written in (1, 2):
            assert f"out: {written} of 3 deployments written, and nothing of the others" in lines
            assert f"  + {Path('out/alpha/production/main.tf')}" in lines
            assert (f"  ~ {Path('out/gamma/production/main.tf')}" in lines) is (written == 2)
    assert seen == {0, 1, 2, 3}


def test_killed_at_any_moment(fleet: Fleet) -> None:
    """One deployment is mixed at most, the next run knows its files, and completes it."""
    mixed = 0
    for at in MOMENTS:
        fleet.reset()
        if os.WIFEXITED(struck(at, _signal(signal.SIGKILL))):
            break
        states = fleet.states()
        mixed += "mixed" in states
        assert states.count("mixed") <= 1
        fleet.project.generate()
        assert fleet.project.tree() == fleet.new
        assert ("this one completed it" in fleet.project.stderr) >= ("mixed" in states)
    assert mixed > 2


def test_what_was_mixed_before_stays_known(fleet: Fleet) -> None:
    """A run is killed in the last deployment, and the next is asked to stop before it comes there."""
    fleet.reset()
    at = next(at for at in reversed(range(70, 140)) if fleet.mixed_after(at))
    assert fleet.states()[-1] == "mixed"
    lost = fleet.project.out / "alpha/production/main.tf"
    lost.unlink()
    for moment in range(1, at):  # while files are laid ready it changes nothing, and the first that counts writes alpha
        assert os.waitstatus_to_exitcode(struck(moment, _signal(signal.SIGINT))) == 130
        assert (fleet.project.out / ".owscale/journal").exists()
        if lost.exists():
            break
    assert fleet.states() == ["new", "new", "mixed"]
    fleet.project.generate()
    assert fleet.project.tree() == fleet.new
    assert "this one completed it" in fleet.project.stderr


def test_held_leaves_handlers_as_they_were() -> None:
    before = signal.getsignal(signal.SIGINT)
    with held() as asked_to_stop:
        assert not asked_to_stop()
        os.kill(os.getpid(), signal.SIGINT)
        assert asked_to_stop()
    assert signal.getsignal(signal.SIGINT) is before


def test_what_is_ignored_stays_ignored() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with held() as asked_to_stop:
            os.kill(os.getpid(), signal.SIGINT)
            assert not asked_to_stop()
    finally:
        signal.signal(signal.SIGINT, before)


def test_in_another_thread_it_runs_as_ever(project: Project) -> None:
    codes: list[int] = []
    thread = threading.Thread(target=lambda: codes.append(main(["generate"])))
    thread.start()
    thread.join()
    assert codes == [0]
    assert project.run("check") == 0
