"""Existing resources by kind: their resource type, the types that change them, and the ways to name them."""

from owscale.plan_policy.protected_resources import ProtectedKind, ProtectedResource, protected_resources
from tests._support.plans import Json, deployment

ACCOUNT = "123456789012"


def existing_resources(name: str) -> tuple[ProtectedResource, ...]:
    """Return the existing resources in the spec of a recorded plan."""
    return protected_resources(deployment(name).spec)


def state_entry(existing: ProtectedResource) -> tuple[str, Json]:
    """Return the type and the values that a state would have for an existing resource."""
    name = existing.id.rpartition("/")[2].rpartition(":")[2]
    by_kind: dict[ProtectedKind, tuple[str, Json]] = {
        "access point": ("aws_efs_access_point", {"id": existing.id}),
        "bucket": ("aws_s3_bucket", {"id": existing.id, "bucket": existing.id, "arn": f"arn:aws:s3:::{existing.id}"}),
        "certificate": ("aws_acm_certificate", {"id": existing.id, "arn": existing.id}),
        "cluster": ("aws_ecs_cluster", {"id": arn("ecs", f"cluster/{existing.id}"), "name": existing.id}),
        "file system": ("aws_efs_file_system", {"id": existing.id}),
        "key": ("aws_kms_key", {"id": name, "key_id": name, "arn": existing.id}),
        "policy": ("aws_iam_policy", {"id": existing.id, "arn": existing.id}),
        "secret": ("aws_secretsmanager_secret", {"id": existing.id, "arn": existing.id, "name": secret_name(existing)}),
        "security group": ("aws_security_group", {"id": existing.id, "name": "whatever", "vpc_id": "vpc-other"}),
        "service": ("aws_ecs_service", {"id": "arn", "cluster": cluster(), "name": existing.id}),
        "subnet": ("aws_subnet", {"id": existing.id}),
        "table": ("aws_dynamodb_table", {"id": existing.id, "name": existing.id}),
        "topic": ("aws_sns_topic", {"id": existing.id, "arn": existing.id, "name": name}),
        "vpc": ("aws_vpc", {"id": existing.id}),
    }
    return by_kind[existing.kind]


MODIFYING_ARGUMENTS: dict[ProtectedKind, tuple[tuple[str, str], ...]] = {
    "access point": (("aws_ec2_tag", "resource_id"),),
    "bucket": (
        ("aws_s3_bucket_policy", "bucket"),
        ("aws_s3_bucket_lifecycle_configuration", "bucket"),
        ("aws_s3_bucket_public_access_block", "bucket"),
        ("aws_s3_bucket_versioning", "bucket"),
        ("aws_s3_object", "bucket"),
    ),
    "certificate": (("aws_acm_certificate_validation", "certificate_arn"),),
    "cluster": (
        ("aws_ecs_cluster_capacity_providers", "cluster_name"),
        ("aws_ecs_task_set", "cluster"),
        ("aws_ecs_tag", "resource_arn"),
    ),
    "file system": (
        ("aws_efs_mount_target", "file_system_id"),
        ("aws_efs_file_system_policy", "file_system_id"),
        ("aws_efs_backup_policy", "file_system_id"),
    ),
    "key": (("aws_kms_alias", "target_key_id"), ("aws_kms_key_policy", "key_id"), ("aws_kms_grant", "key_id")),
    "policy": (),
    "secret": (
        ("aws_secretsmanager_secret_version", "secret_id"),
        ("aws_secretsmanager_secret_policy", "secret_arn"),
        ("aws_secretsmanager_secret_rotation", "secret_id"),
    ),
    "security group": (
        ("aws_security_group_rule", "security_group_id"),
        ("aws_vpc_security_group_egress_rule", "security_group_id"),
        ("aws_vpc_security_group_ingress_rule", "security_group_id"),
        ("aws_network_interface_sg_attachment", "security_group_id"),
        ("aws_lb", "security_groups"),
    ),
    "service": (("aws_appautoscaling_target", "resource_id"), ("aws_appautoscaling_policy", "resource_id")),
    "subnet": (("aws_route_table_association", "subnet_id"), ("aws_ec2_tag", "resource_id")),
    "table": (("aws_dynamodb_table_item", "table_name"), ("aws_dynamodb_resource_policy", "resource_arn")),
    "topic": (
        ("aws_sns_topic_policy", "arn"),
        ("aws_sns_topic_subscription", "topic_arn"),
        ("aws_sns_topic_data_protection_policy", "arn"),
    ),
    "vpc": (
        ("aws_default_security_group", "vpc_id"),
        ("aws_route_table", "vpc_id"),
        ("aws_internet_gateway", "vpc_id"),
    ),
}
"""Types that change an existing resource, with the argument that names it."""


def spellings(existing: ProtectedResource) -> set[str]:
    """Return the names of an existing resource that AWS accepts."""
    last_part = existing.id.rpartition("/")[2].rpartition(":")[2]
    by_kind: dict[ProtectedKind, set[str]] = {
        "bucket": {f"arn:aws:s3:::{existing.id}"},
        "cluster": {arn("ecs", f"cluster/{existing.id}")},
        "file system": {arn("elasticfilesystem", f"file-system/{existing.id}"), existing.id.upper()},
        "key": {last_part},
        "secret": {secret_name(existing), existing.id.rpartition("-")[0]},
        "security group": {arn("ec2", f"security-group/{existing.id}"), f"{ACCOUNT}/{existing.id}"},
        "service": {f"service/{cluster()}/{existing.id}", arn("ecs", f"service/{cluster()}/{existing.id}")},
        "table": {arn("dynamodb", f"table/{existing.id}")},
    }
    return {existing.id} | by_kind.get(existing.kind, set())


def arn(service: str, resource: str) -> str:
    """Return an ARN in the account."""
    return f"arn:aws:{service}:us-east-1:{ACCOUNT}:{resource}"


def cluster() -> str:
    """Return the name of the existing cluster."""
    return deployment("create").spec.existing.cluster


def secret_name(existing: ProtectedResource) -> str:
    """Return the name of a secret, without the random end of its ARN."""
    return existing.id.rpartition(":secret:")[2].rpartition("-")[0]
