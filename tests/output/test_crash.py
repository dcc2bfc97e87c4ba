"""Killed at any moment, and on a disk that fails at any moment: the tree is old, new, or completed by the next run."""

import errno
import os
import resource
import signal

import pytest

from generator.cli import main
from tests.output.conftest import Project
from tests.output.strike import SURVIVED, struck


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _no_space() -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class Scene:
    """A tree before a change that adds, changes and removes files, and the tree after it."""

    def __init__(self, project: Project) -> None:
        self.project = project
        project.change_spec("name: minimal", "name: minimal\nautoscaling: {enabled: false}")
        project.generate()
        self.old = project.tree()
        project.change_spec("autoscaling: {enabled: false}", "load_balancer_logs: {}")
        project.change_spec("load_balancer_logs: {}", "alarms: {cpu_percent: 90}")
        project.generate()
        self.new = project.tree()

    def reset(self) -> None:
        """The old tree, and the spec of the new one."""
        for path in self.project.tree():
            (self.project.out / path).unlink()
        for path, content in self.old.items():
            (self.project.out / path).parent.mkdir(parents=True, exist_ok=True)
            (self.project.out / path).write_bytes(content)

    @property
    def tree(self) -> dict[str, bytes]:
        """What Terraform would see."""
        return {path: content for path, content in self.project.tree().items() if not path.startswith(".owscale/")}


@pytest.fixture
def scene(project: Project) -> Scene:
    return Scene(project)


def test_killed_at_every_point(scene: Scene) -> None:
    seen = {"old": 0, "new": 0, "mixed": 0}
    for at in range(1, 1000):
        scene.reset()
        status = struck(at, _kill)
        if os.WIFEXITED(status):
            assert os.WEXITSTATUS(status) == SURVIVED
            break
        state = "old" if scene.tree == scene.old else "new" if scene.tree == scene.new else "mixed"
        seen[state] += 1
        assert (scene.project.run("check") == 0) is (state == "new")
        if state == "mixed":
            assert "an earlier run was interrupted after" in scene.project.stderr
        scene.project.generate()
        assert scene.project.tree() == scene.new, "and nothing is left of the run that was killed"
        if state == "mixed":
            assert "this one completed it" in scene.project.stderr
    assert min(seen.values()) > 1, seen


def test_killed_twice_with_another_spec_in_between(scene: Scene) -> None:
    for at in range(1, 1000, 8):
        scene.reset()
        if os.WIFEXITED(struck(at, _kill)):
            break
        scene.project.change_spec("cpu_percent: 90", "cpu_percent: 80")
        struck(at, _kill)
        scene.project.change_spec("cpu_percent: 80", "cpu_percent: 90")
        scene.project.generate()
        assert scene.project.tree() == scene.new
    else:
        pytest.fail("it never came to an end")


def test_a_disk_that_fills_at_every_point(scene: Scene) -> None:
    refused = 0
    for at in range(1, 1000):
        scene.reset()
        status = struck(at, _no_space)
        assert os.WIFEXITED(status)
        if os.WEXITSTATUS(status) == SURVIVED:
            break
        refused += os.WEXITSTATUS(status) == 1
        assert os.WEXITSTATUS(status) in (0, 1), "told, and no traceback"
        if scene.tree not in (scene.old, scene.new):
            assert (scene.project.out / ".owscale/journal").exists()
        scene.project.generate()
        assert scene.project.tree() == scene.new
    assert refused > 20


def test_a_file_that_cannot_grow(scene: Scene) -> None:
    """A real refusal of the kernel, in the middle of a file's content."""
    scene.reset()

    child = os.fork()
    if not child:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        os._exit(main(["generate"]))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1
    assert scene.project.tree() == scene.old


def test_what_another_spec_left_is_not_forgotten(scene: Scene) -> None:
    """A run that looks at one deployment does not complete another, and the next one still can."""
    project = scene.project
    text = project.spec.read_text()
    other = project.spec.with_name("other.yaml")
    theirs = text.replace("name: minimal", "name: other").replace("minimal.tfstate", "other.tfstate")
    other.write_text(theirs.replace("{name: chat,", "{name: chat-b,"))
    project.generate()
    for path in (project.spec, other):
        path.write_text(path.read_text().replace("cpu_percent: 90", "cpu_percent: 91"))
    # Seven changes lay four files ready, and a journal follows; the eleventh is the third rename.
    status = next(status for at in range(30, 1, -1) if not os.WIFEXITED(status := struck(at, _kill)))
    assert os.WIFSIGNALED(status)
    project.generate("--spec", "spec/spec.yaml")
    if (project.out / ".owscale").exists():
        assert "other/production is left for a run with its spec" in project.stderr
    project.generate()
    assert not (project.out / ".owscale").exists()
    assert project.run("check") == 0


def test_a_journal_that_cannot_be_read(scene: Scene) -> None:
    own = scene.project.out / ".owscale"
    own.mkdir()
    (own / "journal").write_bytes(b"\xff\xfe nonsense\n")
    assert scene.project.run("check") == 0
    scene.project.generate()
    assert not own.exists()
