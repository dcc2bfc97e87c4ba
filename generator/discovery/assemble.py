"""From a running service to the text of a spec: propose, check, adapt, until only placeholders are left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from owscale.diagnostics.model import Diagnostic
from owscale.discovery import spec_writer
from owscale.discovery.draft import VARIABLES
from owscale.discovery.proposal import Choices, Proposal, propose
from owscale.discovery.running_service import RunningService
from owscale.discovery.spec_check import CheckedText, check_text
from owscale.domain.openwebui import capacity
from owscale.rules.registry import all_rules
from owscale.spec.document import Path, dotted

_FILE = "spec/spec.yaml"
_MAX_ROUNDS = 20
_CONNECTIONS = "S301"


class BrokenRule(NamedTuple):
    """A rule that today's service breaks: the diagnostic, and the rationale of the rule."""

    diagnostic: Diagnostic
    why: str


class Assembled(NamedTuple):
    """The text of a spec, its proposal, its diagnostics, and the rules that the service breaks."""

    text: str
    proposal: Proposal
    checked: CheckedText
    broken: tuple[BrokenRule, ...]


def assemble(running: RunningService, name: str, given: Mapping[Path, Any], heading: str) -> Assembled:
    """Return the spec of a service. Each round checks a proposal; the next one omits or replaces the refused values."""
    choices = Choices()
    for _ in range(_MAX_ROUNDS):
        proposal = propose(running, name, given, choices)
        text = spec_writer.write(proposal.draft, heading)
        checked = check_text(text, _FILE)
        adapted = _adapt(choices, proposal, checked)
        if adapted == choices:
            break
        choices = adapted
    return Assembled(text, proposal, checked, _broken_rules(running, name))


def _adapt(choices: Choices, proposal: Proposal, checked: CheckedText) -> Choices:
    refused = dict(choices.refused)
    for diagnostic in checked.errors:
        if diagnostic.code == _CONNECTIONS and checked.deployment and not choices.small_pools:
            fitting = capacity.tasks_that_fit(checked.deployment.spec)
            if 1 < fitting < choices.max_tasks:
                return Choices(refused=refused, max_tasks=fitting)
            return Choices(refused=refused, max_tasks=max(min(choices.max_tasks, 2), 1), small_pools=True)
        for path, entry in proposal.draft.covering(diagnostic.path):
            if entry.is_found or path[:2] in VARIABLES:
                refused.setdefault(dotted(path), f"{diagnostic.message} [{diagnostic.code}]")
    return Choices(refused=refused, max_tasks=choices.max_tasks, small_pools=choices.small_pools)


def _broken_rules(running: RunningService, name: str) -> tuple[BrokenRule, ...]:
    """Run the rules on today's settings, as if several tasks used them.

    The text is in memory only: it may have secrets, which the rules judge.
    """
    refused: dict[str, str] = {}
    for _ in range(_MAX_ROUNDS):
        proposal = propose(running, name, {}, Choices(faithful=True, refused=refused))
        checked = check_text(spec_writer.write(proposal.draft, "", with_secrets=True), _FILE)
        known = len(refused)
        for each in checked.errors:
            if each.code not in all_rules():  # of the schema, without which no rule runs
                refused |= {dotted(path): each.message for path, _ in proposal.draft.covering(each.path)}
        if len(refused) == known:
            break
    rules = all_rules()
    return tuple(
        BrokenRule(diagnostic, rules[diagnostic.code].rationale)
        for diagnostic in checked.diagnostics
        if diagnostic.code in rules and any(entry.is_found for _, entry in proposal.draft.covering(diagnostic.path))
    )
