"""`owscale prices`: update the list prices from the public price list of AWS."""

import contextlib
import http.client
import io
import json
import os
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from owscale.cli.output import CommandResult, Output
from owscale.cost.price_list import ITEMS_BY_SERVICE, PATH, PriceFile, read_price_file
from owscale.errors import OwscaleError
from owscale.fs.files import atomic_write, io_errors
from owscale.fs.text import MARK_LENGTH, decode_text, text_codec
from owscale.fs.untrusted import MAX_PRICES_BYTES, UnsafeFileError, open_untrusted, read_untrusted, too_large

FILE = Path("generator/domain/aws/prices.json")
_TIMEOUT_SECONDS = 60


class Options(NamedTuple):
    """Options of `owscale prices`."""

    root: Path
    region: list[str] | None
    source: str


def run(options: Options, _output: Output) -> CommandResult:
    """Update prices.json after every file of the price list was read."""
    path = options.root / FILE
    try:
        data = json.loads(decode_text(read_untrusted(path, MAX_PRICES_BYTES)))
        regions = sorted(set(options.region or data["regions"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OwscaleError(f"{path}: not a price file", hint="name the root of the repository with --root") from error
    missing = []
    for region in regions:
        for service in ITEMS_BY_SERVICE:
            prices = _read(options.source, service, region)
            _merge(data["regions"].setdefault(region, {}), prices.sections)
            missing += [f"{region}: {name}: not in the price list; kept as it was\n" for name in prices.absent]
    with io_errors(path):
        atomic_write(path, json.dumps(data, indent=1, ensure_ascii=False).encode())
    return CommandResult(text="".join((*missing, f"{path}: updated the prices of {', '.join(regions)}\n")))


def _read(source: str, service: str, region: str) -> PriceFile:
    location = f"{source.rstrip('/')}/{PATH.format(service=service, region=region)}"
    try:
        with _open(location) as lines:
            return read_price_file(service, region, lines)
    except OwscaleError as error:
        raise OwscaleError(f"{location}: {error.message}; {FILE} was not changed", hint=error.hint) from error
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "strerror", None) or error
        raise OwscaleError(f"{location}: cannot be read: {reason}; {FILE} was not changed") from error


@contextlib.contextmanager
def _open(location: str) -> Iterator[io.TextIOWrapper]:
    """Yield the lines of a file or an HTTP response as they arrive."""
    if location.startswith(("https://", "http://")):
        try:
            response = urllib.request.urlopen(location, timeout=_TIMEOUT_SECONDS)  # noqa: S310 -- http or https, see above
        except urllib.error.HTTPError as error:
            error.close()
            raise
        with io.TextIOWrapper(response, "utf-8", newline="") as lines:
            yield lines
    else:
        descriptor = open_untrusted(location)
        if (size := os.fstat(descriptor).st_size) > MAX_PRICES_BYTES:
            os.close(descriptor)
            raise UnsafeFileError(location, *too_large(size, MAX_PRICES_BYTES))
        codec = text_codec(os.pread(descriptor, MARK_LENGTH, 0))
        with open(descriptor, encoding=codec, newline="") as lines:
            yield lines


def _merge(region: dict[str, Any], sections: dict[str, dict[str, Any]]) -> None:
    for section, prices in sections.items():
        region[section] = region.get(section, {}) | prices
