"""Proves on a plan that what exists stays as it is, and that nothing of our own is lost by accident.

It fails closed: what it does not know, or cannot see, it refuses. docs/proof.md says what it proves and how.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from generator.plan.model import Change, Plan
from generator.proof.existing import existing_untouched
from generator.proof.groups import group_rules
from generator.proof.result import Counts, GroupRule, Note, Proof, Violation
from generator.proof.stateful import nothing_lost
from generator.proof.subject import Subject
from generator.proof.unknown import nothing_hidden
from generator.proof.whole import plan_is_of_this_deployment, plan_is_whole

if TYPE_CHECKING:
    from generator.model import Spec

__all__ = ["Proof", "prove"]


def prove(plan: Plan, spec: Spec, environment: str) -> Proof:
    """Whether the plan may be applied to the deployment that the spec describes."""
    subject = Subject(plan, spec, environment)
    found: list[Violation | GroupRule | Note] = [
        *plan_is_whole(subject),
        *plan_is_of_this_deployment(subject),
        *existing_untouched(subject),
        *group_rules(subject),
        *nothing_lost(subject),
        *nothing_hidden(subject),
    ]
    found += _notes(subject)  # last: it tells which `allow:` was of no use
    violations = _each_once(each for each in found if isinstance(each, Violation))
    return Proof(
        deployment=f"{spec.name}/{environment}",
        counts=_counts(subject, violations),
        violations=violations,
        rules=tuple(sorted(each for each in found if isinstance(each, GroupRule))),
        notes=tuple(sorted(each for each in found if isinstance(each, Note))),
    )


def _each_once(found: Iterable[Violation]) -> tuple[Violation, ...]:
    return tuple(sorted(set(found)))


def _notes(subject: Subject) -> Iterator[Note]:
    plan = subject.plan
    for change in plan.managed():
        if not plan.configuration.has(change.address):
            yield Note(change.address, "is in the state and no longer in the configuration")
        if change.imported:
            yield Note(change.address, "is imported: the state takes over what somebody else made")
        if change.moved:
            yield Note(change.address, f"was {change.previous_address} before; the object stays")
        if change.deposed:
            yield Note(change.address, "has an object that an earlier replacement left behind")
    for change in plan.drift:
        if outside := _changed_outside(subject, change):
            yield Note(change.address, outside)
    for address, reason in subject.spec.allow.items():
        if reason is not None and address not in subject.used:
            yield Note(address, "is allowed in the spec, and this plan has no need of it: remove it from allow:")


def _changed_outside(subject: Subject, change: Change) -> str:
    """What somebody did outside Terraform; a value that the provider alone sets is nobody's deed."""
    if change.kind == "delete":
        return "was destroyed outside Terraform"
    written = subject.plan.configuration.written
    names = [name for name in change.arguments if written(change.address, name) and _differs(change, name)]
    return f"was changed outside Terraform: {', '.join(names)}" if names else ""


def _differs(change: Change, name: str) -> bool:
    """Whether an argument changed, and not only from nothing to empty."""
    return (change.before.get(name) or None) != (change.after.get(name) or None)


def _counts(subject: Subject, violations: tuple[Violation, ...]) -> Counts:
    changes = list(subject.plan.managed())
    touched = {violation.protected for violation in violations if violation.protected}
    kinds = [change.kind for change in changes]
    return Counts(
        resources=len({change.address for change in changes}),
        existing=len({thing.id for thing in subject.protected if thing.key not in touched}),
        create=kinds.count("create"),
        update=kinds.count("update"),
        replace=kinds.count("replace"),
        delete=kinds.count("delete"),
        forget=kinds.count("forget"),
    )
