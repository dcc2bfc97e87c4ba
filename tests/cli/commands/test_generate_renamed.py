"""A renamed spec or environment keeps its directory, its other files and its state; one that ended does not."""

from pathlib import Path

import pytest

from owscale.output import staging
from owscale.output.transaction import INTERRUPTED_MOVES
from tests._support.cases import with_own_resources
from tests._support.project import Project
from tests._support.repository import commit, git


def _put_own_files(root: Path) -> None:
    """Write files that owscale does not manage: one of the user, and one of Terraform."""
    (root / "own.tf").write_text(f"# {root}\n")
    (root / ".terraform").mkdir()
    (root / ".terraform/marker").write_text(f"{root}\n")


def _require_complete(project: Project, *folders: str) -> None:
    assert project.run("check") == 0, project.stderr
    assert sorted(str(path.relative_to(project.out)) for path in project.out.glob("*/*")) == sorted(folders)
    assert not (project.out / ".owscale").exists()


def test_directory_of_a_renamed_spec_moves_with_all_its_files(project: Project) -> None:
    project.generate()
    _put_own_files(project.root)
    project.change_spec("name: minimal", "name: renamed")
    assert project.run("check") == 1
    assert "renamed/production: renamed from minimal/production, with the same Terraform state\n" in project.stderr
    project.generate("--dry-run")
    assert project.root.exists()
    numbers = project.generate()
    assert numbers.startswith("+0 ~")
    assert "-0" in numbers
    assert "renamed/production: renamed from minimal/production" in project.stderr
    assert "destroy" not in project.stderr
    assert (project.out / "renamed/production/own.tf").read_text() == f"# {project.root}\n"
    assert (project.out / "renamed/production/.terraform/marker").exists()
    _require_complete(project, "renamed/production")


def test_git_sees_a_rename_and_no_file_of_the_old_name_is_left(git_project: Project) -> None:
    git_project.generate()
    commit()
    git_project.change_spec("name: minimal", "name: renamed")
    git_project.generate()
    git("add", "-A")
    changes = git("diff", "--cached", "-M", "--name-status", "--", "out").splitlines()
    assert {line[0] for line in changes} == {"R"}


def test_renamed_environment_in_a_moved_spec_with_another_change(project: Project) -> None:
    project.generate()
    _put_own_files(project.root)
    text = project.spec.read_text().replace("instances: 2", "instances: 4")
    project.spec.unlink()
    project.spec.with_name("moved.yaml").write_text(f"{text}environments: {{live: {{}}}}\n")
    project.generate()
    assert "minimal/live: renamed from minimal/production" in project.stderr
    assert (project.out / "minimal/live/own.tf").exists()
    _require_complete(project, "minimal/live")


def _swap(project: Project) -> Path:
    second = project.add_spec("second")
    project.generate()
    for folder in ("minimal/production", "second/production"):
        _put_own_files(project.out / folder)
    project.change_spec("name: minimal", "name: second")
    second.write_text(second.read_text().replace("name: second\n", "name: minimal\n"))
    return second


def _require_swapped(project: Project) -> None:
    for new, old, key in (("minimal", "second", "second"), ("second", "minimal", "minimal")):
        assert str(project.out / old / "production") in (project.out / new / "production/own.tf").read_text()
        assert f'"{key}.tfstate"' in (project.out / new / "production/backend.tf").read_text()
    _require_complete(project, "minimal/production", "second/production")


def test_two_deployments_exchange_their_names(project: Project) -> None:
    _swap(project)
    project.generate()
    assert "destroy" not in project.stderr
    _require_swapped(project)


def test_two_specs_exchange_their_files(project: Project) -> None:
    second = project.add_spec("second")
    project.generate()
    before = project.tree()
    texts = project.spec.read_text(), second.read_text()
    second.write_text(texts[0])
    project.spec.write_text(texts[1])
    project.generate()
    assert project.tree().keys() == before.keys()
    _require_complete(project, "minimal/production", "second/production")


