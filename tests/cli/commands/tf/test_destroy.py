"""`owscale tf destroy` before it runs Terraform."""

import pytest

from tests._support.project import Project


@pytest.mark.usefixtures("terraform")
def test_state_that_another_spec_has_is_not_destroyed(project: Project) -> None:
    """A spec that was restored to destroy it may be the old name of one that runs."""
    project.generate()
    copy = project.spec.with_name("old-name.yaml")
    copy.write_text(project.spec.read_text().replace("name: minimal", "name: old-name"))
    arguments = ("--spec", "spec/old-name.yaml")
    project.generate(*arguments)
    assert project.run("tf", "destroy", *arguments, "--confirm", "old-name/production") == 1
    assert (
        "old-name/production: minimal/production (spec/spec.yaml) has the same state, "
        "s3://minimal-states/minimal.tfstate, so its resources would be destroyed; nothing was changed\n"
        "  hint: remove the spec that is out of date\n" in project.stderr
    )


@pytest.mark.usefixtures("terraform")
def test_spec_with_errors_beside_it_stops_a_destroy(project: Project) -> None:
    project.generate()
    project.spec.with_name("wrong.yaml").write_text("name: wrong\n")
    assert project.run("tf", "destroy", "--spec", "spec/spec.yaml", "--confirm", "minimal/production") == 1
    assert "spec/wrong.yaml: has errors; it may use the state of minimal/production\n" in (project.stderr)
    assert "hint: run `owscale validate --spec spec/wrong.yaml`" in project.stderr
