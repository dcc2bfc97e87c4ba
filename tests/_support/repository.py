"""Run git and `owscale diff` in the repository of a test."""

import json
import subprocess
from typing import Any

from tests._support.project import Project


def git(*arguments: str) -> str:
    """Run git in the working directory, and return its output."""
    return subprocess.run(["git", *arguments], check=True, capture_output=True, text=True).stdout  # noqa: S603, S607 -- fixed arguments, in a directory of the test


def commit() -> None:
    """Commit all files."""
    git("add", "-A")
    git("commit", "-qm", "Commit of the test")


def diff(project: Project, *arguments: str) -> str:
    """Return what `owscale diff` prints for the changes since the last commit on `main`."""
    assert project.run("diff", "--base", "main", *arguments) == 0, project.stderr
    return project.stdout


def diff_json(project: Project) -> dict[str, Any]:
    """Return the JSON of the only deployment in `owscale diff`."""
    [deployment] = json.loads(diff(project, "--output-format", "json"))["deployments"]
    assert isinstance(deployment, dict)
    return deployment


def review_first(project: Project) -> str:
    """Return the section "Review first" of `owscale diff`; empty where there is none."""
    before, title, section = diff(project).partition("\n  ! Review first\n")
    assert title or "! " not in before
    return section.partition("\n\n")[0]


def write_custom_file(project: Project, text: str) -> None:
    """Write a file of Terraform code that the spec adds to the generated files."""
    if "custom:" not in project.spec.read_text():
        project.change_spec("name: minimal", "name: minimal\ncustom: {extra: extra}")
    file = project.spec.parent / "extra/own.tf"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)


def moved_block(before: str, after: str) -> str:
    """Return a `moved` block for two names of a `null_resource`."""
    return f"moved {{\n  from = null_resource.{before}\n  to   = null_resource.{after}\n}}\n"
