"""What exists, by kind: the resource type that such a thing is, what changes it, and how each names it."""

from generator.proof.protected import Kind, Protected, protected
from tests.proof.plans import Json, deployment

ACCOUNT = "123456789012"


def things(name: str) -> tuple[Protected, ...]:
    return protected(deployment(name).spec)


def resource_of(thing: Protected) -> tuple[str, Json]:
    """The type and the values that a state would have of the thing itself."""
    name = thing.id.rpartition("/")[2].rpartition(":")[2]
    of_kind: dict[Kind, tuple[str, Json]] = {
        "access point": ("aws_efs_access_point", {"id": thing.id}),
        "bucket": ("aws_s3_bucket", {"id": thing.id, "bucket": thing.id, "arn": f"arn:aws:s3:::{thing.id}"}),
        "certificate": ("aws_acm_certificate", {"id": thing.id, "arn": thing.id}),
        "cluster": ("aws_ecs_cluster", {"id": arn("ecs", f"cluster/{thing.id}"), "name": thing.id}),
        "file system": ("aws_efs_file_system", {"id": thing.id}),
        "key": ("aws_kms_key", {"id": name, "key_id": name, "arn": thing.id}),
        "policy": ("aws_iam_policy", {"id": thing.id, "arn": thing.id}),
        "secret": ("aws_secretsmanager_secret", {"id": thing.id, "arn": thing.id, "name": secret_name(thing)}),
        "security group": ("aws_security_group", {"id": thing.id, "name": "whatever", "vpc_id": "vpc-of-others"}),
        "service": ("aws_ecs_service", {"id": "arn", "cluster": cluster(), "name": thing.id}),
        "subnet": ("aws_subnet", {"id": thing.id}),
        "table": ("aws_dynamodb_table", {"id": thing.id, "name": thing.id}),
        "topic": ("aws_sns_topic", {"id": thing.id, "arn": thing.id, "name": name}),
        "vpc": ("aws_vpc", {"id": thing.id}),
    }
    return of_kind[thing.kind]


CHANGERS: dict[Kind, tuple[tuple[str, str], ...]] = {
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
"""What is not the thing, and changes it: the type and the argument that names the thing."""


def spellings(thing: Protected) -> set[str]:
    """The ways in which AWS lets people name it."""
    short = thing.id.rpartition("/")[2].rpartition(":")[2]
    of_kind: dict[Kind, set[str]] = {
        "bucket": {f"arn:aws:s3:::{thing.id}"},
        "cluster": {arn("ecs", f"cluster/{thing.id}")},
        "file system": {arn("elasticfilesystem", f"file-system/{thing.id}"), thing.id.upper()},
        "key": {short},
        "secret": {secret_name(thing), thing.id.rpartition("-")[0]},
        "security group": {arn("ec2", f"security-group/{thing.id}"), f"{ACCOUNT}/{thing.id}"},
        "service": {f"service/{cluster()}/{thing.id}", arn("ecs", f"service/{cluster()}/{thing.id}")},
        "table": {arn("dynamodb", f"table/{thing.id}")},
    }
    return {thing.id} | of_kind.get(thing.kind, set())


def arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:us-east-1:{ACCOUNT}:{resource}"


def cluster() -> str:
    return deployment("create").spec.existing.cluster


def secret_name(thing: Protected) -> str:
    return thing.id.rpartition(":secret:")[2].rpartition("-")[0]
