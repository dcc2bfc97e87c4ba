"""Thresholds, timing and names of the CloudWatch alarms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from owscale.domain.aws import elasticache

if TYPE_CHECKING:
    from owscale.spec.models import Spec
    from owscale.spec.models.alarms import AlarmName, MissingData

SILENT_WHEN_IDLE: frozenset[AlarmName] = frozenset(
    {"at_maximum", "load_balancer_5xx", "response_time", "target_5xx", "unhealthy_hosts"}
)
"""Alarms of the load balancer: it reports no data without requests, so missing data is no problem.

If a task, a Redis node or a database reports no data, it does not exist. For the same reason, `healthy_hosts` is not
one of these alarms: the load balancer reports its metric while a target is registered, so missing data means no task.
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
"""

FIRES_BELOW: frozenset[AlarmName] = frozenset({"files_burst_credits", "healthy_hosts"})
"""Alarms that fire below their threshold; the others fire above or at it."""

_REPORTED_IF_MOUNTED: frozenset[AlarmName] = frozenset({"files_burst_credits", "files_io"})
"""Alarms of the file system. Without data, no file is at risk: its mode has no such limit, or no task is running.

https://docs.aws.amazon.com/efs/latest/ug/efs-metrics.html
"""

BYTES_PER_GB = 2**30

_MAX_REDIS_CPU_PERCENT = 75
"""The highest default threshold of the alarm redis_cpu."""

_SCALING_ALARM: AlarmName = "cpu"
"""The alarm that adds tasks. Missing data must not trigger it: all tasks may have been stopped on purpose."""


def alarm_settings(spec: Spec) -> dict[AlarmName, dict[str, Any]]:
    """Return threshold and timing of each alarm that is on, by the name of the alarm."""
    return {
        name: {"threshold": threshold} | _timing(spec, name)
        for name, threshold in thresholds(spec).items()
        if threshold is not None
    }


def thresholds(spec: Spec) -> dict[AlarmName, float | None]:
    """Return the threshold of every alarm; None for an alarm that is off."""
    alarms = spec.alarms
    return {
        "at_maximum": spec.autoscaling.max if alarms.at_maximum and spec.autoscaling.enabled else None,
        "cpu": alarms.cpu_percent,
        "database_connections": _database_connections(spec),
        "files_burst_credits": _bytes(alarms.files_burst_credits_gb),
        "files_io": alarms.files_io_percent,
        "healthy_hosts": alarms.healthy_hosts,
        "load_balancer_5xx": alarms.load_balancer_5xx_count,
        "memory": alarms.memory_percent,
        "redis_cpu": alarms.redis_cpu_percent or _default_redis_cpu_percent(spec),
        "redis_evictions": alarms.redis_evictions,
        "redis_memory": alarms.redis_memory_percent,
        "response_time": alarms.response_time_seconds,
        "target_5xx": alarms.target_5xx_count,
        "unhealthy_hosts": alarms.unhealthy_hosts,
    }


def alarm_names(spec: Spec) -> dict[str, AlarmName]:
    """Return the names in CloudWatch of all alarms that are on, each with its alarm."""
    return {name: alarm for alarm in alarm_settings(spec) for name in _cloudwatch_names(spec, alarm)}


def _cloudwatch_names(spec: Spec, alarm: AlarmName) -> list[str]:
    """Return the names of an alarm in CloudWatch: one for each node for Redis, otherwise a single one."""
    name = f"{spec.service.name}-{alarm.replace('_', '-')}"
    return elasticache.node_names(name, spec.redis.nodes) if alarm.startswith("redis_") else [name]


def _default_redis_cpu_percent(spec: Spec) -> int:
    return min(_MAX_REDIS_CPU_PERCENT, elasticache.advised_cpu_percent(spec.redis.node_type))


def _database_connections(spec: Spec) -> int | None:
    percent = spec.alarms.database_connections_percent
    return None if percent is None else spec.existing.database.max_connections * percent // 100


def _bytes(gigabytes: int | None) -> int | None:
    return None if gigabytes is None else gigabytes * BYTES_PER_GB


def _timing(spec: Spec, name: AlarmName) -> dict[str, int | str]:
    alarms = spec.alarms
    overrides = vars(alarms.timing[name]) if name in alarms.timing else {}
    periods = overrides.get("evaluation_periods") or alarms.evaluation_periods
    return {
        "datapoints": overrides.get("datapoints") or periods,
        "evaluation_periods": periods,
        "missing_data": overrides.get("missing_data") or _default_missing_data(spec, name),
        "period_seconds": overrides.get("period_seconds") or alarms.period_seconds,
    }


def _default_missing_data(spec: Spec, name: AlarmName) -> MissingData:
    if name in SILENT_WHEN_IDLE:
        return "notBreaching"
    if name in _REPORTED_IF_MOUNTED:
        return "missing"
    return "missing" if name == _SCALING_ALARM and spec.autoscaling.enabled else "breaching"
