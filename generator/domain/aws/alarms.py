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

If a task or a Redis node reports no data, it does not exist.
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
"""

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
    return "missing" if name == _SCALING_ALARM and spec.autoscaling.enabled else "breaching"
