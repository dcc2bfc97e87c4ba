"""Member clusters, changes and the deletion of replication groups, which ElastiCache in moto lacks."""

from types import SimpleNamespace
from typing import Any

from moto.core.responses import ActionResult
from moto.elasticache.exceptions import InvalidParameterValueException, ReplicationGroupNotFound
from moto.elasticache.models import ElastiCacheBackend, ReplicationGroup
from moto.elasticache.responses import ElastiCacheResponse

_create_replication_group = ElastiCacheBackend.create_replication_group

_CHANGEABLE = {
    "CacheNodeType": "cache_node_type",
    "CacheParameterGroupName": "cache_parameter_group_name",
    "EngineVersion": "engine_version",
    "PreferredMaintenanceWindow": "preferred_maintenance_window",
    "ReplicationGroupDescription": "description",
    "SnapshotRetentionLimit": "snapshot_retention_limit",
    "SnapshotWindow": "snapshot_window",
}


def tokens(group: ReplicationGroup) -> list[str]:
    """Return the tokens that the nodes accept, the newest last."""
    accepted: list[str] = vars(group).setdefault("tokens", [])
    return accepted


class ReplicationGroupStore(ElastiCacheBackend):
    """Groups with member clusters, and their deletion."""

    def create_replication_group(self, *args: Any, **kwargs: Any) -> ReplicationGroup:
        # moto takes the number of replicas, and ignores the number of nodes.
        replicas = (kwargs["num_cache_clusters"] or 1) - 1
        group = _create_replication_group(self, *args, **kwargs | {"replicas_per_node_group": replicas or None})
        tokens(group).append(kwargs["auth_token"])
        _update_members(self, group)
        return group

    def delete_replication_group(
        self, replication_group_id: str, retain_primary_cluster: bool | None = None
    ) -> ReplicationGroup:
        assert not retain_primary_cluster
        if replication_group_id not in self.replication_groups:
            raise ReplicationGroupNotFound(replication_group_id)
        group = self.replication_groups.pop(replication_group_id)
        for member in group.member_clusters:
            del self.cache_clusters[member]
        group.status = "deleting"
        return group


class ReplicationGroups(ElastiCacheResponse):
    """Changes of a group, most of which moto ignores."""

    def modify_replication_group(self) -> ActionResult:
        backend, parameters = self.elasticache_backend, dict(self._get_params())
        group = backend.replication_groups[parameters["ReplicationGroupId"]]
        if str(parameters.get("ApplyImmediately")).lower() != "true":
            raise InvalidParameterValueException("The emulator has no maintenance window.")
        for parameter, attribute in _CHANGEABLE.items():
            if parameters.get(parameter) is not None:
                vars(group)[attribute] = parameters[parameter]
        if token := parameters.get("AuthToken"):
            # ROTATE keeps the previous token beside the new one, SET does not.
            previous = tokens(group)[-1:] if parameters.get("AuthTokenUpdateStrategy", "ROTATE") == "ROTATE" else []
            tokens(group)[:] = [*previous, token]
        _update_members(backend, group)
        return ActionResult({"ReplicationGroup": group})


def _update_members(backend: ElastiCacheBackend, group: ReplicationGroup) -> None:
    """Set the members for DescribeCacheClusters; the provider reads most of a group from its first member."""
    clusters: dict[str, Any] = backend.cache_clusters
    for member in group.member_clusters:
        clusters[member] = SimpleNamespace(**_group_attributes(group), **_member_attributes(group, member))


def _group_attributes(group: ReplicationGroup) -> dict[str, Any]:
    names = (
        "at_rest_encryption_enabled",
        "auth_token_enabled",
        "cache_node_type",
        "cache_subnet_group_name",
        "engine",
        "ip_discovery",
        "network_type",
        "port",
        "preferred_maintenance_window",
        "replication_group_id",
        "snapshot_retention_limit",
        "snapshot_window",
        "transit_encryption_enabled",
    )
    return {name: vars(group)[name] for name in names}


def _member_attributes(group: ReplicationGroup, member: str) -> dict[str, Any]:
    node = {"cache_node_id": "0001", "cache_node_status": "available"}
    security_groups = [{"security_group_id": id_, "status": "active"} for id_ in group.security_group_ids or []]
    parameters = {
        "cache_parameter_group_name": group.cache_parameter_group_name,
        "parameter_apply_status": "in-sync",
    }
    return {
        "arn": group.arn.replace(f"replicationgroup:{group.replication_group_id}", f"cluster:{member}"),
        "auto_minor_version_upgrade": str(group.auto_minor_version_upgrade).lower() == "true",
        "cache_cluster_id": member,
        "cache_cluster_status": "available",
        "cache_nodes": [node | {"endpoint": {"address": member, "port": group.port}}],
        "cache_parameter_group": parameters,
        "engine_version": f"{group.engine_version}.0",  # a member of 7.1 has 7.1.0
        "num_cache_nodes": 1,
        "security_groups": security_groups,
    }
