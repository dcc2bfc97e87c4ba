"""What the proof knows of each resource type. What stands here is allowed; everything else is refused.

A resource that names something that exists either changes it or refers to it, and nothing but the type and the argument
tells which: a listener that names a certificate uses it, a policy that names a bucket rewrites the bucket. So each type
that a deployment makes says in which arguments it may name what. Named anywhere else, the plan is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import get_args

from generator.proof.protected import Kind

ANYTHING: frozenset[Kind] = frozenset(get_args(Kind))
OWN = ""


@dataclass(frozen=True)
class Type:
    """One resource type that a deployment makes.

    `changes`: the arguments that say which object it is, or whose it changes. Each with the type of the resource that
    the value must come from while it is unknown; OWN for a name of its own, which must be known if it is written.
    `refers`: the arguments that may name existing things, with the kinds of these; they are used and stay as they are.
    `is_a`: the kind of existing thing that a resource of this type is, or changes: bare names are compared with those.
    `holds`: what is lost with it.
    """

    changes: Mapping[str, str]
    refers: Mapping[str, frozenset[Kind]] = field(default_factory=dict)
    is_a: Kind | None = None
    holds: str = ""


def _of(*kinds: Kind) -> frozenset[Kind]:
    return frozenset(kinds)


_KEY = {"kms_key_id": _of("key")}
_BUCKET = Type({"bucket": "aws_s3_bucket"}, is_a="bucket")
_GROUP_RULE = Type(
    {"security_group_id": "aws_security_group"},
    {"referenced_security_group_id": _of("security group")},
    is_a="security group",
)

TYPES: dict[str, Type] = {
    "aws_appautoscaling_policy": Type({"resource_id": "aws_appautoscaling_target"}),
    "aws_appautoscaling_target": Type({"resource_id": OWN}),
    "aws_cloudwatch_dashboard": Type({"dashboard_name": OWN}, {"dashboard_body": ANYTHING}),
    "aws_cloudwatch_log_group": Type({"name": OWN}, _KEY, holds="its log"),
    "aws_cloudwatch_metric_alarm": Type(
        {"alarm_name": OWN},
        {
            "alarm_actions": _of("topic"),
            "dimensions": ANYTHING,
            "metric_query": ANYTHING,
            "ok_actions": _of("topic"),
            "insufficient_data_actions": _of("topic"),
        },
    ),
    "aws_ecs_service": Type(
        {"cluster": "aws_ecs_cluster", "name": OWN},
        {"cluster": _of("cluster"), "network_configuration": _of("subnet")},
        is_a="service",
    ),
    "aws_ecs_task_definition": Type(
        {"family": OWN},
        {"container_definitions": ANYTHING, "volume": _of("file system", "access point")},
    ),
    "aws_elasticache_parameter_group": Type({"name": OWN}),
    "aws_elasticache_replication_group": Type(
        {"replication_group_id": OWN}, _KEY, holds="every session, and what Redis keeps for WebSockets and tasks"
    ),
    "aws_elasticache_subnet_group": Type({"name": OWN}, {"subnet_ids": _of("subnet"), "vpc_id": _of("vpc")}),
    "aws_iam_role": Type({"name": OWN}, {"managed_policy_arns": _of("policy"), "inline_policy": ANYTHING}),
    "aws_iam_role_policy": Type({"role": "aws_iam_role"}, {"policy": ANYTHING}),
    "aws_iam_role_policy_attachment": Type({"role": "aws_iam_role"}, {"policy_arn": _of("policy")}),
    "aws_lb": Type(
        {"name": OWN},
        {
            "access_logs": _of("bucket"),
            "subnet_mapping": _of("subnet"),
            "subnets": _of("subnet"),
            "vpc_id": _of("vpc"),
        },
        holds="its DNS name, which the proxy in front of it is told",
    ),
    "aws_lb_listener": Type({"load_balancer_arn": "aws_lb"}, {"certificate_arn": _of("certificate")}),
    "aws_lb_target_group": Type({"name": OWN}, {"vpc_id": _of("vpc")}),
    "aws_s3_bucket": Type({"bucket": OWN}, is_a="bucket", holds="the access logs"),
    "aws_s3_bucket_lifecycle_configuration": _BUCKET,
    "aws_s3_bucket_ownership_controls": _BUCKET,
    "aws_s3_bucket_policy": _BUCKET,
    "aws_s3_bucket_public_access_block": _BUCKET,
    "aws_s3_bucket_server_side_encryption_configuration": _BUCKET,
    "aws_secretsmanager_secret": Type({"name": OWN}, _KEY, is_a="secret", holds="the value of the secret"),
    "aws_secretsmanager_secret_version": Type(
        {"secret_id": "aws_secretsmanager_secret"}, is_a="secret", holds="the value of the secret"
    ),
    "aws_security_group": Type(
        {"name": OWN},
        {"egress": _of("security group"), "ingress": _of("security group"), "vpc_id": _of("vpc")},
        is_a="security group",
    ),
    "aws_sns_topic": Type({"name": OWN}, {"kms_master_key_id": _of("key")}, is_a="topic"),
    "aws_sns_topic_policy": Type({"arn": "aws_sns_topic"}, is_a="topic"),
    "aws_sns_topic_subscription": Type({"topic_arn": "aws_sns_topic"}, is_a="topic"),
    "aws_vpc_security_group_egress_rule": _GROUP_RULE,
    "aws_vpc_security_group_ingress_rule": _GROUP_RULE,
    "terraform_data": Type({}),
}
"""The types that a deployment makes; tests hold this list against the templates."""

IDENTITY = ("id", "arn")
"""What says of every resource which object it is. Many that change an object of another type have that one's id."""

TAGS = ("tags", "tags_all")
"""What people write about a resource, and AWS does not read."""

NEVER_OURS = (
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
"""Types of which a deployment owns nothing, whichever object it is: the network, the cluster, the database, the files,
certificates, keys and lock tables exist before it. A name that ends in `_` means all that begin so."""

CHANGES_WHAT_IT_NAMES = (
    "aws_ec2_",
    "aws_ecs_",
    "aws_network_interface",
    "aws_s3_",
    "aws_secretsmanager_",
    "aws_security_group",
    "aws_sns_",
    "aws_vpc_security_group_",
)
"""How types begin that TYPES does not have, and that change what they name. No `allow:` lets one of them name an
existing thing."""


def never_ours(type_name: str) -> bool:
    """Whether no deployment owns an object of this type."""
    families = tuple(name for name in NEVER_OURS if name.endswith("_"))
    return type_name not in TYPES and (type_name in NEVER_OURS or type_name.startswith(families))


def changes_what_it_names(type_name: str) -> bool:
    return type_name not in TYPES and type_name.startswith(CHANGES_WHAT_IT_NAMES)
