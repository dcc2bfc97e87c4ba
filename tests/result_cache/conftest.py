"""Fast runs of owscale."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests._support.forked_runs import ForkedRuns, forked_runs


@pytest.fixture(scope="package")
def runs() -> Iterator[ForkedRuns]:
    """Yield a process that runs owscale."""
    with forked_runs() as runs:
        yield runs


@pytest.fixture
def fast_path() -> Iterator[Path]:
    """Yield a temporary directory, in memory where there is one: some tests copy ten thousand files."""
    with _fast_directory() as path:
        yield path


@pytest.fixture(scope="module")
def module_fast_path() -> Iterator[Path]:
    """Yield a temporary directory for all tests of a module."""
    with _fast_directory() as path:
        yield path


@contextmanager
def _fast_directory() -> Iterator[Path]:
    memory = Path("/dev/shm")  # noqa: S108 -- the directory below it is private to this user
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as name:
        yield Path(name)
