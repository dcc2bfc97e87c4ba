"""Alarms: timing that CloudWatch accepts, and thresholds that are useful."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from owscale.domain.aws import elasticache
from owscale.domain.aws.alarms import alarm_settings
from owscale.rules.registry import Finding, rule
from owscale.spec.deployment import Deployment
from owscale.spec.document import Path

if TYPE_CHECKING:
    from owscale.spec.models import Spec
    from owscale.spec.models.alarms import AlarmName

_HOUR_SECONDS, _DAY_SECONDS, _WEEK_SECONDS = 3_600, 86_400, 604_800
_SWITCHES = {
    "at_maximum": "`alarms.at_maximum: true` and autoscaling",
    "database_connections": "alarms.database_connections_percent",
    "files_burst_credits": "alarms.files_burst_credits_gb",
    "files_io": "alarms.files_io_percent",
    "load_balancer_5xx": "alarms.load_balancer_5xx_count",
    "redis_memory": "alarms.redis_memory_percent",
    "target_5xx": "alarms.target_5xx_count",
}
"""The keys that turn alarms on, where the key is not named like the alarm."""


@rule(
    "S206",
    "error",
    checks="Checks that CloudWatch accepts the period, the evaluation periods and the datapoints of each alarm.",
    rationale=(
        "CloudWatch rejects a period that is not a multiple of 60 s, a window of more than a day (a week for periods "
        "of an hour or more), and more datapoints than periods."
    ),
    reference="https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html",
    example="alarms: {period_seconds: 90}",
    fixed_example="alarms: {period_seconds: 120}",
    other_keys=(
        "alarms.timing.<name>.datapoints",
        "alarms.timing.<name>.evaluation_periods",
        "alarms.timing.<name>.period_seconds",
    ),
)
def alarm_timing(deployment: Deployment) -> Iterator[Finding]:
    spec = deployment.spec
    for name, alarm in alarm_settings(spec).items():
        period, periods, datapoints = alarm["period_seconds"], alarm["evaluation_periods"], alarm["datapoints"]
        period_key, periods_key = (_timing_key(spec, name, key) for key in ("period_seconds", "evaluation_periods"))
        if period % 60:
            hint = f"write {max(60, round(period / 60) * 60)}"
            yield Finding(period_key, f"{period} is not a multiple of 60 seconds", hint)
        # See PutMetricAlarm, EvaluationPeriods.
        max_window = _DAY_SECONDS if period < _HOUR_SECONDS else _WEEK_SECONDS
        if period * periods > max_window:
            message = f"an alarm can evaluate {max_window} s, but this one has {periods} periods of {period} s"
            hint = f"write `evaluation_periods: {max_window // period}` or less"
            path = _timing_key(spec, name, "evaluation_periods", "period_seconds")
            yield Finding(path, message, hint, related=(periods_key, period_key))
        if datapoints > periods:
            message = f"{datapoints} datapoints cannot occur in {periods} evaluation periods"
            path = _timing_key(spec, name, "datapoints")
            yield Finding(path, message, f"write {periods} or less", related=(periods_key,))


def _timing_key(spec: Spec, name: AlarmName, *keys: str) -> Path:
    """Return the path of the first of `keys` in the alarm's own `timing`, or else of the first one for all alarms."""
    timing = spec.alarms.timing.get(name)
    own_key = next((key for key in keys if getattr(timing, key, None) is not None), None)
    return ("alarms", "timing", name, own_key) if own_key else ("alarms", keys[0])


@rule(
    "S210",
    "warning",
    checks="Checks that `alarms.cpu_percent` and `alarms.memory_percent` are above the targets of autoscaling.",
    rationale="An alarm below the target fires while autoscaling works as intended, and people learn to ignore it.",
    reference="https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking.html",
    example="autoscaling: {cpu_percent: 70}\nalarms: {cpu_percent: 60}",
    fixed_example="autoscaling: {cpu_percent: 70}\nalarms: {cpu_percent: 85}",
)
def alarm_above_target(deployment: Deployment) -> Iterator[Finding]:
    scaling, alarms = deployment.spec.autoscaling, deployment.spec.alarms
    if not scaling.enabled:
        return
    for key, target in (("cpu_percent", scaling.cpu_percent), ("memory_percent", scaling.memory_percent)):
        threshold = getattr(alarms, key)
        if target is not None and threshold <= target:
            message = f"autoscaling aims at {target} %, but the alarm fires above {threshold} %"
            yield Finding(("alarms", key), message, f"write more than {target}", related=(("autoscaling", key),))


