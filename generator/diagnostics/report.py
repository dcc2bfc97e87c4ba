"""The diagnostics of one run, collected over all specs."""

from collections.abc import Iterable, Iterator

from owscale.console.text import plural
from owscale.diagnostics.model import Diagnostic
from owscale.errors import SpecError


class DiagnosticReport:
    """Diagnostics without duplicates, sorted by position.

    `texts` holds the source text of each spec by the spec's name in messages, for excerpts.
    """

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self._by_file: dict[str, set[Diagnostic]] = {}

    def add(self, *diagnostics: Diagnostic) -> None:
        """Add diagnostics."""
        self.extend(diagnostics)

    def extend(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Add the diagnostics of an iterable, without the secrets in their texts: all formats print these."""
        for diagnostic in diagnostics:
            self._by_file.setdefault(diagnostic.file, set()).add(diagnostic.without_secrets())

    def include(self, other: "DiagnosticReport") -> None:
        """Add the diagnostics and texts of another report."""
        self.texts |= other.texts
        self.extend(other)

    def for_file(self, file: str) -> list[Diagnostic]:
        """Return the diagnostics of one spec, sorted."""
        return sorted(self._by_file.get(file, ()))

    def __iter__(self) -> Iterator[Diagnostic]:
        return (diagnostic for file in sorted(self._by_file) for diagnostic in self.for_file(file))

    def _unsorted(self) -> Iterator[Diagnostic]:
        return (diagnostic for diagnostics in self._by_file.values() for diagnostic in diagnostics)

    @property
    def errors(self) -> int:
        """Number of errors."""
        return sum(diagnostic.severity == "error" for diagnostic in self._unsorted())

    @property
    def warnings(self) -> int:
        """Number of warnings that the spec does not accept."""
        return sum(diagnostic.severity == "warning" and not diagnostic.accepted for diagnostic in self._unsorted())

    @property
    def accepted(self) -> int:
        """Number of warnings that the spec accepts."""
        return sum(bool(diagnostic.accepted) for diagnostic in self._unsorted())

    @property
    def summary(self) -> str:
        """Count of the warnings, such as `2 warnings, 1 accepted`; empty if there are none."""
        accepted = f", {self.accepted} accepted" if self.accepted else ""
        return f"{plural(self.warnings, 'warning')}{accepted}" if self.warnings or accepted else ""

    @property
    def files_with_errors(self) -> set[str]:
        """Names of the specs with at least one error."""
        return {diagnostic.file for diagnostic in self._unsorted() if diagnostic.severity == "error"}

    def raise_on_errors(self, *, strict: bool = False, consequence: str = "") -> None:
        """Raise SpecError if a diagnostic is an error or, with `strict`, a warning that the spec does not accept.

        `consequence` ends the message of the exception, such as `nothing was written`.
        """
        end = f"; {consequence}" if consequence else ""
        if self.errors:
            raise SpecError(f"{plural(self.errors, 'error')}{end}")
        if strict and self.warnings:
            raise SpecError(f"{self.summary}; --strict fails on warnings that are not accepted{end}")
