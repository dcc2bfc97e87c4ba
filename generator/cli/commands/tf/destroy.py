"""`owscale tf destroy`: destroy the managed resources of a deployment; existing resources stay."""

import shlex
from collections.abc import Iterator
from typing import NamedTuple

from owscale.cli.commands.tf import _apply_plan
from owscale.cli.commands.tf._create_plan import EvaluatedPlan, create_plan
from owscale.cli.commands.tf._own_code import require_known_code
from owscale.cli.commands.tf._session import TerraformSession, open_session
from owscale.cli.exit_codes import FAILURE
from owscale.cli.output import CommandResult, Output
from owscale.errors import OwscaleError
from owscale.plan_policy.format_result import format_result
from owscale.spec.deployment import Deployment
from owscale.workflow.directories import find_neighbours
from owscale.workflow.project import ProjectPaths


class TfDestroyOptions(NamedTuple):
    """Options of `owscale tf destroy`."""

    paths: ProjectPaths
    env: str | None
    lock_timeout: float
    terraform: str
    confirm: str | None
    accept_code: bool


def run(options: TfDestroyOptions, output: Output) -> CommandResult:
    """Plan the destruction, check that existing resources stay, ask for the name, and destroy."""
    session = open_session(options.paths, options.env, options.lock_timeout, output, options.terraform)
    _require_own_state(session.deployment, options.paths)
    name = session.deployment.folder
    if options.confirm not in (None, name):
        raise OwscaleError(f"--confirm {options.confirm}: this deployment is {name}", hint=f"write --confirm {name}")
    require_known_code(session, None, accepted=options.accept_code)
    session.init()
    plan = create_plan(session, destroys=True)
    output.result(format_result(plan.check, plan.parts, "text"))
    _apply_plan.require_passed_check(session, plan)
    if not plan.steps:
        session.plan_store.delete()
        output.status("nothing to destroy")
        return CommandResult()
    hint = f"review the plan, then run `{session.command('destroy', '--confirm', name)}`"
    question = f"To destroy it, type its name ({name}): "
    if not options.confirm and not _apply_plan.confirm(output, question, name, hint=hint):
        session.plan_store.delete()
        output.status("nothing was changed")
        return CommandResult(FAILURE)
    result = _apply_plan.apply_saved_plan(session, plan)
    session.plan_store.delete_applied()
    lines = [f"{name}: applied {len(result.completed)} of {plan.steps} steps; remaining resources:"]
    lines += [f"  {line}" for line in _describe_remaining(session, plan)]
    return CommandResult(text="".join(f"{line}\n" for line in lines))


def _require_own_state(deployment: Deployment, paths: ProjectPaths) -> None:
    """Raise OwscaleError if another spec has the same state, such as the renamed spec of this deployment.

    Specs of the same run cannot share a state (S401); with `--spec FILE`, the ones beside it are read here.
    """
    beside = find_neighbours(paths.spec)
    if invalid := sorted(beside.report.files_with_errors):
        file = invalid[0]
        raise OwscaleError(
            f"{file}: has errors; it may use the state of {deployment.folder}",
            hint=f"run `owscale validate --spec {shlex.quote(file)}`, and correct the spec or move it away",
        )
    for other in beside.deployments:
        if other.state_location == deployment.state_location and other.folder != deployment.folder:
            raise OwscaleError(
                f"{deployment.folder}: {other.folder} ({other.document.file}) has the same state, "
                f"{deployment.state_location}, so its resources would be destroyed; nothing was changed",
                hint="remove the spec that is out of date",
            )


def _describe_remaining(session: TerraformSession, plan: EvaluatedPlan) -> Iterator[str]:
    """Yield the things that stay in AWS after a destroy."""
    spec = session.deployment.spec
    destroyed = {change.type for change in plan.plan.managed() if change.kind == "delete"}
    yield "all existing resources that the spec names"
    if "aws_ecs_task_definition" in destroyed:
        yield f"the revisions of the task definition {spec.service.name}, which cost nothing"
    if "aws_secretsmanager_secret" in destroyed and spec.secrets.recovery_window_days:
        days = spec.secrets.recovery_window_days
        yield f"the secrets, for {days} days: until then they can be restored, and their names cannot be used again"
    if "aws_elasticache_replication_group" in destroyed and spec.redis.snapshot_retention_days:
        yield "no snapshot of Redis: the automatic ones are deleted with it"
    yield f"the state, without resources: s3://{spec.state.bucket}/{spec.state.key}"
