"""Each failure of the checks of the replication group."""

import pytest
from moto.elasticache.models import elasticache_backends

from tests._support.applied_deployment import ACCOUNT, REGION, AppliedDeployment


def test_modifying_group_fails(applied: AppliedDeployment) -> None:
    applied.replication_group.status = "modifying"
    lines = applied.verify_one("redis.available")
    assert f"{applied.name} is modifying" in lines
    assert "`aws elasticache describe-events" in lines


@pytest.mark.parametrize("check", ["redis.available", "redis.encrypted", "redis.nodes"])
def test_missing_group_fails(applied: AppliedDeployment, check: str) -> None:
    del elasticache_backends[ACCOUNT][REGION].replication_groups[applied.name]
    assert "elasticache:DescribeReplicationGroups: not found: " in applied.verify_one(check)


@pytest.mark.parametrize(
    ("attribute", "evidence"),
    [
        ("transit_encryption_enabled", "without encryption in transit"),
        ("at_rest_encryption_enabled", "without encryption at rest"),
        ("auth_token_enabled", "without a token"),
    ],
)
def test_unprotected_group_fails(applied: AppliedDeployment, attribute: str, evidence: str) -> None:
    setattr(applied.replication_group, attribute, False)
    assert evidence in applied.verify_one("redis.encrypted")


@pytest.mark.parametrize(
    ("key", "value", "required"),
    [
        ("node_type", "cache.m7g.large", "2 × cache.m7g.large, failover enabled"),
        ("nodes", 1, "1 × cache.t4g.small, failover disabled"),
    ],
)
def test_other_nodes_than_in_the_spec_fail(applied: AppliedDeployment, key: str, value: object, required: str) -> None:
    applied.spec["redis"][key] = value
    nodes = f"2 × cache.t4g.small ({applied.name}-001, {applied.name}-002), failover enabled"
    assert f"{nodes}; the spec requires {required}\n" in applied.verify_one("redis.nodes")
