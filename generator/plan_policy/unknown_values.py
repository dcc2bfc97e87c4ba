"""Rule: no unknown value hides an existing resource.

An unknown value cannot be searched for existing resources. So an argument that identifies an object must be known, or
come from a managed resource according to the configuration, or be computed by the provider.
"""

from collections.abc import Iterator

from owscale.plan_policy.context import PolicyContext
from owscale.plan_policy.resource_types import OWN_NAME, RESOURCE_TYPES, ResourceType
from owscale.plan_policy.result import Violation
from owscale.terraform.plan.model import ResourceChange

_ID_ATTRIBUTES = ("arn", "bucket", "id", "name")
_KNOWN_AFTER_APPLY = "it is known only after the apply, and may be anything"


def reject_unknown_values(context: PolicyContext) -> Iterator[Violation]:
    """Yield a violation for each argument whose value may hide an existing resource."""
    for change in context.plan.managed():
        known = RESOURCE_TYPES.get(change.type)
        if known is None:
            yield from _check_unknown_type(context, change)
        else:
            yield from _check_before(change, known)
            yield from _check_after(context, change, known)
        if change.imported and not change.import_id:
            yield _violation(change, "the id to import", "it is not known yet")


def _check_before(change: ResourceChange, known: ResourceType) -> Iterator[Violation]:
    if change.kind == "create":
        return
    for argument in ("id", *known.identity):
        if not _is_text(change.before.get(argument)):
            yield _violation(change, argument, "the plan does not contain its present value")


def _check_after(context: PolicyContext, change: ResourceChange, known: ResourceType) -> Iterator[Violation]:
    if change.kind in ("delete", "forget"):
        return
    for argument, source_type in known.identity.items():
        if change.is_unknown(argument):
            if not _is_from_managed(context, change, argument, source_type):
                yield _violation(change, argument, _KNOWN_AFTER_APPLY)
        elif not _is_text(change.after.get(argument)):
            yield _violation(change, argument, "the plan does not contain its new value")
    if context.plan.configuration.is_set(change.address, "id") and change.is_unknown("id"):
        yield _violation(change, "id", _KNOWN_AFTER_APPLY)


def _is_from_managed(context: PolicyContext, change: ResourceChange, argument: str, source_type: str) -> bool:
    configuration = context.plan.configuration
    if source_type == OWN_NAME:
        return not configuration.is_set(change.address, argument)  # so the provider computes it
    origin = configuration.origin(change.address, argument)
    return origin.type == source_type and origin.attribute in _ID_ATTRIBUTES


def _check_unknown_type(context: PolicyContext, change: ResourceChange) -> Iterator[Violation]:
    """Yield the first unknown argument of an unknown type, in which any argument may identify an object."""
    if change.kind in ("nothing", "delete", "forget"):
        return
    configuration = context.plan.configuration
    for argument in change.unknown:
        is_managed = configuration.origin(change.address, argument).type in RESOURCE_TYPES
        if change.is_unknown(argument) and configuration.is_set(change.address, argument) and not is_managed:
            if not context.reason_to_allow(change.address, "loss"):
                reason = f"it is known only after the apply, and {change.type} is an unknown type"
                yield _violation(change, argument, reason)
            return


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _violation(change: ResourceChange, argument: str, reason: str) -> Violation:
    return Violation(
        change.address,
        "unknown value",
        f"may touch an existing resource: {argument} is unknown",
        reason,
        "set a known value, or refer to a resource of this deployment; a plan after the next apply may know the value",
    )
