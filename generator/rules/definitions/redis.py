"""Node types and engine versions of Redis that ElastiCache offers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from owscale.console.text import suggest
from owscale.console.versions import version_numbers
from owscale.domain.aws import elasticache
from owscale.rules.registry import Finding, rule
from owscale.spec.deployment import Deployment

if TYPE_CHECKING:
    from owscale.spec.models import Spec


@rule(
    "S203",
    "error",
    checks="Checks that ElastiCache offers `redis.node_type` in the region and for the engine.",
    rationale="ElastiCache rejects a node type that does not exist there, or that cannot run the engine.",
    reference="https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheNodes.SupportedTypes.html",
    example="redis: {node_type: cache.t4g.large}",
    fixed_example="redis: {node_type: cache.t4g.medium}",
    other_keys=("aws.region", "redis.engine"),
)
def redis_node_type(deployment: Deployment) -> Iterator[Finding]:
    redis, region = deployment.spec.redis, deployment.spec.aws.region
    node_type, path = redis.node_type, ("redis", "node_type")
    node = elasticache.node_types().get(node_type)
    if region not in elasticache.regions():
        hint = suggest(region, elasticache.regions(), "write a region such as us-east-1")
        yield Finding(("aws", "region"), f"{region} is not a region with ElastiCache", hint)
    elif node is None:
        hint = suggest(node_type, elasticache.node_types(), "write a type such as cache.t4g.small or cache.m7g.large")
        yield Finding(path, f"ElastiCache has no node type {node_type}", hint)
    elif not node["new_clusters_allowed"]:
        yield Finding(path, f"AWS creates no new nodes of type {node_type}", _suggest_node_type(deployment.spec))
    elif node["data_tiering_required"]:
        message = f"{node_type} needs data tiering, which owscale does not set up"
        yield Finding(path, message, _suggest_node_type(deployment.spec))
    elif region not in node["regions"]:
        message, related = f"{node_type} does not exist in {region}", (("aws", "region"),)
        yield Finding(path, message, _suggest_node_type(deployment.spec), related=related)
    elif node["engines"].get(redis.engine) is None:
        engines = " or ".join(sorted(engine for engine, lowest in node["engines"].items() if lowest))
        hint = f"set redis.engine to {engines}, or {_suggest_node_type(deployment.spec)}"
        yield Finding(path, f"{node_type} does not run {redis.engine}", hint, related=(("redis", "engine"),))
    elif redis.engine_version in elasticache.ENGINE_VERSIONS[redis.engine]:  # S204 reports an unknown version
        lowest = node["engines"][redis.engine]
        if version_numbers(redis.engine_version) < version_numbers(lowest):
            message = f"{node_type} runs {redis.engine} {lowest} or newer, not {redis.engine_version}"
            hint, related = "raise redis.engine_version, or write an older node type", (("redis", "engine_version"),)
            yield Finding(path, message, hint, related=related)


def _suggest_node_type(spec: Spec) -> str:
    """Return a hint with the node type nearest in memory, then in name, that the region and the engine support."""
    import difflib  # noqa: PLC0415 -- only a mistake needs it

    memory_gib = elasticache.node_types()[spec.redis.node_type]["memory_gib"]
    candidates = [
        (
            round(abs(node["memory_gib"] / memory_gib - 1), 1),
            -difflib.SequenceMatcher(None, name, spec.redis.node_type).ratio(),
            name,
        )
        for name, node in elasticache.node_types().items()
        if node["new_clusters_allowed"]
        and not node["data_tiering_required"]
        and spec.aws.region in node["regions"]
        and node["engines"].get(spec.redis.engine)
    ]
    if not candidates:
        return "choose another region or engine"
    return f"write {min(candidates)[-1]}, the nearest in memory"


@rule(
    "S204",
    "error",
    checks="Checks that ElastiCache offers `redis.engine_version` of the engine.",
    rationale="ElastiCache rejects an engine version that it does not have.",
    reference="https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/engine-versions.html",
    example='redis: {engine: valkey, engine_version: "7.1"}',
    fixed_example='redis: {engine: valkey, engine_version: "8.1"}',
)
def redis_version(deployment: Deployment) -> Iterator[Finding]:
    redis = deployment.spec.redis
    versions = elasticache.ENGINE_VERSIONS[redis.engine]
    if redis.engine_version not in versions:
        message = f"ElastiCache has no {redis.engine} {redis.engine_version}"
        quoted = ", ".join(f'"{version}"' for version in versions)
        yield Finding(("redis", "engine_version"), message, f"write one of {quoted}", related=(("redis", "engine"),))
