"""Estimates as text and as Markdown, and the totals in `owscale explain`."""

import re
from decimal import Decimal

import pytest
from hypothesis import given, settings

from owscale.cli.main import main
from owscale.cost import format_text
from owscale.cost.estimate import estimate_cost
from owscale.spec.models import Spec
from tests._support.cases import GOLDEN, PROJECT
from tests.cost.project_spec import PROJECT_SPEC, with_values
from tests.cost.strategies import specs


def _cost(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Return what `owscale cost` prints for the spec with every option."""
    assert main(["cost", "--spec", str(GOLDEN / "everything/spec.yaml"), *arguments]) == 0
    return capsys.readouterr().out


def test_text_has_every_environment_or_the_chosen_one(capsys: pytest.CaptureFixture[str]) -> None:
    every_environment = _cost(capsys)
    headings = re.findall(r"^# (.*)$", every_environment, re.MULTILINE)
    assert headings == ["everything/production", "everything/staging"]
    staging = _cost(capsys, "--env", "staging")
    assert every_environment.endswith(staging)
    assert staging.startswith("# everything/staging\n\nUSD a month (730 hours) in us-east-1\n")


def test_unknown_environment_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cost", "--spec", str(PROJECT / "spec"), "--env", "productoin"]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.endswith("--env productoin: no such environment\n  hint: did you mean production?\n")


def test_rows_of_equal_length_make_the_markdown_tables(capsys: pytest.CaptureFixture[str]) -> None:
    lines = _cost(capsys, "--output-format", "markdown").splitlines()
    text = "\n".join(line if line.startswith("|") else "" for line in lines)
    tables = [table.splitlines() for table in re.split(r"\n{2,}", text) if table.strip()]
    assert len(tables) == 4
    for header, rule, *rows in tables:
        assert set(rule) <= set("|-: ")
        assert {row.count("|") for row in (header, rule, *rows)} == {header.count("|")}


def test_fixed_costs_have_a_total_of_their_own() -> None:
    spec = with_values(PROJECT_SPEC, cost={"lcus": 1.5, "log_gb_per_month": 20, "secret_requests_per_month": 25_000})
    lines = format_text.format_text(estimate_cost(spec))
    assert [line.split() for line in lines if line.startswith(("Fixed", "Total"))] == [
        ["Fixed", "203.76", "203.76", "884.24", "373.88", "at", "least", "203.76"],
        ["Total", "222.65", "222.65", "903.13", "392.77", "at", "least", "222.65"],
    ]


def test_explain_has_the_totals(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "--spec", str(PROJECT / "spec")]) == 0
    (line,) = (line for line in capsys.readouterr().out.splitlines() if line.startswith("#   cost "))
    assert "203.76 (minimum), 203.76 (expected), 884.24 (maximum) USD a month" in line


@settings(max_examples=100)
@given(specs())
def test_total_is_the_sum_of_the_printed_amounts(spec: Spec) -> None:
    estimate = estimate_cost(spec)
    lines = format_text.format_text(estimate)
    if not estimate.is_priced:
        assert not any(line.startswith("Total") for line in lines)
        return
    lines = lines[lines.index("", lines.index("") + 1 if estimate.components_to_price else 0) + 3 :]
    *rows, total = (re.split(r"\s{2,}", line) for line in lines[: lines.index("")])
    assert total[0] == "Total"
    for column in range(1, 6):
        amounts = [row[column].replace(",", "") for row in rows if row[0] != "Fixed"]
        known = sum((Decimal(amount) for amount in amounts if amount not in ("-", "unknown")), Decimal(0))
        assert total[column] == f"{'at least ' if 'unknown' in amounts else ''}{known:,.2f}"
