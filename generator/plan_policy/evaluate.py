"""Check that a plan leaves existing resources untouched, loses no data of managed ones, and interrupts no user.

The check fails closed: it fails for everything that it does not know or cannot see. docs/plan-check.md describes it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from owscale.plan_policy.consistency import require_consistent_plan
from owscale.plan_policy.context import PolicyContext
from owscale.plan_policy.data_loss import prevent_data_loss
from owscale.plan_policy.drift import report_drift
from owscale.plan_policy.existing_untouched import require_existing_untouched
from owscale.plan_policy.expected_values import require_expected_values
from owscale.plan_policy.interruption import prevent_interruption
from owscale.plan_policy.plan_integrity import require_complete_plan, require_same_deployment
from owscale.plan_policy.release_change import require_upgrade
from owscale.plan_policy.result import Counts, Note, PolicyResult, SecurityGroupRule, Violation
from owscale.plan_policy.security_group_rules import check_security_group_rules
from owscale.plan_policy.unknown_values import reject_unknown_values
from owscale.spec.allowed_effects import PLAN_EFFECTS, PlanEffect
from owscale.terraform.plan.model import Plan

if TYPE_CHECKING:
    from owscale.spec.deployment import Deployment


Rule = Callable[[PolicyContext], Iterator[Any]]

RULES: tuple[Rule, ...] = (
    require_complete_plan,
    require_same_deployment,
    require_consistent_plan,
    require_expected_values,
    require_existing_untouched,
    check_security_group_rules,
    prevent_data_loss,
    report_drift,
    prevent_interruption,
    require_upgrade,
    reject_unknown_values,
)


def evaluate_plan(  # noqa: PLR0913 -- the plan, and all that it is compared with
    plan: Plan,
    deployment: Deployment,
    files: Mapping[str, str],
    own_files: Collection[str] = (),
    *,
    migrated_image: str | None = None,
    open_upgrade: str = "",
    upgrade_hint: str = "",
    rules: Collection[Rule] = RULES,
) -> PolicyResult:
    """Return whether the plan may be applied to the deployment.

    `files` has the Terraform files of the deployment: rendered from its spec, or beside the rendered ones. `own_files`
    has the paths of files that do not come from owscale's templates. `migrated_image` is the image whose migration of
    the database was seen to hold, if there is a record of an upgrade. `open_upgrade` is the state of an open one, and
    `upgrade_hint` how it goes on.
    """
    context = PolicyContext(
        plan, deployment.spec, deployment.environment, files, own_files, migrated_image, open_upgrade, upgrade_hint
    )
    results: list[Violation | SecurityGroupRule | Note] = [result for rule in rules for result in rule(context)]
    results += _notes(context)  # last, because it reports each `allow:` that no rule needed
    violations = _complete({result for result in results if isinstance(result, Violation)}, deployment)
    return PolicyResult(
        deployment=deployment.folder,
        counts=_counts(context, violations),
        violations=violations,
        group_rules=tuple(sorted(result for result in results if isinstance(result, SecurityGroupRule))),
        notes=tuple(sorted(result for result in results if isinstance(result, Note))),
    )


def _complete(violations: Collection[Violation], deployment: Deployment) -> tuple[Violation, ...]:
    """Return the violations, most severe first, with their places in the spec and the key that would allow each."""
    effects = defaultdict[str, set[PlanEffect]](set)
    for violation in violations:
        if violation.effect:
            effects[violation.address].add(violation.effect)
    completed = (
        replace(violation, hint=_hint(violation, effects), location=_location(violation.spec_key, deployment))
        for violation in violations
    )
    return tuple(sorted(completed, key=lambda violation: violation.severity))


def _hint(violation: Violation, effects: Mapping[str, Collection[PlanEffect]]) -> str:
    if not violation.effect:
        return violation.hint
    # One entry for all effects, because YAML rejects a second entry for the same address.
    reasons = ", ".join(f"{effect}: …" for effect in PLAN_EFFECTS if effect in effects[violation.address])
    key = violation.address if violation.address.replace(".", "").isidentifier() else f"'{violation.address}'"
    return f"{violation.hint}, or allow it in the spec, with the reason:\n    allow: {{{key}: {{{reasons}}}}}"


def _location(spec_key: str, deployment: Deployment) -> str:
    """Return the place and the name of a key in the spec; empty for no key."""
    if not spec_key:
        return ""
    return str(deployment.document.related(tuple(spec_key.partition("[")[0].split("."))))


def _notes(context: PolicyContext) -> Iterator[Note]:
    plan = context.plan
    for change in plan.managed():
        if not plan.configuration.has(change.address):
            yield Note(change.address, "is in the state and not in the configuration any more")
        if change.imported:
            yield Note(change.address, "is imported: an object that was created elsewhere is added to the state")
        if change.moved:
            yield Note(change.address, f"had the address {change.previous_address}; the object stays")
        if change.deposed:
            yield Note(change.address, "has an object that an earlier replacement left behind")
    unneeded = defaultdict[str, list[str]](list)
    for address, effect in context.allowances.keys() - context.used_allowances:
        unneeded[address].append(effect)
    for address, effects in unneeded.items():
        names = ", ".join(effect for effect in PLAN_EFFECTS if effect in effects)
        yield Note(address, f"the spec allows {names}, which this plan does not need: remove the entry from `allow:`")


def _counts(context: PolicyContext, violations: tuple[Violation, ...]) -> Counts:
    changes = list(context.plan.managed())
    touched = {violation.spec_key for violation in violations if violation.spec_key}
    kinds = [change.kind for change in changes]
    return Counts(
        resources=len({change.address for change in changes}),
        existing=len({protected.id for protected in context.protected if protected.spec_key not in touched}),
        create=kinds.count("create"),
        update=kinds.count("update"),
        replace=kinds.count("replace"),
        delete=kinds.count("delete"),
        forget=kinds.count("forget"),
    )
