"""What ends a run: the report of what was found, and the exceptions that dispatch.py tells."""

from __future__ import annotations

TYPE_CHECKING = False  # what typing has too, and takes its time for
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from generator.diagnostics import Diagnostic


class OwscaleError(Exception):
    """Something that the user can mend, told in one message; exit code 1."""


class UsageError(OwscaleError):
    """The command line asks for what is not there; exit code 2."""


class Report:
    """The diagnostics of one run, each once, in the order of their places.

    `strict` makes failures of warnings that are not accepted. `texts` has each spec as it was read, by its name.
    """

    def __init__(self, *, strict: bool = False) -> None:
        self.strict = strict
        self.texts: dict[str, str] = {}
        self._found: dict[str, set[Diagnostic]] = {}

    def add(self, *diagnostics: Diagnostic) -> None:
        self.extend(diagnostics)

    def extend(self, diagnostics: Iterable[Diagnostic]) -> None:
        for each in diagnostics:
            self._found.setdefault(each.file, set()).add(each)

    def of(self, file: str) -> Iterator[Diagnostic]:
        """Those of one spec."""
        return iter(sorted(self._found.get(file, ())))

    def __iter__(self) -> Iterator[Diagnostic]:
        return (each for file in sorted(self._found) for each in self.of(file))

    def _each(self) -> Iterator[Diagnostic]:
        return (each for own in self._found.values() for each in own)

    @property
    def errors(self) -> int:
        return sum(d.severity == "error" for d in self._each())

    @property
    def warnings(self) -> int:
        """Those that the spec does not accept."""
        return sum(d.severity == "warning" and not d.accepted for d in self._each())

    @property
    def accepted(self) -> int:
        return sum(bool(d.accepted) for d in self._each())

    @property
    def summary(self) -> str:
        """The warnings in words: `2 warnings, 1 accepted`; empty where there are none."""
        accepted = f", {self.accepted} accepted" if self.accepted else ""
        return f"{count(self.warnings, 'warning')}{accepted}" if self.warnings or accepted else ""

    def stop_on_errors(self) -> None:
        """Raises SpecError if anything found is an error, or counts as one."""
        if self.errors or (self.strict and self.warnings):
            raise SpecError(self)


class SpecError(OwscaleError):
    """At least one spec is wrong, or not good enough for --strict; `report` says where and what to write instead."""

    def __init__(self, report: Report) -> None:
        why = (
            count(report.errors, "error")
            if report.errors
            else f"{report.summary}; --strict fails on those not accepted"
        )
        super().__init__(why)
        self.report = report


def nearest(word: str, known: Collection[str]) -> str:
    """A way out for a name that is not there: the one that was meant, or all there are."""
    import difflib  # noqa: PLC0415 -- only a mistake waits for it

    near = difflib.get_close_matches(word, known, n=1)
    return f"did you mean {near[0]}?" if near else f"there {'is' if len(known) == 1 else 'are'} {', '.join(known)}"


def count(number: int, noun: str) -> str:
    """`1 error`, `2 errors`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
