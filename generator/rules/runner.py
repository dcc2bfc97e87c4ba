"""Run the rules on deployments."""

from collections.abc import Iterable
from itertools import groupby

from owscale.diagnostics.merge import merge_across_environments
from owscale.diagnostics.model import Diagnostic
from owscale.diagnostics.report import DiagnosticReport
from owscale.domain.shared_resources import SharedResources
from owscale.rules.checked import CheckedDeployment
from owscale.rules.cross_deployment import find_conflicts
from owscale.rules.registry import PLACEHOLDER_CODE, Finding, Rule, all_rules
from owscale.rules.suppressions import mark_accepted
from owscale.spec.deployment import Deployment


def check_deployments(
    deployments: Iterable[Deployment], report: DiagnosticReport, beside: Iterable[Deployment] = ()
) -> list[CheckedDeployment]:
    """Run every rule on every deployment, then look for deployments that conflict with each other.

    `beside` are deployments that are not in the run, but may use the same resources; they are not reported.
    """
    deployments = list(deployments)
    shared = SharedResources((*deployments, *beside))
    results = [check_deployment(deployment, shared) for deployment in deployments]
    for _, environments in groupby(results, key=lambda checked: checked.deployment.document.file):
        by_environment = {checked.deployment.environment: checked.diagnostics for checked in environments}
        report.extend(merge_across_environments(by_environment))
    report.extend(find_conflicts(deployments))
    return results


def check_deployment(deployment: Deployment, shared: SharedResources | None = None) -> CheckedDeployment:
    """Run every rule on a deployment; accepted findings carry their reason.

    `shared` has the resources of all deployments; without it, no other deployment is known.
    """
    shared = shared or SharedResources([deployment])
    findings = [(rule, finding) for rule in all_rules().values() for finding in rule.run(deployment, shared)]
    placeholders = {finding.path for rule, finding in findings if rule.code == PLACEHOLDER_CODE}
    diagnostics = (
        _diagnostic(deployment, rule, finding)
        for rule, finding in findings
        if rule.code == PLACEHOLDER_CODE or finding.at_key or finding.path not in placeholders
    )
    return CheckedDeployment(deployment, tuple(mark_accepted(deployment, diagnostics)), shared.others(deployment))


def _diagnostic(deployment: Deployment, rule: Rule, finding: Finding) -> Diagnostic:
    document = deployment.document
    message = finding.message if finding.path in document else f"{finding.message} (the default)"
    diagnostic = document.diagnostic(rule.code, finding.path, message, finding.hint, rule.severity)
    if finding.at_key:
        diagnostic = document.at_key(finding.path, diagnostic)
    related = dict.fromkeys(document.related(path) for path in finding.related if path != finding.path)
    places = (use.deployment.document.related(use.path) for use in finding.uses)
    # Two environments may share a key of the common part: the other place would repeat the place of the diagnostic.
    related |= dict.fromkeys(place for place in places if place[:4] != (*diagnostic[:3], diagnostic.path))
    return diagnostic._replace(related=tuple(related))
