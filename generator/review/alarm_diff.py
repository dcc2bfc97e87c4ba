"""Alarms that fire later than before or never, by a change of any key or default."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from owscale.domain.aws.alarms import FIRES_BELOW, alarm_settings
from owscale.spec.scalars import format_scalar

if TYPE_CHECKING:
    from owscale.spec.models import Spec


def weakened_alarms(before: Spec, after: Spec) -> Iterator[str]:
    """Yield a sentence for each alarm that was removed, or that fires later or never."""
    new_settings = alarm_settings(after)
    for name, old in alarm_settings(before).items():
        new = new_settings.get(name)
        if new is None:
            yield f"alarm {name}: removed"
            continue
        if name == "at_maximum":  # its threshold is autoscaling.max, so a higher one does not weaken it
            new = {**new, "threshold": old["threshold"]}
        for setting, old_value, new_value in _weakened_settings(old, new, fires_below=name in FIRES_BELOW):
            old_text, new_text = format_scalar(old_value), format_scalar(new_value)
            yield f"alarm {name}: {setting} {old_text} → {new_text}: it fires later or never"


def _weakened_settings(
    old: Mapping[str, Any], new: Mapping[str, Any], *, fires_below: bool
) -> Iterator[tuple[str, object, object]]:
    if new["threshold"] < old["threshold"] if fires_below else new["threshold"] > old["threshold"]:
        yield "threshold", old["threshold"], new["threshold"]
    if _seconds_to_fire(new) > _seconds_to_fire(old):
        yield "seconds beyond the threshold", _seconds_to_fire(old), _seconds_to_fire(new)
    if old["missing_data"] == "breaching" != new["missing_data"]:
        yield "missing data", old["missing_data"], new["missing_data"]


def _seconds_to_fire(alarm: Mapping[str, Any]) -> int:
    """Return the time that the metric must be beyond the threshold, in seconds."""
    return int(alarm["datapoints"]) * int(alarm["period_seconds"])
