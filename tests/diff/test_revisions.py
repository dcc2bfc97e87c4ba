"""Which two sides are compared, and that git is only read."""

import pytest

from generator.cli import main
from tests.cases import GOLDEN, PROJECT
from tests.diff.repository import commit, extra, git, told
from tests.output.conftest import Project


def test_two_revisions_and_the_working_tree_stays(project: Project) -> None:
    git("branch", "before")
    project.change_spec("instances: 2", "instances: 4")
    commit()
    project.change_spec("instances: 4", "instances: nonsense")
    assert project.run("diff", "--base", "before", "--head", "main") == 0
    assert "service.instances: 2 → 4" in project.stdout
    assert git("status", "--porcelain").split() == ["M", "spec/spec.yaml"]
    assert not project.out.exists()


def test_a_spec_that_was_not_there(project: Project) -> None:
    project.spec.rename(project.spec.with_name("other.yaml"))
    assert project.run("diff", "--base", "main", "--spec", "spec/other.yaml") == 0
    assert project.stdout.startswith("minimal/production: new")


def test_a_spec_that_cannot_be_read_today(project: Project) -> None:
    good = project.spec.read_text()
    project.spec.write_text(f"{good}nonsense: 1\n")
    commit()
    project.spec.write_text(good)
    assert project.run("diff", "--base", "main") == 1
    assert "main:spec/spec.yaml:20:1: nonsense: unknown key [S102]" in project.stderr
    assert "1 error at main: owscale " in project.stderr


def test_a_rule_of_today_does_not_judge_the_past(project: Project) -> None:
    good = project.spec.read_text()
    project.spec.write_text(good.replace("cache.t4g.small", "cache.t4g.nonsense"))
    commit()
    project.spec.write_text(good)
    assert "redis.node_type: cache.t4g.nonsense → cache.t4g.small" in told(project)


def test_no_such_revision(project: Project) -> None:
    assert project.run("diff", "--base", "nonsense") == 2
    assert "nonsense: git knows no such revision" in project.stderr
    assert project.run("diff", "--base=--output=x") == 2


def test_no_repository(project: Project) -> None:
    (project.folder / ".git").rename(project.folder / "git")
    assert project.run("diff", "--base", "main") == 1
    assert "not a git repository" in project.stderr


def test_templates_of_the_revision_are_used_where_they_are_in_the_repository(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """In this project itself, whose history has them."""
    if not (PROJECT / ".git").exists():
        pytest.skip("not a checkout")
    spec = GOLDEN / "fixed/spec.yaml"
    assert main(["diff", "--base", "HEAD", "--spec", str(spec), "--out", str(spec.parent / "out")]) == 0
    assert "fixed/production: " in capsys.readouterr().out


def test_what_the_other_side_did_since_is_not_ours(project: Project) -> None:
    git("checkout", "-q", "-b", "branch")
    project.change_spec("instances: 2", "instances: 4")
    commit()
    git("checkout", "-q", "main")
    extra(project, 'resource "null_resource" "others" {}\n')
    commit()
    git("checkout", "-q", "branch")
    said = told(project)
    assert "others" not in said
    assert "service.instances: 2 → 4" in said


def test_specs_that_were_removed(project: Project) -> None:
    project.spec.unlink()
    assert "minimal/production: gone" in told(project)


def test_no_spec_at_the_base_is_said(project: Project) -> None:
    project.spec.rename(project.folder / "spec.yaml")
    assert project.run("diff", "--base", "main", "--spec", "spec.yaml") == 0
    assert "main: no spec.yaml there, so all of it is new" in project.stderr


def test_in_a_hook_of_git(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", ".git")
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/index")
    project.change_spec("instances: 2", "instances: 4")
    assert "service.instances: 2 → 4" in told(project)


def test_a_spec_at_the_top_brings_no_more_than_its_own_folders(project: Project) -> None:
    extra(project, 'resource "null_resource" "a" {}\n')
    project.spec.rename(project.folder / "chat.yaml")
    (project.folder / "spec/extra").rename(project.folder / "extra")
    commit()
    (project.folder / "extra/own.tf").write_text('resource "null_resource" "b" {}\n')
    assert project.run("diff", "--base", "main", "--spec", "chat.yaml") == 0
    assert "null_resource.a becomes null_resource.b" in project.stdout
