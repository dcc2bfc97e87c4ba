"""Estimate the monthly cost of a deployment from its spec and the list prices."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from decimal import Decimal
from math import prod
from typing import TYPE_CHECKING

from owscale.console.text import plural
from owscale.cost.model import HOURS_PER_MONTH, Amount, CostCase, CostComponent, Estimate, cents
from owscale.cost.price_file import project_prices
from owscale.cost.usage import excluded_costs, usage_components
from owscale.domain.aws.alarms import alarm_names
from owscale.domain.aws.prices import SHIPPED_PRICES, Price, Prices
from owscale.domain.openwebui.capacity import expected_tasks, max_tasks, min_tasks, tasks_while_deploying

if TYPE_CHECKING:
    from owscale.spec.deployment import Deployment
    from owscale.spec.models import Spec

Factor = tuple[float | None, str]
"""A number and its unit; None for an unknown number."""

_HOURS: Factor = (HOURS_PER_MONTH, "hour")
_INCLUDED_STORAGE_GB = 20
_ALARMS_PER_TARGET_TRACKING_POLICY = 2
"""One alarm adds tasks, one removes them; each metric with a target has a policy.

https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking.html
"""


def estimate_deployment(deployment: Deployment) -> Estimate:
    """Return the cost of a month with the prices of the project, which are beside the spec."""
    return estimate_cost(deployment.spec, project_prices(deployment.document.source))


def estimate_cost(spec: Spec, prices: Prices = SHIPPED_PRICES) -> Estimate:
    """Return the cost of a month; it depends on the spec and the prices alone."""
    cases = tuple(_cases(spec))
    components = (
        *_task_components(spec, prices, cases),
        *_replaced_service_components(spec, prices, cases),
        *_shared_components(spec, prices, cases),
        *usage_components(spec, prices, len(cases)),
    )
    excluded = tuple(excluded_costs(spec, prices))
    return Estimate(spec.aws.region, cases, components, excluded, prices.is_complete(spec.aws.region))


def _cases(spec: Spec) -> Iterator[CostCase]:
    low, expected, high = min_tasks(spec), expected_tasks(spec), max_tasks(spec)
    yield CostCase("minimum", "Minimum", low, plural(low, "task"))
    yield CostCase("expected", "Expected", expected, plural(expected, "task"))
    yield CostCase("maximum", "Maximum", high, plural(high, "task"))
    deploying = tasks_while_deploying(spec, expected)
    percent = spec.service.deployment.maximum_percent
    meaning = f"at most {plural(deploying, 'task')}, old and new ({percent} % of {expected})"
    yield CostCase("deployment", "Deployment", deploying, meaning)
    if spec.existing.service:
        meaning = f"{plural(expected, 'task')} beside the tasks of {spec.existing.service}"
        yield CostCase("cut_over", "Cut-over", expected, meaning)


def _task_components(spec: Spec, prices: Prices, cases: Sequence[CostCase]) -> Iterator[CostComponent]:
    service, region = spec.service, spec.aws.region
    vcpu_price, memory_price = _fargate_prices(prices, region, service.architecture)
    for name, unit_price, factor in (
        ("Fargate vCPU", vcpu_price, (service.vcpu, "vCPU")),
        ("Fargate memory", memory_price, (service.memory_gb, "GB")),
    ):
        yield _component(spec, name, unit_price, [((case.tasks, "task"), factor, _HOURS) for case in cases])
    if service.ephemeral_storage_gb:
        extra_gb = service.ephemeral_storage_gb - _INCLUDED_STORAGE_GB
        yield _component(
            spec,
            f"Fargate disk above {_INCLUDED_STORAGE_GB} GB",
            prices.price(region, "fargate", "ephemeral_storage_gb_hour_above_20"),
            [((case.tasks, "task"), (extra_gb, "GB"), _HOURS) for case in cases],
        )
    if spec.existing.container_insights:
        factors = [((case.tasks, "task"), (None, "metric")) for case in cases]
        component = _component(spec, "Container Insights", None, factors, missing="the number of its metrics")
        yield component._replace(is_listed=False)


def _replaced_service_components(spec: Spec, prices: Prices, cases: Sequence[CostCase]) -> Iterator[CostComponent]:
    """Yield the cost of the existing service, which runs beside this one during the cut-over."""
    size = spec.existing.service_size
    if not spec.existing.service:
        return
    vcpu_price, memory_price = _fargate_prices(prices, spec.aws.region, size.architecture)
    for item, unit_price, size_key, factor in (
        ("vCPU", vcpu_price, "vcpu", (size.vcpu, "vCPU")),
        ("memory", memory_price, "memory_gb", (size.memory_gb, "GB")),
    ):
        factors: tuple[Factor, ...] = ((size.instances, "task"), factor, _HOURS)
        missing = [key for key in ("instances", size_key) if getattr(size, key) is None]
        yield _component(
            spec,
            f"{spec.existing.service}: Fargate {item}",
            unit_price,
            [factors if case.name == "cut_over" else () for case in cases],
            missing=" and ".join(f"existing.service_size.{key}" for key in missing),
        )


def _shared_components(spec: Spec, prices: Prices, cases: Sequence[CostCase]) -> Iterator[CostComponent]:
    """Yield the components that do not depend on the number of tasks."""
    region, redis, existing = spec.aws.region, spec.redis, spec.existing.secrets
    secrets = 1 + (existing.webui_secret_key_arn is None) + (existing.redis_token_arn is None)
    alarm_price = prices.price(region, "cloudwatch", "alarm_standard_month")
    components: list[tuple[str, Price | None, tuple[Factor, ...]]] = [
        ("Load balancer", prices.price(region, "alb", "hour"), ((1, "load balancer"), _HOURS)),
        (
            f"ElastiCache {redis.engine.capitalize()} {redis.node_type}",
            prices.node_price(region, redis.engine, redis.node_type),
            ((redis.nodes, "node"), _HOURS),
        ),
        ("Secrets", prices.price(region, "secrets_manager", "secret_month"), ((secrets, "secret"),)),
        ("Alarms", alarm_price, ((len(alarm_names(spec)), "alarm"),)),
    ]
    if spec.autoscaling.enabled:
        metrics = 1 + (spec.autoscaling.memory_percent is not None)
        alarms = ((metrics, "metric"), (_ALARMS_PER_TARGET_TRACKING_POLICY, "alarm"))
        components.append(("Autoscaling alarms", alarm_price, alarms))
    components.append(("Dashboard", prices.price(region, "cloudwatch", "dashboard_month"), ((1, "dashboard"),)))
    for name, unit_price, factors in components:
        yield _component(spec, name, unit_price, [factors for _ in cases])


def _fargate_prices(prices: Prices, region: str, architecture: str) -> tuple[Price | None, Price | None]:
    """Return the prices of a vCPU hour and of a GB hour."""
    family = "linux_arm64" if architecture == "ARM64" else "linux_x86"
    return prices.price(region, "fargate", f"{family}_vcpu_hour"), prices.price(region, "fargate", f"{family}_gb_hour")


def _component(
    spec: Spec,
    name: str,
    unit_price: Price | None,
    factors_by_case: Sequence[tuple[Factor, ...]],
    missing: str = "",
) -> CostComponent:
    """Return a component; its amount is empty in a case without factors."""
    amounts = tuple(_amount(factors, unit_price) for factors in factors_by_case)
    missing_price = "" if unit_price else f"its price in {spec.aws.region}"
    missing = " and ".join(filter(None, (missing, missing_price)))
    return CostComponent(name, "fixed", unit_price, amounts, missing)


@functools.lru_cache(maxsize=1024)  # most amounts recur in other cases and deployments
def _amount(factors: tuple[Factor, ...], unit_price: Price | None) -> Amount:
    if not factors:
        return Amount("", Decimal(0), Decimal("0.00"))
    text = " × ".join(_format_factor(number, unit) for number, unit in factors)
    known = [Decimal(str(number)) for number, _ in factors if number is not None]
    quantity = prod(known, start=Decimal(1)) if len(known) == len(factors) else None
    usd = cents(quantity * unit_price.usd) if unit_price and quantity is not None else None
    return Amount(text, quantity, usd)


def _format_factor(number: float | None, unit: str) -> str:
    """Return a text such as `3 tasks`, `0.5 GB` or `? GB`."""
    units = unit if unit in ("vCPU", "GB") else f"{unit}s"
    return f"? {units}" if number is None else f"{number:g} {unit if number == 1 else units}"
