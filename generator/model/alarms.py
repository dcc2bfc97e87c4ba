"""When somebody is called."""

from typing import Literal

from pydantic import Field

from generator.model.base import Listed, Section
from generator.model.types import Email

AlarmName = Literal[
    "at_maximum",
    "cpu",
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
    """How one alarm looks at its metric, where it differs from the others."""

    period_seconds: int | None = Field(default=None, ge=60, le=86400, description="Length of a period.")
    evaluation_periods: int | None = Field(default=None, ge=1, le=100, description="Periods that are looked at.")
    datapoints: int | None = Field(
        default=None, ge=1, le=100, description="Periods beyond the threshold that fire. Left out: all."
    )
    missing_data: MissingData | None = Field(default=None, description="What a period without data counts as.")


class Alarms(Section):
    """The seed's four alarms, and more as choices. All notify one SNS topic."""

    cpu_percent: int = Field(default=85, ge=1, le=100, description="CPU of the tasks; also adds tasks.")
    memory_percent: int = Field(default=90, ge=1, le=100, description="Memory of the tasks.")
    response_time_seconds: float = Field(default=2, gt=0, le=600, description="Average response time.")
    redis_cpu_percent: int | None = Field(
        default=None,
        ge=1,
        le=100,
        description="CPU of each Redis node. Left out: what AWS advises for it, at most 75.",
    )
    redis_memory_percent: int | None = Field(
        default=None, ge=1, le=100, description="Memory of each Redis node. Left out: no alarm."
    )
    redis_evictions: int | None = Field(
        default=None, ge=0, le=1000000, description="Keys that a Redis node may evict in a period. Left out: no alarm."
    )
    unhealthy_hosts: int | None = Field(
        default=None, ge=1, le=100, description="Unhealthy tasks that fire. Left out: no alarm."
    )
    target_5xx_count: int | None = Field(
        default=None, ge=0, le=1000000, description="Server errors of Open WebUI in a period. Left out: no alarm."
    )
    load_balancer_5xx_count: int | None = Field(
        default=None,
        ge=0,
        le=1000000,
        description="Server errors of the load balancer in a period. Left out: no alarm.",
    )
    at_maximum: bool = Field(
        default=False, description="Whether running as many tasks as autoscaling allows is an alarm."
    )
    period_seconds: int = Field(default=60, ge=60, le=86400, description="Length of a period.")
    evaluation_periods: int = Field(default=5, ge=1, le=100, description="Periods that are looked at.")
    timing: dict[AlarmName, Timing] = Field(
        default_factory=dict, description="Where one alarm differs from the others, by its name."
    )
    notify: Listed[Email] = Field(
        default=(),
        description="Mail addresses; each must confirm. With existing.alarm_topic_arn the topic's own count.",
    )
