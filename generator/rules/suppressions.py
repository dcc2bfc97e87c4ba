"""Warnings that a spec accepts with a reason."""

from collections.abc import Iterable, Iterator

from owscale.diagnostics.model import Diagnostic
from owscale.rules.cross_deployment import CONFLICT_CODES
from owscale.rules.registry import all_rules
from owscale.spec.deployment import Deployment
from owscale.spec.schema_codes import SCHEMA_CODES

UNUSED_CODE = "S111"


def mark_accepted(deployment: Deployment, diagnostics: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Add the reason to each warning that the spec accepts."""
    for diagnostic in diagnostics:
        reason = deployment.spec.accept.get(diagnostic.code) if is_acceptable(diagnostic.code) else None
        yield diagnostic._replace(accepted=reason or "")


def is_acceptable(code: str) -> bool:
    """Whether a spec may accept the code: every warning except the one about unused acceptances."""
    rules = all_rules()
    return code in rules and rules[code].severity == "warning" and code != UNUSED_CODE


def known_codes() -> set[str]:
    """Return the codes of all diagnostics."""
    return {*all_rules(), *SCHEMA_CODES, *CONFLICT_CODES}
