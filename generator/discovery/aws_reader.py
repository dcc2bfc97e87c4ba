"""Read an AWS account part by part: a call that is denied leaves a gap, and the rest is still read."""

from __future__ import annotations

from typing import Any

from owscale.aws_api.calls import Caller, CallError, require_reading
from owscale.discovery.plain_data import mappings, text

CALLS = require_reading(
    (
        "application-autoscaling:DescribeScalableTargets",
        "cloudwatch:DescribeAlarms",
        "ec2:DescribeInstanceTypes",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeRouteTables",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ecs:DescribeClusters",
        "ecs:DescribeServices",
        "ecs:DescribeTaskDefinition",
        "ecs:DescribeTasks",
        "ecs:ListServices",
        "ecs:ListTasks",
        "elasticfilesystem:DescribeAccessPoints",
        "elasticfilesystem:DescribeMountTargetSecurityGroups",
        "elasticfilesystem:DescribeMountTargets",
        "elasticloadbalancing:DescribeListeners",
        "elasticloadbalancing:DescribeLoadBalancerAttributes",
        "elasticloadbalancing:DescribeLoadBalancers",
        "elasticloadbalancing:DescribeRules",
        "elasticloadbalancing:DescribeTargetGroupAttributes",
        "elasticloadbalancing:DescribeTargetGroups",
        "iam:ListAttachedRolePolicies",
        "iam:ListRolePolicies",
        "kms:DescribeKey",
        "logs:DescribeLogGroups",
        "rds:DescribeDBClusters",
        "rds:DescribeDBInstances",
        "rds:DescribeDBParameters",
        "secretsmanager:DescribeSecret",
        "servicediscovery:ListInstances",
        "servicediscovery:ListNamespaces",
        "servicediscovery:ListServices",
    )
)
"""Every call of `owscale init --from-aws`; no other is possible. docs/init.md has them as an IAM policy."""

_MAX_PAGES = 500
# The field of a response that leads to the next page, and the argument of a call that takes it. EFS also repeats the
# `Marker` of the request in its responses, so `NextMarker` comes first.
_NEXT = {"NextMarker": "Marker", "NextToken": "NextToken", "nextToken": "nextToken", "Marker": "Marker"}


class AwsReader:
    """Calls AWS. `gaps` has, by the key of the spec, the reason why a part could not be read."""

    def __init__(self, call: Caller) -> None:
        self._call = call
        self.gaps: dict[str, str] = {}

    def read(self, key: str, name: str, /, **arguments: Any) -> dict[str, Any]:
        """Return the response of a call that is needed for a key of the spec; {} where AWS refuses it.

        Raises CallError if the credentials or the network fail: then no other call would succeed.
        """
        try:
            return self._call(name, **arguments)
        except CallError as error:
            if error.reason in {"credentials", "network"}:
                raise
            self.gaps.setdefault(key, error.message)
            return {}

    def items(self, key: str, name: str, field: str, /, **arguments: Any) -> list[dict[str, Any]]:
        """Return a list of mappings from all pages of a call."""
        return [item for page in self._pages(key, name, arguments) for item in mappings(page.get(field))]

    def names(self, key: str, name: str, field: str, /, **arguments: Any) -> list[str]:
        """Return a list of texts from all pages of a call."""
        return [text(item) for page in self._pages(key, name, arguments) for item in page.get(field) or ()]

    def _pages(self, key: str, name: str, arguments: dict[str, Any]) -> list[dict[str, Any]]:
        pages: list[dict[str, Any]] = []
        while len(pages) < _MAX_PAGES:
            page = self.read(key, name, **arguments)
            pages.append(page)
            token = next((field for field in _NEXT if page.get(field)), "")
            if not token or arguments.get(_NEXT[token]) == page[token]:
                break
            arguments = arguments | {_NEXT[token]: page[token]}
        return pages
