"""Costs billed by usage."""

from owscale.cost.estimate import estimate_cost
from tests.cost.project_spec import PROJECT_SPEC, with_values
from tests.cost.test_estimate import amounts_usd


def test_volume_in_the_spec_adds_a_component() -> None:
    spec = with_values(PROJECT_SPEC, cost={"lcus": 1.5, "log_gb_per_month": 20, "secret_requests_per_month": 25_000})
    estimate = estimate_cost(spec)
    assert amounts_usd(estimate, "Load balancer capacity") == ["8.76"] * 5  # 1.5 × 730 × 0.008
    assert amounts_usd(estimate, "Log ingestion") == ["10.00"] * 5  # 20 × 0.50
    assert amounts_usd(estimate, "Secrets requests") == ["0.13"] * 5  # 2.5 × 0.05 = 0.125
    assert str(estimate.total("expected")) == "222.65"  # 203.76 + 8.76 + 10.00 + 0.13
    assert str(estimate.total("expected", lambda component: component.kind == "fixed")) == "203.76"
    excluded = {cost.name for cost in estimate.excluded}
    assert not excluded & {"Load balancer capacity", "Log ingestion", "Secrets requests"}
    assert {"NAT gateway traffic", "Data transfer", "Existing resources"} <= excluded
