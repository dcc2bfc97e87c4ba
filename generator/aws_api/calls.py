"""The names of calls to AWS, and the errors of calls. This module needs no boto3."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Literal, Protocol

from owscale.errors import OwscaleError

_READING = ("Describe", "Get", "List")
_VALUES = frozenset({"secretsmanager:GetSecretValue", "ssm:GetParameter", "kms:GenerateDataKey"})

Reason = Literal["denied", "credentials", "not found", "network", "other"]


Changes = Mapping[str, Collection[str]]
"""Calls that change something, by name, each with the only arguments that it may have."""


class CallError(OwscaleError):
    """A call to AWS failed: the IAM action that it needs, the reason, and the code of the error of AWS, if any."""

    def __init__(self, message: str, *, hint: str, action: str, reason: Reason, code: str = "") -> None:
        super().__init__(message, hint=hint)
        self.action, self.reason, self.code = action, reason, code


class Caller(Protocol):
    """A function that reads an AWS account, such as an `AwsAccount`."""

    def __call__(self, name: str, /, **arguments: Any) -> dict[str, Any]:
        """Return the response of a call by its name, such as `ecs:DescribeServices`. Raises CallError."""


def require_reading(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names of calls. Raises ValueError for one that changes something, or that reads a secret value."""
    for name in names:
        if name in _VALUES or not is_reading(name):
            raise ValueError(f"{name} does not only read")
    return names


def is_reading(name: str) -> bool:
    """Whether a call changes nothing, by its name."""
    return name.partition(":")[2].startswith(_READING)


def iam_action(name: str) -> str:
    """Return the IAM action that a call needs: the same name, except for a few calls of S3.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
    """
    return {"s3:ListObjectsV2": "s3:ListBucket"}.get(name, name)
