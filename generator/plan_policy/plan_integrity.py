"""Rules: the plan is complete, and it is a plan of this deployment."""

import re
from collections.abc import Iterator

from owscale.console.invocation import owscale_command
from owscale.plan_policy.context import PolicyContext, texts
from owscale.plan_policy.result import Violation
from owscale.terraform.plan.configuration import constant
from owscale.terraform.plan.model import CHANGE_KINDS, ResourceChange

_AWS_PROVIDER = "registry.terraform.io/hashicorp/aws"
_UPDATE_OWSCALE = "update owscale to a version that supports it"
_PLAN_AGAIN = "make the plan again, of the whole deployment"


def require_complete_plan(context: PolicyContext) -> Iterator[Violation]:
    """Yield a violation for each incomplete or unknown part of the plan."""
    plan = context.plan
    if not re.fullmatch(r"1\.[0-9]+", plan.format_version):
        yield _violation("has an unknown format", "it may contain more than the check reads", _UPDATE_OWSCALE)
    if plan.errored:
        hint = "fix the error that Terraform reported, then plan again"
        yield _violation("ended with an error", "Terraform stopped before the plan was complete", hint)
    if not plan.complete:
        yield _violation("is not complete", "-target, -exclude or a deferral left out unknown resources", _PLAN_AGAIN)
    for part in plan.unknown_parts:
        yield _violation(f"has an unknown part, {part}", "it may contain changes", _UPDATE_OWSCALE)
    for change in plan.deferred:
        reason = "its change cannot be seen"
        yield _violation("is postponed to a later plan", reason, _PLAN_AGAIN, change.address)
    for address in plan.configuration.provisioners():
        reason = "a provisioner runs commands, and no plan shows their effects"
        yield _violation("has a provisioner", reason, "remove the provisioner", address)
    for change in (*plan.changes, *plan.drift):
        yield from _check_action(change)
    yield from _check_consistency(context)


def _check_action(change: ResourceChange) -> Iterator[Violation]:
    if change.actions not in CHANGE_KINDS:
        yield _violation("has unknown actions", "their effect is unknown", _UPDATE_OWSCALE, change.address)
    elif change.mode not in ("data", "managed"):
        yield _violation("has an unknown mode", "its effect is unknown", _UPDATE_OWSCALE, change.address)
    elif change.mode == "data" and change.kind not in ("read", "nothing"):
        reason = "Terraform never writes such a plan; the file was altered"
        yield _violation("is a data source that is not only read", reason, _PLAN_AGAIN, change.address)
    elif change.mode == "managed" and change.kind == "read":
        reason = "Terraform never writes such a plan; the file was altered"
        yield _violation("is a resource that is only read", reason, _PLAN_AGAIN, change.address)
    elif change.moved and _resource_type(change.previous_address) != change.type:
        reason = "its values would be read as values of another type"
        yield _violation(f"would become an {change.type}", reason, "move it within its type", change.address)


def _resource_type(address: str) -> str:
    parts = address.split(".")
    return parts[-2] if len(parts) > 1 else ""


def _check_consistency(context: PolicyContext) -> Iterator[Violation]:
    plan = context.plan
    changed = {address for change in plan.managed() for address in (change.address, change.previous_address)}
    staying = {change.address for change in plan.managed() if change.kind not in ("delete", "forget")}
    state = {resource.address for resource in plan.state if resource.mode != "data"}
    planned = {resource.address for resource in plan.planned if resource.mode != "data"}
    for address in sorted(state - changed):
        yield _violation("is in the state and not in the changes", "the plan is not complete", _PLAN_AGAIN, address)
    for address in sorted(planned ^ staying):
        problem = "is in the changes or in the planned state, but not in both"
        yield _violation(problem, "the plan contradicts itself", _PLAN_AGAIN, address)


def require_same_deployment(context: PolicyContext) -> Iterator[Violation]:
    """Yield a violation if the plan belongs, or may belong, to another deployment."""
    spec = context.spec
    provider = context.plan.configuration.providers.get("aws", {})
    expressions = provider.get("expressions")
    expressions = expressions if isinstance(expressions, dict) else {}
    if provider.get("full_name") != _AWS_PROVIDER or constant(expressions.get("region")) != spec.aws.region:
        yield _other_deployment("its provider is not hashicorp/aws in `aws.region`")
    tags = {"Deployment": spec.name, "Environment": context.environment} | spec.aws.tags
    for name in ("Deployment", "Environment"):
        if _default_tags(expressions).get(name) != tags[name]:
            yield _other_deployment(f"the tag {name} of its resources does not match this deployment")
    if spec.aws.account_id and constant(expressions.get("allowed_account_ids")) != [spec.aws.account_id]:
        yield _other_deployment("its provider may use another account than `aws.account_id`")
    # No resource of a deployment can change a database, so the protected resources do not contain its names.
    database = {spec.existing.database.cluster, spec.existing.database.instance}
    if not set(texts(_constants(context))) <= {protected.id for protected in context.protected} | database:
        yield _other_deployment("its module `existing` reads a resource that is not under `existing:` in the spec")


def _default_tags(expressions: dict[str, object]) -> dict[object, object]:
    match expressions.get("default_tags"):
        case [dict() as block]:
            tags = constant(block.get("tags"))
            return tags if isinstance(tags, dict) else {}
    return {}


def _constants(context: PolicyContext) -> list[object]:
    return [constant(value) for value in context.plan.configuration.arguments("existing").values()]


def _violation(problem: str, reason: str, hint: str, address: str = "") -> Violation:
    return Violation(address, "plan", problem, reason, hint)


def _other_deployment(reason: str) -> Violation:
    hint = f"run `{owscale_command('generate')}`, then `{owscale_command('tf', 'plan')}`"
    return _violation("belongs to another deployment", reason, hint)
