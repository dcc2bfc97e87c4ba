"""The calls to AWS of an upgrade: those that read, the few that change something, and how each is repeated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from owscale.aws_api.calls import Caller, CallError, Changes, require_reading

READS = require_reading(
    (
        "application-autoscaling:DescribeScalableTargets",
        "cloudwatch:DescribeAlarms",
        "ecs:DescribeServices",
        "ecs:DescribeTaskDefinition",
        "ecs:DescribeTasks",
        "ecs:ListClusters",
        "ecs:ListServices",
        "ecs:ListTasks",
        "logs:GetLogEvents",
        "rds:DescribeDBClusterSnapshots",
        "rds:DescribeDBClusters",
        "rds:DescribeDBInstances",
        "rds:DescribeDBSnapshots",
    )
)
"""The calls that read the deployment; docs/upgrading.md has them as an IAM policy."""

CHANGES: Changes = {
    "application-autoscaling:RegisterScalableTarget": (
        "ServiceNamespace",
        "ResourceId",
        "ScalableDimension",
        "SuspendedState",
    ),
    "cloudwatch:DisableAlarmActions": ("AlarmNames",),
    "cloudwatch:EnableAlarmActions": ("AlarmNames",),
    "ecs:RunTask": (
        "clientToken",
        "cluster",
        "count",
        "launchType",
        "networkConfiguration",
        "overrides",
        "platformVersion",
        "startedBy",
        "taskDefinition",
    ),
    "ecs:StopTask": ("cluster", "reason", "task"),
    "ecs:UpdateService": ("cluster", "desiredCount", "service"),
    "rds:CreateDBClusterSnapshot": ("DBClusterIdentifier", "DBClusterSnapshotIdentifier"),
    "rds:CreateDBSnapshot": ("DBInstanceIdentifier", "DBSnapshotIdentifier"),
}
"""Every call that changes something, with its arguments: a service keeps all but its number of tasks, and a scalable
target all but its suspended state. No other command changes AWS."""

RECORD_READS = require_reading(("s3:GetObject",))
RECORD_CHANGES: Changes = {
    "s3:PutObject": (
        "Body",
        "Bucket",
        "ContentType",
        "IfMatch",
        "IfNoneMatch",
        "Key",
        "SSEKMSKeyId",
        "ServerSideEncryption",
    )
}
"""The calls for the record, in the region of the state."""

_THROTTLED = frozenset(
    {
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "TooManyRequestsException",
        "RequestLimitExceeded",
        "SlowDown",
        "ConditionalRequestConflict",
        "ConcurrentUpdateException",
        "ServerException",
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "InternalError",
        "InternalFailure",
        "InternalServiceException",
        "InternalServiceFault",
    }
)
_PAUSES = (1, 2, 4, 8, 16, 30)


@dataclass(frozen=True)
class PatientCaller:
    """Repeats a call that AWS throttles, or whose response was lost, with growing pauses.

    That is safe for every call of this package: a task has a client token, a snapshot a name, an object a condition,
    and the others set a value.
    """

    call: Caller
    sleep: Callable[[float], None]

    def __call__(self, name: str, /, **arguments: Any) -> dict[str, Any]:
        """Return the response of a call. Raises CallError if it fails, or still fails after a minute."""
        for pause in _PAUSES:
            try:
                return self.call(name, **arguments)
            except CallError as error:
                if error.reason != "network" and error.code not in _THROTTLED:
                    raise
            self.sleep(pause)
        return self.call(name, **arguments)


def pages(call: Caller, name: str, items: str, **arguments: Any) -> list[Any]:
    """Return the items of all pages of a call of ECS or RDS, whose name for the next page differs."""
    token = "Marker" if name.startswith("rds:") else "nextToken"
    found: list[Any] = []
    more: dict[str, str] = {}
    while True:
        response = call(name, **arguments, **more)
        found += response.get(items) or []
        following = response.get(token)
        if not following:
            return found
        more = {token: following}
