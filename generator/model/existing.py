"""What already runs. It is read and never changed: every id of an existing thing stands here and nowhere else."""

from typing import Literal

from pydantic import Field

from generator.model.base import Listed, Section, defaults
from generator.model.types import (
    AccessPointId,
    CertificateArn,
    ClusterName,
    FileSystemId,
    KmsKeyArn,
    Name,
    S3Bucket,
    SecretArn,
    SecretReference,
    SecurityGroupId,
    SubnetId,
    TopicArn,
    VpcId,
)


class Database(Section):
    """The PostgreSQL database that the deployment shares with the service it replaces."""

    url_secret_arn: SecretReference = Field(description="Secret that holds DATABASE_URL (postgresql://…).")
    security_group: SecurityGroupId = Field(
        description="Security group of the database. It gets one more rule, which lets the tasks in."
    )
    port: int = Field(default=5432, ge=1, le=65535, description="Port of the database.")
    max_connections: int = Field(ge=10, le=262143, description="The database's max_connections.")
    reserved_connections: int = Field(
        default=50, ge=0, le=262143, description="Connections kept for others: the replaced service, backups, people."
    )


class Files(Section):
    """The EFS file system with the uploaded files."""

    file_system: FileSystemId = Field(description="Id of the file system.")
    access_point: AccessPointId = Field(description="Access point that leads to the data folder.")
    security_groups: Listed[SecurityGroupId] = Field(
        min_length=1,
        max_length=5,
        description="Security groups of the mount targets. Each gets one more rule, which lets the tasks in.",
    )


class Peer(Section):
    """A service inside the VPC that Open WebUI calls."""

    security_group: SecurityGroupId = Field(
        description="Its security group. It gets one more rule, which lets the tasks in."
    )
    port: int = Field(ge=1, le=65535, description="The port that it listens on.")


class ExistingSecrets(Section):
    """Secrets to use instead of new ones."""

    webui_secret_key_arn: SecretArn | None = Field(
        default=None, description="Secret that holds WEBUI_SECRET_KEY. Left out: one is made."
    )
    redis_token_arn: SecretArn | None = Field(
        default=None,
        description="Secret that holds the Redis token, 16 to 128 letters and digits. Left out: one is made.",
    )


class ServiceSize(Section):
    """What the replaced service has, all of it on Fargate. It changes nothing in AWS."""

    instances: int | None = Field(default=None, ge=0, le=5000, description="Tasks that it runs.")
    vcpu: float | None = Field(default=None, ge=0.25, le=32, description="vCPU of one of its tasks.")
    memory_gb: float | None = Field(default=None, ge=0.5, le=244, description="Memory of one of its tasks in GiB.")
    architecture: Literal["X86_64", "ARM64"] = Field(default="X86_64", description="CPU architecture of its tasks.")


class Existing(Section):
    """What is there before the first apply and after the last destroy."""

    vpc: VpcId = Field(description="VPC of the deployment.")
    private_subnets: Listed[SubnetId] = Field(
        min_length=2,
        max_length=16,
        description="Private subnets of tasks, load balancer and Redis, each in an availability zone of its own.",
    )
    subnet_addresses: int | None = Field(
        default=None,
        ge=1,
        le=1000000,
        description="Free addresses that the private subnets have together, for tasks. Left out: not checked.",
    )
    cluster: ClusterName = Field(description="ECS cluster that will run the service.")
    container_insights: bool = Field(
        default=False,
        description="Whether the cluster has Container Insights: the dashboard then shows its task counts.",
    )
    service: ClusterName | None = Field(
        default=None, description="ECS service that this deployment replaces. Left out once it has been deleted."
    )
    service_size: ServiceSize = defaults(
        ServiceSize,
        "What that service has, for the cost while both run. A key left out: that part of the cost is unknown.",
    )
    database: Database = Field(description="The database.")
    files: Files = Field(description="The uploaded files.")
    peers: dict[Name, Peer] = Field(
        default_factory=dict, description="Services inside the VPC that Open WebUI calls, by name."
    )
    secrets: ExistingSecrets = defaults(ExistingSecrets, "Secrets to use instead of new ones.")
    certificate_arn: CertificateArn | None = Field(
        default=None, description="Certificate of the HTTPS listener. Left out: the load balancer speaks HTTP alone."
    )
    access_log_bucket: S3Bucket | None = Field(
        default=None, description="Bucket of the load balancer's access logs. Left out: one is made if logs are on."
    )
    alarm_topic_arn: TopicArn | None = Field(
        default=None, description="SNS topic that alarms notify. Left out: one is made."
    )
    kms_key_arn: KmsKeyArn | None = Field(
        default=None,
        description="Customer-managed key of new logs, secrets, Redis data and the alarm topic. Left out: AWS's keys. "
        "Its policy must let CloudWatch and CloudWatch Logs use it.",
    )
    secret_kms_key_arns: Listed[KmsKeyArn] = Field(
        default=(), description="Customer-managed keys of existing secrets: tasks may decrypt with these."
    )
