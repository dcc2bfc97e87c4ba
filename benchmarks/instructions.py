"""Instructions of fixed work as ratios to those of the floor, which hardly depend on the load of the machine.

valgrind counts them. They depend on the versions of Python and of the libraries, hence the ratios and the tolerance.
"""

import dataclasses
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks import environment
from benchmarks.case import Case, CaseError
from benchmarks.paths import INSTRUCTIONS, OWSCALE, WORK, python

COUNTED = ("pass", "floor", "help", "check-unchanged-1", "generate-changed", "validate-50")
_VARIABLES = {"PYTHONHASHSEED": "0"}
_TOLERANCE = 1.05
_COLLECTED = re.compile(r"Collected : ([0-9]+)")


def is_available() -> bool:
    """Return whether valgrind is installed."""
    return shutil.which("valgrind") is not None


def ratios(cases: Sequence[Case]) -> dict[str, float]:
    """Count the instructions of the cases in COUNTED, and return them as ratios to those of the floor."""
    by_name = {case.name: case for case in cases}
    counts = {name: _count(by_name[name]) for name in COUNTED}
    return {name: round(count / counts["floor"], 4) for name, count in counts.items()}


def _count(case: Case) -> int:
    print(f"counting instructions: {case.name}", file=sys.stderr)
    directory = WORK / f"instructions-{case.name}"
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    if case.command[0] != python(OWSCALE):
        case = dataclasses.replace(case, command=(python(OWSCALE), *case.command))
    case.set_up(directory)
    # A stored result counts for the same interpreter, flags included, so the caches are filled with those of the count.
    case.try_out(directory, _VARIABLES)
    case.prepare(directory, 1)
    ran = subprocess.run(  # noqa: S603 -- valgrind, and a command of the table of cases
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *case.command],  # noqa: S607 -- valgrind of the machine
        cwd=directory,
        env=environment.variables(directory) | _VARIABLES,
        capture_output=True,
        text=True,
        check=False,
    )
    count = _COLLECTED.search(ran.stderr)
    if count is None or ran.returncode != case.exit_code:
        raise CaseError(f"{case.name}: valgrind failed:\n{ran.stderr}")
    return int(count[1])


def accepted(file: Path = INSTRUCTIONS) -> dict[str, float]:
    """Return the ratios that were accepted last; none where there are none yet."""
    accepted_ratios: dict[str, float] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return accepted_ratios


def accept(new_ratios: Mapping[str, float], file: Path = INSTRUCTIONS) -> None:
    """Accept the ratios of this run."""
    file.write_text(json.dumps(new_ratios, indent=2) + "\n", encoding="utf-8")


def regressions(new_ratios: Mapping[str, float], accepted_ratios: Mapping[str, float]) -> list[str]:
    """Return a message for each case that needs over 5 % more instructions than accepted."""
    return [
        f"{name}: {ratio:.3f} F of instructions, "
        f"{ratio / accepted_ratios[name] - 1:.1%} above the accepted {accepted_ratios[name]:.3f}"
        for name, ratio in new_ratios.items()
        if name in accepted_ratios and ratio > accepted_ratios[name] * _TOLERANCE
    ]
