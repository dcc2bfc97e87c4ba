"""What holds for every committed file."""

import os
import re
import subprocess

import pytest

from tests.cases import PROJECT

# Put together here, so that this file does not hold what it looks for.
FORBIDDEN = {
    "a path of one machine": "/(?:" + "|".join(("work", "root", "home/[a-z]+", "Users/[a-z]+")) + ")/",
    "a package registry": "|".join(("pypi" + r"\.org", "files" + r"\.pythonhosted", "registry" + r"\.npmjs")),
    "an AWS access key": "(?:AKIA|ASIA)[A-Z0-9]{16}",
    "a private key": "-----BEGIN [A-Z ]*PRIVATE" + " KEY",
}


def _tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, text=True, check=True)  # noqa: S607 -- git of the machine
    return [name for name in listed.stdout.split("\0") if name and (PROJECT / name).exists()]


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_committed_file_holds(what: str) -> None:
    pattern = re.compile(FORBIDDEN[what])
    found = [name for name in _tracked() if pattern.search((PROJECT / name).read_text("utf-8"))]
    assert found == []


def test_every_suppression_has_its_reason() -> None:
    bare = re.compile(r"#\s*(?:noqa|type: ignore|pragma: no cover)[^#\n]*$", re.MULTILINE)
    for name in _tracked():
        if name.endswith(".py") and name != "tests/test_project.py":
            for comment in bare.findall((PROJECT / name).read_text()):
                assert " -- " in comment, f"{name}: {comment}"


def test_the_script_that_is_installed_can_be_run() -> None:
    """Pip puts it on the PATH as it is, but for the interpreter in its first line."""
    script = PROJECT / "generator/__main__.py"
    assert os.access(script, os.X_OK)
    assert script.read_text().startswith("#!python\n")
