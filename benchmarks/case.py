"""A benchmark case: one command, and the directory that it runs in."""

import re
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks import environment


class CaseError(Exception):
    """A case does not do the work that it names, so its figures would be wrong."""


def _no_set_up(_directory: Path) -> None:
    pass


def _no_preparation(_directory: Path, _round: int) -> None:
    pass


@dataclass(frozen=True)
class Case:
    """One command that is measured as a whole process.

    `set_up` fills its directory once, and `prepare` runs before each measured run, with the number of the round;
    neither is measured. `expected_output` is a pattern for the output of the command. Cases of one `series` form a
    line of the chart. `max_rounds` bounds the rounds of a slow case.
    """

    name: str
    title: str
    command: tuple[str, ...]
    expected_output: str = ""
    exit_code: int = 0
    deployments: int = 1
    series: str = ""
    set_up: Callable[[Path], None] = _no_set_up
    prepare: Callable[[Path, int], None] = _no_preparation
    max_rounds: int = 10

    @property
    def measured_command(self) -> tuple[str, ...]:
        """The command for pyperf, which accepts exit code 0 alone: a shell around the others takes under 1 ms."""
        if not self.exit_code:
            return self.command
        return ("/bin/sh", "-c", f'"$@"; [ $? -eq {self.exit_code} ]', "sh", *self.command)

    def try_out(self, directory: Path, variables: Mapping[str, str] | None = None) -> None:
        """Run the command once without measuring it, which also fills its caches; `variables` are additional ones.

        Raises CaseError where it does not do the work that the case names.
        """
        self.prepare(directory, 0)
        ran = subprocess.run(  # noqa: S603 -- a command of the table of cases
            self.command,
            cwd=directory,
            env=environment.variables(directory) | dict(variables or {}),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if ran.returncode != self.exit_code or not re.search(self.expected_output, ran.stdout, re.MULTILINE):
            expected = f"exit code {self.exit_code} and {self.expected_output!r}"
            output = "\n".join(ran.stdout.splitlines()[-10:])
            raise CaseError(f"{self.name}: expected {expected}, got {ran.returncode} and\n{output}")
