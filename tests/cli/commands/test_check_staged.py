"""`owscale check --staged` checks the content of the next commit, not the work tree."""

import os
from pathlib import Path

import pytest

from tests._support.project import ROOT, Project
from tests._support.repository import commit, git, write_custom_file

MAIN = f"{ROOT}/main.tf"


@pytest.fixture
def committed(git_project: Project) -> Project:
    """Return a project whose output is in git and up to date."""
    (git_project.folder / ".gitignore").write_text(".terraform/\n")
    git_project.generate()
    commit()
    return git_project


def test_commit_with_its_output_passes(committed: Project) -> None:
    committed.change_spec("instances: 2", "instances: 3")
    committed.generate()
    git("add", "spec", "out")
    assert committed.run("check", "--staged") == 0
    assert "files up to date" in committed.stdout


def test_output_that_was_not_added_fails(committed: Project) -> None:
    committed.change_spec("instances: 2", "instances: 3")
    committed.generate()
    git("add", "spec")
    assert committed.run("check") == 0
    assert committed.run("check", "--staged") == 1
    assert f"{MAIN}: changed: the spec changed\n" in committed.stderr
    assert "differ from the specs" in committed.stderr


def test_new_files_that_were_not_added_fail(committed: Project) -> None:
    write_custom_file(committed, 'output "own" {\n  value = 1\n}\n')
    committed.generate()
    git("add", "-u")
    git("add", "spec")
    assert committed.run("check", "--staged") == 1
    assert f"{ROOT}/own.tf: missing" in committed.stderr
    assert f"{ROOT}/own.tf: not in git\n" in committed.stderr
    assert "1 file in the folders of deployments is not in git\n  hint: `git add` each file" in committed.stderr


def test_staged_output_that_is_older_than_the_work_tree_fails(committed: Project) -> None:
    committed.change_spec("instances: 2", "instances: 3")
    git("add", "spec")
    committed.generate()
    git("add", "out")
    committed.change_spec("instances: 3", "instances: 4")
    git("add", "spec")
    committed.generate()
    assert committed.run("check", "--staged") == 1
    assert f"{MAIN}: changed" in committed.stderr


def test_changes_of_the_work_tree_do_not_count(committed: Project) -> None:
    committed.change_spec("instances: 2", "instances: zero")
    (committed.folder / MAIN).write_text("broken")
    assert committed.run("check") == 1
    assert committed.run("check", "--staged") == 0


def test_error_names_the_file_as_usual(committed: Project) -> None:
    committed.change_spec("instances: 2", "instances: zero")
    git("add", "spec")
    assert committed.run("check", "--staged") == 1
    assert "spec/spec.yaml:15:" in committed.stderr
    assert "tmp" not in committed.stderr + committed.stdout


def test_files_that_are_ignored_or_kept_are_no_finding(committed: Project) -> None:
    (committed.root / ".terraform").mkdir()
    (committed.root / ".terraform/provider").write_text("x")
    assert committed.run("check", "--staged") == 0
    (committed.root / "notes.md").write_text("x")
    assert committed.run("check", "--staged") == 1
    assert f"{ROOT}/notes.md: not in git\n" in committed.stderr
    committed.change_spec("name: minimal", "name: minimal\nkeep: [notes.md]")
    committed.generate()
    git("add", "spec", f"{ROOT}/.owscale.sums")
    assert committed.run("check", "--staged") == 0, committed.stderr


def test_index_of_a_commit_in_progress_is_used(committed: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """`git commit FILE` gives its hooks an index with that file alone."""
    committed.change_spec("instances: 2", "instances: 3")
    committed.generate()
    git("add", "spec", "out")
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/partial")
    git("read-tree", "HEAD")
    git("add", "spec")
    assert committed.run("check", "--staged") == 1
    git("add", "out")
    assert committed.run("check", "--staged") == 0


def test_spec_that_was_never_added_is_an_error(project: Project) -> None:
    git("init", "-q")
    assert project.run("check", "--staged") == 1
    assert "spec: not in the index of git\n  hint: `git add` it" in project.stderr


def test_merge_conflict_is_an_error(committed: Project) -> None:
    git("checkout", "-qb", "other")
    committed.change_spec("instances: 2", "instances: 3")
    commit()
    git("checkout", "-q", "-")
    committed.change_spec("instances: 2", "instances: 4")
    commit()
    with pytest.raises(Exception, match="merge"):
        git("merge", "other")
    assert committed.run("check", "--staged") == 1
    assert "the index of git has merge conflicts\n  hint: resolve them" in committed.stderr


def test_index_stays_as_it_is(committed: Project) -> None:
    before = git("ls-files", "-s"), git("status", "--porcelain"), Path(".git/index").read_bytes()
    assert committed.run("check", "--staged") == 0
    assert before == (git("ls-files", "-s"), git("status", "--porcelain"), Path(".git/index").read_bytes())
    assert Path.cwd() == committed.folder


def test_subfolder_and_absolute_paths_work(committed: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    options = ("--spec", str(committed.spec.parent), "--out", str(committed.out))
    assert committed.run("check", "--staged", *options) == 0, committed.stderr
    monkeypatch.chdir(committed.folder / "spec")
    assert committed.run("check", "--staged", "--spec", ".", "--out", "../out") == 0, committed.stderr


def test_new_file_is_found_from_the_folder_that_it_is_in(committed: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    (committed.root / "notes.md").touch()
    monkeypatch.chdir(committed.root)
    assert committed.run("check", "--staged") == 1
    assert "../../minimal/production/notes.md: not in git\n" in committed.stderr


def test_output_that_is_a_link_to_a_folder_beside_it_is_checked(committed: Project) -> None:
    committed.out.rename(committed.folder / "elsewhere")
    committed.out.symlink_to("elsewhere")
    git("add", "-A")
    assert committed.run("check", "--staged") == 0, committed.stderr
    (committed.folder / "elsewhere/minimal/production/notes.md").touch()
    assert committed.run("check", "--staged") == 1
    assert "elsewhere/minimal/production/notes.md: not in git\n" in committed.stderr


def test_output_outside_the_repository_is_an_error(
    committed: Project, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other")
    assert committed.run("check", "--staged", "--out", str(other)) == 2
    assert f"{other}: not in the git repository" in committed.stderr


def test_index_that_is_a_hostile_tree_writes_nothing_outside(committed: Project) -> None:
    blob = git("hash-object", "-w", "spec/spec.yaml").strip()
    git("update-index", "--add", "--cacheinfo", f"120000,{blob},out/link")
    assert committed.run("check", "--staged") == 0
    assert not os.path.lexists(committed.out / "link")
