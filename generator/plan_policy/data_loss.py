"""Rule: no managed resource with data is lost by accident, and no resource of an unknown type is changed."""

from collections.abc import Iterator

from owscale.plan_policy.context import REDIS_URL_VERSION, REMOVALS, PolicyContext, removal_problem
from owscale.plan_policy.resource_types import RESOURCE_TYPES
from owscale.plan_policy.result import Note, Violation
from owscale.terraform.plan.model import ResourceChange

_SECRET, _SECRET_VERSION = "aws_secretsmanager_secret", "aws_secretsmanager_secret_version"
_VERSION_NUMBER = "secret_string_wo_version"


def prevent_data_loss(context: PolicyContext) -> Iterator[Violation | Note]:
    """Yield a violation for each loss, and each change of an unknown type, that the spec does not allow."""
    for change in context.plan.managed():
        known = RESOURCE_TYPES.get(change.type)
        if known is None:
            yield from _check_unknown_type(context, change)
        elif _is_requested_version(change):
            yield Note(change.address, "gets a new value, as the spec requests; AWS keeps the old one as AWSPREVIOUS")
        elif known.loss and change.kind in REMOVALS and not _is_harmless(context, change):
            yield _check_loss(context, change, known.loss)
        elif change.kind == "forget":
            yield Note(change.address, "is removed from the state: it stays in AWS, and is not managed any more")


def _check_loss(context: PolicyContext, change: ResourceChange, loss: str) -> Violation | Note:
    problem = removal_problem(change)
    if reason := context.reason_to_allow(change.address, "loss"):
        return _allowed_note(change, problem, reason)
    return Violation(
        change.address,
        "data loss",
        problem,
        f"Terraform would no longer manage it, nor {loss}" if change.kind == "forget" else f"this loses {loss}",
        "undo the change that causes it",
        effect="loss",
    )


def _is_harmless(context: PolicyContext, change: ResourceChange) -> bool:
    """Whether the change of a secret version loses nothing by itself."""
    if change.type != _SECRET_VERSION:
        return False
    if change.address == REDIS_URL_VERSION and change.kind == "replace":
        return True
    secret_id = change.before.get("secret_id")
    # A version is deleted with its secret, and then it is the secret that must be allowed.
    return secret_id is not None and any(
        other.type == _SECRET
        and other.kind in ("delete", "replace")
        and secret_id in (other.before.get("id"), other.before.get("arn"))
        for other in context.plan.managed()
    )


def _is_requested_version(change: ResourceChange) -> bool:
    """Whether a secret version is replaced only because the spec has a higher number for it."""
    if change.type != _SECRET_VERSION or change.kind != "replace" or change.replace_for != (_VERSION_NUMBER,):
        return False
    is_same_secret = change.before.get("secret_id") == change.after.get("secret_id")
    numbers = change.before.get(_VERSION_NUMBER), change.after.get(_VERSION_NUMBER)
    old, new = (number if isinstance(number, int) else 0 for number in numbers)
    return is_same_secret and 0 < old < new


def _check_unknown_type(context: PolicyContext, change: ResourceChange) -> Iterator[Violation | Note]:
    if change.has_no_effect:
        return
    if change.kind == "create" and not change.imported:
        yield Note(change.address, f"is created; {change.type} is an unknown type, and it names no existing resource")
    elif reason := context.reason_to_allow(change.address, "loss"):
        yield _allowed_note(change, _describe(change), reason)
    else:
        yield Violation(
            change.address,
            "unknown type",
            _describe(change),
            f"{change.type} is an unknown type, so the loss cannot be determined",
            "undo the change that causes it",
            effect="loss",
        )


def _allowed_note(change: ResourceChange, problem: str, reason: str) -> Note:
    return Note(change.address, f"{problem}, which the spec allows: {reason}")


def _describe(change: ResourceChange) -> str:
    if change.imported:
        return "would be imported"
    return REMOVALS.get(change.kind or "", "would be moved" if change.moved else "would be changed")
