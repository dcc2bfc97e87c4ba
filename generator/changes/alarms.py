"""Alarms that fire later than before, or not at all: by what holds, whichever key or default it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from generator.facts.cloudwatch import alarm_settings

if TYPE_CHECKING:
    from generator.model import Spec


def quieter(before: Spec, after: Spec) -> Iterator[str]:
    """Each of them, in a sentence."""
    new = alarm_settings(after)  # its own threshold is all that autoscaling allows: a higher one is no later alarm
    for name, old in alarm_settings(before).items():
        if name not in new:
            yield f"alarm {name}: is gone"
            continue
        for what, was, becomes in _later(old, new[name] | ({"threshold": 0} if name == "at_maximum" else {})):
            yield f"alarm {name}: {what} {was} → {becomes}: it fires later, or never"


def _later(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, object, object]]:
    if new["threshold"] > old["threshold"]:
        yield "threshold", old["threshold"], new["threshold"]
    if _seconds(new) > _seconds(old):
        yield "seconds beyond the threshold", _seconds(old), _seconds(new)
    if old["missing_data"] == "breaching" != new["missing_data"]:
        yield "missing data", old["missing_data"], new["missing_data"]


def _seconds(alarm: Mapping[str, Any]) -> int:
    return int(alarm["datapoints"]) * int(alarm["period_seconds"])
