"""Rules for every committed file."""

import re
import subprocess
from pathlib import Path

import pytest

from tests._support.cases import PROJECT

# The patterns are written in parts, so that this file does not match them.
FORBIDDEN = {
    "a path of one machine": "/(?:" + "|".join(("work", "root", "home/[a-z]+", "Users/[a-z]+")) + ")/",
    "a package registry": "|".join(("pypi" + r"\.org", "files" + r"\.pythonhosted", "registry" + r"\.npmjs")),
    "an AWS access key": "(?:AKIA|ASIA)[A-Z0-9]{16}",
    "a private key": "-----BEGIN [A-Z ]*PRIVATE" + " KEY",
}


def _committed() -> list[str]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, text=True, check=True)  # noqa: S607 -- git of the machine
    return [name for name in listing.stdout.split("\0") if name and (PROJECT / name).exists()]


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_committed_file_contains(what: str) -> None:
    pattern = re.compile(FORBIDDEN[what])
    assert [name for name in _committed() if pattern.search((PROJECT / name).read_text("utf-8"))] == []


def test_every_suppression_of_a_linter_has_a_reason() -> None:
    suppression = re.compile(r"#\s*(?:noqa|type: ignore|pragma: no cover)[^#\n]*$", re.MULTILINE)
    for name in _committed():
        if name.endswith(".py") and PROJECT / name != Path(__file__):
            for comment in suppression.findall((PROJECT / name).read_text()):
                assert " -- " in comment, f"{name}: {comment}"


def test_no_built_file_is_committed() -> None:
    built = re.compile(r"\.egg-info/|__pycache__|\.terraform/|^generator/_generated/(?!__init__\.py$)")
    assert [name for name in _committed() if built.search(name)] == []
