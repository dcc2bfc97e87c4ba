"""The one thing that is added to what exists: rules that let the tasks in, on security groups of others.

Such a rule is known by its address, its group, its port and the group that it lets in. Any other is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from generator.plan.model import Change, Kind, Values
from generator.proof.protected import Protected
from generator.proof.result import GroupRule, Violation
from generator.proof.subject import TASKS_GROUP, Subject

if TYPE_CHECKING:
    from generator.model import Spec

_INGRESS = "aws_vpc_security_group_ingress_rule"
_OURS = f"module.network.{_INGRESS}"
NAMES = ("database_from_tasks", "file_system_from_tasks", "peer_from_tasks")
"""The rules of modules/network/existing.tf."""

_FILES_PORT = 2049
_WIDER = ("cidr_ipv4", "cidr_ipv6", "prefix_list_id")


def is_group_rule(change: Change, argument: str, thing: Protected) -> bool:
    """Whether a resource is a rule on an existing group, which this module judges."""
    return change.type == _INGRESS and argument == "security_group_id" and thing.kind == "security group"


def _ports(spec: Spec, change: Change) -> dict[str, int]:
    """The groups that the rule of this address may stand on, each with the port that it may open."""
    existing, address = spec.existing, change.address
    if address == f"{_OURS}.database_from_tasks":
        return {existing.database.security_group: existing.database.port}
    for group in existing.files.security_groups:
        if address == f'{_OURS}.file_system_from_tasks["{group}"]':
            return {group: _FILES_PORT}
    for name, peer in existing.peers.items():
        if address == f'{_OURS}.peer_from_tasks["{name}"]':
            return {peer.security_group: peer.port}
    return {}


def group_rules(subject: Subject) -> Iterator[GroupRule | Violation]:
    """Each rule on an existing group: one of ours, or a violation."""
    for change in subject.plan.managed():
        things = [
            thing
            for side in (change.before, change.after)
            for argument, thing in subject.named(change.type, {"security_group_id": side.get("security_group_id")})
            if is_group_rule(change, argument, thing)
        ]
        if change.type != _INGRESS or not (things or _was_ours(change)):
            continue
        if why := _wrong(subject, change):
            yield from (_refused(change, thing, why) for thing in dict.fromkeys(things))
            if not things:
                yield _refused(change, None, why)
        elif change.kind and change.kind != "nothing":
            yield from (_rule(change, change.kind, thing) for thing in dict.fromkeys(things))
            if not things:
                yield _rule(change, change.kind, None)


def _was_ours(change: Change) -> bool:
    """Whether it goes, and stood on a group that the spec named then."""
    ours = change.address.startswith(tuple(f"{_OURS}.{name}" for name in NAMES))
    return ours and change.kind in ("delete", "forget", "replace")


def _rule(change: Change, kind: Kind, thing: Protected | None) -> GroupRule:
    port = (change.after or change.before).get("from_port")
    number = port if isinstance(port, int) else 0
    return GroupRule(change.address, kind, thing.key if thing else "", thing.id if thing else "", number)


def _wrong(subject: Subject, change: Change) -> str:
    """Why a rule on an existing group is none of ours; empty for one that is."""
    if change.imported:
        return "it would be imported, so somebody else made it"
    if change.moved:
        return "it would be moved there, so it may be another's"
    if change.kind == "forget":
        return "it would be forgotten, and stay on the group for ever"
    if change.before and (why := _foreign(subject, change.before)):
        return why
    return _not_as_generated(subject, change) if change.after else ""


def _foreign(subject: Subject, before: Values) -> str:
    """Why what is there now is not ours: our rules let in the tasks' own group, and nobody else has that."""
    if subject.tasks_group is None or before.get("referenced_security_group_id") != subject.tasks_group:
        return "the rule that is there now does not let in this deployment's tasks, so it is another's"
    return ""


def _not_as_generated(subject: Subject, change: Change) -> str:
    after = change.after
    ports = _ports(subject.spec, change)
    group = after.get("security_group_id")
    if change.is_unknown("security_group_id") or not isinstance(group, str) or group not in ports:
        return "modules/network makes no rule of this address on this group"
    if any(after.get(argument) is not None or change.is_unknown(argument) for argument in _WIDER):
        return "it would let in more than the tasks' security group"
    if not _lets_tasks_in(subject, change):
        return "it cannot be seen that it lets in the tasks' own security group and nobody else"
    wanted = {"from_port": ports[group], "to_port": ports[group], "ip_protocol": "tcp"}
    if any(change.is_unknown(argument) or after.get(argument) != value for argument, value in wanted.items()):
        return f"it would open more than, or another than, TCP port {ports[group]}"
    return ""


def _lets_tasks_in(subject: Subject, change: Change) -> bool:
    argument = "referenced_security_group_id"
    if change.is_unknown(argument):
        origin = subject.plan.configuration.origin(change.address, argument)
        return (origin.address, origin.attribute) == (TASKS_GROUP, "id")
    return subject.tasks_group is not None and change.after.get(argument) == subject.tasks_group


def _refused(change: Change, thing: Protected | None, why: str) -> Violation:
    return Violation(
        change.address,
        "group rule",
        f"is a rule on {thing or 'a security group of others'}",
        why,
        "only the rules of modules/network/existing.tf may stand on groups of others: `make generate`, and plan again",
        thing.key if thing else "",
    )
