"""How CloudWatch looks at each alarm's metric."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from generator.facts import elasticache

if TYPE_CHECKING:
    from generator.model import Spec
    from generator.model.alarms import AlarmName, MissingData

# A load balancer reports nothing while nobody asks, which is well; a task or a node that reports nothing is gone.
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
QUIET_WHEN_IDLE: frozenset[AlarmName] = frozenset(
    {"at_maximum", "load_balancer_5xx", "response_time", "target_5xx", "unhealthy_hosts"}
)


_REDIS_CPU = 75

# An alarm that adds tasks must not add any because there are none: whoever stops all of them has a reason.
_ADDS_TASKS: AlarmName = "cpu"


def alarm_settings(spec: Spec) -> dict[AlarmName, dict[str, Any]]:
    """When each alarm of the spec fires, by the alarm's name; an alarm that is off is not there."""
    return {
        name: {"threshold": threshold} | _timing(spec, name)
        for name, threshold in thresholds(spec).items()
        if threshold is not None
    }


def thresholds(spec: Spec) -> dict[AlarmName, float | None]:
    """What each alarm there is fires at; None where the spec has it off."""
    alarms = spec.alarms
    return {
        "at_maximum": spec.autoscaling.max if alarms.at_maximum and spec.autoscaling.enabled else None,
        "cpu": alarms.cpu_percent,
        "load_balancer_5xx": alarms.load_balancer_5xx_count,
        "memory": alarms.memory_percent,
        "redis_cpu": alarms.redis_cpu_percent or min(_REDIS_CPU, elasticache.advised_cpu_percent(spec.redis.node_type)),
        "redis_evictions": alarms.redis_evictions,
        "redis_memory": alarms.redis_memory_percent,
        "response_time": alarms.response_time_seconds,
        "target_5xx": alarms.target_5xx_count,
        "unhealthy_hosts": alarms.unhealthy_hosts,
    }


def alarm_names(spec: Spec) -> dict[str, AlarmName]:
    """The names in CloudWatch of all alarms of a spec, each with its kind; Redis has one for each node."""
    names: dict[str, AlarmName] = {}
    for kind in alarm_settings(spec):
        name = f"{spec.service.name}-{kind.replace('_', '-')}"
        nodes = [f"-{number:03}" for number in range(1, spec.redis.nodes + 1)] if kind.startswith("redis_") else [""]
        names |= {f"{name}{node}": kind for node in nodes}
    return names


def _timing(spec: Spec, name: AlarmName) -> dict[str, int | str]:
    alarms = spec.alarms
    own = vars(alarms.timing[name]) if name in alarms.timing else {}
    periods = own.get("evaluation_periods") or alarms.evaluation_periods
    missing: MissingData = "breaching"
    if name in QUIET_WHEN_IDLE:
        missing = "notBreaching"
    elif name == _ADDS_TASKS and spec.autoscaling.enabled:
        missing = "missing"
    return {
        "datapoints": own.get("datapoints") or periods,
        "evaluation_periods": periods,
        "missing_data": own.get("missing_data") or missing,
        "period_seconds": own.get("period_seconds") or alarms.period_seconds,
    }
