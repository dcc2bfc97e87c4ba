"""Kapitan: a target a deployment, Jinja templates, the inventory in YAML."""

from collections.abc import Iterator
from functools import partial

from benchmarks.case import Case
from benchmarks.peers.kapitan import project
from benchmarks.places import BENCH

NAME = "Kapitan"
HOME = BENCH / "kapitan"
_SIZES = (1, 10, 100)


def cases() -> Iterator[Case]:
    """`kapitan compile` as it comes, with a process for each core of the machine."""
    for size in _SIZES:
        yield Case(
            f"kapitan-{size}",
            f"`kapitan compile` of {size} target{'s' * (size > 1)}",
            (str(HOME / "bin/kapitan"), "compile"),
            r"Compiled|Rendered",
            deployments=size,
            series="kapitan compile",
            set_up=partial(project.make, deployments=size),
            verify=project.verify,
        )
