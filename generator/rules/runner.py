"""Run the rules on deployments."""

from collections.abc import Iterable
from itertools import groupby

from owscale.diagnostics.merge import merge_across_environments
from owscale.diagnostics.model import Diagnostic
from owscale.diagnostics.report import DiagnosticReport
from owscale.rules.checked import CheckedDeployment
from owscale.rules.cross_deployment import find_conflicts
from owscale.rules.registry import Finding, Rule, all_rules
from owscale.rules.suppressions import mark_accepted
from owscale.spec.deployment import Deployment
from owscale.spec.document import Document


def check_deployments(deployments: Iterable[Deployment], report: DiagnosticReport) -> list[CheckedDeployment]:
    """Run every rule on every deployment, then look for deployments that conflict with each other."""
    results = list(map(check_deployment, deployments))
    for _, environments in groupby(results, key=lambda checked: checked.deployment.document.file):
        by_environment = {checked.deployment.environment: checked.diagnostics for checked in environments}
        report.extend(merge_across_environments(by_environment))
    report.extend(find_conflicts([checked.deployment for checked in results]))
    return results


def check_deployment(deployment: Deployment) -> CheckedDeployment:
    """Run every rule on a deployment, without a look at others; accepted warnings carry their reason."""
    diagnostics = (
        _diagnostic(deployment.document, rule, finding)
        for rule in all_rules().values()
        for finding in rule.run(deployment)
    )
    return CheckedDeployment(deployment, tuple(mark_accepted(deployment, diagnostics)))


def _diagnostic(document: Document, rule: Rule, finding: Finding) -> Diagnostic:
    message = finding.message if finding.path in document else f"{finding.message} (the default)"
    diagnostic = document.diagnostic(rule.code, finding.path, message, finding.hint, rule.severity)
    if finding.at_key:
        diagnostic = document.at_key(finding.path, diagnostic)
    related = dict.fromkeys(document.related(path) for path in finding.related if path != finding.path)
    return diagnostic._replace(related=tuple(related))
