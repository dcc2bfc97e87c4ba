"""Paths of the benchmarks: installed programs, working directories, and published files."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_REQUIRED_BYTES = 4 * 2**30

PROJECT = Path(__file__).resolve().parent.parent
BENCH = PROJECT / ".venv/bench"


def _choose_work_directory() -> Path:
    """Return a directory in memory where there is room: deleting files takes minutes on some disks, and adds noise."""
    memory = Path("/dev/shm")  # noqa: S108 -- the directory below it is private to one user
    if memory.is_dir() and shutil.disk_usage(memory).free > _REQUIRED_BYTES:
        return memory / f"owscale-bench-{os.getuid()}"
    return BENCH / "work"


WORK = _choose_work_directory()
"""The working directory of a run: a directory per case, with its specs, its output and its caches."""

OWSCALE = BENCH / "owscale"
"""A virtual environment with owscale as users install it; the floors run in it too."""

EDITED = BENCH / "edited"
"""Another virtual environment with owscale, in which the benchmarks change a template."""

RESULTS = PROJECT / "benchmarks/results.json"
INSTRUCTIONS = PROJECT / "benchmarks/instructions.json"
PAGE = PROJECT / "docs/performance.md"
CHART = PROJECT / "docs/performance.svg"


@contextmanager
def work_directory() -> Iterator[None]:
    """Create the working directory, and remove it in the end."""
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True, mode=0o700)
    try:
        yield
    finally:
        shutil.rmtree(WORK)


def python(environment: Path) -> str:
    """Return the interpreter of a virtual environment."""
    return str(environment / "bin/python")


def owscale(environment: Path = OWSCALE) -> str:
    """Return the program that is installed in a virtual environment."""
    return str(environment / "bin/owscale")
