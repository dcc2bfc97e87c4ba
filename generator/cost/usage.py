"""What is paid for by use: in the estimate if the spec says how much, and named if not."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from generator.cost.parts import HOURS, Amount, Component, Excluded, cents
from generator.facts.prices import price

if TYPE_CHECKING:
    from generator.model import Spec


class _Use(NamedTuple):
    """The key of `cost:` that says how much, and the price: so many of the key's units make one of the price's."""

    key: str
    name: str
    service: str
    item: str
    words: str
    units: Decimal = Decimal(1)


_TEN_THOUSANDTH = Decimal("0.0001")  # requests are sold by the 10,000
_USES = (
    _Use("lcus", "Load balancer capacity", "alb", "lcu_hour", f"{{}} LCU × {HOURS} hours", Decimal(HOURS)),
    _Use("log_gb_per_month", "Logs taken in", "cloudwatch", "logs_ingest_gb", "{} GB"),
    _Use("stored_log_gb", "Logs kept", "cloudwatch", "logs_storage_gb_month", "{} GB"),
    _Use("scanned_log_gb_per_month", "Logs queried", "cloudwatch", "logs_insights_scan_gb", "{} GB"),
    _Use("nat_gb_per_month", "NAT gateway traffic", "nat", "gb_processed", "{} GB"),
    _Use("endpoint_gb_per_month", "Interface endpoint traffic", "vpc", "interface_endpoint_gb", "{} GB"),
    _Use("secret_requests_per_month", "Secrets requests", "secrets_manager", "api_10k", "{} requests", _TEN_THOUSANDTH),
    _Use("kms_requests_per_month", "KMS requests", "kms", "requests_10k", "{} requests", _TEN_THOUSANDTH),
    _Use("snapshot_gb", "Redis snapshots", "elasticache", "backup_gb_month", "{} GB"),
)


def usage(spec: Spec, cases: int) -> Iterator[Component]:
    """What the spec gives a volume for, the same in each case."""
    for use in _USES:
        volume = getattr(spec.cost, use.key)
        if volume is not None:
            found = price(spec.aws.region, use.service, use.item)
            quantity = Decimal(str(volume)) * use.units
            usd = cents(quantity * found.usd) if found else None
            amount = Amount(use.words.format(f"{volume:,.10g}"), quantity, usd)
            yield Component(
                use.name, "usage", found, (amount,) * cases, "" if found else f"its price in {spec.aws.region}"
            )


def excluded(spec: Spec) -> Iterator[Excluded]:
    """What there is no volume for, or no price."""
    for use in _USES:
        if getattr(spec.cost, use.key) is None and (use.key != "snapshot_gb" or spec.redis.snapshot_retention_days):
            found = price(spec.aws.region, use.service, use.item)
            yield Excluded(use.name, found, f"by use; cost.{use.key} brings it in")
    yield Excluded("Data transfer", None, "by use: between availability zones, and out of AWS")
    if spec.alarms.notify and not spec.existing.alarm_topic_arn:
        yield Excluded("Mails of the alarms", None, "by use")
    if spec.load_balancer.access_logs.enabled:
        yield Excluded("Access logs in S3", None, "by use")
    yield Excluded("What existed before", None, "runs without this deployment too: database, files, NAT, keys, state")
