"""Redis, which stores sessions, WebSocket rooms and revoked tokens."""

from typing import Literal

from pydantic import Field

from owscale.spec.models.base import Section
from owscale.spec.models.service import LogRetention
from owscale.spec.models.types import DailyWindow, EngineVersion, NodeType, WeeklyWindow


class Redis(Section):
    """ElastiCache replication group, encrypted in transit and at rest."""

    node_type: NodeType = Field(description="Size of a node.")
    nodes: int = Field(
        default=1,
        ge=1,
        le=6,
        description="Number of nodes. With 2 or more, the nodes are in several availability zones, and failover is "
        "automatic.",
    )
    engine: Literal["redis", "valkey"] = Field(default="redis", description="Engine of the nodes.")
    engine_version: EngineVersion = Field(default="7.1", description="Version of the engine.")
    eviction_policy: Literal[
        "noeviction",
        "volatile-lru",
        "volatile-lfu",
        "volatile-ttl",
        "volatile-random",
        "allkeys-lru",
        "allkeys-lfu",
        "allkeys-random",
    ] = Field(
        default="noeviction",
        description="Eviction policy for a full memory. All policies except `noeviction` lose sessions.",
    )
    idle_timeout_seconds: int = Field(
        default=1800,
        ge=0,
        le=86400,
        description="Time after which an idle connection is closed, in seconds; 0 for never.",
    )
    pubsub_buffer_mb: int | None = Field(
        default=None,
        ge=32,
        le=8192,
        description="Data that may wait in Redis for one process of Open WebUI, in MiB. Redis disconnects a process "
        "with more, and its users miss answers. A quarter of it may wait for 180 seconds. If omitted, a quarter of the "
        "memory of a node, from 32 to 1,024.",
    )
    snapshot_retention_days: int = Field(
        default=1, ge=0, le=35, description="Retention of the daily snapshots, in days; 0 for no snapshots."
    )
    snapshot_window: DailyWindow = Field(
        default="03:00-04:00", description="Time window of the daily snapshot, in UTC."
    )
    maintenance_window: WeeklyWindow = Field(
        default="sun:05:00-sun:06:00", description="Weekly time window for maintenance by AWS, in UTC."
    )
    apply_immediately: bool = Field(
        default=True,
        description="Whether AWS applies changes at once. Otherwise it applies them in the maintenance window, and "
        "plans show them until then.",
    )
    slow_log: bool = Field(default=True, description="Whether Redis logs slow commands.")
    log_retention_days: LogRetention = Field(
        default=30, description="Retention of the slow log, in days; 0 for forever."
    )
