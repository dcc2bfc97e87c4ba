"""ElastiCache's node types and engine versions. The data is in cache_nodes.json beside this file, with its sources."""

import difflib
import functools
import json
from pathlib import Path
from typing import Any, cast

ENGINE_VERSIONS = {
    "redis": ("6.2", "7.0", "7.1"),
    "valkey": ("7.2", "8.0", "8.1", "8.2", "9.0", "9.1"),
}
"""Versions with everything the templates use: the slow log needs Redis 6, valkey began with 7.2."""

_SHARED_VCPU = 4
"""From this many vCPU on, AWS advises to watch the engine's CPU rather than the host's."""


@functools.cache
def nodes() -> dict[str, dict[str, Any]]:
    """Every node type: vcpu, memory_gib, engines (lowest version of each), regions, new_clusters_allowed and more."""
    text = Path(__file__).with_name("cache_nodes.json").read_text("utf-8")
    return cast("dict[str, dict[str, Any]]", json.loads(text)["nodes"])


@functools.cache
def regions() -> frozenset[str]:
    """Every region with ElastiCache."""
    return frozenset(region for node in nodes().values() for region in node["regions"])


def measures_engine_cpu(node_type: str) -> bool:
    """Whether EngineCPUUtilization tells the load of such a node; otherwise the host's CPUUtilization does."""
    return _vcpu(node_type) >= _SHARED_VCPU


def _vcpu(node_type: str) -> int:
    return int(nodes().get(node_type, {"vcpu": 1})["vcpu"])  # an unknown one is refused by the checks


def advised_cpu_percent(node_type: str) -> int:
    """The CPU at which a node is busy, in percent of what is measured.

    Redis runs commands on one thread, so AWS advises 90 / vCPU for the host's CPU:
    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.WhichShouldIMonitor.html
    """
    return 90 if measures_engine_cpu(node_type) else 90 // _vcpu(node_type)


def parameter_group_family(engine: str, version: str) -> str:
    """The parameter group family: redis6.x, redis7, valkey7, valkey8 and so on."""
    major = version.partition(".")[0]
    return "redis6.x" if (engine, major) == ("redis", "6") else f"{engine}{major}"


def node_numbers(nodes: int) -> list[str]:
    """The numbers that end the names of a replication group's nodes: 001, 002 and so on."""
    return [f"{number:03}" for number in range(1, nodes + 1)]


def nearest(node_type: str) -> str:
    """A node type whose name is near; a way out for a typing error."""
    found = difflib.get_close_matches(node_type, nodes(), n=1)
    return f"did you mean {found[0]}?" if found else "for example cache.t4g.small or cache.m7g.large"


def as_numbers(version: str) -> tuple[int, ...]:
    """A version for comparison: (7, 1) of "7.1"."""
    return tuple(int(part) for part in version.split("."))
