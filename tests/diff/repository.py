"""Commits, changes, and what `owscale diff` says of them."""

import json
import subprocess

from tests.output.conftest import Project


def git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], check=True, capture_output=True, text=True).stdout  # noqa: S603, S607 -- in a folder of the test's


def commit() -> None:
    git("add", "-A")
    git("commit", "-qm", "…")


def told(project: Project, *arguments: str) -> str:
    assert project.run("diff", "--base", "main", *arguments) == 0, project.stderr
    return project.stdout


def as_json(project: Project) -> dict[str, object]:
    [deployment] = json.loads(told(project, "--as", "json"))["deployments"]
    assert isinstance(deployment, dict)
    return deployment


def extra(project: Project, text: str) -> None:
    """Terraform of the user's own, beside what is generated."""
    if "custom:" not in project.spec.read_text():
        project.change_spec("name: minimal", "name: minimal\ncustom: {extra: extra}")
    file = project.spec.parent / "extra/own.tf"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)


def first(project: Project) -> str:
    """What a reviewer sees first."""
    return told(project).split("Spec, against")[0].split("\n  Files")[0]


def moved(before: str, after: str) -> str:
    return f"moved {{\n  from = null_resource.{before}\n  to   = null_resource.{after}\n}}\n"
