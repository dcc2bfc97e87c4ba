"""Where the benchmarks find and put things: everything that they make stands below .venv, but for what is committed."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_ENOUGH = 4 * 2**30


PROJECT = Path(__file__).resolve().parent.parent
BENCH = PROJECT / ".venv/bench"


def _work() -> Path:
    """In memory where there is room: some disks take minutes to delete what a run writes, and all of them add noise."""
    memory = Path("/dev/shm")  # noqa: S108 -- the folder below it is for one user alone
    if memory.is_dir() and shutil.disk_usage(memory).free > _ENOUGH:
        return memory / f"owscale-bench-{os.getuid()}"
    return BENCH / "work"


WORK = _work()
"""There while a run lasts: a folder a case, with its specs, its output and its caches."""

OWSCALE = BENCH / "owscale"
"""A virtual environment with owscale as its users install it; the floors run in it too."""

EDITED = BENCH / "edited"
"""Another one, whose templates the benchmarks change."""

RESULTS = PROJECT / "benchmarks/results.json"
INSTRUCTIONS = PROJECT / "benchmarks/instructions.json"
PAGE = PROJECT / "docs/performance.md"
CHART = PROJECT / "docs/performance.svg"


@contextmanager
def working() -> Iterator[None]:
    """Makes the folder to work in, and takes it away in the end."""
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True, mode=0o700)
    try:
        yield
    finally:
        shutil.rmtree(WORK)


def python(environment: Path) -> str:
    """The interpreter of a virtual environment."""
    return str(environment / "bin/python")


def owscale(environment: Path = OWSCALE) -> str:
    """The program as it is on the PATH of whoever installed it."""
    return str(environment / "bin/owscale")
