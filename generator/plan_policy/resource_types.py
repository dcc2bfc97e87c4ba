"""The resource types of a deployment, and the arguments in which each may name existing resources.

A resource that names an existing resource either changes it or refers to it; this depends on its type and the argument.
A listener that names a certificate uses it, a policy that names a bucket changes the bucket. The table lists the
arguments that only refer. An existing resource that is named in any other argument fails the plan check.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import get_args

from owscale.plan_policy.protected_resources import ProtectedKind

ANY_KIND: frozenset[ProtectedKind] = frozenset(get_args(ProtectedKind))
OWN_NAME = ""


@dataclass(frozen=True)
class ResourceType:
    """A resource type of a deployment.

    `identity`: the arguments that identify the object, or the object that it is attached to. Each has the type of the
    managed resource that an unknown value must come from; OWN_NAME for a name that must be known if it is set.
    `references`: the arguments that may name existing resources without changing them, each with the allowed kinds.
    `kind`: the kind of existing resource that the type is or changes; a bare name is compared with the names of this
    kind only.
    `loss`: the data that is lost with the object; empty if none is.
    """

    identity: Mapping[str, str]
    references: Mapping[str, frozenset[ProtectedKind]] = field(default_factory=dict)
    kind: ProtectedKind | None = None
    loss: str = ""


def _kinds(*kinds: ProtectedKind) -> frozenset[ProtectedKind]:
    return frozenset(kinds)


_KMS_KEY = {"kms_key_id": _kinds("key")}
_BUCKET_SETTING = ResourceType({"bucket": "aws_s3_bucket"}, kind="bucket")
_SECURITY_GROUP_RULE = ResourceType(
    {"security_group_id": "aws_security_group"},
    {"referenced_security_group_id": _kinds("security group")},
    kind="security group",
)

RESOURCE_TYPES: dict[str, ResourceType] = {
    "aws_appautoscaling_policy": ResourceType({"resource_id": "aws_appautoscaling_target"}),
    "aws_appautoscaling_target": ResourceType({"resource_id": OWN_NAME}),
    "aws_cloudwatch_dashboard": ResourceType({"dashboard_name": OWN_NAME}, {"dashboard_body": ANY_KIND}),
    "aws_cloudwatch_log_group": ResourceType({"name": OWN_NAME}, _KMS_KEY, loss="its log"),
    "aws_cloudwatch_metric_alarm": ResourceType(
        {"alarm_name": OWN_NAME},
        {
            "alarm_actions": _kinds("topic"),
            "dimensions": ANY_KIND,
            "metric_query": ANY_KIND,
            "ok_actions": _kinds("topic"),
            "insufficient_data_actions": _kinds("topic"),
        },
    ),
    "aws_ecs_service": ResourceType(
        {"cluster": "aws_ecs_cluster", "name": OWN_NAME},
        {"cluster": _kinds("cluster"), "network_configuration": _kinds("subnet")},
        kind="service",
    ),
    "aws_ecs_task_definition": ResourceType(
        {"family": OWN_NAME},
        {"container_definitions": ANY_KIND, "volume": _kinds("file system", "access point")},
    ),
    "aws_elasticache_parameter_group": ResourceType({"name": OWN_NAME}),
    "aws_elasticache_replication_group": ResourceType(
        {"replication_group_id": OWN_NAME}, _KMS_KEY, loss="every session, and the Redis data of WebSockets and tasks"
    ),
    "aws_elasticache_subnet_group": ResourceType(
        {"name": OWN_NAME}, {"subnet_ids": _kinds("subnet"), "vpc_id": _kinds("vpc")}
    ),
    "aws_iam_role": ResourceType(
        {"name": OWN_NAME}, {"managed_policy_arns": _kinds("policy"), "inline_policy": ANY_KIND}
    ),
    "aws_iam_role_policy": ResourceType({"role": "aws_iam_role"}, {"policy": ANY_KIND}),
    "aws_iam_role_policy_attachment": ResourceType({"role": "aws_iam_role"}, {"policy_arn": _kinds("policy")}),
    "aws_lb": ResourceType(
        {"name": OWN_NAME},
        {
            "access_logs": _kinds("bucket"),
            "subnet_mapping": _kinds("subnet"),
            "subnets": _kinds("subnet"),
            "vpc_id": _kinds("vpc"),
        },
        loss="its DNS name, which the configuration of the proxy contains",
    ),
    "aws_lb_listener": ResourceType({"load_balancer_arn": "aws_lb"}, {"certificate_arn": _kinds("certificate")}),
    "aws_lb_target_group": ResourceType({"name": OWN_NAME}, {"vpc_id": _kinds("vpc")}),
    "aws_s3_bucket": ResourceType({"bucket": OWN_NAME}, kind="bucket", loss="the access logs"),
    "aws_s3_bucket_lifecycle_configuration": _BUCKET_SETTING,
    "aws_s3_bucket_ownership_controls": _BUCKET_SETTING,
    "aws_s3_bucket_policy": _BUCKET_SETTING,
    "aws_s3_bucket_public_access_block": _BUCKET_SETTING,
    "aws_s3_bucket_server_side_encryption_configuration": _BUCKET_SETTING,
    "aws_secretsmanager_secret": ResourceType(
        {"name": OWN_NAME}, _KMS_KEY, kind="secret", loss="the value of the secret"
    ),
    "aws_secretsmanager_secret_version": ResourceType(
        {"secret_id": "aws_secretsmanager_secret"}, kind="secret", loss="the value of the secret"
    ),
    "aws_security_group": ResourceType(
        {"name": OWN_NAME},
        {"egress": _kinds("security group"), "ingress": _kinds("security group"), "vpc_id": _kinds("vpc")},
        kind="security group",
    ),
    "aws_sns_topic": ResourceType({"name": OWN_NAME}, {"kms_master_key_id": _kinds("key")}, kind="topic"),
    "aws_sns_topic_policy": ResourceType({"arn": "aws_sns_topic"}, kind="topic"),
    "aws_sns_topic_subscription": ResourceType({"topic_arn": "aws_sns_topic"}, kind="topic"),
    "aws_vpc_security_group_egress_rule": _SECURITY_GROUP_RULE,
    "aws_vpc_security_group_ingress_rule": _SECURITY_GROUP_RULE,
    "terraform_data": ResourceType({}),
}
"""The types that the templates create; a test compares both."""

ID_ARGUMENTS = ("id", "arn")
"""Arguments that identify the object of any resource. A setting of an object often has the id of that object."""

TAG_ARGUMENTS = ("tags", "tags_all")
"""Arguments with texts for people; AWS does not interpret them."""

NEVER_MANAGED_TYPES = (
    "aws_acm_certificate",
    "aws_acm_certificate_validation",
    "aws_db_",
    "aws_default_",
    "aws_docdb_",
    "aws_dynamodb_",
    "aws_ecs_capacity_provider",
    "aws_ecs_cluster",
    "aws_ecs_cluster_capacity_providers",
    "aws_efs_",
    "aws_internet_gateway",
    "aws_internet_gateway_attachment",
    "aws_kms_",
    "aws_main_route_table_association",
    "aws_network_acl",
    "aws_network_acl_",
    "aws_rds_",
    "aws_route",
    "aws_route_table",
    "aws_route_table_association",
    "aws_subnet",
    "aws_vpc",
    "aws_vpc_dhcp_",
    "aws_vpc_ipv4_",
    "aws_vpc_ipv6_",
    "aws_vpc_peering_",
)
"""Types of which no deployment manages any resource: the network, the cluster, the database, the files, certificates,
keys and lock tables exist before it. A name that ends in `_` is the prefix of a family of types."""

MODIFYING_TYPE_PREFIXES = (
    "aws_ec2_",
    "aws_ecs_",
    "aws_network_interface",
    "aws_s3_",
    "aws_secretsmanager_",
    "aws_security_group",
    "aws_sns_",
    "aws_vpc_security_group_",
)
"""Prefixes of types that are not in RESOURCE_TYPES and that change the resources that they name. No `allow:` lets one
of them name an existing resource."""


def is_never_managed(resource_type: str) -> bool:
    """Whether no deployment manages a resource of this type."""
    families = tuple(name for name in NEVER_MANAGED_TYPES if name.endswith("_"))
    return resource_type not in RESOURCE_TYPES and (
        resource_type in NEVER_MANAGED_TYPES or resource_type.startswith(families)
    )


def modifies_named_resources(resource_type: str) -> bool:
    """Whether a type that is not in RESOURCE_TYPES changes the resources that it names."""
    return resource_type not in RESOURCE_TYPES and resource_type.startswith(MODIFYING_TYPE_PREFIXES)
