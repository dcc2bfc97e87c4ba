"""Nothing of our own that holds something is lost by accident, and nothing that nobody knows is changed."""

from collections.abc import Iterator

from generator.plan.model import Change
from generator.proof.result import Note, Violation
from generator.proof.subject import Subject
from generator.proof.types import TYPES

_GONE = {"delete": "would be destroyed", "replace": "would be replaced", "forget": "would be forgotten"}
_SECRET, _VERSION = "aws_secretsmanager_secret", "aws_secretsmanager_secret_version"
_NUMBER = "secret_string_wo_version"

# Made of the Redis token and endpoint, and by design written anew whenever one of them changes.
_DERIVED = "module.secrets.aws_secretsmanager_secret_version.redis_url"


def nothing_lost(subject: Subject) -> Iterator[Violation | Note]:
    """What would be lost, or is not known, and no `allow:` of the spec names."""
    for change in subject.plan.managed():
        known = TYPES.get(change.type)
        if known is None:
            yield from _of_unknown_type(subject, change)
        elif _renewed(change):
            yield Note(change.address, "gets a new value, as the spec asks; AWS keeps the one before as AWSPREVIOUS")
        elif known.holds and change.kind in _GONE and not _loses_nothing(subject, change):
            yield from _lost(subject, change, known.holds)
        elif change.kind == "forget":
            yield Note(change.address, "is forgotten: it stays in AWS, and nobody manages it any more")


def _lost(subject: Subject, change: Change, holds: str) -> Iterator[Violation | Note]:
    what = _GONE[change.kind or ""]
    if change.replace_for and change.kind == "replace":
        what += f" for {', '.join(change.replace_for)}"
    if subject.allows(change.address):
        yield Note(change.address, f"{what}, which the spec allows: {subject.spec.allow[change.address]}")
        return
    yield Violation(
        change.address,
        "stateful",
        what,
        f"nobody would manage it any more, nor {holds}" if change.kind == "forget" else f"with it goes {holds}",
        "undo the change that leads to it; or allow it in the spec, with the reason:\n"
        f"    allow: {{{_key(change.address)}: …}}",
    )


def _key(address: str) -> str:
    return f"'{address}'" if '"' in address or "[" in address else address


def _loses_nothing(subject: Subject, change: Change) -> bool:
    if change.type != _VERSION:
        return False
    if change.address == _DERIVED and change.kind == "replace":
        return True
    secret = change.before.get("secret_id")
    # A version goes with its secret, and the secret is what has to be allowed.
    return secret is not None and any(
        other.type == _SECRET and other.kind in ("delete", "replace") and secret in _ids(other)
        for other in subject.plan.managed()
    )


def _renewed(change: Change) -> bool:
    """Whether a version of a secret makes way for the next, because somebody raised its number in the spec."""
    if change.type != _VERSION or change.kind != "replace" or change.replace_for != (_NUMBER,):
        return False
    same_secret = change.before.get("secret_id") == change.after.get("secret_id")
    numbers = change.before.get(_NUMBER), change.after.get(_NUMBER)
    old, new = (number if isinstance(number, int) else 0 for number in numbers)
    return same_secret and 0 < old < new


def _ids(change: Change) -> tuple[object, object]:
    return change.before.get("id"), change.before.get("arn")


def _of_unknown_type(subject: Subject, change: Change) -> Iterator[Violation | Note]:
    if change.quiet:
        return
    if change.kind == "create" and not change.imported:
        yield Note(
            change.address, f"is created; nothing is known here of {change.type}, and it names nothing that exists"
        )
    elif subject.allows(change.address):
        yield Note(change.address, f"{_done(change)}, which the spec allows: {subject.spec.allow[change.address]}")
    else:
        yield Violation(
            change.address,
            "unknown type",
            _done(change),
            f"nothing is known of {change.type}, so nobody can tell what that loses",
            "if it is meant, say so under allow: in the spec, by this address and with the reason",
        )


def _done(change: Change) -> str:
    if change.imported:
        return "would be imported"
    return _GONE.get(change.kind or "", "would be moved" if change.moved else "would be changed")
