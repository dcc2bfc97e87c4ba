"""Redis: nodes and versions that ElastiCache has."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from generator.checks.rule import Finding, rule
from generator.deployment import Deployment
from generator.facts import elasticache

if TYPE_CHECKING:
    from generator.model import Spec


@rule(
    "S203",
    "error",
    "ElastiCache refuses a node that does not exist, or that cannot run the engine.",
    reference="https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheNodes.SupportedTypes.html",
    example="redis: {node_type: cache.t4g.large}",
    mend="redis: {node_type: cache.t4g.medium}",
)
def redis_node_type(deployment: Deployment) -> Iterator[Finding]:
    redis, region = deployment.spec.redis, deployment.spec.aws.region
    path = ("redis", "node_type")
    node = elasticache.nodes().get(redis.node_type)
    if region not in elasticache.regions():
        near = difflib.get_close_matches(region, elasticache.regions(), n=1)
        hint = f"did you mean {near[0]}?" if near else "for example us-east-1"
        yield Finding(("aws", "region"), f"{region} is not a region with ElastiCache", hint)
    elif node is None:
        yield Finding(path, f"ElastiCache has no node type {redis.node_type}", elasticache.nearest(redis.node_type))
    elif not node["new_clusters_allowed"]:
        yield Finding(path, f"{redis.node_type} cannot be created any more", _node_instead(deployment.spec))
    elif node["data_tiering_required"]:
        message = f"{redis.node_type} needs data tiering, which the generator does not set up"
        yield Finding(path, message, _node_instead(deployment.spec))
    elif region not in node["regions"]:
        message, also = f"{redis.node_type} does not exist in {region}", (("aws", "region"),)
        yield Finding(path, message, _node_instead(deployment.spec), also=also)
    elif node["engines"].get(redis.engine) is None:
        engines = " and ".join(sorted(engine for engine, lowest in node["engines"].items() if lowest))
        hint = f"it runs {engines}; with {redis.engine}, {_node_instead(deployment.spec)}"
        yield Finding(path, f"{redis.node_type} does not run {redis.engine}", hint, also=(("redis", "engine"),))
    elif redis.engine_version in elasticache.ENGINE_VERSIONS[redis.engine]:  # else see S204
        lowest = node["engines"][redis.engine]
        if elasticache.as_numbers(redis.engine_version) < elasticache.as_numbers(lowest):
            message = f"{redis.node_type} runs {redis.engine} from {lowest} on, not {redis.engine_version}"
            hint, also = "raise redis.engine_version, or take an older node type", (("redis", "engine_version"),)
            yield Finding(path, message, hint, also=also)


def _node_instead(spec: Spec) -> str:
    """A node type of much the same memory, and then name, that the region and the engine have."""
    wanted = elasticache.nodes()[spec.redis.node_type]["memory_gib"]
    fitting = [
        (
            round(abs(node["memory_gib"] / wanted - 1), 1),
            -difflib.SequenceMatcher(None, name, spec.redis.node_type).ratio(),
            name,
        )
        for name, node in elasticache.nodes().items()
        if node["new_clusters_allowed"]
        and not node["data_tiering_required"]
        and spec.aws.region in node["regions"]
        and node["engines"].get(spec.redis.engine)
    ]
    return f"the nearest in memory is {min(fitting)[-1]}" if fitting else "choose another region or engine"


@rule(
    "S204",
    "error",
    "ElastiCache refuses an engine version that it does not have.",
    reference="https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/engine-versions.html",
    example='redis: {engine: valkey, engine_version: "7.1"}',
    mend='redis: {engine: valkey, engine_version: "8.1"}',
)
def redis_version(deployment: Deployment) -> Iterator[Finding]:
    redis = deployment.spec.redis
    versions = elasticache.ENGINE_VERSIONS[redis.engine]
    if redis.engine_version not in versions:
        message = f"there is no {redis.engine} {redis.engine_version} to create"
        quoted = ", ".join(f'"{version}"' for version in versions)
        hint, also = f"{redis.engine} has {quoted}", (("redis", "engine"),)
        yield Finding(("redis", "engine_version"), message, hint, also=also)