@pytest.mark.parametrize("failing", range(1, 5))
def test_interrupted_exchange_is_completed(project: Project, monkeypatch: pytest.MonkeyPatch, failing: int) -> None:
    """Each of the four moves of two directories fails once, as in a killed run."""
    _swap(project)
    calls = iter(range(1, 1000))
    move = staging.move

    def fail(source: str, target: str) -> None:
        if next(calls) == failing:
            raise OSError(5, "Input/output error", target)
        move(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(staging, "move", fail)
        assert project.run("generate") == 1
    assert (project.out / INTERRUPTED_MOVES).exists() or failing == 1
    project.generate()
    assert "destroy" not in project.stderr
    _require_swapped(project)


def test_name_of_an_ended_deployment_is_taken_by_a_renamed_one(project: Project) -> None:
    """The directory stays where its new place is taken, and no hint names its resources."""
    second = project.add_spec("second")
    project.generate()
    second.unlink()
    project.change_spec("name: minimal", "name: second")
    project.generate()
    assert (
        "minimal/production: no spec for this deployment; its files are removed; its resources belong to second/"
        in (project.stderr)
    )
    assert "tf destroy" not in project.stderr
    _require_complete(project, "second/production")


def test_new_deployment_takes_the_name_of_a_renamed_one(project: Project) -> None:
    project.generate()
    _put_own_files(project.root)
    text = project.spec.read_text().replace("minimal.tfstate", "new.tfstate").replace("{name: chat,", "{name: chat-b,")
    project.add_spec("other").write_text(with_own_resources(text, "other"))
    project.change_spec("name: minimal", "name: renamed")
    project.generate()
    assert (project.out / "renamed/production/own.tf").exists()
    assert not (project.out / "minimal/production/own.tf").exists()
    _require_complete(project, "minimal/production", "renamed/production")


def test_ended_deployment_keeps_its_hint(project: Project) -> None:
    second = project.add_spec("second")
    project.generate()
    second.unlink()
    project.generate()
    removed = "second/production: no spec for this deployment; its files are removed; its resources still run\n"
    command = "owscale tf destroy --env production --spec spec/second.yaml"
    files = "spec/second.yaml and out/second/production"
    hint = f"  hint: to destroy these, restore {files} with git, then run `{command}`: it checks the plan\n"
    assert removed + hint in project.stderr


def test_name_that_changes_with_its_state_is_not_to_be_destroyed(project: Project) -> None:
    project.generate()
    project.change_spec("name: minimal", "name: renamed")
    project.change_spec("minimal.tfstate", "other.tfstate")
    project.generate()
    message = "its resources still run, and Terraform will create new ones for renamed/production\n"
    hint = "  hint: if it is the same deployment, restore `state.bucket` and `state.key` in spec/spec.yaml\n"
    assert message + hint in project.stderr
    assert "tf destroy" not in project.stderr


def test_state_that_a_spec_outside_the_run_has_is_not_to_be_destroyed(project: Project) -> None:
    """The run is of one spec, and the renamed one is beside it."""
    second = project.add_spec("second")
    project.generate()
    second.rename(second.with_name("third.yaml"))
    third = second.with_name("third.yaml")
    third.write_text(third.read_text().replace("name: second\n", "name: third\n"))
    project.generate("--spec", "spec/spec.yaml")
    assert "its resources belong to third/production, which has the same Terraform state" in project.stderr
    assert "tf destroy" not in project.stderr


def test_changed_state_under_the_same_name_moves_nothing(project: Project) -> None:
    project.generate()
    project.change_spec("key: minimal.tfstate", "key: other.tfstate")
    project.generate()
    assert "renamed" not in project.stderr
    _require_complete(project, "minimal/production")


def test_file_that_was_modified_locally_stops_a_rename(project: Project) -> None:
    project.generate()
    (project.root / "main.tf").write_text("# mine\n")
    before = project.tree()
    project.change_spec("name: minimal", "name: renamed")
    assert project.run("generate") == 1
    assert "out/renamed/production/main.tf: modified locally" in project.stderr
    assert project.tree() == before


@pytest.mark.parametrize("is_lost", [True, False], ids=["backend.tf is lost", "a spec has errors"])
def test_no_destroy_is_proposed_where_the_owner_of_a_state_is_not_known(project: Project, *, is_lost: bool) -> None:
    second = project.add_spec("second")
    project.generate()
    third = second.rename(second.with_name("third.yaml"))
    if is_lost:
        (project.out / "second/production/backend.tf").unlink()
        third.write_text(third.read_text().replace("name: second\n", "name: third\n"))
        project.generate()
    else:
        third.write_text("name: third\n")
        project.generate("--spec", "spec/spec.yaml")
    assert "check that no other spec has this state" in project.stderr
    assert "tf destroy" not in project.stderr
