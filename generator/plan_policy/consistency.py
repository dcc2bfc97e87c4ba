"""Rule: the parts of a plan agree with each other, as in every plan that Terraform writes.

A plan file has each value in several places: in the changes, the state and the planned state. Each other rule reads
only one of them, so this rule rejects a file that was altered in one place.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from owscale.plan_policy.context import PolicyContext
from owscale.plan_policy.result import Violation
from owscale.terraform.config.evaluation import index_text
from owscale.terraform.plan.configuration import split_address
from owscale.terraform.plan.model import Plan, PlannedResource, ResourceChange, contains_true

_REASON = "Terraform never writes such a plan; the file was altered"
_HINT = "make the plan again, of the whole deployment"
_DEPOSED_ACTIONS = ("delete", "forget", "nothing")
_REMOVALS = ("delete", "forget")
_REASONS_BY_KIND = {"delete": "delete_", "replace": "replace_", "read": "read_"}
_OBJECT_ATTRIBUTES = ("arn", "id")

_Resource = ResourceChange | PlannedResource


def require_consistent_plan(context: PolicyContext) -> Iterator[Violation]:
    """Yield a violation for each contradiction within the plan."""
    plan = context.plan
    resources: tuple[_Resource, ...] = (*plan.changes, *plan.drift, *plan.planned, *plan.state)
    for resource in resources:
        if resource.address != _written_address(resource):
            yield _violation(resource.address, "has an address that differs from its module, type, name and index")
    for part in (plan.changes, plan.planned, plan.state):
        yield from _check_unique(part)
    for change in plan.managed():
        yield from _check_shape(change)
        if change.deposed and change.kind not in _DEPOSED_ACTIONS:
            yield _violation(change.address, "has an old object with another action than destroy")
    yield from _check_values(plan)
    yield from _check_moves(plan)
    for address in plan.failed_conditions:
        yield Violation(
            address,
            "plan",
            "does not meet a condition of its code",
            "Terraform evaluated the condition for this plan",
            "correct the cause, then plan again",
        )


def _written_address(resource: _Resource) -> str:
    module = f"{resource.module}." if resource.module else ""
    data = "data." if resource.mode == "data" else ""
    return f"{module}{data}{resource.type}.{resource.name}{index_text(resource.index)}"


def _check_unique(resources: Iterable[_Resource]) -> Iterator[Violation]:
    numbers = Counter((resource.address, resource.deposed_key) for resource in resources)
    for (address, _), number in numbers.items():
        if number > 1:
            yield _violation(address, "is twice in a part of the plan")


def _check_shape(change: ResourceChange) -> Iterator[Violation]:
    """Yield contradictions between the actions of a change and its other parts."""
    kind = change.kind
    has_after = bool(change.after) or contains_true(change.unknown)  # all values of a new object may be unknown
    if kind and (bool(change.before) == (kind == "create") or has_after == (kind in _REMOVALS)):
        yield _violation(change.address, "has values before or after that do not suit its actions")
    if kind == "nothing" and (change.before != change.after or contains_true(change.unknown)):
        yield _violation(change.address, "has no actions, and its values change")
    if change.replace_for and kind != "replace":
        yield _violation(change.address, "has arguments that force a replacement, and is not replaced")
    if change.reason and not change.reason.startswith(_REASONS_BY_KIND.get(kind or "", " ")):
        yield _violation(change.address, "has a reason that does not suit its actions")


def _check_values(plan: Plan) -> Iterator[Violation]:
    state = {(resource.address, resource.deposed_key): resource for resource in plan.state}
    planned = {resource.address: resource for resource in plan.planned}
    drift = defaultdict[str, list[ResourceChange]](list)
    for each in plan.drift:
        drift[each.address].append(each)
    for change in plan.managed():
        resource = state.get((change.address, change.deposed_key)) or state.get((change.previous_address, ""))
        before = [resource.values] if resource else []
        if change.kind in _REMOVALS:
            # Of a resource that left the configuration, Terraform shows the values before the refresh.
            before += [each.before for each in drift.get(change.address, []) if each.after in before]
        if change.before and not change.imported and change.before not in before:
            yield _violation(change.address, "has other values before the change than in the state")
        if change.deposed:
            live = state.get((change.address, ""))
            if live and any(live.values.get(name) == change.before.get(name) for name in _identity(change)):
                yield _violation(change.address, "would destroy the object in use, listed as an old one")
            continue
        after = planned.get(change.address)
        if after and after.values != change.after:
            yield _violation(change.address, "has other values after the change than in the planned state")


def _identity(change: ResourceChange) -> list[str]:
    return [name for name in _OBJECT_ATTRIBUTES if change.before.get(name)][:1]


def _check_moves(plan: Plan) -> Iterator[Violation]:
    """Yield moves from an address whose own object stays there."""
    changes = {change.address: change for change in plan.managed() if not change.deposed}
    for change in changes.values():
        if change.moved and split_address(change.previous_address)[1].partition(".")[0] != change.type:
            yield _violation(change.address, "is moved from an address of another type")
        origin = changes.get(change.previous_address)
        if change.moved and origin and origin.before and not origin.moved:
            yield _violation(change.address, f"has the same object as {change.previous_address}")


def _violation(address: str, problem: str) -> Violation:
    return Violation(address, "plan", problem, _REASON, _HINT)
