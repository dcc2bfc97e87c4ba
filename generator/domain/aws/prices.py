"""List prices of AWS. prices.json beside this file has them with date and source; other prices are unknown."""

import functools
import json
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple, cast

from owscale.fs import observed

OFFICIAL = "AWS Price List"
"""The source of a price that was read from AWS's own files."""

FILE = Path(__file__).with_name("prices.json")


class Price(NamedTuple):
    """The price of one unit in USD; `as_of` is the date of the price list, a day or a month."""

    usd: Decimal
    unit: str
    as_of: str
    source: str


@functools.cache
def _regions() -> dict[str, dict[str, dict[str, Any]]]:
    # Parse numbers as Decimal: binary floats cannot represent 0.1, and sums must be exact to the cent.
    data = json.loads(observed.read_bytes(FILE), parse_float=Decimal, parse_int=Decimal)
    return cast("dict[str, dict[str, dict[str, Any]]]", data["regions"])


def price(region: str, service: str, item: str) -> Price | None:
    """Return the price of an item, such as ("alb", "hour"); None if the region has no known price."""
    fields = _regions().get(region, {}).get(service, {}).get(item)
    return Price(**fields) if fields else None


def node_price(region: str, engine: str, node_type: str) -> Price | None:
    """Return the hourly price of a Redis or Valkey node from the newest price list that has it."""
    price_lists = _regions().get(region, {}).get("elasticache", {}).get(f"{engine}_node_hour", [])
    for prices in sorted(price_lists, key=lambda prices: str(prices["as_of"]), reverse=True):
        if node_type in prices["usd_per_node_hour"]:
            return Price(prices["usd_per_node_hour"][node_type], "node-hour", prices["as_of"], prices["source"])
    return None
