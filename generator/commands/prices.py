"""`owscale prices`: AWS's list prices anew, from its public price list."""

import contextlib
import http.client
import io
import json
import urllib.error
import urllib.request
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from generator.errors import OwscaleError, Report
from generator.offers import OFFERS, PATH, Offer, offer

FILE = Path("generator/facts/prices.json")
_PATIENCE_SECONDS = 60


def prices(options: Namespace, report: Report) -> int:  # noqa: ARG001 -- every command takes both
    """Writes prices.json once every file has been read; what goes wrong before leaves it as it was."""
    path = options.root / FILE
    try:
        data = json.loads(path.read_text("utf-8"))
        regions = sorted(set(options.region or data["regions"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OwscaleError(f"{path}: not the list of prices\n  hint: --root names the project's folder") from error
    absent = []
    for region in regions:
        for service in OFFERS:
            read = _read(options.source, service, region)
            _merge(data["regions"].setdefault(region, {}), read.sections)
            absent += [f"{region}: {name}: not in the price list; left as it was" for name in read.absent]
    _write(path, json.dumps(data, indent=1, ensure_ascii=False))
    print("\n".join((*absent, f"{path}: the prices of {', '.join(regions)}")))
    return 0


def _read(source: str, service: str, region: str) -> Offer:
    name = f"{source.rstrip('/')}/{PATH.format(service=service, region=region)}"
    try:
        with _opened(name) as lines:
            return offer(service, region, lines)
    except OwscaleError as error:
        raise OwscaleError(f"{name}: {error}. {FILE} was not changed.") from error
    except (OSError, http.client.HTTPException) as error:
        why = getattr(error, "strerror", None) or error
        raise OwscaleError(f"{name}: cannot be read: {why}. {FILE} was not changed.") from error


@contextlib.contextmanager
def _opened(name: str) -> Iterator[io.TextIOWrapper]:
    """The lines of a file, as they arrive."""
    if name.startswith(("https://", "http://")):
        try:
            response = urllib.request.urlopen(name, timeout=_PATIENCE_SECONDS)  # noqa: S310 -- a web address, as seen
        except urllib.error.HTTPError as refused:
            refused.close()
            raise
        with io.TextIOWrapper(response, "utf-8", newline="") as lines:
            yield lines
    else:
        with Path(name).open(encoding="utf-8", newline="") as lines:
            yield lines


def _write(path: Path, text: str) -> None:
    """All of it or nothing."""
    beside = path.with_suffix(".new")
    try:
        beside.write_text(text, encoding="utf-8", newline="\n")
        beside.replace(path)
    except OSError as error:
        raise OwscaleError(f"{path}: {error.strerror}") from error


def _merge(region: dict[str, Any], sections: dict[str, dict[str, Any]]) -> None:
    for section, found in sections.items():
        region[section] = region.get(section, {}) | found
