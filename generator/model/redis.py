"""Redis: sessions, WebSocket rooms, token revocation."""

from typing import Literal

from pydantic import Field

from generator.model.base import Section
from generator.model.service import LogRetention
from generator.model.types import DailyWindow, EngineVersion, NodeType, WeeklyWindow


class Redis(Section):
    """An ElastiCache replication group, encrypted in transit and at rest."""

    node_type: NodeType = Field(description="Size of a node.")
    nodes: int = Field(
        default=1, ge=1, le=6, description="Nodes. From 2 on, failover and several availability zones are on."
    )
    engine: Literal["redis", "valkey"] = Field(default="redis", description="The engine.")
    engine_version: EngineVersion = Field(default="7.1", description="Its version.")
    eviction_policy: Literal[
        "noeviction",
        "volatile-lru",
        "volatile-lfu",
        "volatile-ttl",
        "volatile-random",
        "allkeys-lru",
        "allkeys-lfu",
        "allkeys-random",
    ] = Field(default="noeviction", description="What happens when memory is full; all but noeviction lose sessions.")
    idle_timeout_seconds: int = Field(
        default=1800, ge=0, le=86400, description="Time after which an idle connection is closed; 0 never."
    )
    snapshot_retention_days: int = Field(
        default=1, ge=0, le=35, description="Days that snapshots are kept; 0 for none."
    )
    snapshot_window: DailyWindow = Field(default="03:00-04:00", description="Time of the daily snapshot, UTC.")
    maintenance_window: WeeklyWindow = Field(default="sun:05:00-sun:06:00", description="Time of updates, UTC.")
    apply_immediately: bool = Field(
        default=True,
        description="Whether changes are made at once; if not, plans show them until the maintenance window is over.",
    )
    slow_log: bool = Field(default=True, description="Whether slow commands are logged.")
    log_retention_days: LogRetention = Field(default=30, description="Days that the slow log is kept; 0 for ever.")
