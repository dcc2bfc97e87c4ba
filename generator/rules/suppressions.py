"""Warnings and errors that a spec accepts with a reason.

A key of `accept` is a code, for all findings of it, or a code and a place, such as `S330 app.environment.NAME`.
"""

from collections.abc import Iterable, Iterator

from owscale.diagnostics.model import Diagnostic
from owscale.rules.cross_deployment import CONFLICT_CODES
from owscale.rules.registry import all_rules
from owscale.spec.deployment import Deployment
from owscale.spec.schema_codes import SCHEMA_CODES


def mark_accepted(deployment: Deployment, diagnostics: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Add the reason to each finding that the spec accepts; an accepted error counts as an accepted warning."""
    for diagnostic in diagnostics:
        reason = _reason(deployment, diagnostic)
        yield diagnostic._replace(accepted=reason, severity="warning") if reason else diagnostic


def _reason(deployment: Deployment, diagnostic: Diagnostic) -> str | None:
    code, accept = diagnostic.code, deployment.spec.accept
    if not is_acceptable(code):
        return None
    place = place_in_deployment(deployment, diagnostic.path)
    at_place = accept.get(f"{code} {diagnostic.path}") or accept.get(f"{code} {place}")
    return at_place or (None if needs_place(code) else accept.get(code))


def place_in_deployment(deployment: Deployment, path: str) -> str:
    """Return a dotted key of a file without the environment that it is in."""
    return path.removeprefix(f"environments.{deployment.environment}.")


def code_and_place(key: str) -> tuple[str, str]:
    """Return the parts of a key of `accept`; the place is empty for all findings of the code."""
    code, _, place = key.partition(" ")
    return code, place


def is_acceptable(code: str) -> bool:
    """Whether a spec may accept the code: warnings of rules, and errors whose rule allows it."""
    rules = all_rules()
    return code in rules and rules[code].is_acceptable


def needs_place(code: str) -> bool:
    """Whether a spec may accept the code only at one place at a time."""
    rules = all_rules()
    return code in rules and rules[code].needs_place


def known_codes() -> set[str]:
    """Return the codes of all diagnostics."""
    return {*all_rules(), *SCHEMA_CODES, *CONFLICT_CODES}


def accepts_shared_resources(deployment: Deployment) -> bool:
    """Whether a spec accepts a finding about resources that other deployments use too."""
    rules = all_rules()
    accepted = (rules.get(code_and_place(key)[0]) for key, reason in deployment.spec.accept.items() if reason)
    return any(rule is not None and rule.is_shared for rule in accepted)
