"""Links, wrong kinds of files and missing rights: nothing is written outside out/, and nothing is lost."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from owscale.cli.main import main
from tests._support.project import ROOT, Project


def files_below(directory: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in directory.rglob("*") if path.is_file()}


@pytest.mark.parametrize("place", ["minimal", "minimal/production", "minimal/production/modules/redis"])
def test_link_to_a_directory_is_not_followed(project: Project, place: str) -> None:
    project.generate()
    elsewhere = project.folder / "elsewhere"
    (project.out / place).rename(elsewhere)
    (project.out / place).symlink_to(elsewhere)
    contents = files_below(elsewhere)
    project.change_spec("cache.t4g.small", "cache.t4g.medium")
    for command in ("generate", "check"):
        assert project.run(command) == 1
        assert f"out/{place}: is a symbolic link; expected a directory" in project.stderr
    assert files_below(elsewhere) == contents


def test_link_to_a_file_is_not_followed(project: Project) -> None:
    project.generate()
    mine = project.folder / "mine.tf"
    shutil.copy(project.root / "main.tf", mine)
    (project.root / "main.tf").unlink()
    (project.root / "main.tf").symlink_to(mine)
    project.change_spec("instances: 2", "instances: 4")
    content = mine.read_bytes()
    assert project.run("generate", "--force") == 1
    assert f"{ROOT}/main.tf: is a symbolic link; expected a file" in project.stderr
    assert mine.read_bytes() == content


@pytest.mark.parametrize("place", [".owscale", ".owscale/staged", ".owscale/journal", ".owscale/other"])
def test_link_in_the_work_directory_is_an_error(project: Project, place: str) -> None:
    project.generate()
    project.change_spec("instances: 2", "instances: 4")
    elsewhere = project.folder / "elsewhere"
    (elsewhere / "staged").mkdir(parents=True)
    (elsewhere / "staged/mine").touch()
    link = project.out / place
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(elsewhere)
    assert project.run("generate") == 1
    assert f"out/{place}: " in project.stderr
    assert [path.name for path in elsewhere.rglob("*")] == ["staged", "mine"]


def test_file_in_the_place_of_the_work_directory_is_an_error(project: Project) -> None:
    project.generate()
    (project.out / ".owscale").touch()
    assert project.run("generate") == 1
    assert "out/.owscale/journal: Not a directory" in project.stderr


def test_broken_link_is_not_a_directory(project: Project) -> None:
    project.out.symlink_to("nowhere")
    assert project.run("generate") == 1
    assert "out: is not a directory\n  hint: move it away, or choose another directory with `--out`" in project.stderr


@pytest.mark.parametrize("place", ["out", "out/minimal", "out/minimal/production"])
def test_file_in_the_place_of_a_directory(project: Project, place: str) -> None:
    mine = project.folder / place
    mine.parent.mkdir(parents=True, exist_ok=True)
    mine.write_text("mine\n")
    for command in ("generate", "check"):
        assert project.run(command) == 1
        assert f"{place}: " in project.stderr
        assert "Traceback" not in project.stderr
    assert mine.read_text() == "mine\n"


def test_directory_in_the_place_of_a_file(project: Project) -> None:
    (project.root / "main.tf").mkdir(parents=True)
    assert project.run("generate") == 1
    assert f"{ROOT}/main.tf: is a directory; expected a file" in project.stderr
    assert project.tree() == {}


@pytest.mark.parametrize("name", ["MAIN.tf", "Modules/x.txt"])
def test_name_that_differs_in_case_alone_is_an_error(project: Project, name: str) -> None:
    project.generate()
    other = project.root / name
    other.parent.mkdir(exist_ok=True)
    other.write_text("mine\n")
    project.change_spec("instances: 2", "instances: 4")
    assert project.run("generate") == 1
    assert ", and some file systems ignore case" in project.stderr
    assert other.read_text() == "mine\n"


def test_pipe_in_the_place_of_a_file(project: Project) -> None:
    project.root.mkdir(parents=True)
    os.mkfifo(project.root / "main.tf")
    assert project.run("generate") == 1
    assert f"{ROOT}/main.tf: is neither a file nor a directory; expected a file" in project.stderr


@pytest.fixture
def public_directory() -> Iterator[Path]:
    """Yield a directory that another user can reach; those of pytest are private."""
    directory = Path(tempfile.mkdtemp())
    directory.chmod(0o755)
    yield directory
    for path in [directory, *directory.rglob("*")]:
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o755)
    shutil.rmtree(directory)


_NOBODY = 65534
_BUG = 99


def copy_for_nobody(project: Project, directory: Path) -> None:
    """Copy a project for `run_as_nobody`."""
    shutil.copytree(project.folder, directory, dirs_exist_ok=True)
    directory.chmod(0o755)  # copytree gave it the mode of the private one
    if os.geteuid() == 0:
        for path in (directory, *directory.rglob("*")):
            os.chown(path, _NOBODY, _NOBODY)


def run_as_nobody(directory: Path, command: str) -> tuple[int, str]:
    """Run a command without the rights of root, for whom nothing is read-only; return its exit code and its output."""
    output = directory / "output"
    output.touch()
    output.chmod(0o666)
    child = os.fork()
    if not child:
        try:
            stream = os.open(output, os.O_WRONLY | os.O_TRUNC)
            os.dup2(stream, 1)
            os.dup2(stream, 2)
            os.chdir(directory)
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(_NOBODY)
                os.setuid(_NOBODY)
            sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
            code = main([command])
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
        finally:
            os._exit(_BUG)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), output.read_text()


@pytest.mark.parametrize("place", ["out", "out/minimal/production", "out/minimal/production/modules/monitoring"])
def test_read_only_directory_is_an_error_before_the_first_change(
    project: Project, public_directory: Path, place: str
) -> None:
    project.generate()
    copy_for_nobody(project, public_directory)
    spec = public_directory / "spec/spec.yaml"
    spec.write_text(spec.read_text().replace("instances: 2", "instances: 4") + "autoscaling: {enabled: false}\n")
    for path in (public_directory / place, *(public_directory / place).rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    contents = files_below(public_directory / "out")
    code, output = run_as_nobody(public_directory, "generate")
    assert code == 1, output
    message = "out/.owscale: Permission denied" if place == "out" else f"{place}: is not writable"
    assert output.splitlines()[-2].startswith(message), output
    assert "Traceback" not in output
    assert files_below(public_directory / "out") == contents
    assert run_as_nobody(public_directory, "check")[0] == 1, "a check needs no right to write"
