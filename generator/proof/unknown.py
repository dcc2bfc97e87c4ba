"""No unknown value hides an existing thing.

What a plan does not know yet it cannot be searched for. So an argument that says which object a resource is, or whose
it changes, is known; or it comes from a resource of our own, as the configuration shows; or the provider draws it.
"""

from collections.abc import Iterator

from generator.plan.model import Change
from generator.proof.result import Violation
from generator.proof.subject import Subject
from generator.proof.types import OWN, TYPES, Type


def nothing_hidden(subject: Subject) -> Iterator[Violation]:
    """Each argument that may hide an existing thing."""
    for change in subject.plan.managed():
        known = TYPES.get(change.type)
        if known is None:
            yield from _of_unknown_type(subject, change)
        else:
            yield from _before(change, known)
            yield from _after(subject, change, known)
        if change.imported and not change.import_id:
            yield _hidden(change, "the id to import", "it is not known yet")


def _before(change: Change, known: Type) -> Iterator[Violation]:
    """What there is already has all its values."""
    if change.kind == "create":
        return
    for argument in ("id", *known.changes):
        if not _is_text(change.before.get(argument)):
            yield _hidden(change, argument, "the plan does not say what it is now")


def _after(subject: Subject, change: Change, known: Type) -> Iterator[Violation]:
    if change.kind in ("delete", "forget"):
        return
    for argument, source in known.changes.items():
        if change.is_unknown(argument):
            if not _is_ours(subject, change, argument, source):
                yield _hidden(change, argument, "it is known only after the apply, and may be anything")
        elif not _is_text(change.after.get(argument)):
            yield _hidden(change, argument, "the plan does not say what it will be")
    if subject.plan.configuration.written(change.address, "id") and change.is_unknown("id"):
        yield _hidden(change, "id", "it is known only after the apply, and may be anything")


def _is_ours(subject: Subject, change: Change, argument: str, source: str) -> bool:
    configuration = subject.plan.configuration
    if source == OWN:
        return not configuration.written(change.address, argument)
    origin = configuration.origin(change.address, argument)
    return origin.type == source and origin.attribute in ("arn", "bucket", "id", "name")


def _of_unknown_type(subject: Subject, change: Change) -> Iterator[Violation]:
    """Of a type that nobody knows any argument may say what it changes."""
    if change.kind in ("nothing", "delete", "forget"):
        return
    configuration = subject.plan.configuration
    for argument in change.unknown:
        ours = configuration.origin(change.address, argument).type in TYPES
        if change.is_unknown(argument) and configuration.written(change.address, argument) and not ours:
            if not subject.allows(change.address):
                yield _hidden(
                    change, argument, f"it is known only after the apply, and {change.type} is not known here"
                )
            return


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _hidden(change: Change, argument: str, why: str) -> Violation:
    return Violation(
        change.address,
        "unknown value",
        f"may touch what exists: {argument} cannot be seen",
        why,
        "write the value, or refer to a resource of this deployment; a plan after the next apply may know it",
    )
