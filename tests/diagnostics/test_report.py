"""The report of a run: its order, its counts and its exception."""

import pytest

from owscale.diagnostics.model import Diagnostic
from owscale.diagnostics.report import DiagnosticReport
from owscale.errors import SpecError

ERROR = Diagnostic("b.yaml", 7, 3, "S108", "redis.nodes", "must be at most 6, not 7")
WARNING = ERROR._replace(file="a.yaml", severity="warning")
ACCEPTED = WARNING._replace(line=9, accepted="only for a test")


def report_of(*diagnostics: Diagnostic) -> DiagnosticReport:
    report = DiagnosticReport()
    report.add(*diagnostics)
    return report


def test_report_is_sorted_and_without_duplicates() -> None:
    earlier = ERROR._replace(line=1)
    report = report_of(ERROR, ACCEPTED, WARNING, ERROR, earlier)
    assert list(report) == [WARNING, ACCEPTED, earlier, ERROR]
    assert report.for_file("b.yaml") == [earlier, ERROR]
    assert report.for_file("c.yaml") == []


def test_counts_separate_errors_warnings_and_accepted_warnings() -> None:
    report = report_of(ERROR, WARNING, ACCEPTED)
    assert (report.errors, report.warnings, report.accepted) == (1, 1, 1)
    assert report.files_with_errors == {"b.yaml"}


@pytest.mark.parametrize(
    ("diagnostics", "summary"),
    [
        ((), ""),
        ((ERROR,), ""),
        ((WARNING,), "1 warning"),
        ((WARNING, WARNING._replace(line=8), ACCEPTED), "2 warnings, 1 accepted"),
        ((ACCEPTED,), "0 warnings, 1 accepted"),
    ],
)
def test_summary_counts_warnings(diagnostics: tuple[Diagnostic, ...], summary: str) -> None:
    assert report_of(*diagnostics).summary == summary


def test_errors_raise_with_their_count_and_the_consequence() -> None:
    with pytest.raises(SpecError, match=r"^2 errors; nothing was written$"):
        report_of(ERROR, ERROR._replace(line=8)).raise_on_errors(consequence="nothing was written")


def test_warnings_raise_only_with_strict() -> None:
    report = report_of(WARNING)
    report.raise_on_errors()
    with pytest.raises(SpecError, match=r"^1 warning; --strict fails on warnings that are not accepted$"):
        report.raise_on_errors(strict=True)


def test_accepted_warnings_never_raise() -> None:
    report_of(ACCEPTED).raise_on_errors(strict=True)
