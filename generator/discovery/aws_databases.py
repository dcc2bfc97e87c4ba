"""The PostgreSQL databases on RDS whose security groups admit the tasks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from owscale.discovery import max_connections
from owscale.discovery.aws_reader import AwsReader
from owscale.discovery.aws_security_groups import SecurityGroups
from owscale.discovery.plain_data import at, mappings, number, text
from owscale.discovery.running_service import DatabaseCandidate

_KEY = "existing.database"
_PORT = 5432


def find(
    reader: AwsReader, vpc: str, groups: SecurityGroups, members: Iterable[str], networks: Iterable[str]
) -> list[DatabaseCandidate]:
    """Return the databases of a VPC. An Aurora cluster is one database; its writer limits the connections."""
    members, networks = set(members), list(networks)
    instances = [
        each
        for each in reader.items(_KEY, "rds:DescribeDBInstances", "DBInstances")
        if at(each, "DBSubnetGroup", "VpcId") == vpc and "postgres" in text(each.get("Engine"))
    ]
    clusters: dict[str, dict[str, Any]] = {}
    if any(each.get("DBClusterIdentifier") for each in instances):
        described = reader.items(_KEY, "rds:DescribeDBClusters", "DBClusters")
        clusters = {text(each.get("DBClusterIdentifier")): each for each in described}
    databases: dict[str, DatabaseCandidate] = {}
    for instance in _writers_first(instances, clusters):
        cluster = clusters.get(text(instance.get("DBClusterIdentifier")), {})
        name = text(cluster.get("DBClusterIdentifier") or instance.get("DBInstanceIdentifier"))
        if name in databases:
            continue
        port = int(number(cluster.get("Port")) or number(at(instance, "Endpoint", "Port")) or _PORT)
        own = [text(each.get("VpcSecurityGroupId")) for each in mappings(instance.get("VpcSecurityGroups"))]
        admitting = [each for each in own if groups.admission_of(each, members, networks, port)]
        if not admitting:
            continue
        endpoint = text(cluster.get("Endpoint")) or text(at(instance, "Endpoint", "Address"))
        kind = "Aurora cluster" if cluster else "RDS instance"
        origin = f"{kind} {name}, {text(instance.get('DBInstanceClass'))}"
        key = "cluster" if cluster else "instance"
        found = DatabaseCandidate(name, admitting[0], port, origin, endpoint, key)
        found.max_connections = max_connections.find(reader, instance, cluster)
        databases[name] = found
    return list(databases.values())


def _writers_first(instances: list[dict[str, Any]], clusters: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    writers = {
        text(member.get("DBInstanceIdentifier"))
        for cluster in clusters.values()
        for member in mappings(cluster.get("DBClusterMembers"))
        if member.get("IsClusterWriter")
    }
    return sorted(instances, key=lambda each: each.get("DBInstanceIdentifier") not in writers)
