"""`owscale validate`: valid deployments on stdout, diagnostics in the chosen format."""

import json

import pytest

from tests._support.project import Project


def test_valid_deployments_are_listed(project: Project) -> None:
    project.add_spec("other")
    assert project.run("validate") == 0
    assert project.stdout == "other/production: valid\nminimal/production: valid\n"
    assert not project.out.exists()


def test_strict_fails_on_warnings(project: Project) -> None:
    assert project.run("validate", "--strict") == 1
    assert project.stdout == ""
    assert project.stderr.splitlines()[-1].endswith("--strict fails on warnings that are not accepted")


@pytest.mark.parametrize("option", ["--output-format", "--format"])
def test_document_is_alone_on_stdout(project: Project, option: str) -> None:
    project.change_spec("name: minimal", "nmae: minimal")
    assert project.run("validate", option, "json") == 1
    assert {diagnostic["code"] for diagnostic in json.loads(project.stdout)["diagnostics"]} == {"S102", "S103"}
    lines = project.stderr.splitlines()
    assert lines.pop() == "2 errors"
    assert lines == (["note: --format is deprecated: use --output-format"] if option == "--format" else [])


def test_usage_error_prints_no_document(project: Project) -> None:
    assert project.run("explain", "--env", "nope", "--output-format", "json") == 2
    assert project.stdout == ""
    assert project.stderr == "--env nope: no such environment\n  hint: use production\n"
