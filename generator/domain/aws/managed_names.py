"""The names of managed resources that follow from `service.name`, for deployments of one account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from owscale.spec.models import Spec


class ManagedName(NamedTuple):
    """A name in AWS: the type of its resources, the account and region that it is unique in, and the name."""

    type: str
    scope: tuple[str, ...]
    name: str


_GLOBAL = ("aws_iam_role",)
"""Types whose names are unique in all regions of an account."""

NAMES: Mapping[str, tuple[str, ...]] = {
    "aws_cloudwatch_dashboard": ("{}",),
    "aws_cloudwatch_log_group": ("/ecs/{}", "/elasticache/{}/slow-log"),
    "aws_ecs_service": ("{}",),
    "aws_ecs_task_definition": ("{}", "{}-migration"),
    "aws_elasticache_replication_group": ("{}",),
    "aws_elasticache_subnet_group": ("{}",),
    "aws_iam_role": ("{}-execution", "{}-task"),
    "aws_lb": ("{}",),
    "aws_lb_target_group": ("{}",),
    "aws_s3_bucket": ("{}-alb-logs-ACCOUNT",),
    "aws_security_group": ("{}-alb", "{}-redis", "{}-tasks"),
    "aws_sns_topic": ("{}-alarms",),
}
"""The names of each type, where `{}` is `service.name`. A test compares them with the plans.

The names of alarms, policies and parameter groups are left out: they contain more of the spec, and another test shows
that they cannot be equal for two services. Secrets have random ends.
"""


def account(spec: Spec) -> str:
    """Return the account of a deployment; without `aws.account_id`, the account of the database secret (S205)."""
    return spec.aws.account_id or spec.existing.database.url_secret_arn.split(":")[4]


def managed_names(spec: Spec) -> Iterator[ManagedName]:
    """Yield the names that a deployment needs, also those that it has only during an upgrade."""
    for resource_type, patterns in NAMES.items():
        scope = (account(spec),) if resource_type in _GLOBAL else (account(spec), spec.aws.region)
        for pattern in patterns:
            yield ManagedName(resource_type, scope, pattern.format(spec.service.name))
