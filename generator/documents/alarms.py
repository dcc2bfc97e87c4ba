"""The alarms as a person meets them: what each one is called, what it looks at, what it does, what is to be done."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from generator.errors import count
from generator.facts import elasticache
from generator.facts.cloudwatch import alarm_settings
from generator.facts.figures import threshold, window

if TYPE_CHECKING:
    from generator.model import Spec
    from generator.model.alarms import AlarmName


class Alarm(NamedTuple):
    """One alarm of the spec; on Redis it is one alarm in CloudWatch for each node, so that it has several names."""

    names: tuple[str, ...]
    namespace: str
    metric: str
    statistic: str
    threshold: str
    window: str
    without_data: str
    action: str
    answer: str


_BALANCER, _REDIS, _TASKS = "AWS/ApplicationELB", "AWS/ElastiCache", "AWS/ECS"
# The metric and its statistic as templates/modules/monitoring has them; a test compares.
_METRICS: dict[AlarmName, tuple[str, str, str]] = {
    "at_maximum": (_BALANCER, "HealthyHostCount", "Maximum"),
    "cpu": (_TASKS, "CPUUtilization", "Average"),
    "load_balancer_5xx": (_BALANCER, "HTTPCode_ELB_5XX_Count", "Sum"),
    "memory": (_TASKS, "MemoryUtilization", "Average"),
    "redis_cpu": (_REDIS, "CPUUtilization", "Average"),
    "redis_evictions": (_REDIS, "Evictions", "Sum"),
    "redis_memory": (_REDIS, "DatabaseMemoryUsagePercentage", "Average"),
    "response_time": (_BALANCER, "TargetResponseTime", "Average"),
    "target_5xx": (_BALANCER, "HTTPCode_Target_5XX_Count", "Sum"),
    "unhealthy_hosts": (_BALANCER, "UnHealthyHostCount", "Minimum"),
}
_ANSWERS: dict[AlarmName, str] = {
    "at_maximum": "More load will not get more tasks. Raise autoscaling.max, if the database has the connections.",
    "cpu": "Look whether more tasks come. If none do, the maximum is reached, or they do not start: read the events.",
    "load_balancer_5xx": "No healthy task, or an answer took longer than the idle timeout. Look at the targets.",
    "memory": "A task that runs out is killed. Look in the log for large uploads; give tasks more memory.",
    "redis_cpu": "Everything waits for Redis. Look at its slow log; take a larger node type.",
    "redis_evictions": "Sessions may get lost. Take a larger node type.",
    "redis_memory": "Writes will be refused, or keys dropped. Take a larger node type.",
    "response_time": "Compare with CPU and Redis. If both are calm, a model or the database is slow: read the log.",
    "target_5xx": "Open WebUI fails. Read its log; if it began with a deployment, roll that back.",
    "unhealthy_hosts": "Read the events and the log. ECS replaces such tasks; if new ones fail too, roll back.",
}
_WITHOUT_DATA = {
    "breaching": "no data counts as bad",
    "ignore": "no data changes nothing",
    "missing": "no data is no verdict",
    "notBreaching": "no data counts as good",
}


def alarms(spec: Spec) -> Iterator[Alarm]:
    """The alarms that are on, with the settings that the HCL has."""
    for name, setting in alarm_settings(spec).items():
        namespace, metric, statistic = _METRICS[name]
        if name == "redis_cpu" and elasticache.measures_engine_cpu(spec.redis.node_type):
            metric = "EngineCPUUtilization"
        yield Alarm(
            tuple(_names(spec, name)),
            namespace,
            metric,
            statistic,
            threshold(name, setting),
            window(setting),
            _WITHOUT_DATA[setting["missing_data"]],
            _action(spec, name),
            _ANSWERS[name],
        )


def _names(spec: Spec, name: AlarmName) -> Iterator[str]:
    whole = f"{spec.service.name}-{name.replace('_', '-')}"
    if name.startswith("redis_"):
        yield from (f"{whole}-{number:03}" for number in range(1, spec.redis.nodes + 1))
    else:
        yield whole


def _action(spec: Spec, name: AlarmName) -> str:
    if name == "cpu" and spec.autoscaling.enabled:
        return f"notifies; adds {count(spec.autoscaling.high_cpu.instances, 'task')}"
    return "notifies"


def quiet_seconds(spec: Spec) -> int:
    """How long the slowest alarm takes to see that something is wrong."""
    return max(int(each["evaluation_periods"] * each["period_seconds"]) for each in alarm_settings(spec).values())


def topic_name(spec: Spec) -> str:
    """The SNS topic that the alarms notify."""
    topic = spec.existing.alarm_topic_arn
    return topic.rpartition(":")[2] if topic else f"{spec.service.name}-alarms"
