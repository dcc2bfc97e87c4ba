"""Nothing that exists is created, changed, replaced, destroyed, forgotten or imported, however it is reached."""

from collections.abc import Iterator
from dataclasses import replace

from generator.plan.model import Change, Resource
from generator.proof.groups import is_group_rule
from generator.proof.protected import Protected
from generator.proof.result import Violation
from generator.proof.subject import Subject
from generator.proof.types import IDENTITY, TAGS, TYPES, changes_what_it_names, never_ours

_VERBS = {
    "create": "would create",
    "delete": "would destroy",
    "forget": "would forget",
    "replace": "would replace",
    "update": "would change",
}


def existing_untouched(subject: Subject) -> Iterator[Violation]:
    """What touches an existing thing, in the changes, the drift, the state and the planned state."""
    plan = subject.plan
    seen = set()
    for change in (*plan.managed(), *_others(subject)):
        for violation in _of(subject, change):
            about = violation.address, violation.protected, violation.rule
            if about not in seen:
                seen.add(about)
                yield violation


def _others(subject: Subject) -> Iterator[Change]:
    """What the plan tells of beside its changes: the state may hold what it must not."""
    plan = subject.plan
    yield from (replace(change, actions=("no-op",)) for change in plan.drift if change.managed)
    yield from (change for change in plan.deferred if change.managed)
    told = {(change.address, change.deposed): change for change in plan.changes}
    for place, resources in (("before", plan.state), ("after", plan.planned)):
        for resource in resources:
            change = told.get((resource.address, False))
            if resource.mode != "data" and (change is None or getattr(change, place) != resource.values):
                yield _still(resource)


def _still(resource: Resource) -> Change:
    return Change(
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


def _of(subject: Subject, change: Change) -> Iterator[Violation]:
    if never_ours(change.type):
        yield _by_type(change)
    for argument, thing in _named(subject, change):
        known = TYPES.get(change.type)
        if known and (argument in TAGS or thing.kind in known.refers.get(argument, ())):
            continue
        if is_group_rule(change, argument, thing):  # groups.py looks at these
            continue
        if argument in IDENTITY or argument == "import id" or (known and argument in known.changes):
            yield _is(change, argument, thing)
        elif known or changes_what_it_names(change.type):
            yield _names(change, argument, thing)
        elif not change.quiet and not subject.allows(change.address):
            yield _may_change(change, argument, thing)


def _named(subject: Subject, change: Change) -> Iterator[tuple[str, Protected]]:
    for values in (change.before, change.after):
        yield from subject.named(change.type, values)
    if change.import_id:
        things = subject.named(change.type, {"id": change.import_id})
        yield from (("import id", thing) for _, thing in things)


def _verb(change: Change) -> str:
    if change.imported:
        return "would import"
    return "holds, in the state," if change.kind in ("nothing", None) else _VERBS.get(change.kind, "names")


def _is(change: Change, argument: str, thing: Protected) -> Violation:
    return Violation(
        change.address,
        "existing",
        f"{_verb(change)} {thing}, by {argument}",
        "what exists is read, and no resource may be it or change it",
        "take the resource out of the configuration; if the state holds it, `terraform state rm` leaves the object be",
        thing.key,
    )


def _names(change: Change, argument: str, thing: Protected) -> Violation:
    return Violation(
        change.address,
        "existing",
        f"names {thing} in {argument}",
        f"a deployment's {change.type} has nothing to do with a {thing.kind} there, and might change it",
        "take it out; a harmless use belongs into the table of generator/proof/types.py",
        thing.key,
    )


def _may_change(change: Change, argument: str, thing: Protected) -> Violation:
    return Violation(
        change.address,
        "unknown type",
        f"names {thing} in {argument}",
        f"nothing is known of {change.type}: it might change what it names",
        "if it leaves the thing as it is, say so under allow: in the spec, by this address and with the reason",
        thing.key,
    )


def _by_type(change: Change) -> Violation:
    return Violation(
        change.address,
        "existing",
        f"is an {change.type}",
        "of this type a deployment owns nothing: network, cluster, database, files and keys exist before it",
        "keep it in another root; if the state holds it, `terraform state rm` leaves the object be",
    )
