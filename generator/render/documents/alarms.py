"""The alarms for the documents: their names, metrics, conditions and actions, and the response of an engineer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from owscale.console.text import plural
from owscale.domain.aws import elasticache
from owscale.domain.aws.alarms import alarm_names, alarm_settings
from owscale.domain.summary import format_threshold, format_window

if TYPE_CHECKING:
    from owscale.spec.models import Spec
    from owscale.spec.models.alarms import AlarmName


class AlarmRow(NamedTuple):
    """An alarm of the spec. An alarm on Redis has several names: CloudWatch has one alarm for each node."""

    names: tuple[str, ...]
    namespace: str
    metric: str
    statistic: str
    threshold: str
    window: str
    missing_data: str
    action: str
    response: str


_DATABASE, _FILES = "AWS/RDS", "AWS/EFS"
_LOAD_BALANCER, _REDIS, _TASKS = "AWS/ApplicationELB", "AWS/ElastiCache", "AWS/ECS"
# The metric and its statistic as in templates/modules/monitoring; a test compares them with the plan.
_METRICS: dict[AlarmName, tuple[str, str, str]] = {
    "at_maximum": (_LOAD_BALANCER, "HealthyHostCount", "Maximum"),
    "cpu": (_TASKS, "CPUUtilization", "Average"),
    "database_connections": (_DATABASE, "DatabaseConnections", "Maximum"),
    "files_burst_credits": (_FILES, "BurstCreditBalance", "Minimum"),
    "files_io": (_FILES, "PercentIOLimit", "Average"),
    "healthy_hosts": (_LOAD_BALANCER, "HealthyHostCount", "Minimum"),
    "load_balancer_5xx": (_LOAD_BALANCER, "HTTPCode_ELB_5XX_Count", "Sum"),
    "memory": (_TASKS, "MemoryUtilization", "Average"),
    "redis_cpu": (_REDIS, "CPUUtilization", "Average"),
    "redis_evictions": (_REDIS, "Evictions", "Sum"),
    "redis_memory": (_REDIS, "DatabaseMemoryUsagePercentage", "Average"),
    "response_time": (_LOAD_BALANCER, "TargetResponseTime", "Average"),
    "target_5xx": (_LOAD_BALANCER, "HTTPCode_Target_5XX_Count", "Sum"),
    "unhealthy_hosts": (_LOAD_BALANCER, "UnHealthyHostCount", "Minimum"),
}
_RESPONSES: dict[AlarmName, str] = {
    "at_maximum": "Autoscaling cannot add tasks for more load. If the database has connections left, raise "
    "autoscaling.max.",
    "cpu": "Check whether tasks are added. If not, the maximum is reached or new tasks do not start: read the events.",
    "database_connections": "Without a free connection, every request fails. Look for clients other than Open WebUI; "
    "lower app.database_pool or autoscaling.max, or raise max_connections of the database.",
    "files_burst_credits": "Without credits, uploads and knowledge get slow. See Slow files in the runbook.",
    "files_io": "Uploads and knowledge get slow. See Slow files in the runbook.",
    "healthy_hosts": "Requests fail, or too few tasks serve them. Read the events and the log; if it began with a "
    "deployment, roll back.",
    "load_balancer_5xx": "No task is healthy, or a response took longer than the idle timeout. Check the targets.",
    "memory": "ECS kills a task that runs out of memory. Look for large uploads in the log; raise service.memory_gb.",
    "redis_cpu": "All requests wait for Redis. Read its slow log; use a larger redis.node_type.",
    "redis_evictions": "Sessions may be lost. Use a larger redis.node_type.",
    "redis_memory": "Redis will refuse writes or drop keys. Use a larger redis.node_type.",
    "response_time": "Check CPU and Redis. If both are low, a model or the database is slow: read the log.",
    "target_5xx": "Open WebUI returns errors. Read its log; if they began with a deployment, roll it back.",
    "unhealthy_hosts": "Read the events and the log. ECS replaces these tasks; if new tasks fail too, roll back.",
}
_MISSING_DATA = {
    "breaching": "missing data counts as bad",
    "ignore": "missing data keeps the state",
    "missing": "missing data gives INSUFFICIENT_DATA",
    "notBreaching": "missing data counts as good",
}


def alarm_rows(spec: Spec) -> Iterator[AlarmRow]:
    """Yield the alarms that are on, with the settings of the HCL."""
    names = alarm_names(spec)
    for alarm, setting in alarm_settings(spec).items():
        namespace, metric, statistic = _METRICS[alarm]
        if alarm == "redis_cpu" and elasticache.measures_engine_cpu(spec.redis.node_type):
            metric = "EngineCPUUtilization"
        yield AlarmRow(
            tuple(name for name, kind in names.items() if kind == alarm),
            namespace,
            metric,
            statistic,
            format_threshold(alarm, setting),
            format_window(setting),
            _MISSING_DATA[setting["missing_data"]],
            _action(spec, alarm),
            _RESPONSES[alarm],
        )


def _action(spec: Spec, alarm: AlarmName) -> str:
    if alarm == "cpu" and spec.autoscaling.enabled:
        return f"notifies; adds {plural(spec.autoscaling.high_cpu.instances, 'task')}"
    return "notifies"


def slowest_alarm_seconds(spec: Spec) -> int:
    """Return the time that the slowest alarm needs to fire, in seconds."""
    settings = alarm_settings(spec).values()
    return max(int(setting["evaluation_periods"] * setting["period_seconds"]) for setting in settings)


def topic_name(spec: Spec) -> str:
    """Return the name of the SNS topic that the alarms notify."""
    topic = spec.existing.alarm_topic_arn
    return topic.rpartition(":")[2] if topic else f"{spec.service.name}-alarms"
