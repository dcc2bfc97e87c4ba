"""Read and write the price file of a project: prices.json beside its specs, which `owscale prices` writes."""

import functools
import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from owscale.console.invocation import owscale_command
from owscale.domain.aws.prices import Prices
from owscale.errors import OwscaleError
from owscale.fs import observed
from owscale.fs.files import io_errors
from owscale.fs.text import decode_text
from owscale.fs.untrusted import MIB, read_untrusted
from owscale.spec.document import dotted

NAME = "prices.json"
"""The name of the file, in the directory of the spec."""

_ABOUT = "On-demand list prices of AWS in USD, written by `owscale prices`. No free tier is subtracted."
_MAX_BYTES = 8 * MIB  # 40 regions with all node types have 2 MB


class PriceData(NamedTuple):
    """The content of a price file: prices by region, section and item, and other texts at its top level."""

    regions: dict[str, dict[str, dict[str, Any]]]
    texts: Mapping[str, Any] = {"about": _ABOUT}

    def to_json(self) -> bytes:
        """Return the bytes of the file; equal prices have equal bytes."""
        content = {**self.texts, "regions": self.regions}
        return f"{json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True, default=float)}\n".encode()


def project_prices(spec: Path) -> Prices:
    """Return the prices for a spec file. Raises OwscaleError if the price file beside it is invalid."""
    path = spec.with_name(NAME)
    with io_errors(path):
        if not observed.kind(path):
            return Prices({})
        status = path.lstat()
        return _cached_prices(path, status.st_ino, status.st_size, status.st_mtime_ns)


@functools.lru_cache(maxsize=16)
def _cached_prices(path: Path, *_: int) -> Prices:
    """Return the prices of a file, cached by its inode, size and time."""
    return Prices(read_price_data(path).regions)


def read_price_data(path: Path) -> PriceData:
    """Return the content of a price file. Raises OwscaleError if it cannot be read or is invalid."""
    from pydantic_core import ValidationError  # noqa: PLC0415 -- slow to import, and few projects have a price file

    from owscale.cost.price_schema import price_validator  # noqa: PLC0415 -- it builds a schema for price files alone

    with io_errors(path):
        content = read_untrusted(path, _MAX_BYTES)
    try:
        data = json.loads(decode_text(content), parse_float=Decimal, parse_int=Decimal, parse_constant=_fail_constant)
        price_validator().validate_python(data)
    except json.JSONDecodeError as error:
        _fail(f"{path}:{error.lineno}:{error.colno}", f"not JSON: {error.msg}")
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = dotted(tuple(part for part in first["loc"] if part != "[key]"))
        _fail(path, f"{place or 'the file'} is not as `owscale prices` writes it")
    except (ValueError, ArithmeticError, RecursionError):
        _fail(path, "not JSON in UTF-8 with finite numbers")
    regions = data.pop("regions")
    _require_known_units(path, regions)
    return PriceData(regions, data)


def _require_known_units(path: Path, regions: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> None:
    """Raise OwscaleError if a known item has a price per another unit."""
    from owscale.cost.price_list import UNITS  # noqa: PLC0415 -- only for a project with a price file

    for region, sections in regions.items():
        for section, items in sections.items():
            for item, price in items.items():
                expected = UNITS.get((section, item))
                if expected and price["unit"] != expected:
                    _fail(path, f"regions.{region}.{section}.{item}: the unit is {price['unit']}, not {expected}")


def _fail(place: Path | str, problem: str) -> NoReturn:
    hint = f"restore it with git, or remove it and run `{owscale_command('prices')}`"
    raise OwscaleError(f"{place}: {problem}", hint=hint)


def _fail_constant(name: str) -> NoReturn:
    raise ValueError(name)
