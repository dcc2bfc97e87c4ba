"""The warnings that hold for a deployment, and those among them that its spec accepts."""

from collections.abc import Iterator
from typing import NamedTuple

from generator.checks import found
from generator.deployment import Deployment


class Warned(NamedTuple):
    """A warning: its code, the key and what is said of it, and the reason if it is accepted.

    Where the key stands in the spec is left out: a comment there must not change a document.
    """

    code: str
    key: str
    message: str
    reason: str


def warnings(deployment: Deployment) -> Iterator[Warned]:
    """Each warning once, by its code."""
    seen = {
        Warned(each.code, each.path, each.message, each.accepted)
        for each in found(deployment)
        if each.severity == "warning"
    }
    yield from sorted(seen, key=lambda each: (each.code, each.key, each.message))
