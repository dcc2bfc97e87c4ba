"""An installation whose output is up to date, with cached results."""

from pathlib import Path

import pytest

from tests._support.installation import Installation, install, wait_for_clock


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    """Generate, and check until the result comes from the cache."""
    installation = install(tmp_path)
    assert installation.owscale("generate")[0] == 0
    wait_for_clock()
    installation.owscale("check")
    assert installation.owscale("check")[2] == "cached"
    return installation
