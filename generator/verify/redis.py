"""The ElastiCache replication group."""

from typing import Any

from generator.verify.check import Check, Outcome, failed, passed
from generator.verify.subject import Subject

_ENCRYPTION = {
    "TransitEncryptionEnabled": "encryption in transit",
    "AtRestEncryptionEnabled": "encryption at rest",
    "AuthTokenEnabled": "a token",
}


def available(subject: Subject) -> Outcome:
    group = _group(subject)
    shards = [shard["Status"] for shard in group.get("NodeGroups", [])]
    seen = f"{group['ReplicationGroupId']} is {group['Status']}, its shard {', '.join(shards) or 'not there'}"
    if {group["Status"], *shards} == {"available"} and shards:
        return passed(seen)
    return failed(seen, f"wait, a change takes minutes; its events: {_events(subject)}")


def encrypted(subject: Subject) -> Outcome:
    group = _group(subject)
    missing = [what for key, what in _ENCRYPTION.items() if not group.get(key)]
    if missing:
        return failed(
            f"without {', '.join(missing)}",
            "the group is not the one of the templates: terraform plan shows the difference, and a mend may replace it",
            final=True,
        )
    return passed(f"with {', '.join(_ENCRYPTION.values())}")


def nodes(subject: Subject) -> Outcome:
    group, spec = _group(subject), subject.spec.redis
    members, failover = group["MemberClusters"], group.get("AutomaticFailover", "disabled")
    seen = f"{len(members)} × {group['CacheNodeType']} ({', '.join(members)}), failover {failover}"
    wanted = "enabled" if spec.nodes > 1 else "disabled"
    if (len(members), group["CacheNodeType"], failover) == (spec.nodes, spec.node_type, wanted):
        return passed(seen)
    return failed(
        f"{seen}; the spec asks for {spec.nodes} × {spec.node_type}, failover {wanted}",
        "apply the deployment; with redis.apply_immediately off a change waits for redis.maintenance_window",
    )


def _group(subject: Subject) -> dict[str, Any]:
    name = subject.spec.service.name
    group: dict[str, Any] = subject.ask("elasticache", "describe_replication_groups", ReplicationGroupId=name)[
        "ReplicationGroups"
    ][0]
    return group


def _events(subject: Subject) -> str:
    named = ("--source-type", "replication-group", "--source-identifier", subject.spec.service.name)
    return subject.command("elasticache", "describe-events", *named, "--duration", "1440")


CHECKS = (
    Check("redis.available", available),
    Check("redis.encrypted", encrypted),
    Check("redis.nodes", nodes),
)
