"""What can be wrong, and how it is told.

A problem of a spec is a `Diagnostic`, never an exception of its own: the stages collect them, so that one run
shows every problem of every spec. `SpecError` carries them to cli.py, the only place that prints.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Literal

Severity = Literal["error", "warning"]
_MOST_SHOWN = 50
"""Diagnostics of one file that a terminal shows; whoever has more mends these first."""


class OwscaleError(Exception):
    """Something that the user can mend, told in one message; exit code 1."""


@dataclass(frozen=True, order=True)
class Diagnostic:
    """One problem of one spec, at one place.

    `line` and `column` count from 1; both are 0 where the problem is the file itself. `path` is the dotted key
    as it stands in the file. The field order is the order of the report: by place, then by code.
    """

    file: str
    line: int
    column: int
    code: str
    path: str
    message: str
    hint: str = ""
    severity: Severity = "error"

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        what = f"{self.path}: {self.message}" if self.path else self.message
        mark = "warning: " if self.severity == "warning" else ""
        text = f"{place}: {mark}{what} [{self.code}]"
        return f"{text}\n  hint: {self.hint}" if self.hint else text


@dataclass
class Report:
    """The diagnostics of one run, each once, in the order of their places."""

    _found: set[Diagnostic] = field(default_factory=set)

    def add(self, *diagnostics: Diagnostic) -> None:
        self._found.update(diagnostics)

    def extend(self, diagnostics: Iterable[Diagnostic]) -> None:
        self._found.update(diagnostics)

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(sorted(self._found))

    def lines(self) -> Iterator[str]:
        """Each diagnostic as text; of a file with very many, the first ones."""
        for file, found in groupby(self, key=lambda diagnostic: diagnostic.file):
            those = list(found)
            yield from map(str, those[:_MOST_SHOWN])
            if len(those) > _MOST_SHOWN:
                yield f"{file}: … and {len(those) - _MOST_SHOWN:,} more"

    @property
    def errors(self) -> int:
        return sum(d.severity == "error" for d in self._found)

    @property
    def warnings(self) -> int:
        return sum(d.severity == "warning" for d in self._found)

    def stop_on_errors(self) -> None:
        """Raises SpecError if anything found is an error."""
        if self.errors:
            raise SpecError(self)


class SpecError(OwscaleError):
    """At least one spec is wrong; `report` says where and what to write instead."""

    def __init__(self, report: Report) -> None:
        super().__init__(f"{count(report.errors, 'error')}")
        self.report = report


def count(number: int, noun: str) -> str:
    """`1 error`, `2 errors`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
