"""What a deployment has to pay for, and how much of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from math import prod
from typing import TYPE_CHECKING

from generator.cost.parts import HOURS, Amount, Case, Component, Estimate, cents
from generator.cost.usage import excluded, usage
from generator.errors import count
from generator.facts.cloudwatch import alarm_settings
from generator.facts.prices import Price, node_price, price

if TYPE_CHECKING:
    from generator.model import Spec

Factor = tuple[float | None, str]
"""A number of a quantity, and of what; None is unknown."""

_INCLUDED_STORAGE_GB = 20
_ALARMS_OF_TARGET_TRACKING = 2
"""One that adds tasks and one that removes them, for each metric that is held.

https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking.html
"""


def estimate(spec: Spec) -> Estimate:
    """A month of the deployment; pure: it reads prices.json and nothing else."""
    cases = tuple(_cases(spec))
    components = (*_tasks(spec, cases), *_replaced(spec, cases), *_beside(spec, cases), *usage(spec, len(cases)))
    return Estimate(spec.aws.region, cases, components, tuple(excluded(spec)))


def _cases(spec: Spec) -> Iterator[Case]:
    expected, scaling = spec.service.instances, spec.autoscaling
    low, high = (scaling.min, scaling.max) if scaling.enabled else (expected, expected)
    yield Case("minimum", "Minimum", low, count(low, "task"))
    yield Case("expected", "Expected", expected, count(expected, "task"))
    yield Case("maximum", "Maximum", high, count(high, "task"))
    percent = spec.service.deployment.maximum_percent
    both = expected * percent // 100  # ECS rounds down
    yield Case(
        "deployment", "Deployment", both, f"{count(both, 'task')}, old and new: {percent} % of {expected}, at the most"
    )
    if spec.existing.service:
        beside = f"{count(expected, 'task')} beside those of {spec.existing.service}"
        yield Case("cut_over", "Cut-over", expected, beside)


def _tasks(spec: Spec, cases: tuple[Case, ...]) -> Iterator[Component]:
    service, prices = spec.service, _fargate(spec.aws.region, spec.service.architecture)
    for item, amount, noun in (("vCPU", service.vcpu, "vCPU"), ("memory", service.memory_gb, "GB")):
        yield _component(
            spec,
            f"Fargate {item}",
            prices[item],
            [((case.tasks, "task"), (amount, noun), (HOURS, "hour")) for case in cases],
        )
    if service.ephemeral_storage_gb:
        above = service.ephemeral_storage_gb - _INCLUDED_STORAGE_GB
        yield _component(
            spec,
            f"Fargate disk above {_INCLUDED_STORAGE_GB} GB",
            price(spec.aws.region, "fargate", "ephemeral_storage_gb_hour_above_20"),
            [((case.tasks, "task"), (above, "GB"), (HOURS, "hour")) for case in cases],
        )
    if spec.existing.container_insights:
        factors = [((case.tasks, "task"), (None, "metric")) for case in cases]
        yield _component(spec, "Container Insights", None, factors, missing="the number of its metrics")


def _replaced(spec: Spec, cases: tuple[Case, ...]) -> Iterator[Component]:
    """The service that runs beside this one during the cut-over."""
    size = spec.existing.service_size
    if not spec.existing.service:
        return
    prices = _fargate(spec.aws.region, size.architecture)
    for item, amount, noun, key in (
        ("vCPU", size.vcpu, "vCPU", "vcpu"),
        ("memory", size.memory_gb, "GB", "memory_gb"),
    ):
        keys = [name for name, value in (("instances", size.instances), (key, amount)) if value is None]
        yield _component(
            spec,
            f"{spec.existing.service}: Fargate {item}",
            prices[item],
            [
                ((size.instances, "task"), (amount, noun), (HOURS, "hour")) if case.name == "cut_over" else ()
                for case in cases
            ],
            missing=" and ".join(f"existing.service_size.{name}" for name in keys),
        )


def _beside(spec: Spec, cases: tuple[Case, ...]) -> Iterator[Component]:
    """What there is once, however many tasks run."""
    region, redis = spec.aws.region, spec.redis
    secrets = 1 + (spec.existing.secrets.webui_secret_key_arn is None) + (spec.existing.secrets.redis_token_arn is None)
    tracked = 1 + (spec.autoscaling.memory_percent is not None) if spec.autoscaling.enabled else 0
    alarms = sum(redis.nodes if name.startswith("redis_") else 1 for name in alarm_settings(spec))
    for name, found, factors in (
        ("Load balancer", price(region, "alb", "hour"), ((1, "load balancer"), (HOURS, "hour"))),
        (
            f"ElastiCache {redis.engine.capitalize()} {redis.node_type}",
            node_price(region, redis.engine, redis.node_type),
            ((redis.nodes, "node"), (HOURS, "hour")),
        ),
        ("Secrets", price(region, "secrets_manager", "secret_month"), ((secrets, "secret"),)),
        ("Alarms", price(region, "cloudwatch", "alarm_standard_month"), ((alarms, "alarm"),)),
        (
            "Alarms of autoscaling",
            price(region, "cloudwatch", "alarm_standard_month"),
            ((tracked, "metric"), (_ALARMS_OF_TARGET_TRACKING, "alarm")) if tracked else (),
        ),
        ("Dashboard", price(region, "cloudwatch", "dashboard_month"), ((1, "dashboard"),)),
    ):
        if factors:
            yield _component(spec, name, found, [factors for _ in cases])


def _fargate(region: str, architecture: str) -> dict[str, Price | None]:
    family = "linux_arm64" if architecture == "ARM64" else "linux_x86"
    return {
        "vCPU": price(region, "fargate", f"{family}_vcpu_hour"),
        "memory": price(region, "fargate", f"{family}_gb_hour"),
    }


def _component(
    spec: Spec, name: str, found: Price | None, by_case: Sequence[tuple[Factor, ...]], missing: str = ""
) -> Component:
    amounts = tuple(_amount(factors, found) for factors in by_case)
    lacks = (missing, "" if found else f"its price in {spec.aws.region}")
    return Component(name, "fixed", found, amounts, " and ".join(filter(None, lacks)))


def _amount(factors: tuple[Factor, ...], found: Price | None) -> Amount:
    if not factors:
        return Amount("", Decimal(0), Decimal("0.00"))
    words = " × ".join(_counted(number, noun) for number, noun in factors)
    numbers = [None if number is None else Decimal(str(number)) for number, _ in factors]
    known = [number for number in numbers if number is not None]
    quantity = prod(known, start=Decimal(1)) if len(known) == len(numbers) else None
    return Amount(words, quantity, None if found is None or quantity is None else cents(quantity * found.usd))


def _counted(number: float | None, noun: str) -> str:
    """`3 tasks`, `0.5 GB`, `? GB`."""
    plural = noun if noun in ("vCPU", "GB") else f"{noun}s"
    return f"? {plural}" if number is None else f"{number:g} {noun if number == 1 else plural}"
