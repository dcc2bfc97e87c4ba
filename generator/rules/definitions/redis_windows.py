"""Snapshot and maintenance windows of Redis."""

from collections.abc import Iterator

from owscale.rules.registry import Finding, rule
from owscale.spec.deployment import Deployment

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOUR, _DAY, _WEEK = 60, 24 * 60, 7 * 24 * 60
"""Lengths in minutes."""


@rule(
    "S220",
    "error",
    checks="Checks that the snapshot and maintenance windows last at least an hour and do not overlap.",
    rationale="ElastiCache rejects shorter windows, and a snapshot window that overlaps the maintenance window.",
    reference="https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html",
    example="redis: {snapshot_window: 04:30-05:30}",
    fixed_example="redis: {snapshot_window: 03:30-04:30}",
    other_keys=("redis.maintenance_window",),
)
def redis_windows(deployment: Deployment) -> Iterator[Finding]:
    redis = deployment.spec.redis
    snapshot, maintenance = _parse_window(redis.snapshot_window), _parse_window(redis.maintenance_window)
    for key, text, (start, end), cycle, example in (
        ("snapshot_window", redis.snapshot_window, snapshot, _DAY, "03:00-04:00"),
        ("maintenance_window", redis.maintenance_window, maintenance, _WEEK, "sun:05:00-sun:06:00"),
    ):
        length = (end - start) % cycle
        if length < _HOUR:
            message = f"{text} lasts {length} minutes" if length else f"{text} ends when it begins"
            yield Finding(("redis", key), message, f"write a window of at least 60 minutes, such as {example}")
            return
        if key == "maintenance_window" and length > _DAY:
            yield Finding(("redis", key), f"{text} lasts longer than a day", "end it on the same day or the next")
            return
    if redis.snapshot_retention_days and _overlap(snapshot, maintenance):
        message = f"the maintenance window {redis.maintenance_window} overlaps {redis.snapshot_window}"
        yield Finding(("redis", "snapshot_window"), message, "write a time outside the maintenance window")


def _parse_window(window: str) -> tuple[int, int]:
    """Return start and end of a window in minutes: since midnight or, with names of days, since Monday."""
    start, end = window.split("-")
    return _minutes(start), _minutes(end)


def _minutes(text: str) -> int:
    *day, hour, minute = text.split(":")
    return (_DAYS.index(day[0]) * _DAY if day else 0) + int(hour) * _HOUR + int(minute)


def _overlap(daily: tuple[int, int], weekly: tuple[int, int]) -> bool:
    """Whether a daily window overlaps a weekly one on any day."""
    daily_length, weekly_length = (daily[1] - daily[0]) % _DAY, (weekly[1] - weekly[0]) % _WEEK
    starts = (daily[0] + day * _DAY for day in range(7))
    return any(
        (start - weekly[0]) % _WEEK < weekly_length or (weekly[0] - start) % _WEEK < daily_length for start in starts
    )
