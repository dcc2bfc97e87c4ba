"""AWS's public price list: one file a service and region, without credentials; what of it goes into prices.json.

https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/reading-service-price-list-file-for-services.html
"""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

from generator.errors import OwscaleError
from generator.facts.prices import OFFICIAL

PATH = "offers/v1.0/aws/{service}/current/{region}/index.csv"
_PREFIX = "(?:[A-Z0-9]+-)?"  # usage types begin with a short name of the region, but for us-east-1's older ones
_NODE = re.compile(rf"{_PREFIX}NodeUsage:(cache\..+)")
_NODE_LISTS = {"Redis": "redis_node_hour", "Valkey": "valkey_node_hour"}
_COLUMNS = (
    "TermType",
    "StartingRange",
    "PricePerUnit",
    "Currency",
    "Location Type",
    "usageType",
    "operation",
    "Region Code",
)


@dataclass(frozen=True)
class Item:
    """One price of prices.json and the usage type it has in the offer file; `times` as many make its unit."""

    section: str
    name: str
    unit: str
    usage: str
    operation: str = ""
    times: int = 1
    needed: bool = True


OFFERS: dict[str, tuple[Item, ...]] = {
    "AmazonECS": (
        Item("fargate", "linux_x86_vcpu_hour", "vCPU-hour", "Fargate-vCPU-Hours:perCPU"),
        Item("fargate", "linux_x86_gb_hour", "GB-hour", "Fargate-GB-Hours"),
        Item("fargate", "linux_arm64_vcpu_hour", "vCPU-hour", "Fargate-ARM-vCPU-Hours:perCPU", needed=False),
        Item("fargate", "linux_arm64_gb_hour", "GB-hour", "Fargate-ARM-GB-Hours", needed=False),
        Item("fargate", "ephemeral_storage_gb_hour_above_20", "GB-hour", "Fargate-EphemeralStorage-GB-Hours"),
    ),
    "AWSELB": (
        Item("alb", "hour", "hour", "LoadBalancerUsage", "LoadBalancing:Application"),
        Item("alb", "lcu_hour", "LCU-hour", "LCUUsage", "LoadBalancing:Application"),
    ),
    "AmazonElastiCache": (Item("elasticache", "backup_gb_month", "GB-month", "BackupUsage(?::.+)?", needed=False),),
    "AmazonCloudWatch": (
        Item("cloudwatch", "alarm_standard_month", "alarm-metric-month", "CW:AlarmMonitorUsage"),
        Item("cloudwatch", "alarm_high_resolution_month", "alarm-metric-month", "CW:HighResAlarmMonitorUsage"),
        # A dashboard belongs to no region, so a region's file may be without.
        Item("cloudwatch", "dashboard_month", "dashboard-month", "DashboardsUsageHour", needed=False),
        Item("cloudwatch", "logs_ingest_gb", "GB", "DataProcessing-Bytes"),
        Item("cloudwatch", "logs_storage_gb_month", "GB-month", "TimedStorage-ByteHrs"),
        Item("cloudwatch", "logs_insights_scan_gb", "GB", "DataScanned-Bytes"),
    ),
    "AWSSecretsManager": (
        Item("secrets_manager", "secret_month", "secret-month", "AWSSecretsManager-Secrets?"),
        Item("secrets_manager", "api_10k", "10,000 requests", "AWSSecretsManager-?APIRequests?", times=10_000),
    ),
    "AmazonEFS": (
        Item("efs", "standard_gb_month", "GB-month", "TimedStorage-ByteHrs"),
        Item("efs", "one_zone_gb_month", "GB-month", "TimedStorage-Z-ByteHrs", needed=False),
        Item("efs", "provisioned_mibps_month", "MB/s-month", "ProvisionedTP-MiBpsHrs", needed=False),
        Item("efs", "standard_ia_gb_month", "GB-month", "IATimedStorage-ByteHrs", needed=False),
    ),
    "awskms": (
        Item("kms", "key_month", "key-month", "(?:[a-z0-9-]+-)?KMS-Keys"),
        Item("kms", "requests_10k", "10,000 requests", "(?:[a-z0-9-]+-)?KMS-Requests", times=10_000),
    ),
}
"""What is read of each service's file. ElastiCache's nodes are read beside its items."""


