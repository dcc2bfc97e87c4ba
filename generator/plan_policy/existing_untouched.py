"""Rule: no existing resource is created, changed, replaced, destroyed, removed from the state or imported.

The rule applies to every way of naming an existing resource.
"""

import shlex
from collections.abc import Iterator
from dataclasses import replace

from owscale.plan_policy.context import PolicyContext
from owscale.plan_policy.protected_resources import ProtectedResource
from owscale.plan_policy.resource_types import (
    ID_ARGUMENTS,
    RESOURCE_TYPES,
    TAG_ARGUMENTS,
    is_never_managed,
    modifies_named_resources,
)
from owscale.plan_policy.result import Violation
from owscale.plan_policy.security_group_rules import is_group_rule
from owscale.terraform.plan.model import PlannedResource, ResourceChange

_VERBS = {
    "create": "would create",
    "delete": "would destroy",
    "forget": "would remove from the state",
    "nothing": "manages",
    "replace": "would replace",
    "update": "would change",
}


def require_existing_untouched(context: PolicyContext) -> Iterator[Violation]:
    """Yield a violation for each existing resource in the changes, the drift, the state and the planned state."""
    yielded = set()
    for change in (*context.plan.managed(), *_unchanged_resources(context)):
        for violation in _check(context, change):
            identity = violation.address, violation.spec_key, violation.rule
            if identity not in yielded:
                yielded.add(identity)
                yield violation


def _unchanged_resources(context: PolicyContext) -> Iterator[ResourceChange]:
    """Yield the resources beside the planned changes: the state may contain one that it must not contain."""
    plan = context.plan
    yield from (replace(change, actions=("no-op",)) for change in plan.drift if change.managed)
    yield from (change for change in plan.deferred if change.managed)
    changes = {(change.address, change.deposed): change for change in plan.changes}
    for values_name, resources in (("before", plan.state), ("after", plan.planned)):
        for resource in resources:
            change = changes.get((resource.address, False))
            if resource.mode != "data" and (change is None or getattr(change, values_name) != resource.values):
                yield _without_effect(resource)


def _without_effect(resource: PlannedResource) -> ResourceChange:
    return ResourceChange(
        address=resource.address,
        module=resource.module,
        mode=resource.mode,
        type=resource.type,
        name=resource.name,
        actions=("no-op",),
        before=resource.values,
        after={},
        unknown={},
    )


def _check(context: PolicyContext, change: ResourceChange) -> Iterator[Violation]:
    if is_never_managed(change.type):
        yield _never_managed(change)
    for argument, protected in _named_resources(context, change):
        known = RESOURCE_TYPES.get(change.type)
        if known and (argument in TAG_ARGUMENTS or protected.kind in known.references.get(argument, ())):
            continue
        if is_group_rule(change, argument, protected):  # security_group_rules.py checks these
            continue
        if argument in ID_ARGUMENTS or argument == "import id" or (known and argument in known.identity):
            yield _is_existing(change, argument, protected)
        elif known or modifies_named_resources(change.type):
            yield _names_existing(change, argument, protected)
        elif not change.has_no_effect and not context.reason_to_allow(change.address, "loss"):
            yield _may_change_existing(change, argument, protected)


def _named_resources(context: PolicyContext, change: ResourceChange) -> Iterator[tuple[str, ProtectedResource]]:
    for values in (change.before, change.after) if change.before != change.after else (change.after,):
        yield from context.named_in(change.type, values)
    if change.import_id:
        named = context.named_in(change.type, {"id": change.import_id})
        yield from (("import id", protected) for _, protected in named)


def _is_existing(change: ResourceChange, argument: str, protected: ProtectedResource) -> Violation:
    verb = "would import" if change.imported else _VERBS.get(change.kind or "nothing", "names")
    return Violation(
        change.address,
        "existing",
        f"{verb} {protected}, by {argument}",
        "existing resources are only read; no resource may be one of them or change one",
        f"remove the resource from the configuration; {_state_rm_hint(change)}",
        protected.spec_key,
    )


def _state_rm_hint(change: ResourceChange) -> str:
    command = f"terraform state rm {shlex.quote(change.address)}"
    return f"if it is in the state, `{command}` in the root module removes it there and leaves the object in AWS"


def _names_existing(change: ResourceChange, argument: str, protected: ProtectedResource) -> Violation:
    return Violation(
        change.address,
        "existing",
        f"names {protected} in {argument}",
        f"in this argument, {change.type} may change the {protected.kind} instead of referring to it",
        "remove it from the file under `custom:`; if the use is harmless, report it to the maintainers of owscale",
        protected.spec_key,
    )


def _may_change_existing(change: ResourceChange, argument: str, protected: ProtectedResource) -> Violation:
    return Violation(
        change.address,
        "unknown type",
        f"names {protected} in {argument}",
        f"{change.type} is an unknown type, and might change the resource that it names",
        "if it leaves that resource as it is, add its address to `allow:` in the spec, with the reason",
        protected.spec_key,
    )


def _never_managed(change: ResourceChange) -> Violation:
    return Violation(
        change.address,
        "existing",
        f"is an {change.type}",
        "a deployment manages no resource of this type: network, cluster, database, files and keys exist before it",
        f"move it to another root module; {_state_rm_hint(change)}",
    )
