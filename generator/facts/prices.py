"""AWS's list prices. The data is in prices.json beside this file, dated and sourced; what is not there is unknown."""

import functools
import json
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple, cast

OFFICIAL = "AWS Price List"
"""The source of a price that was read from AWS's own files."""

FILE = Path(__file__).with_name("prices.json")


class Price(NamedTuple):
    """What one unit costs in USD; `as_of` is the date of the price list, as exact as it is known."""

    usd: Decimal
    unit: str
    as_of: str
    source: str


@functools.cache
def _regions() -> dict[str, dict[str, dict[str, Any]]]:
    # Decimals from the start: 0.1 is no binary fraction, and sums are to the cent.
    read = json.loads(FILE.read_text("utf-8"), parse_float=Decimal, parse_int=Decimal)
    return cast("dict[str, dict[str, dict[str, Any]]]", read["regions"])


def price(region: str, service: str, item: str) -> Price | None:
    """The price of an item, such as ("alb", "hour"); None where the data has none for the region."""
    found = _regions().get(region, {}).get(service, {}).get(item)
    return Price(**found) if found else None


def node_price(region: str, engine: str, node_type: str) -> Price | None:
    """What an hour of a Redis or Valkey node costs, by the latest list that has it."""
    lists = _regions().get(region, {}).get("elasticache", {}).get(f"{engine}_node_hour", [])
    for listed in sorted(lists, key=lambda one: str(one["as_of"]), reverse=True):
        if node_type in listed["usd_per_node_hour"]:
            return Price(listed["usd_per_node_hour"][node_type], "node-hour", listed["as_of"], listed["source"])
    return None
