"""What is told of an estimate: the difference between two, and `owscale cost`."""

import json
import re
from decimal import Decimal

import pytest

from generator.cli import main
from generator.cost import changes, difference, estimate
from tests.cases import GOLDEN, PROJECT
from tests.test_cost import CASES, SEED, changed

# --- the difference -----------------------------------------------------------------------------------------------


def test_a_difference_by_hand() -> None:
    before = estimate(SEED)
    after = estimate(changed(SEED, service={"instances": 4}, redis={"node_type": "cache.t4g.small"}))
    found = difference(before, after)
    assert [change.name for change in found.changes] == [
        "Fargate vCPU",
        "Fargate memory",
        "ElastiCache Redis cache.t3.micro",
        "ElastiCache Redis cache.t4g.small",
    ]
    # 4 tasks × 2 × 730 × 0.04048 = 236.4032, and 177.30 before; 4 × 8 × 730 × 0.004445 = 103.8352, and 77.88 before
    assert [str(by) for by in found.changes[0].by] == ["0.00", "59.10", "0.00"]
    assert [str(by) for by in found.changes[1].by] == ["0.00", "25.96", "0.00"]
    # 730 × 0.032 = 23.36 for 12.41
    assert [str(by) for by in found.by] == ["10.95", "96.01", "10.95"]
    assert changes.markdown(found)[-3:] == [
        "| Total before |  |  | 203.76 | 288.82 | 884.24 |",
        "| Total after |  |  | 214.71 | 384.83 | 895.19 |",
        "| Difference |  |  | +10.95 | +96.01 | +10.95 |",
    ]
    assert [line.split()[-3:] for line in changes.text(found)[-1:]] == [["+10.95", "+96.01", "+10.95"]]


def test_no_difference() -> None:
    found = difference(estimate(SEED), estimate(SEED))
    assert not found
    assert changes.text(found) == changes.markdown(found) == ["The monthly cost does not change."]


def test_a_deployment_that_is_new_or_gone() -> None:
    new, gone = difference(None, estimate(SEED)), difference(estimate(SEED), None)
    assert [str(by) for by in new.by] == ["203.76", "288.82", "884.24"]
    assert [str(by) for by in gone.by] == ["-203.76", "-288.82", "-884.24"]


def test_an_unknown_part_makes_the_difference_unknown_if_it_changes() -> None:
    insights = changed(SEED, existing={"container_insights": True})
    more = changed(insights, autoscaling={"max": 12})
    assert difference(estimate(SEED), estimate(insights)).by == (None, None, None)
    assert "unknown" in changes.text(difference(estimate(SEED), estimate(insights)))[-1]
    assert difference(estimate(insights), estimate(more)).by[0] == 0
    same = changed(insights, redis={"nodes": 2})
    assert difference(estimate(insights), estimate(same)).by == (Decimal("12.51"),) * 3  # 12.41, and one more alarm


# --- the command --------------------------------------------------------------------------------------------------


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["cost", "--spec", str(GOLDEN / "everything/spec.yaml"), *arguments]) == 0
    return capsys.readouterr().out


def test_every_environment_is_told_or_one(capsys: pytest.CaptureFixture[str]) -> None:
    both = run(capsys)
    assert re.findall(r"^# (.*)$", both, re.MULTILINE) == ["everything/production", "everything/staging"]
    staging = run(capsys, "--env", "staging")
    assert both.endswith(staging)
    assert staging.startswith("# everything/staging\n\nUSD a month of 730 hours in us-east-1\n")


def test_an_unknown_environment_is_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cost", "--spec", str(PROJECT / "spec"), "--env", "productoin"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "--env productoin: no such environment\n  hint: did you mean production?\n"


def test_json_stands_alone_on_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    data = json.loads(run(capsys, "--as", "json"))
    assert (data["currency"], data["hours_per_month"]) == ("USD", 730)
    production = data["deployments"]["everything/production"]
    assert list(production) == ["region", "cases", "components", "excluded"]
    assert list(production["cases"]) == list(CASES)
    assert production["cases"]["expected"]["total"] == {"usd": "1533.90", "complete": False}
    assert production["components"][0] == {
        "name": "Fargate vCPU",
        "kind": "fixed",
        "price": {"usd": "0.03238", "unit": "vCPU-hour", "as_of": "2026-08", "source": "AWS Price List"},
        "missing": None,
        "amounts": {
            name: {"quantity": f"{tasks} tasks × 4 vCPU × 730 hours", "usd": sum_}
            for name, tasks, sum_ in zip(
                CASES, (3, 4, 20, 8, 4), ("283.65", "378.20", "1890.99", "756.40", "378.20"), strict=True
            )
        },
    }
    (insights,) = (one for one in production["components"] if one["name"] == "Container Insights")
    assert insights["price"] is None
    assert insights["missing"] == "the number of its metrics and its price in us-east-1"
    assert insights["amounts"]["expected"] == {"quantity": "4 tasks × ? metrics", "usd": None}


def test_markdown_has_whole_tables(capsys: pytest.CaptureFixture[str]) -> None:
    lines = run(capsys, "--as", "markdown").splitlines()
    tables = "\n".join(line if line.startswith("|") else "" for line in lines)
    found = [table.splitlines() for table in re.split(r"\n{2,}", tables) if table.strip()]
    assert len(found) == 4
    for head, rule, *rows in found:
        assert set(rule) <= set("|-: ")
        assert {row.count("|") for row in (head, rule, *rows)} == {head.count("|")}


def test_explain_has_the_totals(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "--spec", str(PROJECT / "spec")]) == 0
    (line,) = (line for line in capsys.readouterr().out.splitlines() if line.startswith("#   cost "))
    assert "203.76 (minimum), 288.82 (expected), 884.24 (maximum) USD a month" in line
