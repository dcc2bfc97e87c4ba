"""Existing resources, which a deployment reads and never changes.

No other section contains the ID of an existing resource, except the ones that the user adds: clients, destinations,
policies and secrets.
"""

from typing import Literal

from pydantic import Field

from owscale.spec.models.base import FrozenList, Section, defaults
from owscale.spec.models.types import (
    AccessPointId,
    CertificateArn,
    ClusterName,
    DatabaseId,
    FileSystemId,
    KmsKeyArn,
    Name,
    S3Bucket,
    SecretReference,
    SecurityGroupId,
    SubnetId,
    TopicArn,
    VpcId,
)


class Database(Section):
    """PostgreSQL database that the deployment shares with the service it replaces."""

    url_secret_arn: SecretReference = Field(
        description="ARN of the secret that contains `DATABASE_URL` (`postgresql://…`)."
    )
    security_group: SecurityGroupId = Field(
        description="Security group of the database. Terraform adds one rule, which allows the tasks to connect."
    )
    instance: DatabaseId | None = Field(
        default=None,
        description="Identifier of the RDS instance, for the alarm on its connections and the check of its backups. "
        "For Aurora, set `cluster`.",
    )
    cluster: DatabaseId | None = Field(
        default=None,
        description="Identifier of the Aurora cluster, for the alarm on the connections of its writer and the check of "
        "its backups.",
    )
    port: int = Field(default=5432, ge=1, le=65535, description="Port of the database.")
    max_connections: int = Field(ge=10, le=262143, description="Value of the PostgreSQL setting `max_connections`.")
    reserved_connections: int = Field(
        default=50,
        ge=0,
        le=262143,
        description="Connections reserved for other clients, such as the replaced service, backups and administrators.",
    )


class Files(Section):
    """EFS file system with the uploaded files."""

    file_system: FileSystemId = Field(description="ID of the file system.")
    access_point: AccessPointId = Field(description="ID of the access point of the data directory.")
    security_groups: FrozenList[SecurityGroupId] = Field(
        min_length=1,
        max_length=5,
        description="Security groups of the mount targets. Terraform adds one rule to each, which allows the tasks to "
        "connect.",
    )


class Peer(Section):
    """Service inside the VPC that Open WebUI calls."""

    security_group: SecurityGroupId = Field(
        description="Security group of the service. Terraform adds one rule, which allows the tasks to connect."
    )
    port: int = Field(ge=1, le=65535, description="Port of the service.")


class ExistingSecrets(Section):
    """Existing secrets to use instead of managed ones."""

    webui_secret_key_arn: SecretReference | None = Field(
        default=None,
        description="ARN of the secret that contains `WEBUI_SECRET_KEY`; `:key::` at its end selects a key of JSON. If "
        "omitted, Terraform creates one.",
    )
    redis_token_arn: SecretReference | None = Field(
        default=None,
        description="ARN of the secret that contains the Redis token: 16 to 128 letters, digits and `! & # $ ^ < > -`, "
        "without a line break. `:key::` at its end selects a key of JSON. If omitted, Terraform creates one.",
    )


class ServiceSize(Section):
    """Size of the replaced service, which runs on Fargate. These keys change nothing in AWS."""

    instances: int | None = Field(default=None, ge=0, le=5000, description="Number of its tasks.")
    vcpu: float | None = Field(default=None, ge=0.25, le=32, description="vCPU of one of its tasks.")
    memory_gb: float | None = Field(default=None, ge=0.5, le=244, description="Memory of one of its tasks, in GiB.")
    architecture: Literal["X86_64", "ARM64"] = Field(default="X86_64", description="CPU architecture of its tasks.")


class Existing(Section):
    """Resources that exist before the first apply and after the last destroy."""

    vpc: VpcId = Field(description="VPC of the deployment.")
    private_subnets: FrozenList[SubnetId] = Field(
        min_length=2,
        max_length=16,
        description="Private subnets of the tasks, the load balancer and Redis, each in another availability zone.",
    )
    subnet_addresses: int | None = Field(
        default=None,
        ge=1,
        le=1000000,
        description="Free IP addresses for tasks in all private subnets together. If omitted, they are not checked.",
    )
    cluster: ClusterName = Field(description="ECS cluster that runs the service.")
    container_insights: bool = Field(
        default=False,
        description="Whether Container Insights is enabled for the cluster. If so, the dashboard shows the number of "
        "tasks.",
    )
    service: ClusterName | None = Field(
        default=None, description="ECS service that this deployment replaces. Remove the key when you delete it."
    )
    service_size: ServiceSize = defaults(
        ServiceSize,
        "Size of the replaced service, for the cost while both services run. If a key is omitted, that part of the "
        "cost is unknown.",
    )
    database: Database = Field(description="PostgreSQL database.")
    files: Files = Field(description="EFS file system with the uploaded files.")
    peers: dict[Name, Peer] = Field(
        default_factory=dict, description="Services inside the VPC that Open WebUI calls, by a name of your choice."
    )
    secrets: ExistingSecrets = defaults(ExistingSecrets, "Existing secrets to use instead of managed ones.")
    certificate_arn: CertificateArn | None = Field(
        default=None,
        description="ARN of the certificate of the HTTPS listener. If omitted, the load balancer serves HTTP only, and "
        "`load_balancer.tls_termination` states whether a proxy serves HTTPS.",
    )
    access_log_bucket: S3Bucket | None = Field(
        default=None,
        description="Bucket for the access logs of the load balancer. If omitted, Terraform creates one where "
        "`load_balancer.access_logs` are enabled.",
    )
    alarm_topic_arn: TopicArn | None = Field(
        default=None, description="ARN of the SNS topic that the alarms notify. If omitted, Terraform creates one."
    )
    kms_key_arn: KmsKeyArn | None = Field(
        default=None,
        description="Customer managed KMS key of the logs, secrets, Redis data and alarm topic that Terraform creates. "
        "Its policy must allow CloudWatch and CloudWatch Logs to use it. If omitted, AWS uses keys of its own.",
    )
    secret_kms_key_arns: FrozenList[KmsKeyArn] = Field(
        default=(),
        description="Customer managed KMS keys of existing secrets. The tasks get the permission to decrypt with them.",
    )
