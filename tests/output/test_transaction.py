"""A kill or a disk error before any change: the tree is old, new, or completed by the next run."""

import errno
import os
import resource
import signal
from collections.abc import Callable

import pytest

from owscale.cli.main import main
from tests._support.cases import with_own_resources
from tests._support.fault_injection import NO_FAULT, generate_with_fault
from tests._support.project import Project
from tests._support.scale import scaled


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


ERRORS = (errno.ENOSPC, errno.EIO, errno.EROFS, errno.EDQUOT, errno.EACCES)
"""Of a full disk, a broken one, one that became read-only, a quota, and a directory that may not be written."""


def fail(number: int) -> Callable[[], None]:
    def fault() -> None:
        raise OSError(number, os.strerror(number))

    return fault


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
        """Restore the old tree; the spec stays new."""
        for path in self.project.tree():
            (self.project.out / path).unlink()
        for path, content in self.old.items():
            (self.project.out / path).parent.mkdir(parents=True, exist_ok=True)
            (self.project.out / path).write_bytes(content)

    @property
    def tree(self) -> dict[str, bytes]:
        """The files that Terraform would read."""
        return {path: content for path, content in self.project.tree().items() if not path.startswith(".owscale/")}


@pytest.fixture
def scene(project: Project) -> Scene:
    return Scene(project)


def test_next_run_completes_a_run_killed_at_any_point(scene: Scene) -> None:
    counts = {"old": 0, "new": 0, "mixed": 0}
    for at in range(1, 1000):
        scene.reset()
        status = generate_with_fault(at, kill)
        if os.WIFEXITED(status):
            assert os.WEXITSTATUS(status) == NO_FAULT
            break
        state = "old" if scene.tree == scene.old else "new" if scene.tree == scene.new else "mixed"
        counts[state] += 1
        assert (scene.project.run("check") == 0) is (state == "new")
        if state == "mixed":
            assert "an earlier run was interrupted after" in scene.project.stderr
        scene.project.generate()
        assert scene.project.tree() == scene.new, "nothing of the killed run is left"
        if state == "mixed":
            assert "this run completed it" in scene.project.stderr
    assert min(counts.values()) > 1, counts


def test_two_killed_runs_with_different_specs(scene: Scene) -> None:
    for at in range(1, 1000, 8 // scaled(8, 1)):
        scene.reset()
        if os.WIFEXITED(generate_with_fault(at, kill)):
            break
        scene.project.change_spec("cpu_percent: 90", "cpu_percent: 80")
        generate_with_fault(at, kill)
        scene.project.change_spec("cpu_percent: 80", "cpu_percent: 90")
        scene.project.generate()
        assert scene.project.tree() == scene.new
    else:
        pytest.fail("no run reached its end")


@pytest.mark.parametrize("number", ERRORS[: scaled(len(ERRORS), 1)])
def test_error_of_the_disk_at_any_point_is_reported(scene: Scene, number: int) -> None:
    failures = 0
    for at in range(1, 1000):
        scene.reset()
        status = generate_with_fault(at, fail(number))
        assert os.WIFEXITED(status)
        if os.WEXITSTATUS(status) == NO_FAULT:
            break
        failures += os.WEXITSTATUS(status) == 1
        assert os.WEXITSTATUS(status) in (0, 1), "a message, and no traceback"
        if scene.tree not in (scene.old, scene.new):
            assert (scene.project.out / ".owscale/journal").exists()
        scene.project.generate()
        assert scene.project.tree() == scene.new
    assert failures > 20


def test_error_in_the_middle_of_a_file_leaves_the_old_tree(scene: Scene) -> None:
    """A limit on the size of files makes the kernel itself refuse the rest of a content."""
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


def test_run_with_another_spec_keeps_the_journal(scene: Scene) -> None:
    """A run that compares one deployment does not complete another; a later run still can."""
    project = scene.project
    text = project.spec.read_text()
    other = project.spec.with_name("other.yaml")
    other_text = text.replace("name: minimal", "name: other").replace("minimal.tfstate", "other.tfstate")
    other.write_text(with_own_resources(other_text.replace("{name: chat,", "{name: chat-b,"), "other"))
    project.generate()
    for path in (project.spec, other):
        path.write_text(path.read_text().replace("cpu_percent: 90", "cpu_percent: 91"))
    # Seven changes stage four files, and a journal follows; the eleventh change is the third rename.
    status = next(status for at in range(30, 1, -1) if not os.WIFEXITED(status := generate_with_fault(at, kill)))
    assert os.WIFSIGNALED(status)
    project.generate("--spec", "spec/spec.yaml")
    if (project.out / ".owscale").exists():
        assert "other/production is still incomplete" in project.stderr
    project.generate()
    assert not (project.out / ".owscale").exists()
    assert project.run("check") == 0


def test_damaged_journal_is_an_error_with_a_way_out(scene: Scene) -> None:
    work = scene.project.out / ".owscale"
    work.mkdir()
    (work / "journal").write_bytes(b"\xff\xfe nonsense\n")
    for command in ("check", "generate"):
        assert scene.project.run(command) == 1
        assert "out/.owscale/journal: line 1 is malformed: no digest and path" in scene.project.stderr
        assert "hint: remove out/.owscale/journal, then run `owscale check`" in scene.project.stderr
    (work / "journal").unlink()
    scene.project.generate()
    assert not work.exists()


def test_temporary_journal_of_a_killed_run_is_removed(scene: Scene) -> None:
    work = scene.project.out / ".owscale"
    work.mkdir()
    (work / "journal.0123.tmp").write_bytes(b"half a jou")
    scene.project.generate()
    assert not work.exists()
