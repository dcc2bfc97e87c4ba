"""Check that a plan leaves existing resources untouched and loses no data of managed ones.

The check fails closed: it fails for everything that it does not know or cannot see. docs/plan-check.md describes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from owscale.plan_policy.context import PolicyContext
from owscale.plan_policy.data_loss import prevent_data_loss
from owscale.plan_policy.existing_untouched import require_existing_untouched
from owscale.plan_policy.plan_integrity import require_complete_plan, require_same_deployment
from owscale.plan_policy.result import Counts, Note, PolicyResult, SecurityGroupRule, Violation
from owscale.plan_policy.security_group_rules import check_security_group_rules
from owscale.plan_policy.unknown_values import reject_unknown_values
from owscale.terraform.plan.model import Plan, ResourceChange

if TYPE_CHECKING:
    from owscale.spec.models import Spec


def evaluate_plan(plan: Plan, spec: Spec, environment: str) -> PolicyResult:
    """Return whether the plan may be applied to the deployment of the spec."""
    context = PolicyContext(plan, spec, environment)
    results: list[Violation | SecurityGroupRule | Note] = [
        *require_complete_plan(context),
        *require_same_deployment(context),
        *require_existing_untouched(context),
        *check_security_group_rules(context),
        *prevent_data_loss(context),
        *reject_unknown_values(context),
    ]
    results += _notes(context)  # last, because it reports each `allow:` that no rule needed
    violations = tuple(sorted({result for result in results if isinstance(result, Violation)}))
    return PolicyResult(
        deployment=f"{spec.name}/{environment}",
        counts=_counts(context, violations),
        violations=violations,
        group_rules=tuple(sorted(result for result in results if isinstance(result, SecurityGroupRule))),
        notes=tuple(sorted(result for result in results if isinstance(result, Note))),
    )


def _notes(context: PolicyContext) -> Iterator[Note]:
    plan = context.plan
    for change in plan.managed():
        if not plan.configuration.has(change.address):
            yield Note(change.address, "is in the state and not in the configuration any more")
        if change.imported:
            yield Note(change.address, "is imported: an object that was created elsewhere is added to the state")
        if change.moved:
            yield Note(change.address, f"had the address {change.previous_address}; the object stays")
        if change.deposed:
            yield Note(change.address, "has an object that an earlier replacement left behind")
    for change in plan.drift:
        if drift := _describe_drift(context, change):
            yield Note(change.address, drift)
    for address, reason in context.spec.allow.items():
        if reason is not None and address not in context.used_allowances:
            yield Note(address, "is allowed in the spec, which this plan does not need: remove it from `allow:`")


def _describe_drift(context: PolicyContext, change: ResourceChange) -> str:
    """Return what was changed outside Terraform; empty where only values changed that the provider computes."""
    if change.kind == "delete":
        return "was destroyed outside Terraform"
    is_set = context.plan.configuration.is_set
    names = [name for name in change.changed_arguments if is_set(change.address, name) and _is_drift(change, name)]
    return f"was changed outside Terraform: {', '.join(names)}" if names else ""


def _is_drift(change: ResourceChange, name: str) -> bool:
    """Whether an argument changed by more than from null to empty."""
    return (change.before.get(name) or None) != (change.after.get(name) or None)


def _counts(context: PolicyContext, violations: tuple[Violation, ...]) -> Counts:
    changes = list(context.plan.managed())
    touched = {violation.spec_key for violation in violations if violation.spec_key}
    kinds = [change.kind for change in changes]
    return Counts(
        resources=len({change.address for change in changes}),
        existing=len({protected.id for protected in context.protected if protected.spec_key not in touched}),
        create=kinds.count("create"),
        update=kinds.count("update"),
        replace=kinds.count("replace"),
        delete=kinds.count("delete"),
        forget=kinds.count("forget"),
    )
