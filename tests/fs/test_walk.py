"""Folders that are nested deeper than the stack of Python, wherever owscale walks through them."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from owscale.errors import OwscaleError
from owscale.fs.confined import unsafe_path_reason
from owscale.fs.untrusted import UnsafeFileError
from owscale.fs.walk import MAX_DEPTH, walk
from owscale.terraform.plan_store import tree_digest
from owscale.workflow.terraform_data import open_terraform
from tests._support.cases import PROJECT
from tests._support.project import ROOT, Project

_LEVELS = 1500


def nest(folder: Path, levels: int, file: str = "") -> None:
    """Make folders in folders; their path is too long for one call of the system."""
    folder.mkdir(parents=True, exist_ok=True)
    parent = os.open(folder, os.O_RDONLY)
    for _ in range(levels):
        os.mkdir("a", dir_fd=parent)
        child = os.open("a", os.O_RDONLY, dir_fd=parent)
        os.close(parent)
        parent = child
    if file:
        os.close(os.open(file, os.O_CREAT, dir_fd=parent))
    os.close(parent)


@pytest.fixture
def deep(project: Project) -> Iterator[Project]:
    """Return a project; its deep folders are moved up one by one and removed, since `rmtree` would recurse."""
    project.generate()
    yield project
    for top in (project.root / "a", project.spec.parent / "extra/a", project.spec.parent / "a"):
        while top.is_dir():
            inner, aside = top / "a", top.with_name("aside")
            if inner.is_dir():
                inner.rename(aside)
            for file in top.iterdir():
                file.unlink()
            top.rmdir()
            if aside.is_dir():
                aside.rename(top)


@pytest.mark.parametrize("command", [["check"], ["generate"], ["tf", "validate"], ["tf", "check-plan", "plan.json"]])
def test_deep_output_is_an_error_that_names_the_folder(deep: Project, command: list[str]) -> None:
    nest(deep.root, _LEVELS)
    (deep.folder / "plan.json").write_text(next((PROJECT / "tests/plans/create").glob("*.json")).read_text())
    assert deep.run(*command) == 1
    assert f"{ROOT}/a: has folders that are nested deeper than {MAX_DEPTH} levels" in deep.stderr
    for read in (tree_digest, open_terraform):
        with pytest.raises(OwscaleError, match=r"nested deeper"):
            read(deep.root)


def test_deep_custom_folder_is_an_error_that_names_it(deep: Project) -> None:
    deep.change_spec("name: minimal", "name: minimal\ncustom: {extra: extra}")
    nest(deep.spec.parent / "extra", _LEVELS, "x.tf")
    assert deep.run("check") == 1
    assert f"spec/extra: has folders that are nested deeper than {MAX_DEPTH} levels\n" in deep.stderr


def test_deep_folder_beside_the_specs_is_not_entered(deep: Project) -> None:
    nest(deep.spec.parent, _LEVELS)
    assert deep.run("check") == 0


def test_limit_is_the_same_for_git_and_for_folders(tmp_path: Path) -> None:
    nest(tmp_path / "most", MAX_DEPTH, "x")
    assert len(list(walk(tmp_path / "most"))) == MAX_DEPTH + 1
    assert not unsafe_path_reason("a/" * (MAX_DEPTH - 1) + "x")
    nest(tmp_path / "more", MAX_DEPTH + 1)
    with pytest.raises(UnsafeFileError, match=rf"^{tmp_path}/more/a: has folders"):
        list(walk(tmp_path / "more"))
    assert "nested deeper" in unsafe_path_reason("a/" * (MAX_DEPTH + 1) + "x")
