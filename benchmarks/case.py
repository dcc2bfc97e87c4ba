"""What a case is: one command, and what stands around it."""

import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks import environment


class CaseError(Exception):
    """A case does not do what it says, so that its figures would mean nothing."""


def _nothing_to_do(_folder: Path) -> None:
    pass


def _nothing_to_change(_folder: Path, _round: int) -> None:
    pass


@dataclass(frozen=True)
class Case:
    """One command to measure, as a whole process.

    `set_up` makes its folder, once; `prepare` stands before each measured run, of which it gets the number. Neither is
    measured. `expected` is a pattern of what the command prints, and `verify` looks at its folder: a case that does not
    do what it says is refused before anything is measured. Cases of one `series` are a line of the chart.
    `most_runs` bounds the runs of what takes long.
    """

    name: str
    what: str
    command: tuple[str, ...]
    expected: str = ""
    exit_code: int = 0
    deployments: int = 1
    series: str = ""
    set_up: Callable[[Path], None] = _nothing_to_do
    prepare: Callable[[Path, int], None] = _nothing_to_change
    verify: Callable[[Path], None] = _nothing_to_do
    one_core: bool = True
    most_runs: int = 10

    @property
    def measured_command(self) -> tuple[str, ...]:
        """The command for pyperf, which takes no exit code but 0: a shell around the others costs under 1 ms."""
        if not self.exit_code:
            return self.command
        return ("/bin/sh", "-c", f'"$@"; [ $? -eq {self.exit_code} ]', "sh", *self.command)

    def try_out(self, folder: Path) -> None:
        """Runs the command once, unmeasured: caches are warm afterwards, and it is known to do what it says.

        Raises CaseError where it does not.
        """
        self.prepare(folder, 0)
        ran = subprocess.run(  # noqa: S603 -- a command of the table of cases
            self.command,
            cwd=folder,
            env=environment.of(folder),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if ran.returncode != self.exit_code or not re.search(self.expected, ran.stdout, re.MULTILINE):
            told = "\n".join(ran.stdout.splitlines()[-10:])
            wanted = f"exit code {self.exit_code} and {self.expected!r}"
            raise CaseError(f"{self.name}: expected {wanted}, got {ran.returncode} and\n{told}")
        self.verify(folder)
