"""The ECS service: number and size of its tasks, and how they are replaced."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from owscale.spec.models.base import Section, defaults
from owscale.spec.models.types import CidrBlock, Name, PolicyArn, PrefixListId, SecurityGroupId, ServiceName
from owscale.spec.scalars import reject_non_integers

LogRetention = Annotated[
    Literal[0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653],
    BeforeValidator(reject_non_integers),
]
"""Number of days that CloudWatch Logs accepts; 0 is forever.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
"""


class Source(Section):
    """One end of a connection. Exactly one of the keys is required."""

    cidr: CidrBlock | None = Field(default=None, description="Address range in CIDR notation.")
    prefix_list: PrefixListId | None = Field(default=None, description="ID of a managed prefix list.")
    security_group: SecurityGroupId | None = Field(default=None, description="ID of a security group.")


class Destination(Source):
    """Destination that the tasks may connect to: its ports, and exactly one of `cidr` and the other two keys."""

    port: int = Field(default=443, ge=1, le=65535, description="Port of the destination, or the first one of a range.")
    to_port: int | None = Field(
        default=None, ge=1, le=65535, description="Last port of a range. If omitted, `port` alone."
    )
    protocol: Literal["tcp", "udp"] = Field(default="tcp", description="Protocol of the connections.")


class ContainerHealthCheck(Section):
    """Health check of ECS for the container."""

    interval_seconds: int = Field(default=30, ge=5, le=300, description="Time between two checks, in seconds.")
    retries: int = Field(
        default=3, ge=1, le=10, description="Consecutive failed checks after which ECS replaces the task."
    )
    start_period_seconds: int = Field(
        default=300,
        ge=0,
        le=300,
        description="Time after the start in which failed checks do not count, in seconds.",
    )
    timeout_seconds: int = Field(default=5, ge=2, le=60, description="Time that a check may take, in seconds.")


class Rollout(Section):
    """How ECS replaces tasks. `service.circuit_breaker_rollback` decides about a failed rollout."""

    minimum_percent: int = Field(
        default=100, ge=0, le=100, description="Minimum of healthy tasks, in percent of the desired number."
    )
    maximum_percent: int = Field(
        default=200, ge=100, le=400, description="Maximum of running tasks, in percent of the desired number."
    )
    grace_period_seconds: int = Field(
        default=360,
        ge=0,
        le=7200,
        description="Time after the start in which ECS ignores the health check of the load balancer, in seconds.",
    )


class Service(Section):
    """ECS service on Fargate."""

    name: ServiceName = Field(description="Name of the service, and of the resources that are created for it.")
    instances: int = Field(
        default=3, ge=1, le=100, description="Number of tasks. With autoscaling, the number at the first apply."
    )
    vcpu: float = Field(default=2, ge=0.25, le=32, description="vCPU of a task: 0.25, 0.5, 1, 2, 4, 8, 16 or 32.")
    memory_gb: float = Field(
        default=8, ge=0.5, le=244, description="Memory of a task, in GiB. The allowed values depend on `vcpu`."
    )
    architecture: Literal["X86_64", "ARM64"] = Field(default="X86_64", description="CPU architecture of the tasks.")
    ephemeral_storage_gb: int | None = Field(
        default=None, ge=21, le=200, description="Temporary disk space of a task, in GiB. If omitted, 20."
    )
    platform_version: Literal["LATEST", "1.4.0"] = Field(default="LATEST", description="Fargate platform version.")
    log_retention_days: LogRetention = Field(
        default=30, description="Retention of the log of the tasks, in days; 0 for forever."
    )
    stop_timeout_seconds: int = Field(
        default=120, ge=2, le=120, description="Time that a task has to stop before it is killed, in seconds."
    )
    health_check: ContainerHealthCheck = defaults(ContainerHealthCheck, "Health check of the container.")
    deployment: Rollout = defaults(Rollout, "How ECS replaces tasks.")
    # The provider waits for a steady state, which a failed deployment does not reach:
    # https://github.com/hashicorp/terraform-provider-aws/issues/20858
    circuit_breaker_rollback: bool = Field(
        default=True,
        description="Whether ECS starts the earlier tasks again if a deployment fails "
        "(`deployment_circuit_breaker.rollback`). Write `false` during an upgrade of Open WebUI whose database the "
        "earlier release may not use. Then a deployment that fails stops, and `terraform apply` waits until its time "
        "limit.",
    )
    egress: dict[Name, Destination] = Field(
        default_factory=lambda: {"https": Destination(cidr="0.0.0.0/0")},
        description="Destinations that the tasks may connect to, in addition to Redis, the database, the files and the "
        "peers, by a name of your choice. If omitted, any IPv4 address on port 443. Entries replace that default: the "
        "image, the secrets and the log need port 443 too.",
    )
    exec: bool = Field(default=False, description="Whether users can open a shell in a task (ECS Exec).")
    task_policy_arns: dict[Name, PolicyArn] = Field(
        default_factory=dict,
        description="Existing IAM policies of the task role, which Open WebUI uses, by a name of your choice.",
    )
    wait_for_steady_state: bool = Field(
        default=True,
        description="Whether `terraform apply` waits until the tasks serve requests, and fails if they do not.",
    )
