"""Redis's windows: when it is saved, and when it is updated."""

from collections.abc import Iterator

from generator.checks.rule import Finding, rule
from generator.deployment import Deployment

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOUR, _DAY, _WEEK = 60, 24 * 60, 7 * 24 * 60


@rule(
    "S220",
    "error",
    "ElastiCache refuses windows of less than an hour, and a snapshot while it may be updating.",
    reference="https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html",
    example="redis: {snapshot_window: 04:30-05:30}",
    mend="redis: {snapshot_window: 03:30-04:30}",
)
def windows(deployment: Deployment) -> Iterator[Finding]:
    redis = deployment.spec.redis
    saved, updated = _minutes(redis.snapshot_window), _minutes(redis.maintenance_window)
    for key, (start, end), whole in (("snapshot_window", saved, _DAY), ("maintenance_window", updated, _WEEK)):
        length = (end - start) % whole
        if length < _HOUR:
            message = f"{getattr(redis, key)} lasts {length} minutes" if length else "begins when it ends"
            yield Finding(("redis", key), message, "a window lasts 60 minutes at least, such as 03:00-04:00")
            return
        if key == "maintenance_window" and length > _DAY:
            hint = "end it on the same day or the next"
            yield Finding(("redis", key), f"{redis.maintenance_window} lasts longer than a day", hint)
            return
    if redis.snapshot_retention_days and _meet(saved, updated):
        message = f"{redis.snapshot_window} meets the maintenance window {redis.maintenance_window}"
        yield Finding(("redis", "snapshot_window"), message, "choose hours that the other window leaves free")


def _minutes(window: str) -> tuple[int, int]:
    """Both ends of a window in minutes: of the day, or of the week where it names days."""
    start, end = window.split("-")
    return _since(start), _since(end)


def _since(text: str) -> int:
    *day, hour, minute = text.split(":")
    return (_DAYS.index(day[0]) * _DAY if day else 0) + int(hour) * _HOUR + int(minute)


def _meet(daily: tuple[int, int], weekly: tuple[int, int]) -> bool:
    """Whether a window of each day meets one of the week."""
    for day in range(7):
        start = daily[0] + day * _DAY
        from_updates, from_save = (start - weekly[0]) % _WEEK, (weekly[0] - start) % _WEEK
        if from_updates < (weekly[1] - weekly[0]) % _WEEK or from_save < (daily[1] - daily[0]) % _DAY:
            return True
    return False
