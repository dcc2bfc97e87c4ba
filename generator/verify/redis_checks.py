"""Checks of the ElastiCache replication group."""

from typing import Any

from owscale.console.invocation import owscale_command
from owscale.verify.check import Check, Outcome, failed, passed
from owscale.verify.target import Target

_PROTECTIONS = {
    "TransitEncryptionEnabled": "encryption in transit",
    "AtRestEncryptionEnabled": "encryption at rest",
    "AuthTokenEnabled": "a token",
}


def available(target: Target) -> Outcome:
    """Check that the replication group and its shard are available."""
    group = _describe_group(target)
    shards = [shard["Status"] for shard in group.get("NodeGroups", [])]
    evidence = f"{group['ReplicationGroupId']} is {group['Status']}, its shard: {', '.join(shards) or 'missing'}"
    if shards and {group["Status"], *shards} == {"available"}:
        return passed(evidence)
    name = target.spec.service.name
    source = ("--source-type", "replication-group", "--source-identifier", name)
    command = target.aws_command("elasticache", "describe-events", *source, "--duration", "1440")
    return failed(evidence, f"wait, because a change takes minutes; read the events: `{command}`")


def encrypted(target: Target) -> Outcome:
    """Check that the replication group is encrypted and requires a token."""
    group = _describe_group(target)
    missing = [name for key, name in _PROTECTIONS.items() if not group.get(key)]
    if missing:
        plan = owscale_command("tf", "plan")
        hint = f"run `{plan}`: the group differs from the templates, and a correction may replace it"
        return failed(f"without {', '.join(missing)}", hint, is_permanent=True)
    return passed(f"with {', '.join(_PROTECTIONS.values())}")


def nodes(target: Target) -> Outcome:
    """Check number and type of the nodes, and failover, against the spec."""
    group, redis = _describe_group(target), target.spec.redis
    members, failover = group["MemberClusters"], group.get("AutomaticFailover", "disabled")
    evidence = f"{len(members)} × {group['CacheNodeType']} ({', '.join(members)}), failover {failover}"
    required_failover = "enabled" if redis.nodes > 1 else "disabled"
    if (len(members), group["CacheNodeType"], failover) == (redis.nodes, redis.node_type, required_failover):
        return passed(evidence)
    return failed(
        f"{evidence}; the spec requires {redis.nodes} × {redis.node_type}, failover {required_failover}",
        "apply the deployment; while redis.apply_immediately is off, a change waits for redis.maintenance_window",
    )


def _describe_group(target: Target) -> dict[str, Any]:
    name = target.spec.service.name
    response = target.call_aws("elasticache:DescribeReplicationGroups", ReplicationGroupId=name)
    group: dict[str, Any] = response["ReplicationGroups"][0]
    return group


CHECKS = (
    Check("redis.available", available),
    Check("redis.encrypted", encrypted),
    Check("redis.nodes", nodes),
)
