"""What can be wrong with a spec, and how it is told.

A problem is a `Diagnostic`, never an exception of its own: the stages collect them in a `Report` (errors.py), so that
one run shows every problem of every spec.
"""

from typing import Literal, NamedTuple

Severity = Literal["error", "warning"]


class Related(NamedTuple):
    """Another place that a problem is about, told like a diagnostic's own."""

    file: str
    line: int
    column: int
    path: str
    length: int = 1
    is_default: bool = False

    @property
    def what(self) -> str:
        return f"{self.path} (the default)" if self.is_default else self.path

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.what}"


class Diagnostic(NamedTuple):
    """One problem of one spec, at one place.

    `line` and `column` count from 1; both are 0 where the problem is the file itself. `path` is the dotted key
    as it stands in the file. `length` is that of the key or value there. `also` has the other places that it is
    about; `accepted` the reason for which the spec accepts it. The field order is the order of the report: by place,
    then by code.
    """

    file: str
    line: int
    column: int
    code: str
    path: str
    message: str
    hint: str = ""
    severity: Severity = "error"
    length: int = 1
    also: tuple[Related, ...] = ()
    accepted: str = ""

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file

    @property
    def mark(self) -> str:
        """What it is said to be: nothing for an error, the usual case."""
        return "accepted" if self.accepted else "warning" if self.severity == "warning" else ""

    @property
    def what(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message

    @property
    def details(self) -> list[tuple[str, str]]:
        """What follows the first line: the other places, the way out, the reason."""
        after = (("hint", self.hint), ("reason", self.accepted))
        return [*(("with", str(other)) for other in self.also), *((name, text) for name, text in after if text)]

    def __str__(self) -> str:
        mark = f"{self.mark}: " if self.mark else ""
        lines = (f"  {name}: {text}" for name, text in self.details)
        return "\n".join((f"{self.place}: {mark}{self.what} [{self.code}]", *lines))
