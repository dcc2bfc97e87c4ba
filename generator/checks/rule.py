"""A rule: a function over a deployment, and what the catalogue says of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from generator.deployment import Deployment
from generator.document import Path
from generator.errors import Severity


@dataclass(frozen=True)
class Finding:
    """What a rule found: the path of the key it is about, what is wrong, and what to write instead.

    `on_key` points at the key itself, where the value is beside the point.
    """

    path: Path
    message: str
    hint: str
    on_key: bool = False


Check = Callable[[Deployment], Iterator[Finding]]


@dataclass(frozen=True)
class Rule:
    """A check with its code, and the sentence that says why it matters."""

    code: str
    severity: Severity
    why: str
    check: Check


RULES: dict[str, Rule] = {}
"""Every rule by its code; a module of this package adds its own when it is imported."""


def rule(code: str, severity: Severity, why: str) -> Callable[[Check], Check]:
    """Makes a function a rule."""

    def register(check: Check) -> Check:
        if code in RULES:
            raise ValueError(f"two rules have the code {code}")
        RULES[code] = Rule(code, severity, why, check)
        return check

    return register
