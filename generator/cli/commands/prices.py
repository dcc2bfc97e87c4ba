"""`owscale prices`: write the list prices of AWS for the regions of the specs to prices.json beside them."""

import contextlib
import http.client
import io
import os
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from owscale.cli.commands._specs import load_valid_deployments
from owscale.cli.output import CommandResult, Output
from owscale.console.invocation import owscale_command
from owscale.console.text import suggest
from owscale.cost.price_file import NAME, PriceData, read_price_data
from owscale.cost.price_list import ITEMS_BY_SERVICE, PATH, PriceFile, PriceListError, read_price_file
from owscale.domain.aws import elasticache
from owscale.errors import OwscaleError, UsageError
from owscale.fs.files import atomic_write, io_errors
from owscale.fs.text import MARK_LENGTH, text_codec
from owscale.fs.untrusted import MAX_PRICES_BYTES, UnsafeFileError, open_untrusted, read_untrusted, too_large
from owscale.verify.deadline import call_with_deadline
from owscale.workflow.project import ProjectPaths

_REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}")
_TIMEOUT_SECONDS = 60
_MAX_SECONDS = 600  # for one file
_MAX_LINE_CHARACTERS = 1 << 16
_MAX_LINES = 5_000_000  # the largest of these files has some 100,000 lines


class PricesOptions(NamedTuple):
    """Options of `owscale prices`."""

    paths: ProjectPaths
    region: list[str] | None
    source: str
    file: Path | None


def run(options: PricesOptions, output: Output) -> CommandResult:
    """Update the price file after every file of the price list was read."""
    path, regions = options.file or _price_file(options.paths), _chosen_regions(options, output)
    data = read_price_data(path) if os.path.lexists(path) else PriceData({})
    before = read_untrusted(path, MAX_PRICES_BYTES) if os.path.lexists(path) else b""
    notes, dates = [], set()
    for region in regions:
        for service in ITEMS_BY_SERVICE:
            prices = _read(options.source, service, region, path)
            dates.add(prices.published)
            _merge(data.regions.setdefault(region, {}), prices.sections)
            notes += [f"{region}: {name}: not in the price list\n" for name in prices.absent]
    after = data.to_json()
    place = f"{', '.join(regions)}, published {' to '.join(sorted({min(dates), max(dates)}))}"
    if after == before:
        return CommandResult(text="".join((*notes, f"{path}: up to date for {place}\n")))
    with io_errors(path):
        atomic_write(path, after)
    if not options.file:
        generate = owscale_command("generate")
        notes.append(f"Run `{generate}` for the cost in each README.md, and commit {path} with the result\n")
    return CommandResult(text="".join((f"{path}: prices of {place}\n", *notes)))


def _price_file(paths: ProjectPaths) -> Path:
    return paths.spec / NAME if paths.spec.is_dir() else paths.spec.with_name(NAME)


def _chosen_regions(options: PricesOptions, output: Output) -> list[str]:
    """Return the regions of `--region`, or without it the regions of all specs."""
    for region in options.region or ():
        if not _REGION.fullmatch(region):  # it becomes a part of a path
            hint = suggest(region, elasticache.regions(), "write a region such as eu-west-1")
            raise UsageError(f"--region {region}: not a region", hint=hint)
    if options.region:
        return sorted(set(options.region))
    deployments = load_valid_deployments(options.paths, output)
    return sorted({checked.deployment.spec.aws.region for checked in deployments})


def _read(source: str, service: str, region: str, path: Path) -> PriceFile:
    location = f"{source.rstrip('/')}/{PATH.format(service=service, region=region)}"
    outcome = f"{path} was not changed"
    try:
        return call_with_deadline(lambda: _read_lines(location, service, region), _MAX_SECONDS)
    except (PriceListError, UnsafeFileError) as error:
        raise OwscaleError(f"{location}: {error.message}; {outcome}", hint=error.hint) from error
    except (OSError, ValueError, http.client.HTTPException) as error:
        cause = (
            error.reason if type(error) is urllib.error.URLError else error
        )  # not of its subclass for an HTTP status
        reason = getattr(cause, "strerror", None) or str(cause) or f"no end within {_MAX_SECONDS} s"
        hint = "check the name of the region and the network, or pass a directory with a copy of the files in `--from`"
        raise OwscaleError(f"{location}: cannot be read: {reason}; {outcome}", hint=hint) from error


def _read_lines(location: str, service: str, region: str) -> PriceFile:
    with _open(location) as file:
        return read_price_file(service, region, _bounded_lines(file))


def _bounded_lines(file: io.TextIOWrapper) -> Iterator[str]:
    """Yield the lines of a file. Raises PriceListError if it is larger than any price list."""
    for _ in range(_MAX_LINES):
        line = file.readline(_MAX_LINE_CHARACTERS)
        if not line:
            return
        if len(line) == _MAX_LINE_CHARACTERS:
            raise PriceListError("has a line of more than 64 KB")
        yield line
    raise PriceListError(f"has more than {_MAX_LINES:,} lines")


@contextlib.contextmanager
def _open(location: str) -> Iterator[io.TextIOWrapper]:
    """Yield a file or an HTTP response, to read while it arrives."""
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
