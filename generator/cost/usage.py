"""Costs billed by usage: included where the spec has a volume, otherwise excluded."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from owscale.cost.model import HOURS_PER_MONTH, Amount, CostComponent, ExcludedCost, cents
from owscale.domain.aws.prices import SECTIONS_BY_HAND, Prices

if TYPE_CHECKING:
    from owscale.spec.models import Spec


class _UsageCost(NamedTuple):
    """A cost with its key under `cost:`, and its price.

    One unit of the volume in the spec is `factor` units of the price.
    """

    key: str
    name: str
    service: str
    item: str
    text: str
    factor: Decimal = Decimal(1)


_PER_10_000 = Decimal("0.0001")
_LCU_TEXT = f"{{}} LCU × {HOURS_PER_MONTH} hours"
_REQUESTS = "{} requests"
_USAGE_COSTS = (
    _UsageCost("lcus", "Load balancer capacity", "alb", "lcu_hour", _LCU_TEXT, Decimal(HOURS_PER_MONTH)),
    _UsageCost("log_gb_per_month", "Log ingestion", "cloudwatch", "logs_ingest_gb", "{} GB"),
    _UsageCost("stored_log_gb", "Log storage", "cloudwatch", "logs_storage_gb_month", "{} GB"),
    _UsageCost("scanned_log_gb_per_month", "Log queries", "cloudwatch", "logs_insights_scan_gb", "{} GB"),
    _UsageCost("nat_gb_per_month", "NAT gateway traffic", "nat", "gb_processed", "{} GB"),
    _UsageCost("endpoint_gb_per_month", "Interface endpoint traffic", "vpc", "interface_endpoint_gb", "{} GB"),
    _UsageCost("secret_requests_per_month", "Secrets requests", "secrets_manager", "api_10k", _REQUESTS, _PER_10_000),
    _UsageCost("kms_requests_per_month", "KMS requests", "kms", "requests_10k", _REQUESTS, _PER_10_000),
    _UsageCost("snapshot_gb", "Redis snapshots", "elasticache", "backup_gb_month", "{} GB"),
)


def usage_components(spec: Spec, prices: Prices, case_count: int) -> Iterator[CostComponent]:
    """Yield a component for each volume of the spec, with the same amount in each case."""
    for usage in _USAGE_COSTS:
        volume = getattr(spec.cost, usage.key)
        if volume is not None:
            unit_price = prices.price(spec.aws.region, usage.service, usage.item)
            quantity = Decimal(str(volume)) * usage.factor
            usd = cents(quantity * unit_price.usd) if unit_price else None
            amount = Amount(usage.text.format(f"{volume:,.10g}"), quantity, usd)
            missing = "" if unit_price else f"its price in {spec.aws.region}"
            is_listed = usage.service not in SECTIONS_BY_HAND
            yield CostComponent(usage.name, "usage", unit_price, (amount,) * case_count, missing, is_listed)


def excluded_costs(spec: Spec, prices: Prices) -> Iterator[ExcludedCost]:
    """Yield the costs that are not estimated."""
    for usage in _USAGE_COSTS:
        is_used = usage.key != "snapshot_gb" or spec.redis.snapshot_retention_days
        if getattr(spec.cost, usage.key) is None and is_used:
            unit_price = prices.price(spec.aws.region, usage.service, usage.item)
            yield ExcludedCost(usage.name, unit_price, f"billed by usage; set cost.{usage.key} to include it")
    yield ExcludedCost("Data transfer", None, "billed by usage, between availability zones and out of AWS")
    if spec.alarms.notify and not spec.existing.alarm_topic_arn:
        yield ExcludedCost("Alarm emails", None, "billed by usage")
    if spec.load_balancer.access_logs.enabled:
        yield ExcludedCost("Access logs in S3", None, "billed by usage")
    yield ExcludedCost(
        "Existing resources",
        None,
        "database, files, NAT gateways, keys and state cost the same without this deployment",
    )
