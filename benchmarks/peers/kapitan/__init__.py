"""Kapitan: a target a deployment, Jinja templates, the inventory in YAML."""

from collections.abc import Iterator
from functools import partial

from benchmarks.case import Case
from benchmarks.peers.kapitan import project
from benchmarks.places import BENCH

NAME = "Kapitan"
HOME = BENCH / "kapitan"
_RUNS = {1: 5, 10: 3, 100: 3}


def why_missing() -> str:
    """Why there are no cases; empty where there are."""
    return "" if (HOME / ".ready").exists() else "it could not be installed"


def cases() -> Iterator[Case]:
    """`kapitan compile` as it comes, with a process for each core of the machine."""
    for size, runs in _RUNS.items():
        yield Case(
            f"kapitan-{size}",
            f"`kapitan compile` of {size} target{'s' * (size > 1)}",
            (str(HOME / "bin/kapitan"), "compile"),
            r"Compiled|Rendered",
            deployments=size,
            series="kapitan compile",
            set_up=partial(project.make, deployments=size),
            verify=project.verify,
            one_core=False,
            most_runs=runs,
        )
