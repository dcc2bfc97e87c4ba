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
