"""Rules across the fields of a spec, each with a stable code.

S109 to S111 are about what a spec accepts, S2xx are AWS's, S3xx Open WebUI's; S4xx are about deployments beside each
other, S5xx about the parts of its own that one brings along.
"""

from collections.abc import Iterable
from itertools import groupby

from generator.checks import (
    accept,
    advice,
    alarms,
    aws,
    custom,
    image,
    limits,
    load_balancer,
    openwebui,
    redis,
    service,
    sources,
    timing,
    variables,
    windows,
)
from generator.checks.rule import RULES, Finding, Rule
from generator.checks.together import collisions
from generator.deployment import Deployment, each_once
from generator.diagnostics import Diagnostic
from generator.document import Document
from generator.errors import Report

__all__ = ["RULES", "check", "found"]

# Imported for the rules that they add.
_MODULES = (
    accept,
    advice,
    alarms,
    aws,
    custom,
    image,
    limits,
    load_balancer,
    openwebui,
    redis,
    service,
    sources,
    timing,
    variables,
    windows,
)


def check(deployments: Iterable[Deployment], report: Report) -> list[Deployment]:
    """Runs every rule on every deployment, and looks for deployments that would overwrite each other.

    Returns the deployments with what was found in them.
    """
    every = [deployment._replace(found=found(deployment)) for deployment in deployments]
    for _, environments in groupby(every, key=lambda deployment: deployment.document.file):
        report.extend(each_once({deployment.environment: found(deployment) for deployment in environments}))
    report.extend(collisions(every))
    return every


def found(deployment: Deployment) -> tuple[Diagnostic, ...]:
    """What the rules find in one deployment; the warnings that its spec accepts have the reason."""
    if deployment.found is not None:
        return deployment.found
    told = (_told(deployment.document, rule, each) for rule in RULES.values() for each in rule.check(deployment))
    return tuple(accept.accepted(deployment, told))


def _told(document: Document, rule: Rule, found: Finding) -> Diagnostic:
    message = found.message if found.path in document.places else f"{found.message} (the default)"
    told = document.diagnostic(rule.code, found.path, message, found.hint, rule.severity)
    told = document.at_key(found.path, told) if found.on_key else told
    others = dict.fromkeys(document.related(path) for path in found.also if path != found.path)
    return told._replace(also=tuple(others))
