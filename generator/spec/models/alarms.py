"""The CloudWatch alarms."""

from typing import Literal

from pydantic import Field

from owscale.spec.models.base import FrozenList, Section
from owscale.spec.models.types import Email

AlarmName = Literal[
    "at_maximum",
    "cpu",
    "database_connections",
    "files_burst_credits",
    "files_io",
    "healthy_hosts",
    "load_balancer_5xx",
    "memory",
    "redis_cpu",
    "redis_evictions",
    "redis_memory",
    "response_time",
    "target_5xx",
    "unhealthy_hosts",
]
MissingData = Literal["breaching", "notBreaching", "ignore", "missing"]


class Timing(Section):
    """Periods of one alarm. An omitted key has the value of the other alarms."""

    period_seconds: int | None = Field(default=None, ge=60, le=86400, description="Length of a period, in seconds.")
    evaluation_periods: int | None = Field(
        default=None, ge=1, le=100, description="Number of the latest periods that the alarm evaluates."
    )
    datapoints: int | None = Field(
        default=None,
        ge=1,
        le=100,
        description="Number of evaluated periods beyond the threshold that trigger the alarm. If omitted, all of them.",
    )
    missing_data: MissingData | None = Field(
        default=None, description="How CloudWatch treats a period without data (`treat_missing_data`)."
    )


class Alarms(Section):
    """CloudWatch alarms: CPU, memory, response time, server errors, CPU and memory of Redis by default, others if set.

    All of them notify one SNS topic.
    """

    cpu_percent: int = Field(
        default=85,
        ge=1,
        le=100,
        description="Average CPU utilization of the tasks above which the alarm triggers, in percent. With "
        "autoscaling, the alarm also adds tasks (`autoscaling.high_cpu`).",
    )
    memory_percent: int = Field(
        default=90,
        ge=1,
        le=100,
        description="Average memory utilization of the tasks above which the alarm triggers, in percent.",
    )
    response_time_seconds: float = Field(
        default=2, gt=0, le=600, description="Average response time above which the alarm triggers, in seconds."
    )
    redis_cpu_percent: int | None = Field(
        default=None,
        ge=1,
        le=100,
        description="Average CPU utilization of a Redis node above which the alarm triggers, in percent. If omitted, "
        "the value that AWS recommends for the node type, at most 75.",
    )
    redis_memory_percent: int | None = Field(
        default=80,
        ge=1,
        le=100,
        description="Memory usage of a Redis node above which the alarm triggers, in percent. Nothing else finds a "
        "Redis that is full: `/health` and `/ready` return 200, and no answer of a model arrives. With `null`, no "
        "alarm.",
    )
    redis_evictions: int | None = Field(
        default=None,
        ge=0,
        le=1000000,
        description="Number of keys evicted by a Redis node in a period above which the alarm triggers. If omitted, no "
        "alarm.",
    )
    healthy_hosts: int | None = Field(
        default=None,
        ge=1,
        le=100,
        description="Number of healthy tasks below which the alarm triggers: 1 for no healthy task. If omitted, no "
        "alarm.",
    )
    unhealthy_hosts: int | None = Field(
        default=None,
        ge=1,
        le=100,
        description="Number of unhealthy tasks at which the alarm triggers. If omitted, no alarm.",
    )
    target_5xx_count: int | None = Field(
        default=5,
        ge=0,
        le=1000000,
        description="Number of 5xx responses of Open WebUI in a period above which the alarm triggers. It finds a "
        "database that is gone, which the health check of the load balancer does not. With `null`, no alarm.",
    )
    load_balancer_5xx_count: int | None = Field(
        default=None,
        ge=0,
        le=1000000,
        description="Number of 5xx responses of the load balancer itself in a period above which the alarm triggers. "
        "If omitted, no alarm.",
    )
    database_connections_percent: int | None = Field(
        default=None,
        ge=1,
        le=99,
        description="Connections of the database above which the alarm triggers, in percent of "
        "`existing.database.max_connections`. It needs `existing.database.instance` or `existing.database.cluster`. If "
        "omitted, no alarm.",
    )
    files_burst_credits_gb: int | None = Field(
        default=None,
        ge=1,
        le=10240,
        description="Burst credits of the file system below which the alarm triggers, in GiB. Only the throughput mode "
        "`bursting` has them; a new file system starts with 2,150 GiB. If omitted, no alarm.",
    )
    files_io_percent: int | None = Field(
        default=None,
        ge=1,
        le=99,
        description="I/O of the file system above which the alarm triggers, in percent of the limit of the performance "
        "mode `generalPurpose`. If omitted, no alarm.",
    )
    at_maximum: bool = Field(
        default=False, description="Whether an alarm triggers while `autoscaling.max` tasks are running."
    )
    period_seconds: int = Field(default=60, ge=60, le=86400, description="Length of a period, in seconds.")
    evaluation_periods: int = Field(
        default=5, ge=1, le=100, description="Number of the latest periods that an alarm evaluates."
    )
    timing: dict[AlarmName, Timing] = Field(
        default_factory=dict, description="Alarms with other periods than the rest, by the name of the alarm."
    )
    notify: FrozenList[Email] = Field(
        default=(),
        description="Email addresses that the alarms notify. Each recipient must confirm the subscription. Not used "
        "with `existing.alarm_topic_arn`, whose subscriptions you manage yourself.",
    )