Key = Item | tuple[str, str]
"""What a price is for: an item, or a node of one of the lists of nodes."""


@dataclass
class Offer:
    """What one file says: prices by section and name, as they stand in prices.json; and what it does not say."""

    sections: dict[str, dict[str, Any]] = field(default_factory=dict)
    absent: list[str] = field(default_factory=list)


def offer(service: str, region: str, lines: Iterable[str]) -> Offer:
    """Reads a file line by line, for some are large. Raises OwscaleError for one that is not as documented."""
    rows = csv.reader(lines)
    try:
        preamble = {row[0]: row[1] for row in islice(rows, 5)}
        published = date.fromisoformat(preamble["Publication Date"][:10]).isoformat()
        columns = next(rows)
        if absent := set(_COLUMNS) - set(columns):
            raise OwscaleError(f"no column {', '.join(sorted(absent))} in it")
        tiers = _tiers(service, region, (dict(zip(columns, row, strict=True)) for row in rows))
    except (IndexError, KeyError, ValueError, ArithmeticError, StopIteration, csv.Error) as error:
        raise OwscaleError(f"line {rows.line_num} is not as documented") from error
    return _read(service, tiers, {"as_of": published, "source": OFFICIAL})


def _tiers(service: str, region: str, rows: Iterable[dict[str, str]]) -> dict[Key, dict[Decimal, set[Decimal]]]:
    """The prices of each key, by where the tier of each begins."""
    tiers: dict[Key, dict[Decimal, set[Decimal]]] = {}
    for row in rows:
        # A file has Local Zones and Outposts too, and what costs nothing: a free tier, or what a reservation covers.
        here = row["Region Code"] in (region, "") and row["Location Type"] != "AWS Outposts"
        if here and row["TermType"] == "OnDemand" and row["Currency"] == "USD":
            usd = Decimal(row["PricePerUnit"])
            for key in _keys(service, row) if usd else ():
                tiers.setdefault(key, {}).setdefault(Decimal(row["StartingRange"]), set()).add(usd)
    return tiers


def _keys(service: str, row: dict[str, str]) -> Iterator[Key]:
    for item in OFFERS[service]:
        if re.fullmatch(_PREFIX + item.usage, row["usageType"]) and item.operation in ("", row["operation"]):
            yield item
    if node := _NODE.fullmatch(row["usageType"]):
        engine = row.get("Cache Engine", "")
        if engine in _NODE_LISTS:
            yield _NODE_LISTS[engine], node[1]


def _read(service: str, tiers: dict[Key, dict[Decimal, set[Decimal]]], dated: dict[str, str]) -> Offer:
    read = Offer()
    for item in OFFERS[service]:
        name = f"{item.section}.{item.name}"
        if item in tiers:
            usd = _first(name, tiers[item]) * item.times
            read.sections.setdefault(item.section, {})[item.name] = {"usd": float(usd), "unit": item.unit, **dated}
        elif item.needed:
            raise OwscaleError(f"no price of {name} in it (usage type {item.usage})")
        else:
            read.absent.append(name)
    for listed in _NODE_LISTS.values() if service == "AmazonElastiCache" else ():
        keys = sorted(key for key in tiers if isinstance(key, tuple) and key[0] == listed)
        if not keys:
            raise OwscaleError(f"no price of elasticache.{listed} in it (usage type NodeUsage)")
        nodes = {key[1]: float(_first(key[1], tiers[key])) for key in keys}
        read.sections.setdefault("elasticache", {})[listed] = [{**dated, "usd_per_node_hour": nodes}]
    return read


def _first(name: str, tiers: dict[Decimal, set[Decimal]]) -> Decimal:
    """The price of the first tier that costs something."""
    prices = tiers[min(tiers)]
    if len(prices) > 1:
        raise OwscaleError(f"{name} has several prices in it: {', '.join(map(str, sorted(prices)))}")
    return next(iter(prices))
