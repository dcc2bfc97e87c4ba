"""Node types, engine versions and names of ElastiCache. cache_nodes.json beside this file has the node types."""

import functools
import json
from pathlib import Path
from typing import Any, cast

from owscale.fs import observed

ENGINE_VERSIONS = {
    "redis": ("6.2", "7.0", "7.1"),
    "valkey": ("7.2", "8.0", "8.1", "8.2", "9.0", "9.1"),
}
"""Engine versions that support every feature the templates use: the slow log needs Redis 6; Valkey begins at 7.2."""

MIN_PUBSUB_BUFFER_MB = 32
"""The default of ElastiCache: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.Engine.html"""

MAX_PUBSUB_BUFFER_MB = 1024

_ENGINE_CPU_FROM_VCPU = 4
"""AWS recommends the CPU of the engine, not of the host, as the metric of nodes with at least this number of vCPU."""


@functools.cache
def node_types() -> dict[str, dict[str, Any]]:
    """Return every node type: vcpu, memory_gib, engines (lowest version of each), regions, new_clusters_allowed etc."""
    text = observed.read_bytes(Path(__file__).with_name("cache_nodes.json"))
    return cast("dict[str, dict[str, Any]]", json.loads(text)["nodes"])


@functools.cache
def regions() -> frozenset[str]:
    """Return every region with ElastiCache."""
    return frozenset(region for node in node_types().values() for region in node["regions"])


def measures_engine_cpu(node_type: str) -> bool:
    """Whether to monitor a node by EngineCPUUtilization; otherwise by CPUUtilization of its host."""
    return _vcpu(node_type) >= _ENGINE_CPU_FROM_VCPU


def _vcpu(node_type: str) -> int:
    return int(node_types().get(node_type, {"vcpu": 1})["vcpu"])  # rule S203 reports an unknown node type


def advised_cpu_percent(node_type: str) -> int:
    """Return the highest CPU alarm threshold that AWS advises, in percent of the measured CPU.

    Redis runs commands on one thread, so AWS advises 90 / vCPU for the CPU of the host:
    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.WhichShouldIMonitor.html
    """
    return 90 if measures_engine_cpu(node_type) else 90 // _vcpu(node_type)


def pubsub_buffer_mb(node_type: str) -> int:
    """Return the default limit of the data that may wait for one subscriber, in MiB: a quarter of a node's memory.

    Open WebUI sends whole answers with their sources through Pub/Sub: one of 33 MB exceeded the default of 32 MB, and
    Redis disconnected all processes (https://github.com/open-webui/open-webui/issues/25975). Open WebUI advises 1 GiB,
    less for a small Redis:
    https://docs.openwebui.com/tutorials/integrations/redis#websocket-pubsub-buffer-limits
    """
    memory_gib = float(node_types().get(node_type, {"memory_gib": 0})["memory_gib"])  # S203 reports an unknown type
    return min(MAX_PUBSUB_BUFFER_MB, max(MIN_PUBSUB_BUFFER_MB, int(memory_gib * 1024 / 4)))


def parameter_group_family(engine: str, version: str) -> str:
    """Return the parameter group family, such as redis6.x, redis7 or valkey8."""
    major = version.partition(".")[0]
    return "redis6.x" if (engine, major) == ("redis", "6") else f"{engine}{major}"


def node_numbers(nodes: int) -> list[str]:
    """Return the suffixes of the node names of a replication group: 001, 002 and so on."""
    return [f"{number:03}" for number in range(1, nodes + 1)]


def node_names(name: str, nodes: int) -> list[str]:
    """Return the names of the nodes of the replication group `name`, such as chat-001."""
    return [f"{name}-{number}" for number in node_numbers(nodes)]
