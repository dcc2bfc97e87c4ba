"""Rule: on existing security groups, only managed rules that admit the tasks are added, changed or removed.

Address, group, port and admitted group identify a managed rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from owscale.console.invocation import owscale_command
from owscale.domain.ports import NFS_PORT
from owscale.plan_policy.context import TASKS_GROUP, PolicyContext
from owscale.plan_policy.protected_resources import ProtectedResource
from owscale.plan_policy.result import SecurityGroupRule, Violation
from owscale.terraform.plan.model import ChangeKind, ResourceChange, Values

if TYPE_CHECKING:
    from owscale.spec.models import Spec

_INGRESS_RULE = "aws_vpc_security_group_ingress_rule"
_ADDRESS = f"module.network.{_INGRESS_RULE}"
RULE_NAMES = ("database_from_tasks", "file_system_from_tasks", "peer_from_tasks")
"""The names of the rules in modules/network/existing.tf."""

_WIDER_SOURCES = ("cidr_ipv4", "cidr_ipv6", "prefix_list_id")


def is_group_rule(change: ResourceChange, argument: str, protected: ProtectedResource) -> bool:
    """Whether a resource is an ingress rule on an existing security group, which this module checks."""
    return change.type == _INGRESS_RULE and argument == "security_group_id" and protected.kind == "security group"


def check_security_group_rules(context: PolicyContext) -> Iterator[SecurityGroupRule | Violation]:
    """Yield each changed ingress rule on an existing security group: a managed one, or a violation."""
    for change in context.plan.managed():
        if change.type != _INGRESS_RULE:
            continue
        groups = _existing_groups(context, change)
        if not groups and not _is_removed_managed_rule(change):
            continue
        reason = _unmanaged_reason(context, change)
        for group in groups or (None,):
            if reason:
                yield _violation(change, group, reason)
            elif change.kind and change.kind != "nothing":
                yield _security_group_rule(change, change.kind, group)


def _existing_groups(context: PolicyContext, change: ResourceChange) -> tuple[ProtectedResource, ...]:
    """Return the existing security groups that the rule is on, before and after the change."""
    groups = [
        protected
        for values in (change.before, change.after)
        for argument, protected in context.named_in(change.type, {"security_group_id": values.get("security_group_id")})
        if is_group_rule(change, argument, protected)
    ]
    return tuple(dict.fromkeys(groups))


def _is_removed_managed_rule(change: ResourceChange) -> bool:
    """Whether a managed rule is removed; its group may have left the spec."""
    is_managed = change.address.startswith(tuple(f"{_ADDRESS}.{name}" for name in RULE_NAMES))
    return is_managed and change.kind in ("delete", "forget", "replace")


def _security_group_rule(
    change: ResourceChange, kind: ChangeKind, group: ProtectedResource | None
) -> SecurityGroupRule:
    port = (change.after or change.before).get("from_port")
    return SecurityGroupRule(
        change.address,
        kind,
        group.spec_key if group else "",
        group.id if group else "",
        port if isinstance(port, int) else 0,
    )


def _unmanaged_reason(context: PolicyContext, change: ResourceChange) -> str:
    """Return why a rule on an existing security group is not a managed one; empty for a managed rule."""
    if change.imported:
        return "it would be imported, so it was created elsewhere"
    if change.moved:
        return "it would be moved to this address, so it may belong to another deployment"
    if change.kind == "forget":
        return "it would be removed from the state, and would stay on the group"
    if change.before and not _lets_in_tasks_now(context, change.before):
        return "the rule does not allow the tasks of this deployment now, so it has another purpose"
    return _generated_difference(context, change) if change.after else ""


def _lets_in_tasks_now(context: PolicyContext, before: Values) -> bool:
    """Whether the source of a rule is the tasks' own security group, which only managed rules have."""
    return context.tasks_group_id is not None and before.get("referenced_security_group_id") == context.tasks_group_id


def _generated_difference(context: PolicyContext, change: ResourceChange) -> str:
    """Return how the planned rule differs from the generated one of this address; empty if it does not."""
    after = change.after
    ports = _ports_by_group(context.spec, change.address)
    group = after.get("security_group_id")
    if change.is_unknown("security_group_id") or not isinstance(group, str) or group not in ports:
        return "modules/network has no rule of this address on this group"
    if any(after.get(argument) is not None or change.is_unknown(argument) for argument in _WIDER_SOURCES):
        return "it would let in more than the tasks' security group"
    if not _will_let_in_tasks(context, change):
        return "the plan does not show that it lets in only the tasks' own security group"
    expected = {"from_port": ports[group], "to_port": ports[group], "ip_protocol": "tcp"}
    if any(change.is_unknown(argument) or after.get(argument) != value for argument, value in expected.items()):
        return f"it would open something other than TCP port {ports[group]}"
    return ""


def _ports_by_group(spec: Spec, address: str) -> dict[str, int]:
    """Return the expected group and port of the rule at an address; empty for another rule."""
    existing = spec.existing
    if address == f"{_ADDRESS}.database_from_tasks":
        return {existing.database.security_group: existing.database.port}
    for group in existing.files.security_groups:
        if address == f'{_ADDRESS}.file_system_from_tasks["{group}"]':
            return {group: NFS_PORT}
    for name, peer in existing.peers.items():
        if address == f'{_ADDRESS}.peer_from_tasks["{name}"]':
            return {peer.security_group: peer.port}
    return {}


def _will_let_in_tasks(context: PolicyContext, change: ResourceChange) -> bool:
    argument = "referenced_security_group_id"
    if change.is_unknown(argument):
        origin = context.plan.configuration.origin(change.address, argument)
        return (origin.address, origin.attribute) == (TASKS_GROUP, "id")
    return context.tasks_group_id is not None and change.after.get(argument) == context.tasks_group_id


def _violation(change: ResourceChange, group: ProtectedResource | None, reason: str) -> Violation:
    return Violation(
        change.address,
        "group rule",
        f"is a rule on {group or 'a security group that is not in the spec any more'}",
        reason,
        "keep only the rules of modules/network/existing.tf on existing security groups: "
        f"run `{owscale_command('generate')}`, then `{owscale_command('tf', 'plan')}`",
        group.spec_key if group else "",
    )
