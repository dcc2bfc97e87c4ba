"""Instructions of fixed work, as ratios to those of the floor: a guard that the noise of a machine does not trip.

valgrind counts them. They depend on the version of Python and of the libraries, hence the ratios, and the tolerance.
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks import environment
from benchmarks.case import Case, CaseError
from benchmarks.places import INSTRUCTIONS, OWSCALE, WORK, python

COUNTED = ("pass", "floor", "help", "check-unchanged-1", "generate-changed", "validate-50")
_TOLERANCE = 1.05
_COLLECTED = re.compile(r"Collected : ([0-9]+)")


def available() -> bool:
    return shutil.which("valgrind") is not None


def ratios(cases: Sequence[Case]) -> dict[str, float]:
    """The instructions of each case that counts, over those of the floor."""
    by_name = {case.name: case for case in cases}
    counts = {name: _count(by_name[name]) for name in COUNTED}
    return {name: round(count / counts["floor"], 4) for name, count in counts.items()}


def _count(case: Case) -> int:
    print(f"counting instructions: {case.name}", file=sys.stderr)
    folder = WORK / f"instructions-{case.name}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    case.set_up(folder)
    case.try_out(folder)  # what is counted is a run with warm caches
    case.prepare(folder, 1)
    interpreter = () if case.command[0] == python(OWSCALE) else (python(OWSCALE),)
    ran = subprocess.run(  # noqa: S603 -- valgrind, and a command of the table of cases
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *interpreter, *case.command],  # noqa: S607 -- valgrind of the machine
        cwd=folder,
        env=environment.of(folder) | {"PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    found = _COLLECTED.search(ran.stderr)
    if found is None or ran.returncode != case.exit_code:
        raise CaseError(f"{case.name}: valgrind says\n{ran.stderr}")
    return int(found[1])


def accepted(file: Path = INSTRUCTIONS) -> dict[str, float]:
    """The ratios of the last run that was accepted; none where there was none."""
    found: dict[str, float] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return found


def accept(found: Mapping[str, float], file: Path = INSTRUCTIONS) -> None:
    file.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


def regressions(found: Mapping[str, float], before: Mapping[str, float]) -> list[str]:
    """What takes over 5 % more than it did in the last run that was accepted, in words."""
    return [
        f"{name}: {ratio:.3f} F of instructions, {ratio / before[name] - 1:.1%} above the accepted {before[name]:.3f}"
        for name, ratio in found.items()
        if name in before and ratio > before[name] * _TOLERANCE
    ]
