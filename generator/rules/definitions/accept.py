"""Entries of `accept` that have no effect."""

from collections.abc import Iterator

from owscale.console.text import suggest
from owscale.domain.shared_resources import SharedResources
from owscale.rules.registry import Finding, all_rules, rule, shared_rule
from owscale.rules.suppressions import (
    code_and_place,
    is_acceptable,
    known_codes,
    needs_place,
    place_in_deployment,
)
from owscale.spec.deployment import Deployment
from owscale.spec.document import dotted

_UNUSED_CODE = "S111"


def _accepted(deployment: Deployment) -> Iterator[tuple[str, str, str]]:
    """Yield each key of `accept`, its code and its place; null removes the acceptance of the common part."""
    for key, reason in deployment.spec.accept.items():
        if reason is not None:
            yield key, *code_and_place(key)


@rule(
    "S109",
    "error",
    checks="Checks that every key of `accept` is the code of a diagnostic, or a code and the place of one finding.",
    rationale="An unknown code accepts nothing, and the intended diagnostic remains.",
    reference="docs/spec.md",
    example='accept: {s353: "one node does while we try it"}',
    fixed_example='accept: {S353: "one node does while we try it"}',
)
def unknown_code(deployment: Deployment) -> Iterator[Finding]:
    codes = sorted(known_codes())
    for key, code, _ in _accepted(deployment):
        if code not in codes:
            acceptable = [known for known in codes if is_acceptable(known)]
            hint = suggest(code.upper(), acceptable, "write the code at the end of the message, such as S353")
            yield Finding(("accept", key), "no diagnostic has this code", hint, at_key=True)


@rule(
    "S110",
    "error",
    checks="Checks that `accept` names only warnings, and errors that can be accepted.",
    rationale="AWS or Open WebUI rejects a deployment with any other error, so it cannot work.",
    reference="docs/spec.md",
    example='accept: {S211: "only one of us applies at a time"}',
    fixed_example="accept: {}",
)
def accepted_error(deployment: Deployment) -> Iterator[Finding]:
    for key, code, place in _accepted(deployment):
        if needs_place(code) and not place:
            message = f"{code} can be accepted only at one place at a time"
            hint = f'write the code and the key of its message, such as `"{code} app.environment.NAME"`'
            yield Finding(("accept", key), message, hint, at_key=True)
        elif code in known_codes() and not is_acceptable(code):
            message, hint = (
                f"{code} is an error that cannot be accepted",
                f"remove it, and correct the error {code}",
            )
            if code == _UNUSED_CODE:
                message = f"{code} reports an unused acceptance and cannot be accepted"
                hint = "remove the entry of `accept:` in its message"
            yield Finding(("accept", key), message, hint, at_key=True)


@shared_rule(
    _UNUSED_CODE,
    "warning",
    checks="Checks that every accepted code occurs in the deployment.",
    rationale="An acceptance without its finding would hide that finding when it returns for another reason.",
    reference="docs/spec.md",
    example='accept: {S351: "two workers fit in 8 GB of memory"}\napp: {workers: 1}',
    fixed_example="accept: {}\napp: {workers: 1}",
    acceptable=False,
)
def unused_acceptance(deployment: Deployment, shared: SharedResources) -> Iterator[Finding]:
    for key, code, place in _accepted(deployment):
        if not is_acceptable(code) or (needs_place(code) and not place):
            continue
        findings = all_rules()[code].run(deployment, shared)
        places = (dotted(finding.path) for finding in findings)
        if not any(not place or place_in_deployment(deployment, place) == found for found in places):
            message = f"this {all_rules()[code].severity} does not occur{' there' if place else ''}"
            hint = "remove it, or move it to the environment that needs it"
            yield Finding(("accept", key), message, hint, at_key=True)
