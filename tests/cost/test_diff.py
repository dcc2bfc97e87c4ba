"""The difference between two estimates."""

from decimal import Decimal

from hypothesis import given, settings

from owscale.cost import diff
from owscale.cost.diff import COMPARED_CASES, compare_estimates
from owscale.cost.estimate import estimate_cost
from owscale.spec.models import Spec
from tests.cost.project_spec import PROJECT_SPEC, with_values
from tests.cost.strategies import specs

NO_PRICES = "No price in me-south-1 for Fargate vCPU, Fargate memory, webui3: Fargate vCPU and 7 more"


def test_difference_has_the_components_that_change() -> None:
    after = with_values(PROJECT_SPEC, autoscaling={"min": 3}, redis={"node_type": "cache.t4g.small"})
    difference = compare_estimates(estimate_cost(PROJECT_SPEC), estimate_cost(after))
    assert [change.name for change in difference.changes] == [
        "Fargate vCPU",
        "Fargate memory",
        "ElastiCache Redis cache.t3.micro",
        "ElastiCache Redis cache.t4g.small",
    ]
    # 3 tasks × 2 × 730 × 0.04048 = 177.3024, and 118.20 before; 3 × 8 × 730 × 0.004445 = 77.8764, and 51.92 before
    assert [str(usd) for usd in difference.changes[0].differences] == ["59.10", "59.10", "0.00"]
    assert [str(usd) for usd in difference.changes[1].differences] == ["25.96", "25.96", "0.00"]
    # 730 × 0.032 = 23.36 instead of 12.41
    assert [str(usd) for usd in difference.total_differences] == ["96.01", "96.01", "10.95"]
    assert diff.format_markdown(difference)[-3:] == [
        "| Total before |  |  | 203.76 | 203.76 | 884.24 |",
        "| Total after |  |  | 299.77 | 299.77 | 895.19 |",
        "| Difference |  |  | +96.01 | +96.01 | +10.95 |",
    ]
    assert diff.format_text(difference)[-1].split()[-3:] == ["+96.01", "+96.01", "+10.95"]


def test_equal_estimates_have_no_difference() -> None:
    difference = compare_estimates(estimate_cost(PROJECT_SPEC), estimate_cost(PROJECT_SPEC))
    assert not difference
    assert diff.format_text(difference) == diff.format_markdown(difference) == ["The monthly cost does not change."]


def test_first_number_of_tasks_has_no_cost_with_autoscaling() -> None:
    after = with_values(PROJECT_SPEC, service={"instances": 5})
    assert estimate_cost(after) == estimate_cost(PROJECT_SPEC)
    assert not compare_estimates(estimate_cost(PROJECT_SPEC), estimate_cost(after))


def test_new_and_removed_deployments_differ_by_their_totals() -> None:
    new = compare_estimates(None, estimate_cost(PROJECT_SPEC))
    removed = compare_estimates(estimate_cost(PROJECT_SPEC), None)
    assert [str(usd) for usd in new.total_differences] == ["203.76", "203.76", "884.24"]
    assert [str(usd) for usd in removed.total_differences] == ["-203.76", "-203.76", "-884.24"]


def test_difference_is_unknown_only_where_an_unknown_component_changes() -> None:
    insights = with_values(PROJECT_SPEC, existing={"container_insights": True})
    more_tasks = with_values(insights, autoscaling={"max": 12})
    two_nodes = with_values(insights, redis={"nodes": 2})
    added = compare_estimates(estimate_cost(PROJECT_SPEC), estimate_cost(insights))
    assert added.total_differences == (None, None, None)
    assert "unknown" in diff.format_text(added)[-1]
    assert compare_estimates(estimate_cost(insights), estimate_cost(more_tasks)).total_differences[0] == 0
    # A node of 12.41 and an alarm of 0.10.
    node_added = compare_estimates(estimate_cost(insights), estimate_cost(two_nodes))
    assert node_added.total_differences == (Decimal("12.51"),) * 3


def test_difference_without_prices_is_that_of_quantities() -> None:
    old = with_values(PROJECT_SPEC, aws={"region": "me-south-1"})
    more_tasks = with_values(old, autoscaling={"min": 3})
    higher_maximum = with_values(old, autoscaling={"max": 12})
    assert diff.format_text(compare_estimates(estimate_cost(old), estimate_cost(more_tasks))) == [
        "Component       Before                        After",
        "--------------  ----------------------------  ----------------------------",
        "Fargate vCPU    2 tasks × 2 vCPU × 730 hours  3 tasks × 2 vCPU × 730 hours",
        "Fargate memory  2 tasks × 8 GB × 730 hours    3 tasks × 8 GB × 730 hours",
        f"{NO_PRICES}; `owscale prices` gets them",
    ]
    markdown = diff.format_markdown(compare_estimates(estimate_cost(old), estimate_cost(higher_maximum)))
    assert "10 tasks × 2 vCPU × 730 hours (maximum) | 12 tasks × 2 vCPU × 730 hours (maximum)" in "\n".join(markdown)
    assert markdown[-2:] == [
        "",
        f"{NO_PRICES}; `owscale prices` gets them.",
    ]


def test_missing_prices_of_both_versions_are_one_line() -> None:
    old = with_values(PROJECT_SPEC, aws={"region": "me-south-1"})
    alarms = with_values(old, service={"architecture": "ARM64"}, load_balancer={"access_logs": {"enabled": True}})
    text = compare_estimates(estimate_cost(old), estimate_cost(alarms)).missing_prices
    assert text.count("No price in me-south-1") == 1
    elsewhere = with_values(PROJECT_SPEC, aws={"region": "me-central-1"})
    moved = compare_estimates(estimate_cost(old), estimate_cost(elsewhere)).missing_prices
    assert moved == f"{NO_PRICES}; {NO_PRICES.replace('me-south-1', 'me-central-1')}"


@settings(max_examples=50)
@given(specs(), specs())
def test_total_difference_is_that_of_the_totals(old: Spec, new: Spec) -> None:
    before, after = estimate_cost(old), estimate_cost(new)
    difference = compare_estimates(before, after)
    assert [str(total) for total in difference.after] == [str(after.total(name)) for name in COMPARED_CASES]
    for total_before, total_after, usd in zip(
        difference.before, difference.after, difference.total_differences, strict=True
    ):
        if total_before.complete and total_after.complete:
            assert usd == total_after.usd - total_before.usd
