"""Read the public price list of AWS.

It has one CSV file for each service and region, and needs no credentials.
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

from owscale.domain.aws.prices import OFFICIAL
from owscale.errors import OwscaleError

PATH = "offers/v1.0/aws/{service}/current/{region}/index.csv"
_PREAMBLE_ROWS = 5
_REGION_PREFIX = "(?:[A-Z0-9]+-)?"  # an abbreviation of the region, which older usage types of us-east-1 lack
_NODE_USAGE_TYPE = re.compile(rf"{_REGION_PREFIX}NodeUsage:(cache\..+)")
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


class PriceListError(OwscaleError):
    """A file of the price list is not as AWS documents it."""

    def __init__(self, message: str) -> None:
        super().__init__(
            message, hint="download the file again; if it fails again, report it to the maintainers of owscale"
        )


@dataclass(frozen=True)
class PriceItem:
    """A price of prices.json, and the rows of the price list that contain it.

    `usage_type`, a regular expression, and `operation` select the rows. The price of a row times `multiplier` is the
    price of one `unit`.
    """

    section: str
    name: str
    unit: str
    usage_type: str
    operation: str = ""
    multiplier: int = 1
    is_required: bool = True


ITEMS_BY_SERVICE: dict[str, tuple[PriceItem, ...]] = {
    "AmazonECS": (
        PriceItem("fargate", "linux_x86_vcpu_hour", "vCPU-hour", "Fargate-vCPU-Hours:perCPU"),
        PriceItem("fargate", "linux_x86_gb_hour", "GB-hour", "Fargate-GB-Hours"),
        PriceItem("fargate", "linux_arm64_vcpu_hour", "vCPU-hour", "Fargate-ARM-vCPU-Hours:perCPU", is_required=False),
        PriceItem("fargate", "linux_arm64_gb_hour", "GB-hour", "Fargate-ARM-GB-Hours", is_required=False),
        PriceItem("fargate", "ephemeral_storage_gb_hour_above_20", "GB-hour", "Fargate-EphemeralStorage-GB-Hours"),
    ),
    "AWSELB": (
        PriceItem("alb", "hour", "hour", "LoadBalancerUsage", "LoadBalancing:Application"),
        PriceItem("alb", "lcu_hour", "LCU-hour", "LCUUsage", "LoadBalancing:Application"),
    ),
    "AmazonElastiCache": (
        PriceItem("elasticache", "backup_gb_month", "GB-month", "BackupUsage(?::.+)?", is_required=False),
    ),
    "AmazonCloudWatch": (
        PriceItem("cloudwatch", "alarm_standard_month", "alarm-metric-month", "CW:AlarmMonitorUsage"),
        PriceItem("cloudwatch", "alarm_high_resolution_month", "alarm-metric-month", "CW:HighResAlarmMonitorUsage"),
        # Dashboards are global, so the file of a region may lack their price.
        PriceItem("cloudwatch", "dashboard_month", "dashboard-month", "DashboardsUsageHour", is_required=False),
        PriceItem("cloudwatch", "logs_ingest_gb", "GB", "DataProcessing-Bytes"),
        PriceItem("cloudwatch", "logs_storage_gb_month", "GB-month", "TimedStorage-ByteHrs"),
        PriceItem("cloudwatch", "logs_insights_scan_gb", "GB", "DataScanned-Bytes"),
    ),
    "AWSSecretsManager": (
        PriceItem("secrets_manager", "secret_month", "secret-month", "AWSSecretsManager-Secrets?"),
        PriceItem(
            "secrets_manager", "api_10k", "10,000 requests", "AWSSecretsManager-?APIRequests?", multiplier=10_000
        ),
    ),
    "AmazonEFS": (
        PriceItem("efs", "standard_gb_month", "GB-month", "TimedStorage-ByteHrs"),
        PriceItem("efs", "one_zone_gb_month", "GB-month", "TimedStorage-Z-ByteHrs", is_required=False),
        PriceItem("efs", "provisioned_mibps_month", "MB/s-month", "ProvisionedTP-MiBpsHrs", is_required=False),
        PriceItem("efs", "standard_ia_gb_month", "GB-month", "IATimedStorage-ByteHrs", is_required=False),
    ),
    "awskms": (
        PriceItem("kms", "key_month", "key-month", "(?:[a-z0-9-]+-)?KMS-Keys"),
        PriceItem("kms", "requests_10k", "10,000 requests", "(?:[a-z0-9-]+-)?KMS-Requests", multiplier=10_000),
    ),
}
"""The prices to read from the file of each service. The prices of ElastiCache nodes are read in addition."""

UNITS = {(item.section, item.name): item.unit for items in ITEMS_BY_SERVICE.values() for item in items}
"""The unit of each price by section and name."""

PriceKey = PriceItem | tuple[str, str]
"""An item, or the node list and the type of a node."""

_Tiers = dict[Decimal, set[Decimal]]
"""Prices in USD by the start of their volume tier."""


@dataclass
class PriceFile:
    """The prices of one file, by section and name as in prices.json.

    `published` is the date of the file. `absent` names the optional prices that it lacks.
    """

    published: str
    sections: dict[str, dict[str, Any]] = field(default_factory=dict)
    absent: list[str] = field(default_factory=list)


def read_price_file(service: str, region: str, lines: Iterable[str]) -> PriceFile:
    """Read a file line by line, since some are large.

    Raises PriceListError if the file lacks a required price or is malformed.
    """
    rows = csv.reader(lines)
    try:
        preamble = {row[0]: row[1] for row in islice(rows, _PREAMBLE_ROWS)}
        published = date.fromisoformat(preamble["Publication Date"][:10]).isoformat()
        columns = next(rows)
        if missing := set(_COLUMNS) - set(columns):
            raise PriceListError(f"missing column: {', '.join(sorted(missing))}")
        tiers = _collect_tiers(service, region, (dict(zip(columns, row, strict=True)) for row in rows))
    except (IndexError, KeyError, ValueError, ArithmeticError, StopIteration, csv.Error) as error:
        raise PriceListError(f"line {rows.line_num}: not in the documented format") from error
    return _select_prices(service, tiers, {"as_of": published, "source": OFFICIAL})


def _collect_tiers(service: str, region: str, rows: Iterable[dict[str, str]]) -> dict[PriceKey, _Tiers]:
    """Return the on-demand prices of the region.

    Prices of 0 USD are left out: they belong to free tiers and reserved capacity.
    """
    tiers: dict[PriceKey, _Tiers] = {}
    for row in rows:
        # The file also has the prices of Local Zones and Outposts.
        in_region = row["Region Code"] in (region, "") and row["Location Type"] != "AWS Outposts"
        if in_region and row["TermType"] == "OnDemand" and row["Currency"] == "USD":
            usd = Decimal(row["PricePerUnit"])
            for key in _price_keys(service, row) if usd else ():
                tiers.setdefault(key, {}).setdefault(Decimal(row["StartingRange"]), set()).add(usd)
    return tiers


def _price_keys(service: str, row: dict[str, str]) -> Iterator[PriceKey]:
    for item in ITEMS_BY_SERVICE[service]:
        matches_usage = re.fullmatch(_REGION_PREFIX + item.usage_type, row["usageType"])
        if matches_usage and item.operation in ("", row["operation"]):
            yield item
    if node := _NODE_USAGE_TYPE.fullmatch(row["usageType"]):
        engine = row.get("Cache Engine", "")
        if engine in _NODE_LISTS:
            yield _NODE_LISTS[engine], node[1]


def _select_prices(service: str, tiers: dict[PriceKey, _Tiers], origin: dict[str, str]) -> PriceFile:
    prices = PriceFile(origin["as_of"])
    for item in ITEMS_BY_SERVICE[service]:
        name = f"{item.section}.{item.name}"
        if item in tiers:
            usd = _first_price(name, tiers[item]) * item.multiplier
            prices.sections.setdefault(item.section, {})[item.name] = {"usd": float(usd), "unit": item.unit, **origin}
        elif item.is_required:
            raise PriceListError(f"no price of {name} (usage type {item.usage_type})")
        else:
            prices.absent.append(name)
    for node_list in _NODE_LISTS.values() if service == "AmazonElastiCache" else ():
        keys = sorted(key for key in tiers if isinstance(key, tuple) and key[0] == node_list)
        if not keys:
            raise PriceListError(f"no price of elasticache.{node_list} (usage type NodeUsage)")
        nodes = {key[1]: float(_first_price(key[1], tiers[key])) for key in keys}
        prices.sections.setdefault("elasticache", {})[node_list] = [{**origin, "usd_per_node_hour": nodes}]
    return prices


def _first_price(name: str, tiers: _Tiers) -> Decimal:
    """Return the price of the lowest tier."""
    prices = tiers[min(tiers)]
    if len(prices) > 1:
        raise PriceListError(f"several prices of {name}: {', '.join(map(str, sorted(prices)))}")
    return next(iter(prices))
