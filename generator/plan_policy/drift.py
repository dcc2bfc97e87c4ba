"""Rule: changes outside Terraform are reported, and data that was destroyed there is not created anew, empty."""

from collections.abc import Iterator
from typing import Any

from owscale.plan_policy.context import PolicyContext
from owscale.plan_policy.resource_types import RESOURCE_TYPES
from owscale.plan_policy.result import Note, Violation
from owscale.terraform.plan.model import ResourceChange

_OBJECT_ATTRIBUTES = ("arn", "dns_name", "id", "primary_endpoint_address", "unique_id")
"""Attributes that AWS gives to an object once: others mean that another object has the name."""

_RECOVERIES = {
    "aws_elasticache_replication_group": "restore it from a snapshot under the same name, then plan again",
    "aws_secretsmanager_secret": "run `aws secretsmanager restore-secret --secret-id NAME` while its recovery window "
    "lasts, then plan again",
}
"""How to get the object of a type back; https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_restore-secret.html"""

_AUTHORS = {
    ("aws_appautoscaling_target", "max_capacity"): "a scheduled action or a person",
    ("aws_appautoscaling_target", "min_capacity"): "a scheduled action or a person (Scale manually in the runbook)",
    ("aws_cloudwatch_metric_alarm", "actions_enabled"): "a person (Upgrade Open WebUI in the runbook)",
    ("aws_ecs_service", "task_definition"): "a rollback by ECS, or a person who deployed another revision",
    ("aws_elasticache_replication_group", "engine_version"): "AWS in a maintenance window, or a person",
}
"""Who probably changed an argument; without an entry a person or another tool."""


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
        return Note(drift.address, f"{problem}; an apply creates what is missing")
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
    """Return what was changed, from what to what, by whom, and what an apply does about it; empty for nothing."""
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
    values = drift.before.get(name), drift.after.get(name)
    change = " from {} to {}".format(*map(_number, values)) if all(map(_is_number, values)) else ""
    author = _AUTHORS.get((drift.type, name), "a person or another tool")
    if (drift.type, name) == ("aws_ecs_service", "desired_count") and context.spec.autoscaling.enabled:
        author = "autoscaling"
    outcome = "an apply sets it back" if _is_undone(drift, planned, name) else "an apply leaves it"
    return f"{name} was changed outside Terraform{change}, probably by {author}: {outcome}"


def _is_changed(change: ResourceChange, name: str) -> bool:
    """Whether an argument changed by more than from null to empty."""
    return (change.before.get(name) or None) != (change.after.get(name) or None)


def _is_number(value: object) -> bool:
    """Whether a value is a number or a switch. Texts are not printed: they may be secret."""
    return isinstance(value, bool | int | float)


def _number(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value:g}"
