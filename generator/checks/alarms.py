"""The alarms: periods that CloudWatch takes, thresholds that mean something."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from generator.checks.rule import Finding, rule
from generator.deployment import Deployment
from generator.document import Path
from generator.facts import elasticache
from generator.facts.cloudwatch import alarm_settings

if TYPE_CHECKING:
    from generator.model import Spec
    from generator.model.alarms import AlarmName


@rule(
    "S206",
    "error",
    "CloudWatch refuses such an alarm.",
    reference="https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html",
    example="alarms: {period_seconds: 90}",
    mend="alarms: {period_seconds: 120}",
)
def alarm_periods(deployment: Deployment) -> Iterator[Finding]:
    spec = deployment.spec
    for name, alarm in alarm_settings(spec).items():
        period, periods, datapoints = alarm["period_seconds"], alarm["evaluation_periods"], alarm["datapoints"]
        if period % 60:
            message = f"a period is a multiple of 60 seconds, not {period}"
            yield Finding(_timing(spec, name, "period_seconds"), message, f"write {max(60, round(period / 60) * 60)}")
        longest = 86_400 if period < 3_600 else 604_800  # noqa: PLR2004 -- an hour; see PutMetricAlarm, EvaluationPeriods
        if period * periods > longest:
            message = f"{periods} periods of {period} s are more than the {longest} s that an alarm looks back"
            hint = f"write evaluation_periods: {longest // period} or less"
            also = (_timing(spec, name, "evaluation_periods"), _timing(spec, name, "period_seconds"))
            yield Finding(_timing(spec, name, "evaluation_periods", "period_seconds"), message, hint, also=also)
        if datapoints > periods:
            message = f"{datapoints} datapoints of {periods} periods can never be reached"
            other = _timing(spec, name, "evaluation_periods")
            yield Finding(_timing(spec, name, "datapoints"), message, f"write {periods} or less", also=(other,))


def _timing(spec: Spec, name: AlarmName, *keys: str) -> Path:
    """The first of `keys` that the alarm has of its own; else the one of all alarms, where it is told once."""
    own = spec.alarms.timing.get(name)
    written = next((key for key in keys if getattr(own, key, None) is not None), None)
    return ("alarms", "timing", name, written) if written else ("alarms", keys[0])


@rule(
    "S210",
    "warning",
    "The alarm fires while autoscaling still works as intended, and people learn to ignore it.",
    reference="https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking.html",
    example="autoscaling: {cpu_percent: 70}\nalarms: {cpu_percent: 60}",
    mend="autoscaling: {cpu_percent: 70}\nalarms: {cpu_percent: 85}",
)
def alarm_above_target(deployment: Deployment) -> Iterator[Finding]:
    scaling, alarms = deployment.spec.autoscaling, deployment.spec.alarms
    if not scaling.enabled:
        return
    for key, target in (("cpu_percent", scaling.cpu_percent), ("memory_percent", scaling.memory_percent)):
        threshold = getattr(alarms, key)
        if target is not None and threshold <= target:
            message = f"the alarm at {threshold} % is not above the {target} % that autoscaling holds"
            yield Finding(("alarms", key), message, f"write more than {target}", also=(("autoscaling", key),))


@rule(
    "S213",
    "warning",
    "Redis runs commands on one thread: of several vCPU, the host shows a busy engine as a part.",
    reference="https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.WhichShouldIMonitor.html",
    example="redis: {node_type: cache.t4g.small} # 2 vCPU\nalarms: {redis_cpu_percent: 75}",
    mend="redis: {node_type: cache.t4g.small} # 2 vCPU\nalarms: {redis_cpu_percent: 45}",
)
def redis_cpu_can_be_reached(deployment: Deployment) -> Iterator[Finding]:
    percent, node_type = deployment.spec.alarms.redis_cpu_percent, deployment.spec.redis.node_type
    if percent is not None and node_type in elasticache.nodes():  # else see S203
        advised = elasticache.advised_cpu_percent(node_type)
        if percent > advised:
            message = f"{percent} % is hardly reached on a {node_type}"
            hint, also = f"write {advised} or less, as AWS advises", (("redis", "node_type"),)
            yield Finding(("alarms", "redis_cpu_percent"), message, hint, also=also)


@rule(
    "S214",
    "warning",
    "Tasks that are all stopped report no CPU; the alarm would start some, as in a migration.",
    reference="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html",
    example="alarms: {timing: {cpu: {missing_data: breaching}}}",
    mend="alarms: {timing: {cpu: {missing_data: missing}}}",
)
def cpu_alarm_starts_tasks(deployment: Deployment) -> Iterator[Finding]:
    spec = deployment.spec
    own = spec.alarms.timing.get("cpu")
    if spec.autoscaling.enabled and own and own.missing_data == "breaching":
        path = ("alarms", "timing", "cpu", "missing_data")
        message = "no data counts as high CPU, and high CPU adds tasks"
        hint = "leave it out; the memory alarm tells when no task runs"
        yield Finding(path, message, hint, also=(("autoscaling", "enabled"),))


@rule(
    "S219",
    "warning",
    "It reads as if the alarm watched over something, and there is none.",
    reference="docs/spec.md",
    example="alarms: {timing: {unhealthy_hosts: {evaluation_periods: 2}}}",
    mend="alarms: {unhealthy_hosts: 1, timing: {unhealthy_hosts: {evaluation_periods: 2}}}",
)
def timing_of_an_alarm(deployment: Deployment) -> Iterator[Finding]:
    spec = deployment.spec
    for name in spec.alarms.timing.keys() - alarm_settings(spec).keys():
        keys = {"at_maximum": "alarms.at_maximum: true, with autoscaling", "target_5xx": "alarms.target_5xx_count"}
        keys |= {"load_balancer_5xx": "alarms.load_balancer_5xx_count", "redis_memory": "alarms.redis_memory_percent"}
        message = f"the alarm {name} is off"
        hint = f"switch it on with {keys.get(name, f'alarms.{name}')}, or remove its timing"
        yield Finding(("alarms", "timing", name), message, hint, on_key=True)
