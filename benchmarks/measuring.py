"""Runs the cases in rounds, with pyperf: each round measures every case once, floors and peers among them.

So whatever slows the machine down for a while slows all of them, and the ratios hold.
"""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyperf

from benchmarks import environment
from benchmarks.case import Case, CaseError
from benchmarks.measured import Measured
from benchmarks.places import WORK


def measure(cases: Sequence[Case], runs: int) -> dict[str, Measured]:
    """Sets every case up, tries it out, measures it, and returns the results by name.

    Raises CaseError for a case that does not do what it says. Works within `places.working`.
    """
    for case in cases:
        _say(f"setting up: {case.name}")
        folder = _folder(case)
        folder.mkdir()
        case.set_up(folder)
        case.try_out(folder)
    for number in range(1, runs + 1):
        _say(f"round {number} of {runs}")
        for case in cases:
            if number <= case.most_runs:
                case.prepare(_folder(case), number)
                _run(case)
    suite = pyperf.BenchmarkSuite.load(str(_file()))
    return {case.name: _measured(case, suite.get_benchmark(case.name)) for case in cases}


def machine() -> Mapping[str, str]:
    """What pyperf knows of the machine, its own names and dates among it: take what may be published."""
    return dict(pyperf.BenchmarkSuite.load(str(_file())).get_metadata())


def _run(case: Case) -> None:
    folder = _folder(case)
    once = ("--processes=1", "--values=1", "--warmups=0", "--loops=1", "--quiet")
    pinned = (
        (f"--affinity={max(os.sched_getaffinity(0))}",) if case.one_core and hasattr(os, "sched_getaffinity") else ()
    )
    handed_on = f"--inherit-environ={','.join(environment.CACHES)}"
    ran = subprocess.run(  # noqa: S603 -- pyperf, and a command of the table of cases
        [
            *(sys.executable, "-m", "pyperf", "command", "--append", str(_file()), "--name", case.name),
            *(*once, *pinned, handed_on, "--", *case.measured_command),
        ],
        cwd=folder,
        env=environment.of(folder),
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        raise CaseError(f"{case.name}: {ran.stdout}{ran.stderr}")


def _measured(case: Case, benchmark: pyperf.Benchmark) -> Measured:
    peaks = [run.get_metadata()["command_max_rss"] for run in benchmark.get_runs()]
    return Measured(
        case,
        tuple(benchmark.get_values()),
        max(peaks) / 1e6,
        benchmark.median(),
        benchmark.median_abs_dev() if benchmark.get_nvalue() > 1 else 0.0,
    )


def _folder(case: Case) -> Path:
    return WORK / case.name


def _file() -> Path:
    return WORK / "pyperf.json"


def _say(text: str) -> None:
    print(text, file=sys.stderr)
