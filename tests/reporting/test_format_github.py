"""Diagnostics as annotations of GitHub."""

import pytest

from owscale.diagnostics.model import Diagnostic, Related
from owscale.diagnostics.report import DiagnosticReport
from owscale.reporting.format_github import format_report


def test_syntax_of_commands_is_escaped() -> None:
    report = DiagnosticReport()
    report.add(Diagnostic("a,b:c%.yaml", 3, 7, "S301", "app.workers", "needs 200 %: too, much", "write 1"))
    report.add(Diagnostic("spec.yaml", 0, 0, "S101", "", "is empty"))
    report.add(Diagnostic("z.yaml", 1, 1, "S353", "a", "is one", severity="warning"))
    report.add(Diagnostic("z.yaml", 2, 1, "S353", "a", "is one", severity="warning", accepted="so\n::error::text"))
    assert format_report(report).splitlines() == [
        "::error file=a%2Cb%3Ac%25.yaml,line=3,col=7,title=S301::app.workers: needs 200 %25: too, much%0Ahint: write 1",
        "::error file=spec.yaml,title=S101::is empty",
        "::warning file=z.yaml,line=1,col=1,title=S353::a: is one",
        "::notice file=z.yaml,line=2,col=1,title=S353::a: is one%0Areason: so\N{REPLACEMENT CHARACTER}::error::text",
    ]


@pytest.mark.parametrize("char", ["\x1b", "\r", "\n", "\x9b", "\N{RIGHT-TO-LEFT OVERRIDE}", "\u2028"])
def test_control_characters_are_replaced(char: str) -> None:
    text = f"a{char}b"
    report = DiagnosticReport()
    report.add(
        Diagnostic(f"{text}.yaml", 1, 1, "S353", text, text, text, "warning", 1, (Related(text, 1, 1, text),), text)
    )
    assert char not in format_report(report).removesuffix("\n")
