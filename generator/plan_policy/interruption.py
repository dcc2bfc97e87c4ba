"""Rule: no plan interrupts users of the service or weakens a safeguard by accident."""

import re
import shlex
from collections.abc import Iterator

from owscale.plan_policy.context import REDIS_URL_VERSION, PolicyContext, removal_problem
from owscale.plan_policy.interruption_table import (
    IMPORT_WITH_CHANGE,
    MAXIMUM_BELOW_RUNNING,
    MIGRATION_TASK,
    REMOVALS,
    RULE_CONSEQUENCES,
    SESSION_KEY,
    SESSION_KEY_REPLACED,
    WORSENINGS,
    exceeds_maximum,
)
from owscale.plan_policy.release_change import ROLLBACK, explain_rollback_off
from owscale.plan_policy.result import Note, Violation
from owscale.plan_policy.worsening import Interruption, argument, number
from owscale.terraform.plan.model import ResourceChange

_SERVICE, _TASK_DEFINITION = "aws_ecs_service", "aws_ecs_task_definition"
_REMOVED = ("delete", "replace")
_NODE_SUFFIX = re.compile("[0-9]{3}")
_DEPLOYING_ARGUMENTS = ("load_balancer", "network_configuration", "platform_version", "task_definition")


def prevent_interruption(context: PolicyContext) -> Iterator[Violation | Note]:
    """Yield a violation for each interruption of a running service that the spec does not allow.

    A service without tasks has no users, so a plan that creates it interrupts nothing. A plan that only destroys has
    one violation, at the service.
    """
    if not _running_tasks(context):
        return
    is_end = all(change.kind in ("delete", "forget") for change in context.plan.managed())
    for change in context.plan.managed():
        # A deposed object was already replaced, and its replacement serves the users.
        if not change.deposed and (not is_end or change.type == _SERVICE) and change.address != MIGRATION_TASK:
            yield from _check(context, change)


def _check(context: PolicyContext, change: ResourceChange) -> Iterator[Violation | Note]:
    removal = REMOVALS.get(change.type)
    if removal and change.kind in _REMOVED and not _watches_removed_node(context, change):
        yield _result(context, change, removal_problem(change), removal)
    elif change.address == SESSION_KEY and change.kind in ("create", "replace"):
        yield _result(context, change, "would get a new value", SESSION_KEY_REPLACED)
    elif change.imported and change.kind in ("update", "replace"):
        yield _result(context, change, "would be imported and changed", IMPORT_WITH_CHANGE)
    elif change.kind == "update" or (change.kind == "replace" and change.type == _TASK_DEFINITION):
        yield from _check_arguments(context, change)


def _check_arguments(context: PolicyContext, change: ResourceChange) -> Iterator[Violation | Note]:
    for worsening in WORSENINGS.get(change.type, ()):
        paths = worsening.changed_paths(change)
        if paths and not (paths == ["container_definitions"] and _has_only_another_redis_url(context, change)):
            problem = f"would change {', '.join(paths)}"
            if paths == [ROLLBACK] and (reason := explain_rollback_off(context)):
                yield Note(change.address, reason)
                continue
            yield _result(context, change, problem, worsening.interruption)
    if change.type == "aws_appautoscaling_target" and exceeds_maximum(change, _running_tasks(context)):
        yield _result(context, change, "would lower max_capacity", MAXIMUM_BELOW_RUNNING)
    if change.type == _SERVICE and any(name in change.changed_arguments for name in _DEPLOYING_ARGUMENTS):
        yield Note(
            change.address,
            "deploys new tasks; the old ones serve until the new ones are healthy, then finish their requests, and "
            "their WebSockets connect again",
        )


def _result(
    context: PolicyContext, change: ResourceChange, problem: str, interruption: Interruption
) -> Violation | Note:
    effect = interruption.effect
    if reason := context.reason_to_allow(change.address, effect):
        return Note(change.address, f"{problem} ({effect}), which the spec allows: {reason}")
    hint = "undo the change that causes it"
    if change.reason == "replace_because_tainted":
        command = f"terraform untaint {shlex.quote(change.address)}"
        hint = f"if it works, run `{command}`: its last apply failed after it was created"
    consequence = RULE_CONSEQUENCES.get(change.name) if "_security_group_" in change.type else None
    reason = consequence or interruption.consequence
    return Violation(change.address, "interruption", problem, reason, hint, interruption.spec_key, effect)


def _running_tasks(context: PolicyContext) -> float:
    """Return the number of tasks that should run before the apply, by the refreshed state.

    A service without such a number counts as one task: in the state of every service it is 0 or more.
    """
    services = [change for change in context.plan.managed() if change.type == _SERVICE and change.before]
    removed = {change.address for change in services if change.kind in ("delete", "forget")}
    # A service that left the configuration has the number before the refresh in the changes.
    state = [each.values for each in context.plan.state if each.mode == "managed" and each.address in removed]
    counts = (number(values, "desired_count") for values in (*(change.before for change in services), *state))
    return sum(1 if count is None or count < 0 else count for count in counts)


def _watches_removed_node(context: PolicyContext, change: ResourceChange) -> bool:
    """Whether an alarm watches a Redis node that the plan removes."""
    node = argument(change.before, "dimensions.CacheClusterId")
    if change.type != "aws_cloudwatch_metric_alarm" or change.kind != "delete" or not isinstance(node, str):
        return False
    suffix = node.rpartition("-")[2]
    counts = [
        number(other.after, "num_cache_clusters")
        for other in context.plan.managed()
        if other.type == "aws_elasticache_replication_group"
    ]
    return bool(_NODE_SUFFIX.fullmatch(suffix)) and any(count is not None and int(suffix) > count for count in counts)


def _has_only_another_redis_url(context: PolicyContext, change: ResourceChange) -> bool:
    """Whether the container is unknown only because the Redis URL gets a new version, as after a new token.

    Redis also accepts the previous token, so running tasks keep their connection.
    """
    changed = {other.address for other in context.plan.managed() if other.kind in ("create", "replace")}
    return change.is_unknown("container_definitions") and REDIS_URL_VERSION in changed and SESSION_KEY not in changed
