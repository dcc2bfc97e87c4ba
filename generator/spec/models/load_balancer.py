"""The internal load balancer."""

from typing import Literal

from pydantic import Field

from owscale.spec.models.base import Section, defaults
from owscale.spec.models.service import Source
from owscale.spec.models.types import HttpStatus, Name, S3Key


class TargetHealthCheck(Section):
    """Health check of the load balancer for the tasks."""

    path: Literal["/health", "/health/db"] = Field(
        default="/health",
        description="Path of the request. `/ready` is not allowed, because an outage of Redis would replace every "
        "task.",
    )
    matcher: HttpStatus = Field(default="200", description="HTTP status of a healthy task.")
    interval_seconds: int = Field(default=30, ge=5, le=300, description="Time between two checks, in seconds.")
    timeout_seconds: int = Field(
        default=5,
        ge=2,
        le=120,
        description="Time that a check may take, in seconds. Must be less than `interval_seconds`.",
    )
    healthy_threshold: int = Field(
        default=2, ge=2, le=10, description="Consecutive successful checks that make a task healthy."
    )
    unhealthy_threshold: int = Field(
        default=3, ge=2, le=10, description="Consecutive failed checks that make a task unhealthy."
    )


class AccessLogs(Section):
    """Access logs in S3, with one line for each request."""

    enabled: bool = Field(default=False, description="Whether the load balancer writes access logs.")
    prefix: S3Key = Field(default="alb", description="Folder of the access logs in the bucket.")
    expiration_days: int = Field(
        default=90,
        ge=1,
        le=3650,
        description="Retention of the access logs, in days. Only used for a bucket that Terraform creates.",
    )


class LoadBalancer(Section):
    """Internal Application Load Balancer.

    With `existing.certificate_arn` it serves HTTPS, and redirects HTTP to HTTPS. Without it, it serves only HTTP.
    """

    allow_from: dict[Name, Source] = Field(
        min_length=1,
        description="Clients that may connect, by a name of your choice. All other clients are blocked.",
    )
    tls_termination: Literal["proxy", "load_balancer"] | None = Field(
        default=None,
        description="Component that terminates browser TLS: `proxy` for a proxy in front of the load balancer, such as "
        "Entra application proxy; `load_balancer` requires `existing.certificate_arn`. Required with "
        "`app.public_url` and no certificate. If omitted, the load balancer terminates TLS if it has a certificate.",
    )
    http_port: int = Field(default=80, ge=1, le=65535, description="Port of the HTTP listener.")
    https_port: int = Field(default=443, ge=1, le=65535, description="Port of the HTTPS listener.")
    ssl_policy: Literal[
        "ELBSecurityPolicy-TLS13-1-2-2021-06",
        "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
        "ELBSecurityPolicy-TLS13-1-3-2021-06",
    ] = Field(
        default="ELBSecurityPolicy-TLS13-1-2-2021-06", description="TLS versions and ciphers of the HTTPS listener."
    )
    idle_timeout_seconds: int = Field(
        default=300, ge=1, le=4000, description="Time without data after which a connection is closed, in seconds."
    )
    proxy_timeout_seconds: int | None = Field(
        default=None,
        ge=1,
        le=3600,
        description="Time that a proxy in front of the load balancer waits for a response, in seconds; 85 or 180 for "
        "Entra application proxy. If omitted, the timeouts are only checked for an Entra application proxy in "
        "`app.public_url`.",
    )
    stickiness_seconds: int = Field(
        default=86400, ge=1, le=604800, description="Time that a browser stays on the same task, in seconds."
    )
    deregistration_delay_seconds: int = Field(
        default=300,
        ge=0,
        le=3600,
        description="Time that a task has to finish its responses before it is removed, in seconds.",
    )
    slow_start_seconds: int = Field(
        default=60,
        ge=0,
        le=900,
        description="Time in which the share of requests of a new task grows, in seconds; 0 for off, otherwise at "
        "least 30.",
    )
    algorithm: Literal["round_robin", "least_outstanding_requests", "weighted_random"] = Field(
        default="round_robin", description="Algorithm that selects the task for a new session."
    )
    deletion_protection: bool = Field(
        default=True,
        description="Whether the load balancer is protected from deletion. Set it to false and apply before you "
        "destroy the deployment.",
    )
    health_check: TargetHealthCheck = defaults(
        TargetHealthCheck, "Health check that decides whether a task gets requests."
    )
    access_logs: AccessLogs = defaults(AccessLogs, "Access logs in S3.")
