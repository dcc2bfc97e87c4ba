"""A tree that is not as it seems: nothing is written outside out/, and nothing is lost."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.cli import main
from tests.output.conftest import ROOT, Project


@pytest.mark.parametrize("place", ["minimal", "minimal/production", "minimal/production/modules/redis"])
def test_a_link_out_of_the_tree_is_not_followed(project: Project, place: str) -> None:
    project.generate()
    elsewhere = project.folder / "elsewhere"
    (project.out / place).rename(elsewhere)
    (project.out / place).symlink_to(elsewhere)
    before = {path: path.read_bytes() for path in elsewhere.rglob("*") if path.is_file()}
    project.change_spec("cache.t4g.small", "cache.t4g.medium")
    for verb in ("generate", "check"):
        assert project.run(verb) == 1
        assert f"out/{place}: is a symbolic link where a folder belongs" in project.stderr
    assert {path: path.read_bytes() for path in elsewhere.rglob("*") if path.is_file()} == before


def test_a_link_in_the_place_of_a_file_is_not_followed(project: Project) -> None:
    project.generate()
    mine = project.folder / "mine.tf"
    shutil.copy(project.root / "main.tf", mine)
    (project.root / "main.tf").unlink()
    (project.root / "main.tf").symlink_to(mine)
    project.change_spec("instances: 2", "instances: 4")
    before = mine.read_bytes()
    assert project.run("generate", "--force") == 1
    assert f"{ROOT}/main.tf: is a symbolic link where a file belongs" in project.stderr
    assert mine.read_bytes() == before


@pytest.mark.parametrize("place", [".owscale", ".owscale/staged", ".owscale/journal", ".owscale/journal.part"])
def test_a_link_in_the_place_of_what_is_owscales_own(project: Project, place: str) -> None:
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


def test_a_link_that_leads_nowhere(project: Project) -> None:
    project.out.symlink_to("nowhere")
    assert project.run("generate") == 1
    assert "out: is no folder" in project.stderr


@pytest.mark.parametrize("place", ["out", "out/minimal", "out/minimal/production"])
def test_a_file_in_the_place_of_a_folder(project: Project, place: str) -> None:
    mine = project.folder / place
    mine.parent.mkdir(parents=True, exist_ok=True)
    mine.write_text("mine\n")
    for verb in ("generate", "check"):
        assert project.run(verb) == 1
        assert f"{place}: " in project.stderr
        assert "Traceback" not in project.stderr
    assert mine.read_text() == "mine\n"


def test_a_folder_in_the_place_of_a_file(project: Project) -> None:
    (project.root / "main.tf").mkdir(parents=True)
    assert project.run("generate") == 1
    assert f"{ROOT}/main.tf: is a folder where a file belongs" in project.stderr
    assert project.tree() == {}


@pytest.mark.parametrize("name", ["MAIN.tf", "Modules/x.txt"])
def test_names_that_some_disks_take_for_one(project: Project, name: str) -> None:
    project.generate()
    other = project.root / name
    other.parent.mkdir(exist_ok=True)
    other.write_text("mine\n")
    project.change_spec("instances: 2", "instances: 4")
    assert project.run("generate") == 1
    assert "some disks take it for" in project.stderr
    assert other.read_text() == "mine\n"


def test_a_pipe_is_no_file(project: Project) -> None:
    project.root.mkdir(parents=True)
    os.mkfifo(project.root / "main.tf")
    assert project.run("generate") == 1
    assert f"{ROOT}/main.tf: is neither file nor folder where a file belongs" in project.stderr


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that another user can reach, as pytest's are not."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    for path in [folder, *folder.rglob("*")]:
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o755)
    shutil.rmtree(folder)


_NOBODY = 65534


def copy(project: Project, folder: Path) -> None:
    """A project of its own for the process that `in_a_child` makes."""
    shutil.copytree(project.folder, folder, dirs_exist_ok=True)
    folder.chmod(0o755)  # copytree made it what pytest's is
    if os.geteuid() == 0:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, _NOBODY, _NOBODY)


def in_a_child(folder: Path, verb: str) -> tuple[int, str]:
    """The exit code of a command, and what it said, in a process of nobody's."""
    said = folder / "said"
    said.touch()
    said.chmod(0o666)
    child = os.fork()
    if not child:
        try:
            stream = os.open(said, os.O_WRONLY | os.O_TRUNC)
            os.dup2(stream, 1)
            os.dup2(stream, 2)
            os.chdir(folder)
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(_NOBODY)
                os.setuid(_NOBODY)
            sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
            code = main([verb])
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
        finally:
            os._exit(99)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), said.read_text()


@pytest.mark.parametrize("place", ["out", "out/minimal/production", "out/minimal/production/modules/monitoring"])
def test_read_only(project: Project, open_folder: Path, place: str) -> None:
    """In a process without the rights of root, to whom nothing is read-only."""
    project.generate()
    copy(project, open_folder)
    spec = open_folder / "spec/spec.yaml"
    spec.write_text(spec.read_text().replace("instances: 2", "instances: 4") + "autoscaling: {enabled: false}\n")
    for path in (open_folder / place, *(open_folder / place).rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    before = {path: path.read_bytes() for path in (open_folder / "out").rglob("*") if path.is_file()}
    code, said = in_a_child(open_folder, "generate")
    assert code == 1, said
    told = "out/.owscale: Permission denied" if place == "out" else f"{place}: is not writable"
    assert said.splitlines()[-1].startswith(told), said
    assert "Traceback" not in said
    assert {path: path.read_bytes() for path in (open_folder / "out").rglob("*") if path.is_file()} == before
    assert in_a_child(open_folder, "check")[0] == 1, "a reader needs no more than reading"
