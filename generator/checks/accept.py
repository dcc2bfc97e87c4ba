"""Warnings that the spec accepts, each with a reason, and acceptances that are not good."""

import difflib
from collections.abc import Iterable, Iterator

from generator.checks import together
from generator.checks.rule import RULES, Finding, rule
from generator.deployment import SHAPE_CODES, Deployment
from generator.diagnostics import Diagnostic

_STALE = "S111"


def accepted(deployment: Deployment, found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """What was found in a deployment; the warnings that its spec accepts have the reason."""
    for diagnostic in found:
        reason = deployment.spec.accept.get(diagnostic.code) if _acceptable(diagnostic.code) else None
        yield diagnostic._replace(accepted=reason or "")


def _acceptable(code: str) -> bool:
    return code in RULES and RULES[code].severity == "warning" and code != _STALE


def _known() -> set[str]:
    return {*RULES, *SHAPE_CODES, *together.WHY}


def _codes(deployment: Deployment) -> list[str]:
    """Those that the spec accepts; null takes the acceptance of another place away."""
    return [code for code, reason in deployment.spec.accept.items() if reason is not None]


@rule(
    "S109",
    "error",
    "A code that nobody knows accepts nothing, and the warning that was meant goes on.",
    reference="docs/spec.md",
    example='accept: {s353: "one node does while we try it"}',
    mend='accept: {S353: "one node does while we try it"}',
)
def unknown_code(deployment: Deployment) -> Iterator[Finding]:
    for code in _codes(deployment):
        if code not in _known():
            near = difflib.get_close_matches(code.upper(), filter(_acceptable, sorted(_known())), n=1)
            hint = f"did you mean {near[0]}?" if near else "docs/diagnostics.md has every code"
            yield Finding(("accept", code), "no warning has this code", hint, on_key=True)


@rule(
    "S110",
    "error",
    "An error is what AWS or Open WebUI does not take, and no reason changes that.",
    reference="docs/spec.md",
    example='accept: {S211: "only one of us applies at a time"}',
    mend="accept: {}",
)
def accepted_error(deployment: Deployment) -> Iterator[Finding]:
    for code in _codes(deployment):
        if code in _known() and not _acceptable(code):
            message, hint = f"{code} is an error, and only warnings can be accepted", "remove it, and mend what it says"
            if code == _STALE:
                message, hint = f"{code} is about what is accepted itself", "remove the acceptance that it names"
            yield Finding(("accept", code), message, hint, on_key=True)


@rule(
    _STALE,
    "warning",
    "What is accepted without need would hide the warning when it comes back for another reason.",
    reference="docs/spec.md",
    example='accept: {S351: "two workers fit in 8 GB of memory"}\napp: {workers: 1}',
    mend="accept: {}\napp: {workers: 1}",
)
def stale(deployment: Deployment) -> Iterator[Finding]:
    for code in _codes(deployment):
        if _acceptable(code) and not any(RULES[code].check(deployment)):
            hint = "remove it, or write it under the one environment that it is for"
            yield Finding(("accept", code), "this warning does not occur", hint, on_key=True)
