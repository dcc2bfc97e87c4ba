"""Where the benchmarks find and put things: everything that they make stands below .venv, but for what is committed."""

from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
BENCH = PROJECT / ".venv/bench"
WORK = BENCH / "work"
"""Emptied at the start of each run: a folder a case, with its specs, its output and its caches."""

OWSCALE = BENCH / "owscale"
"""A virtual environment with owscale as its users install it; the floors run in it too."""

EDITED = BENCH / "edited"
"""Another one, whose templates the benchmarks change."""

RESULTS = PROJECT / "benchmarks/results.json"
INSTRUCTIONS = PROJECT / "benchmarks/instructions.json"
PAGE = PROJECT / "docs/performance.md"
CHART = PROJECT / "docs/performance.svg"


def python(environment: Path) -> str:
    """The interpreter of a virtual environment."""
    return str(environment / "bin/python")


def owscale(environment: Path = OWSCALE) -> str:
    """The program as it is on the PATH of whoever installed it."""
    return str(environment / "bin/owscale")
