"""`--quiet`: silence after a success, everything after a failure."""

import json

import pytest

from tests._support.project import Project


@pytest.mark.parametrize("run", ["first", "cached"])
@pytest.mark.parametrize("words", [["generate"], ["generate", "--dry-run"], ["check"], ["validate"]], ids=" ".join)
def test_success_prints_nothing(words: list[str], run: str, project: Project) -> None:
    project.generate()
    for _ in range(1 if run == "first" else 2):
        assert project.run(*words, "--quiet") == 0
    assert (project.stdout, project.stderr) == ("", "")
    assert project.run(*words) == 0  # a stored result of the quiet run is not its answer
    assert project.stderr.endswith("warning\n")


def test_failure_prints_everything(project: Project) -> None:
    arguments = ("check", "--strict")
    assert project.run(*arguments) == 1
    printed = (project.stdout, project.stderr)
    assert project.run(*arguments, "--quiet") == 1
    assert (project.stdout, project.stderr) == printed


def test_what_needs_attention_is_printed(project: Project) -> None:
    project.add_spec("other")
    project.generate()
    project.spec.with_name("other.yaml").unlink()
    assert project.run("generate", "--quiet") == 0
    assert project.stdout == ""
    assert project.stderr.startswith(
        "other/production: no spec for this deployment; its files are removed; its resources"
    )


def test_document_is_printed(project: Project) -> None:
    assert project.run("validate", "--quiet", "--output-format", "json") == 0
    assert json.loads(project.stdout)["diagnostics"]
    assert project.stderr == ""
