"""Which revisions `owscale diff` compares; git is only read."""

import subprocess

import pytest

from owscale.cli.main import main
from tests._support.cases import GOLDEN, PROJECT
from tests._support.project import Project
from tests._support.repository import commit, diff, git, write_custom_file


def test_two_revisions_are_compared_and_the_working_tree_stays(git_project: Project) -> None:
    git("branch", "before")
    git_project.change_spec("instances: 2", "instances: 4")
    commit()
    git_project.change_spec("instances: 4", "instances: nonsense")
    assert git_project.run("diff", "--base", "before", "--head", "main") == 0
    assert "service.instances: 2 → 4" in git_project.stdout
    assert git("status", "--porcelain").split() == ["M", "spec/spec.yaml"]
    assert not git_project.out.exists()


def test_spec_that_the_base_does_not_have_is_new(git_project: Project) -> None:
    git_project.spec.rename(git_project.spec.with_name("other.yaml"))
    assert diff(git_project, "--spec", "spec/other.yaml").startswith("minimal/production: new")


def test_spec_of_the_base_that_this_version_cannot_read_is_an_error(git_project: Project) -> None:
    good = git_project.spec.read_text()
    git_project.spec.write_text(f"{good}nonsense: 1\n")
    commit()
    git_project.spec.write_text(good)
    assert git_project.run("diff", "--base", "main") == 1
    assert "main:spec/spec.yaml:20:1: nonsense: unknown key [S102]" in git_project.stderr
    assert "1 error at main: owscale " in git_project.stderr


def test_rules_of_today_do_not_apply_to_the_base(git_project: Project) -> None:
    good = git_project.spec.read_text()
    git_project.spec.write_text(good.replace("cache.t4g.small", "cache.t4g.nonsense"))
    commit()
    git_project.spec.write_text(good)
    assert "redis.node_type: cache.t4g.nonsense → cache.t4g.small" in diff(git_project)


def test_unknown_revision_is_a_usage_error(git_project: Project) -> None:
    assert git_project.run("diff", "--base", "nonsense") == 2
    assert git_project.stderr.startswith("nonsense: no such git revision\n  hint: name a branch, a tag or a commit")
    assert git_project.run("diff", "--base=--output=x") == 2


def test_directory_outside_a_repository_is_an_error(git_project: Project) -> None:
    (git_project.folder / ".git").rename(git_project.folder / "git")
    assert git_project.run("diff", "--base", "main") == 1
    assert "not a git repository" in git_project.stderr
    assert git_project.stderr.splitlines()[-1] == "  hint: run this in the git repository of the specs"


def test_templates_of_the_revision_are_used_where_the_repository_has_them(capsys: pytest.CaptureFixture[str]) -> None:
    """In the repository of owscale, whose history has them."""
    if not (PROJECT / ".git").exists():
        pytest.skip("not a checkout")
    spec = GOLDEN / "fixed/spec.yaml"
    assert main(["diff", "--base", "HEAD", "--spec", str(spec), "--out", str(spec.parent / "out")]) == 0
    assert "fixed/production: " in capsys.readouterr().out


def test_changes_of_the_base_since_the_branch_are_left_out(git_project: Project) -> None:
    git("checkout", "-q", "-b", "branch")
    git_project.change_spec("instances: 2", "instances: 4")
    commit()
    git("checkout", "-q", "main")
    write_custom_file(git_project, 'resource "null_resource" "others" {}\n')
    commit()
    git("checkout", "-q", "branch")
    changes = diff(git_project)
    assert "others" not in changes
    assert "service.instances: 2 → 4" in changes


def test_removed_specs_are_a_change(git_project: Project) -> None:
    git_project.spec.unlink()
    assert "minimal/production: removed" in diff(git_project)


def test_base_without_a_spec_is_noted(git_project: Project) -> None:
    git_project.spec.rename(git_project.folder / "spec.yaml")
    diff(git_project, "--spec", "spec.yaml")
    assert "main: has no spec.yaml, so every deployment is new" in git_project.stderr


def test_diff_works_in_a_git_hook(git_project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", ".git")
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/index")
    git_project.change_spec("instances: 2", "instances: 4")
    assert "service.instances: 2 → 4" in diff(git_project)


def test_spec_at_the_top_of_the_repository_brings_its_custom_files(git_project: Project) -> None:
    write_custom_file(git_project, 'resource "null_resource" "a" {}\n')
    git_project.spec.rename(git_project.folder / "chat.yaml")
    (git_project.folder / "spec/extra").rename(git_project.folder / "extra")
    commit()
    (git_project.folder / "extra/own.tf").write_text('resource "null_resource" "b" {}\n')
    assert "null_resource.a becomes null_resource.b" in diff(git_project, "--spec", "chat.yaml")


def test_repository_of_another_user_is_an_error_with_a_command_that_works(
    git_project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = git_project.folder / "it's a folder"
    folder.mkdir()
    for name in (".git", "spec"):
        (git_project.folder / name).rename(folder / name)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path_factory.mktemp("home") / "gitconfig"))
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")  # a variable of git's own tests
    assert git_project.run("diff", "--base", "main") == 1
    message, _, hint = git_project.stderr.partition("\n")
    assert message == "git: the repository belongs to another user, so git does not read it"
    command = hint.strip().removeprefix("hint: if you trust all who can change it, run `").removesuffix("`")
    subprocess.run(["/bin/sh", "-c", command], check=True)  # noqa: S603 -- the command of the hint
    assert git_project.run("diff", "--base", "main") == 0, git_project.stderr


def test_error_of_git_is_one_line_without_control_characters(git_project: Project) -> None:
    (git_project.folder / ".git/config").write_text("[broken\n")
    assert git_project.run("diff", "--base", "main") == 1
    assert git_project.stderr.startswith("git: bad config line 1 in file ")
    assert git_project.stderr.splitlines()[1:] == ["  hint: correct the error that git reports"]
    assert "\N{REPLACEMENT CHARACTER}" not in git_project.stderr
