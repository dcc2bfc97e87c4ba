"""The ECS service: how many tasks, how large, and how they are replaced."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from generator.model.base import Section, defaults
from generator.model.types import CidrBlock, Name, PolicyArn, PrefixListId, SecurityGroupId, ServiceName
from generator.scalars import whole

LogRetention = Annotated[
    Literal[0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653],
    BeforeValidator(whole),
]
"""Days that CloudWatch Logs accepts; 0 keeps for ever. See the PutRetentionPolicy API."""


class Source(Section):
    """One end of a connection: exactly one of the three."""

    cidr: CidrBlock | None = Field(default=None, description="An address range.")
    prefix_list: PrefixListId | None = Field(default=None, description="A managed prefix list.")
    security_group: SecurityGroupId | None = Field(default=None, description="A security group.")


class Destination(Source):
    """Where tasks may connect to: exactly one of the three, and a port."""

    port: int = Field(default=443, ge=1, le=65535, description="The port.")


class ContainerHealthCheck(Section):
    """How ECS tells whether a container still answers."""

    interval_seconds: int = Field(default=30, ge=5, le=300, description="Time between two checks.")
    retries: int = Field(default=3, ge=1, le=10, description="Failures in a row that make the task be replaced.")
    start_period_seconds: int = Field(
        default=300, ge=0, le=300, description="Time after the start in which failures do not count."
    )
    timeout_seconds: int = Field(default=5, ge=2, le=60, description="Time a check may take.")


class Rollout(Section):
    """How tasks are replaced. A deployment that fails is always rolled back."""

    minimum_percent: int = Field(
        default=100, ge=0, le=100, description="Tasks that must stay healthy, as a percentage of the desired count."
    )
    maximum_percent: int = Field(
        default=200, ge=100, le=400, description="Tasks that may run, as a percentage of the desired count."
    )
    grace_period_seconds: int = Field(
        default=360,
        ge=0,
        le=7200,
        description="Time after the start in which the load balancer's verdict does not count.",
    )


class Service(Section):
    """The ECS service on Fargate."""

    name: ServiceName = Field(description="Name of the service and of all that is created for it.")
    instances: int = Field(default=3, ge=1, le=100, description="Tasks to run; with autoscaling, tasks to begin with.")
    vcpu: float = Field(default=2, ge=0.25, le=32, description="vCPU of a task: 0.25, 0.5, 1, 2, 4, 8, 16 or 32.")
    memory_gb: float = Field(
        default=8, ge=0.5, le=244, description="Memory of a task in GiB; what fits depends on vcpu."
    )
    architecture: Literal["X86_64", "ARM64"] = Field(default="X86_64", description="CPU architecture of the tasks.")
    ephemeral_storage_gb: int | None = Field(
        default=None, ge=21, le=200, description="Scratch disk of a task in GiB. Left out: Fargate's 20."
    )
    platform_version: Literal["LATEST", "1.4.0"] = Field(default="LATEST", description="Fargate platform version.")
    log_retention_days: LogRetention = Field(default=30, description="Days that the tasks' log is kept; 0 for ever.")
    stop_timeout_seconds: int = Field(
        default=120, ge=2, le=120, description="Time between asking a task to stop and killing it."
    )
    health_check: ContainerHealthCheck = defaults(ContainerHealthCheck, "The container's own health check.")
    deployment: Rollout = defaults(Rollout, "How tasks are replaced.")
    egress: dict[Name, Destination] = Field(
        default_factory=lambda: {"https": Destination(cidr="0.0.0.0/0")},
        description="Where tasks may connect to beyond Redis, database, files and peers, by name.",
    )
    exec: bool = Field(default=False, description="Whether people may open a shell in a task (ECS Exec).")
    task_policy_arns: dict[Name, PolicyArn] = Field(
        default_factory=dict, description="Existing IAM policies for Open WebUI's own role, by name."
    )
    wait_for_steady_state: bool = Field(
        default=True, description="Whether an apply waits until the tasks serve, and fails when they do not."
    )
