"""Rule: report changes outside Terraform, and fail if an apply would replace destroyed data by an empty resource."""

from collections.abc import Iterator
from typing import Any

from owscale.plan_policy.context import PolicyContext
from owscale.plan_policy.resource_types import RESOURCE_TYPES
from owscale.plan_policy.result import Note, Violation
from owscale.terraform.plan.model import ResourceChange

_OBJECT_ATTRIBUTES = ("arn", "dns_name", "id", "primary_endpoint_address", "unique_id")
"""Attributes that AWS sets once for an object: another value means that another object has the name."""

_RECOVERIES = {
    "aws_elasticache_replication_group": "restore it from a snapshot under the same name, then plan again",
    "aws_secretsmanager_secret": "run `aws secretsmanager restore-secret --secret-id NAME` while its recovery window "
    "lasts, then plan again",
}
"""Steps to restore an object of a type; https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_restore-secret.html"""

_AUTHORS = {
    ("aws_appautoscaling_target", "max_capacity"): "a scheduled action or a person",
    ("aws_appautoscaling_target", "min_capacity"): "a scheduled action or a person (Scale manually in the runbook)",
    ("aws_cloudwatch_metric_alarm", "actions_enabled"): "a person (Upgrade Open WebUI in the runbook)",
    ("aws_ecs_service", "task_definition"): "a rollback by ECS, or a person who deployed another revision",
    ("aws_elasticache_replication_group", "engine_version"): "AWS in a maintenance window, or a person",
}
"""The probable author of a change of an argument; without an entry, a person or another tool."""


_MAY_BE_SECRET: dict[str, str] = {
    "alarm_description": "free text",
    "archive_policy": "a document",
    "assume_role_policy": "a document: a condition may contain an external id",
    "auth_token": "the Redis token",
    "auth_token_wo": "the Redis token",
    "container_definitions": "a document with environment variables",
    "dashboard_body": "a document",
    "delivery_policy": "a document",
    "description": "free text",
    "display_name": "free text",
    "endpoint": "a URL may contain a password or a token",
    "filter_policy": "a document",
    "policy": "a document: a condition may contain a secret header",
    "redrive_policy": "a document",
    "replay_policy": "a document",
    "secret_binary": "a secret",
    "secret_string": "a secret",
    "secret_string_wo": "a secret",
}
"""Text arguments of the types of the templates that may hold a secret, each with the reason.

The others in the provider's schema (`terraform providers schema -json`) are enumerations, versions, sizes, names, ids,
ARNs, addresses and times.
"""
_FREE_TEXT_PREFIX = "routing_http_"
"""The load balancer adds header fields with these contents and names."""
_MAX_TEXT_LENGTH = 200


def report_drift(context: PolicyContext) -> Iterator[Violation | Note]:
    """Yield a violation for lost data, and a note for every other change outside Terraform.

    The provider computes the arguments that the configuration does not set; those are reported only if an apply sets
    them back.
    """
    planned = {change.address: change for change in context.plan.managed() if not change.deposed}
    for drift in context.plan.drift:
        replaced_for = [name for name in _OBJECT_ATTRIBUTES if _is_changed(drift, name)]
        if drift.kind == "delete":
            yield _lost(context, drift, "was destroyed outside Terraform")
        elif replaced_for:
            yield _lost(context, drift, f"was replaced outside Terraform: another {', '.join(replaced_for)}")
        elif text := _describe(context, drift, planned.get(drift.address)):
            yield Note(drift.address, text)


def _lost(context: PolicyContext, drift: ResourceChange, problem: str) -> Violation | Note:
    known = RESOURCE_TYPES.get(drift.type)
    loss = known.loss if known else ""
    if not loss:
        return Note(drift.address, f"{problem}; an apply creates missing resources again")
    if reason := context.reason_to_allow(drift.address, "loss"):
        return Note(drift.address, f"{problem}, which the spec allows: {reason}")
    return Violation(
        drift.address,
        "drift",
        problem,
        f"an apply would continue without {loss}",
        _RECOVERIES.get(drift.type, "find out who did it, in CloudTrail; restore it if you can, then plan again"),
        effect="loss",
    )


def _describe(context: PolicyContext, drift: ResourceChange, planned: ResourceChange | None) -> str:
    """Return a sentence per changed argument: old and new value, probable origin, effect of an apply; "" for none."""
    is_set = context.plan.configuration.is_set
    names = [name for name in drift.changed_arguments if _is_changed(drift, name)]
    return "; ".join(
        _describe_argument(context, drift, planned, name)
        for name in names
        if is_set(drift.address, name) or _is_undone(drift, planned, name)
    )


def _is_undone(drift: ResourceChange, planned: ResourceChange | None, name: str) -> bool:
    """Whether an apply sets an argument to another value than the one that was set outside Terraform."""
    return planned is not None and planned.kind != "nothing" and planned.after.get(name) != drift.after.get(name)


def _describe_argument(context: PolicyContext, drift: ResourceChange, planned: ResourceChange | None, name: str) -> str:
    author = _AUTHORS.get((drift.type, name), "a person or another tool")
    if (drift.type, name) == ("aws_ecs_service", "desired_count") and context.spec.autoscaling.enabled:
        author = "autoscaling"
    outcome = "an apply sets it back" if _is_undone(drift, planned, name) else "an apply leaves it"
    return f"{name} was changed outside Terraform{_describe_values(drift, name)}, probably by {author}: {outcome}"


def _is_changed(change: ResourceChange, name: str) -> bool:
    """Whether an argument changed; null and empty count as the same."""
    return (change.before.get(name) or None) != (change.after.get(name) or None)


def _describe_values(drift: ResourceChange, name: str) -> str:
    """Return the old and the new value in words, or a note that they are not shown: they may be secret, or are long."""
    values = [drift.before.get(name), drift.after.get(name)]
    has_text, texts = any(map(_has_text, values)), [_text(value) for value in values]
    if None not in texts and not drift.is_sensitive(name) and (not has_text or _is_public(drift, name)):
        return " from {} to {}".format(*texts)
    return " (text not shown)" if has_text else " (value not shown)"


def _is_public(drift: ResourceChange, name: str) -> bool:
    """Whether a text argument cannot hold a secret: it is an argument of the provider, and no free text."""
    is_known = drift.type in RESOURCE_TYPES and drift.type.startswith("aws_")
    return is_known and name not in _MAY_BE_SECRET and not name.startswith(_FREE_TEXT_PREFIX)


def _has_text(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and any(isinstance(item, str) for item in value))


def _text(value: Any) -> str | None:
    """Return a number, a switch, a text or a list of texts in words; None for any other value, and for long texts."""
    match value:
        case None | "" | []:
            return "nothing"
        case bool():
            return str(value).lower()
        case int() | float():
            return f"{value:g}"
        case str():
            return value if len(value) <= _MAX_TEXT_LENGTH else None
        case list() if all(isinstance(item, str) for item in value):
            return _text(", ".join(sorted(value)))
    return None
