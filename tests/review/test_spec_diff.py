"""The keys that differ between two versions of a spec."""

from tests._support.project import Project
from tests._support.repository import commit, diff


def test_comment_is_no_change(git_project: Project) -> None:
    git_project.spec.write_text(f"# a comment\n{git_project.spec.read_text()}")
    assert diff(git_project) == "minimal/production: no change\n"


def test_default_value_is_shown(git_project: Project) -> None:
    git_project.change_spec("instances: 2", "instances: 2, vcpu: 4")
    assert "service.vcpu: 2 (the default) → 4" in diff(git_project)


def test_location_of_a_removed_key_is_that_in_the_revision(git_project: Project) -> None:
    git_project.change_spec("instances: 2", "instances: 2, vcpu: 4")
    commit()
    git_project.change_spec(", vcpu: 4", "")
    assert "(main:spec/spec.yaml:15)" in diff(git_project)
    for output_format in ("text", "json", "markdown"):
        text = diff(git_project, "--output-format", output_format).replace(str(git_project.folder), "")
        assert "/tmp" not in text  # noqa: S108 -- no path of the temporary checkout
