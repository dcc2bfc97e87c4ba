"""List prices of AWS. prices.json beside this file has them with date and source; other prices are unknown."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from owscale.fs import observed

OFFICIAL = "AWS Price List"
"""The source of a price that was read from AWS's own files."""

FILE = Path(__file__).with_name("prices.json")

SECTIONS_BY_HAND = frozenset({"nat", "vpc"})
"""The sections of prices.json that `owscale prices` does not update: their file, AmazonEC2, has several hundred MB."""

_Regions = Mapping[str, Mapping[str, Mapping[str, Any]]]


class Price(NamedTuple):
    """The price of one unit in USD; `as_of` is the date of the price list, a day or a month."""

    usd: Decimal
    unit: str
    as_of: str
    source: str


class Prices:
    """The prices of each region: from the project's files first, then from the files that owscale ships."""

    def __init__(self, project: _Regions) -> None:
        self._project = project

    def is_complete(self, region: str) -> bool:
        """Return whether the project has the prices of a region. A price that is missing then is not in AWS's list."""
        return region in self._project

    def price(self, region: str, section: str, item: str) -> Price | None:
        """Return the price of an item, such as ("alb", "hour"); None if the region has no known price."""
        for regions in (self._project, _shipped_regions()):
            if fields := regions.get(region, {}).get(section, {}).get(item):
                return Price(**fields)
        return None

    def node_price(self, region: str, engine: str, node_type: str) -> Price | None:
        """Return the hourly price of a Redis or Valkey node from the newest price list that has it."""
        for regions in (self._project, _shipped_regions()):
            price_lists = regions.get(region, {}).get("elasticache", {}).get(f"{engine}_node_hour", [])
            for prices in sorted(price_lists, key=lambda prices: str(prices["as_of"]), reverse=True):
                if node_type in prices["usd_per_node_hour"]:
                    return Price(prices["usd_per_node_hour"][node_type], "node-hour", prices["as_of"], prices["source"])
        return None


SHIPPED_PRICES = Prices({})


@functools.cache
def _shipped_regions() -> _Regions:
    # Parse numbers as Decimal: binary floats cannot represent 0.1, and sums must be exact to the cent.
    regions: _Regions = json.loads(observed.read_bytes(FILE), parse_float=Decimal, parse_int=Decimal)["regions"]
    return regions
