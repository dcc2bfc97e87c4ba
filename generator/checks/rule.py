"""A rule: a function over a deployment, and what the catalogue says of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from generator.deployment import Deployment
from generator.diagnostics import Severity
from generator.document import Path

if TYPE_CHECKING:
    from generator.model import Spec

_LONGEST_SHOWN = 100


class Finding(NamedTuple):
    """What a rule found: the path of the key it is about, what is wrong, and what to write instead.

    `on_key` points at the key itself, where the value is beside the point. `also` has the paths of the other keys that
    it follows from.
    """

    path: Path
    message: str
    hint: str
    on_key: bool = False
    also: tuple[Path, ...] = ()


def shown(text: str) -> str:
    """A text of the spec for a message, cut off where it is long."""
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."


Check = Callable[[Deployment], Iterator[Finding]]


class Rule(NamedTuple):
    """A check with its code, and what the catalogue says of it.

    `why` is the sentence that says why it matters, `reference` where AWS or Open WebUI says so. `example` is a part of
    a spec, in YAML, that triggers the rule when it is merged onto a minimal one; `mend` is the same part put right.
    """

    code: str
    severity: Severity
    why: str
    check: Check
    reference: str
    example: str
    mend: str


RULES: dict[str, Rule] = {}
"""Every rule by its code; a module of this package adds its own when it is imported."""


def rule(  # noqa: PLR0913 -- the three last are keywords
    code: str, severity: Severity, why: str, *, reference: str = "", example: str = "", mend: str = ""
) -> Callable[[Check], Check]:
    """Makes a function a rule."""

    def register(check: Check) -> Check:
        if code in RULES:
            raise ValueError(f"two rules have the code {code}")
        RULES[code] = Rule(code, severity, why, check, reference, example, mend)
        return check

    return register


def key_of_most_tasks(spec: Spec) -> Path:
    """The key that says how many tasks there are at the most."""
    return ("autoscaling", "max") if spec.autoscaling.enabled else ("service", "instances")
