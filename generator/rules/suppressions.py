"""Warnings and errors that a spec accepts with a reason."""

from collections.abc import Iterable, Iterator

from owscale.diagnostics.model import Diagnostic
from owscale.rules.cross_deployment import CONFLICT_CODES
from owscale.rules.registry import all_rules
from owscale.spec.deployment import Deployment
from owscale.spec.schema_codes import SCHEMA_CODES


def mark_accepted(deployment: Deployment, diagnostics: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Add the reason to each finding that the spec accepts; an accepted error counts as an accepted warning."""
    for diagnostic in diagnostics:
        reason = deployment.spec.accept.get(diagnostic.code) if is_acceptable(diagnostic.code) else None
        yield diagnostic._replace(accepted=reason, severity="warning") if reason else diagnostic


def is_acceptable(code: str) -> bool:
    """Whether a spec may accept the code: warnings of rules, and errors whose rule allows it."""
    rules = all_rules()
    return code in rules and rules[code].is_acceptable


def known_codes() -> set[str]:
    """Return the codes of all diagnostics."""
    return {*all_rules(), *SCHEMA_CODES, *CONFLICT_CODES}


def accepts_shared_resources(deployment: Deployment) -> bool:
    """Whether a spec accepts a finding about resources that other deployments use too."""
    rules = all_rules()
    accepted = (rules.get(code) for code, reason in deployment.spec.accept.items() if reason)
    return any(rule is not None and rule.is_shared for rule in accepted)
