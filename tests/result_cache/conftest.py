"""Fast runs of owscale."""

from collections.abc import Iterator

import pytest

from tests._support.forked_runs import ForkedRuns, forked_runs


@pytest.fixture(scope="package")
def runs() -> Iterator[ForkedRuns]:
    """Yield a process that runs owscale."""
    with forked_runs() as runs:
        yield runs
