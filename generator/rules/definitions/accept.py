"""Entries of `accept` that have no effect."""

from collections.abc import Iterator

from owscale.console.text import suggest
from owscale.domain.shared_resources import SharedResources
from owscale.rules.registry import Finding, all_rules, rule, shared_rule
from owscale.rules.suppressions import is_acceptable, known_codes
from owscale.spec.deployment import Deployment

_UNUSED_CODE = "S111"


def _accepted_codes(deployment: Deployment) -> list[str]:
    """Return the codes that the spec accepts; null removes the acceptance of the common part."""
    return [code for code, reason in deployment.spec.accept.items() if reason is not None]


@rule(
    "S109",
    "error",
    checks="Checks that every key of `accept` is the code of a diagnostic.",
    rationale="An unknown code accepts nothing, and the intended diagnostic remains.",
    reference="docs/spec.md",
    example='accept: {s353: "one node does while we try it"}',
    fixed_example='accept: {S353: "one node does while we try it"}',
)
def unknown_code(deployment: Deployment) -> Iterator[Finding]:
    codes = sorted(known_codes())
    for code in _accepted_codes(deployment):
        if code not in codes:
            acceptable = [known for known in codes if is_acceptable(known)]
            hint = suggest(code.upper(), acceptable, "write the code at the end of the message, such as S353")
            yield Finding(("accept", code), "no diagnostic has this code", hint, at_key=True)


@rule(
    "S110",
    "error",
    checks="Checks that `accept` names only warnings, and errors that can be accepted.",
    rationale="AWS or Open WebUI rejects a spec with any other error, whatever the reason for it.",
    reference="docs/spec.md",
    example='accept: {S211: "only one of us applies at a time"}',
    fixed_example="accept: {}",
)
def accepted_error(deployment: Deployment) -> Iterator[Finding]:
    for code in _accepted_codes(deployment):
        if code in known_codes() and not is_acceptable(code):
            message, hint = (
                f"{code} is an error that cannot be accepted",
                f"remove it, and correct the error {code}",
            )
            if code == _UNUSED_CODE:
                message = f"{code} reports an unused acceptance and cannot be accepted"
                hint = "remove the entry of `accept:` in its message"
            yield Finding(("accept", code), message, hint, at_key=True)


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
    for code in _accepted_codes(deployment):
        if is_acceptable(code) and not any(all_rules()[code].run(deployment, shared)):
            message = f"this {all_rules()[code].severity} does not occur"
            hint = "remove it, or move it to the environment that needs it"
            yield Finding(("accept", code), message, hint, at_key=True)
