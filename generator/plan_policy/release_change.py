"""Rule: tasks of another release start only on a database that suits them.

The release that runs is that of the task definition in the state. docs/adr/0026-upgrades.md has the reasons.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from owscale.domain.openwebui import releases
from owscale.domain.openwebui.upgrade_texts import (
    UNKNOWN_RELEASE,
    other_build_text,
    releases_text,
    unsafe_rollback,
    unsafe_start,
)
from owscale.domain.openwebui.upgrades import Upgrade, other_build, upgrade
from owscale.plan_policy.result import Note, Violation
from owscale.plan_policy.task_definition import image_of
from owscale.plan_policy.worsening import number

if TYPE_CHECKING:
    from owscale.plan_policy.context import PolicyContext
    from owscale.spec.models import Spec
    from owscale.terraform.plan.model import Plan, ResourceChange

SERVICE = "module.service.aws_ecs_service.this"
TASK_DEFINITION = "module.service.aws_ecs_task_definition.this"
SCALABLE_TARGET = "module.autoscaling.aws_appautoscaling_target.this"
ROLLBACK = "deployment_circuit_breaker.rollback"
_COMMAND = "owscale upgrade"


_ACCOUNT = 4
"""The position of the account in an ARN: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html."""


class RunningTasks(NamedTuple):
    """The service that a plan changes: where it is, its image and the number of its tasks, as the state has them."""

    account: str
    cluster: str
    service: str
    image: str
    desired_count: float | None


@dataclass(frozen=True)
class PlannedRelease:
    """The change of the image by a plan."""

    plan: Plan
    spec: Spec

    @cached_property
    def images(self) -> tuple[str, str] | None:
        """The image that runs, "" if the plan does not show it, and the next one.

        None if the plan changes none, or if there is no service yet, so that nothing runs.
        """
        task, service = _find(self.plan, TASK_DEFINITION), _find(self.plan, SERVICE)
        if task is None or task.kind not in ("create", "update", "replace") or service is None or not service.before:
            return None
        return image_of(task.before), image_of(task.after) or self.spec.app.image

    @cached_property
    def upgrade(self) -> Upgrade | None:
        """The meaning of the change; None for no change of the release."""
        return upgrade(*self.images) if self.images else None

    @property
    def next_image(self) -> str:
        """The image of the tasks that start after the apply."""
        task = _find(self.plan, TASK_DEFINITION)
        return (image_of(task.after) if task else "") or self.spec.app.image

    @cached_property
    def starts_tasks(self) -> tuple[float | None, float | None] | None:
        """The numbers of tasks before and after, if the plan starts a service whose tasks are stopped."""
        service = _find(self.plan, SERVICE)
        if service is None or service.kind not in ("update", "replace"):
            return None
        before, after = (number(values, "desired_count") for values in (service.before, service.after))
        return (before, after) if not before and after != before else None

    @property
    def resumes_apply(self) -> bool:
        """Whether the service gets a task definition that is there, such as after an apply that was interrupted."""
        task, service = _find(self.plan, TASK_DEFINITION), _find(self.plan, SERVICE)
        if task is None or task.kind != "nothing" or service is None or service.kind != "update":
            return False
        return service.before.get("task_definition") != service.after.get("task_definition")

    @property
    def running(self) -> RunningTasks:
        """The service before the apply."""
        task, service = _find(self.plan, TASK_DEFINITION), _find(self.plan, SERVICE)
        values = service.before if service else {}
        arn = str(values.get("id") or "").split(":")
        return RunningTasks(
            account=arn[_ACCOUNT] if len(arn) > _ACCOUNT else "",
            cluster=str(values.get("cluster") or "").rpartition("/")[2],
            service=str(values.get("name") or ""),
            image=image_of(task.before) if task else "",
            desired_count=number(values, "desired_count"),
        )

    @property
    def can_roll(self) -> bool:
        """Whether new tasks may replace the old ones without a migration, while both releases run."""
        return self.upgrade is None or "roll" in self.upgrade.ways

    @property
    def migrates_after_stop(self) -> bool:
        """Whether the single new task migrates the database itself, after the old one has stopped."""
        rollout = self.spec.service.deployment
        return self.spec.app.migrate_on_start and rollout.maximum_percent <= 100  # noqa: PLR2004 -- a percentage


def needs_record(plan: Plan, spec: Spec) -> bool:
    """Whether the plan check depends on the record of an upgrade."""
    planned = PlannedRelease(plan, spec)
    return not planned.can_roll or planned.starts_tasks is not None or planned.resumes_apply


def rolls_release(plan: Plan, spec: Spec) -> bool:
    """Whether a plan changes the release in a way that passes, unless an upgrade is open."""
    planned = PlannedRelease(plan, spec)
    return planned.upgrade is not None and planned.can_roll


def changes_release(plan: Plan, spec: Spec) -> bool:
    """Whether a plan changes the release in a way that `owscale upgrade` leads through."""
    return not PlannedRelease(plan, spec).can_roll


def require_upgrade(context: PolicyContext) -> Iterator[Violation | Note]:
    """Yield a violation for a change of the release that was not prepared, and for a rollback that is not safe."""
    found = PlannedRelease(context.plan, context.spec)
    yield from _suspended_autoscaling(context)
    yield from _start_during_an_upgrade(context, found)
    change = found.upgrade
    if change is None:
        if found.images and (release := other_build(*found.images)):
            yield Note(TASK_DEFINITION, other_build_text(release))
        return
    yield _start(context, found, change)
    service = _find(context.plan, SERVICE)
    if not change.may_roll_back and service is not None and not _is_off(service):
        yield _rollback(context, change)


def _suspended_autoscaling(context: PolicyContext) -> Iterator[Note]:
    """Yield a note while autoscaling is suspended, as after an upgrade whose last step was forgotten.

    The provider computes an argument that the configuration does not set, so no plan sets it back:
    https://github.com/hashicorp/terraform-provider-aws/pull/38942
    """
    target = _find(context.plan, SCALABLE_TARGET)
    blocks = target.before.get("suspended_state") if target else None
    blocks = blocks if isinstance(blocks, list) else []
    suspended = sorted(name for block in blocks for name, is_suspended in block.items() if is_suspended is True)
    if suspended:
        yield Note(
            SCALABLE_TARGET,
            f"autoscaling is suspended ({', '.join(suspended)}), and an apply leaves it: the last run of `{_COMMAND}` "
            "resumes it",
        )


def _start_during_an_upgrade(context: PolicyContext, found: PlannedRelease) -> Iterator[Violation]:
    """Yield a violation for tasks that start again while an upgrade has stopped them, on a database of another release.

    Without autoscaling each plan has the number of tasks, also one that changes something else.
    """
    if not context.open_upgrade or found.next_image == context.migrated_image:
        return
    if found.starts_tasks or found.resumes_apply:
        before, after = found.starts_tasks or (None, None)
        counts = f"desired_count {before or 0:g} to {'an unknown number' if after is None else f'{after:g}'}"
        counts = counts if found.starts_tasks else "another task_definition"
        yield Violation(
            SERVICE,
            "interruption",
            f"would start tasks of {releases.release(found.next_image) or UNKNOWN_RELEASE} ({counts})",
            context.open_upgrade,
            context.upgrade_hint,
        )


def explain_rollback_off(context: PolicyContext) -> str:
    """Return why a plan may turn the rollback of failed deployments off; "" if an upgrade is not the reason."""
    app = context.spec.app
    changes = [PlannedRelease(context.plan, context.spec).upgrade]
    if app.migration_image:
        changes.append(upgrade(app.image, app.migration_image))
    unsafe = [change for change in changes if change and not change.may_roll_back]
    if not unsafe:
        return ""
    return (
        f"a deployment that fails is not rolled back, until {ROLLBACK} is on again: for the upgrade "
        f"{releases_text(unsafe[0])}, because {unsafe_rollback(unsafe[0])}"
    )


def _start(context: PolicyContext, found: PlannedRelease, change: Upgrade) -> Violation | Note:
    what = f"Open WebUI {releases_text(change)}"
    images = found.images or ("", "")
    if found.can_roll and not context.open_upgrade:
        return Note(TASK_DEFINITION, f"{what}: both releases work with the database as it is")
    if context.migrated_image == images[1]:
        return Note(TASK_DEFINITION, f"{what}: `{_COMMAND}` has migrated the database")
    if not change.changes_schema and not _runs(context.plan):
        return Note(TASK_DEFINITION, f"{what}: no task of the earlier release runs, and the schema stays the same")
    if change.needs_migration and found.migrates_after_stop:
        return Note(TASK_DEFINITION, f"{what}: the task stops, and the new one migrates the database when it starts")
    problem = f"would change Open WebUI from {_names(change)}"
    if reason := context.reason_to_allow(TASK_DEFINITION, "outage"):
        return Note(TASK_DEFINITION, f"{problem} (outage), which the spec allows: {reason}")
    reason, hint = "" if found.can_roll else unsafe_start(change), _hint(change)
    if context.open_upgrade:
        reason, hint = "; ".join(filter(None, (reason, context.open_upgrade))), context.upgrade_hint
    return Violation(TASK_DEFINITION, "interruption", problem, reason, hint, "app.image", "outage")


def _names(change: Upgrade) -> str:
    return f"{change.current or UNKNOWN_RELEASE} to {change.following or UNKNOWN_RELEASE}"


def _hint(change: Upgrade) -> str:
    if change.is_back:
        return f"keep the image, and run `{_COMMAND} --back`"
    if change.needs_migration:
        return f"write the image as `app.migration_image` first, then run `{_COMMAND}`, which migrates the database"
    return f"run `{_COMMAND}`, which stops the tasks of the earlier release first"


def _rollback(context: PolicyContext, change: Upgrade) -> Violation | Note:
    problem = f"would change Open WebUI from {_names(change)} while {ROLLBACK} is on"
    if reason := context.reason_to_allow(SERVICE, "outage"):
        return Note(SERVICE, f"{problem} (outage), which the spec allows: {reason}")
    return Violation(
        SERVICE,
        "interruption",
        problem,
        f"if the new tasks fail, ECS starts the earlier ones again by itself, and {unsafe_rollback(change)}",
        "write `service.circuit_breaker_rollback: false`, and remove it after the upgrade",
        "service.circuit_breaker_rollback",
        "outage",
    )


def _is_off(service: ResourceChange) -> bool:
    """Whether the plan leaves the service without a rollback."""
    blocks = service.after.get("deployment_circuit_breaker")
    return isinstance(blocks, list) and bool(blocks) and all(block.get("rollback") is False for block in blocks)


def _find(plan: Plan, address: str) -> ResourceChange | None:
    return next((change for change in plan.managed() if change.address == address and not change.deposed), None)


def _runs(plan: Plan) -> bool:
    """Whether tasks should run before the apply, by the refreshed state."""
    service = _find(plan, SERVICE)
    return service is not None and number(service.before, "desired_count") != 0
