"""Measure the cases in rounds with pyperf: each round measures every case once, the floors included.

So a slow phase of the machine affects all cases, and the ratios stay valid.
"""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyperf

from benchmarks import environment
from benchmarks.case import Case, CaseError
from benchmarks.paths import WORK
from benchmarks.result import CaseResult


def measure(cases: Sequence[Case], rounds: int) -> dict[str, CaseResult]:
    """Set up, try out and measure every case, and return the results by name.

    Works within `paths.work_directory`. Raises CaseError for a case that does not do the work that it names.
    """
    for case in cases:
        _print_status(f"setting up: {case.name}")
        directory = _directory(case)
        directory.mkdir()
        case.set_up(directory)
        case.try_out(directory)
    for number in range(1, rounds + 1):
        _print_status(f"round {number} of {rounds}")
        for case in cases:
            if number <= case.max_rounds:
                case.prepare(_directory(case), number)
                _run(case)
    suite = pyperf.BenchmarkSuite.load(str(_pyperf_file()))
    return {case.name: _result(case, suite.get_benchmark(case.name)) for case in cases}


def machine_metadata() -> Mapping[str, str]:
    """Return the metadata of pyperf, which include names and dates that must not be published."""
    return dict(pyperf.BenchmarkSuite.load(str(_pyperf_file())).get_metadata())


def _run(case: Case) -> None:
    directory = _directory(case)
    once = ("--processes=1", "--values=1", "--warmups=0", "--loops=1", "--quiet")
    pinned = (f"--affinity={max(os.sched_getaffinity(0))}",) if hasattr(os, "sched_getaffinity") else ()
    inherited = f"--inherit-environ={','.join(environment.NOT_INHERITED)}"
    ran = subprocess.run(  # noqa: S603 -- pyperf, and a command of the table of cases
        [
            *(sys.executable, "-m", "pyperf", "command", "--append", str(_pyperf_file()), "--name", case.name),
            *(*once, *pinned, inherited, "--", *case.measured_command),
        ],
        cwd=directory,
        env=environment.variables(directory),
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        raise CaseError(f"{case.name}: {ran.stdout}{ran.stderr}")


def _result(case: Case, benchmark: pyperf.Benchmark) -> CaseResult:
    peaks = [run.get_metadata()["command_max_rss"] for run in benchmark.get_runs()]
    return CaseResult(
        case,
        tuple(benchmark.get_values()),
        max(peaks) / 1e6,
        benchmark.median(),
        benchmark.median_abs_dev() if benchmark.get_nvalue() > 1 else 0.0,
    )


def _directory(case: Case) -> Path:
    return WORK / case.name


def _pyperf_file() -> Path:
    return WORK / "pyperf.json"


def _print_status(text: str) -> None:
    print(text, file=sys.stderr)
