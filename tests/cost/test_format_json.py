"""Estimates as JSON."""

import json

import pytest

from owscale.cli.main import main
from tests._support.cases import GOLDEN
from tests.cost.project_spec import CASE_NAMES


def test_json_has_every_case_and_component(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cost", "--spec", str(GOLDEN / "everything/spec.yaml"), "--output-format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["currency"], document["hours_per_month"]) == ("USD", 730)
    production = document["deployments"]["everything/production"]
    assert list(production) == ["region", "cases", "components", "excluded"]
    assert list(production["cases"]) == list(CASE_NAMES)
    assert production["cases"]["expected"]["total"] == {"usd": "1395.74", "complete": False}
    tasks, usd = (3, 3, 20, 6, 3), ("283.65", "283.65", "1890.99", "567.30", "283.65")
    assert production["components"][0] == {
        "name": "Fargate vCPU",
        "kind": "fixed",
        "price": {"usd": "0.03238", "unit": "vCPU-hour", "as_of": "2026-08", "source": "AWS Price List"},
        "missing": None,
        "amounts": {
            case: {"quantity": f"{number} tasks × 4 vCPU × 730 hours", "usd": amount}
            for case, number, amount in zip(CASE_NAMES, tasks, usd, strict=True)
        },
    }
    (insights,) = (component for component in production["components"] if component["name"] == "Container Insights")
    assert insights["price"] is None
    assert insights["missing"] == "the number of its metrics and its price in us-east-1"
    assert insights["amounts"]["expected"] == {"quantity": "3 tasks × ? metrics", "usd": None}
    assert [list(cost) for cost in production["excluded"][:1]] == [["name", "why", "price"]]


def test_old_name_of_the_format_option_works(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cost", "--spec", str(GOLDEN / "minimal/spec.yaml"), "--as", "json"]) == 0
    printed = capsys.readouterr()
    assert list(json.loads(printed.out)["deployments"]) == ["minimal/production"]
    assert "--output-format" in printed.err