@rule(
    "S213",
    "warning",
    checks="Checks that `alarms.redis_cpu_percent` is at most the value that AWS advises for the node type.",
    rationale="Redis runs commands on one thread, so a busy engine uses only a part of a host with several vCPU.",
    reference="https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.WhichShouldIMonitor.html",
    example="redis: {node_type: cache.t4g.small} # 2 vCPU\nalarms: {redis_cpu_percent: 75}",
    fixed_example="redis: {node_type: cache.t4g.small} # 2 vCPU\nalarms: {redis_cpu_percent: 45}",
)
def reachable_redis_cpu(deployment: Deployment) -> Iterator[Finding]:
    percent, node_type = deployment.spec.alarms.redis_cpu_percent, deployment.spec.redis.node_type
    if percent is not None and node_type in elasticache.node_types():  # S203 reports an unknown node type
        advised = elasticache.advised_cpu_percent(node_type)
        if percent > advised:
            message = f"{node_type} rarely reaches {percent} %, even when Redis is overloaded"
            hint, related = f"write {advised} or less, as AWS advises", (("redis", "node_type"),)
            yield Finding(("alarms", "redis_cpu_percent"), message, hint, related=related)


@rule(
    "S214",
    "warning",
    checks="Checks that missing data does not trigger the CPU alarm while that alarm adds tasks.",
    rationale="Stopped tasks report no CPU, so the alarm would start tasks while all are stopped for a migration.",
    reference="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html",
    example="alarms: {timing: {cpu: {missing_data: breaching}}}",
    fixed_example="alarms: {timing: {cpu: {missing_data: missing}}}",
    other_keys=("autoscaling.enabled",),
)
def cpu_alarm_without_data(deployment: Deployment) -> Iterator[Finding]:
    spec = deployment.spec
    timing = spec.alarms.timing.get("cpu")
    if spec.autoscaling.enabled and timing and timing.missing_data == "breaching":
        path = ("alarms", "timing", "cpu", "missing_data")
        message = "missing data counts as high CPU, and high CPU adds tasks"
        hint = "remove it; the memory alarm reports that no task is running"
        yield Finding(path, message, hint, related=(("autoscaling", "enabled"),))


@rule(
    "S219",
    "warning",
    checks="Checks that `alarms.timing` has entries only for alarms that are on.",
    rationale="The timing of an alarm that is off suggests monitoring that does not exist.",
    reference="docs/spec.md",
    example="alarms: {timing: {unhealthy_hosts: {evaluation_periods: 2}}}",
    fixed_example="alarms: {unhealthy_hosts: 1, timing: {unhealthy_hosts: {evaluation_periods: 2}}}",
)
def timing_without_alarm(deployment: Deployment) -> Iterator[Finding]:
    spec = deployment.spec
    for name in spec.alarms.timing.keys() - alarm_settings(spec).keys():
        hint = f"turn it on with {_SWITCHES.get(name, f'alarms.{name}')}, or remove its timing"
        yield Finding(("alarms", "timing", name), f"the alarm {name} is off", hint, at_key=True)


@rule(
    "S234",
    "error",
    checks="Checks that the spec names one database if `alarms.database_connections_percent` is set, and never two.",
    rationale=(
        "RDS reports the connections of each instance, Aurora only the connections of a cluster's writer. Without the "
        "identifier, the alarm has no metric and never fires."
    ),
    reference="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/dimensions.html",
    example="alarms: {database_connections_percent: 90}",
    fixed_example="existing: {database: {instance: chat}}\nalarms: {database_connections_percent: 90}",
    other_keys=("existing.database.cluster", "existing.database.instance"),
)
def one_named_database(deployment: Deployment) -> Iterator[Finding]:
    database, key = deployment.spec.existing.database, ("alarms", "database_connections_percent")
    paths = tuple(("existing", "database", name) for name in ("cluster", "instance"))
    if database.cluster and database.instance:
        message = "the spec names a cluster and an instance, but the deployment has one database"
        yield Finding(paths[1], message, "keep `cluster` for Aurora, and `instance` otherwise", related=paths[:1])
    elif deployment.spec.alarms.database_connections_percent and not (database.cluster or database.instance):
        hint = "add existing.database.cluster for Aurora, or existing.database.instance; its name is in the RDS console"
        yield Finding(key, "the spec does not name the database that the alarm watches", hint)
