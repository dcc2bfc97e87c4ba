"""The internal load balancer."""

from typing import Literal

from pydantic import Field

from generator.model.base import Section, defaults
from generator.model.service import Source
from generator.model.types import HttpStatus, Name, S3Key


class TargetHealthCheck(Section):
    """How the load balancer tells whether a task can serve."""

    path: Literal["/health", "/health/db"] = Field(
        default="/health",
        description="What is asked. /ready is not offered: one Redis outage would replace every task.",
    )
    matcher: HttpStatus = Field(default="200", description="Status that means healthy.")
    interval_seconds: int = Field(default=30, ge=5, le=300, description="Time between two checks.")
    timeout_seconds: int = Field(default=5, ge=2, le=120, description="Time a check may take; below the interval.")
    healthy_threshold: int = Field(default=2, ge=2, le=10, description="Successes in a row that make a task healthy.")
    unhealthy_threshold: int = Field(default=3, ge=2, le=10, description="Failures in a row that make it unhealthy.")


class AccessLogs(Section):
    """One line a request, in S3."""

    enabled: bool = Field(default=False, description="Whether access logs are written.")
    prefix: S3Key = Field(default="alb", description="Their folder in the bucket.")
    expiration_days: int = Field(
        default=90, ge=1, le=3650, description="Days that they are kept in a bucket made for them."
    )


class LoadBalancer(Section):
    """An internal Application Load Balancer. HTTPS follows from existing.certificate_arn; HTTP then redirects."""

    allow_from: dict[Name, Source] = Field(min_length=1, description="Who may connect, by name; nobody else can.")
    http_port: int = Field(default=80, ge=1, le=65535, description="Port of the HTTP listener.")
    https_port: int = Field(default=443, ge=1, le=65535, description="Port of the HTTPS listener.")
    ssl_policy: Literal[
        "ELBSecurityPolicy-TLS13-1-2-2021-06",
        "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
        "ELBSecurityPolicy-TLS13-1-3-2021-06",
    ] = Field(default="ELBSecurityPolicy-TLS13-1-2-2021-06", description="TLS versions and ciphers of HTTPS.")
    idle_timeout_seconds: int = Field(
        default=300, ge=1, le=4000, description="Time without a byte after which a connection is closed."
    )
    proxy_timeout_seconds: int | None = Field(
        default=None,
        ge=1,
        le=3600,
        description="How long a proxy before the load balancer waits for an answer; Entra App Proxy 85 or 180. "
        "Left out: not checked, but for an Entra App Proxy in app.public_url.",
    )
    stickiness_seconds: int = Field(
        default=86400, ge=1, le=604800, description="Time that a browser stays with one task."
    )
    deregistration_delay_seconds: int = Field(
        default=300, ge=0, le=3600, description="Time that a task being removed has to finish its answers."
    )
    slow_start_seconds: int = Field(
        default=60, ge=0, le=900, description="Time over which a new task's share grows; 0, or 30 and more."
    )
    algorithm: Literal["round_robin", "least_outstanding_requests", "weighted_random"] = Field(
        default="round_robin", description="How a task is chosen for a new session."
    )
    deletion_protection: bool = Field(
        default=True, description="Whether the load balancer refuses to be deleted. Set to false before a destroy."
    )
    health_check: TargetHealthCheck = defaults(TargetHealthCheck, "How a task is told to be able to serve.")
    access_logs: AccessLogs = defaults(AccessLogs, "One line a request, in S3.")
