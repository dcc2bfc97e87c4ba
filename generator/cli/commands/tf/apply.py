"""`owscale tf apply`: apply the saved plan."""

from typing import NamedTuple

from owscale.cli.commands.tf import _apply_plan
from owscale.cli.commands.tf._create_plan import load_saved_plan, require_same_upgrade
from owscale.cli.commands.tf._session import open_session
from owscale.cli.exit_codes import FAILURE
from owscale.cli.output import CommandResult, Output
from owscale.console.invocation import owscale_command
from owscale.errors import OwscaleError
from owscale.plan_policy.format_result import format_result
from owscale.plan_policy.release_change import changes_release
from owscale.workflow.project import ProjectPaths


class TfApplyOptions(NamedTuple):
    """Options of `owscale tf apply`."""

    paths: ProjectPaths
    env: str | None
    lock_timeout: float
    terraform: str
    yes: bool


def run(options: TfApplyOptions, output: Output) -> CommandResult:
    """Show the saved plan with its check, ask for confirmation, and apply it."""
    session = open_session(options.paths, options.env, options.lock_timeout, output, options.terraform)
    plan = load_saved_plan(session)
    if plan.record.destroys:
        raise OwscaleError(
            f"{session.root}: the saved plan destroys the deployment",
            hint=f"run `{session.command('destroy')}` for that, or `{session.backend.plan_command}` for a new plan",
        )
    output.result(format_result(plan.check, plan.parts, "text"))
    _apply_plan.require_passed_check(session, plan)
    if not plan.record.changes:
        output.status("no changes: nothing to apply")
        return CommandResult()
    _apply_plan.require_current_state(session, plan)
    hint = f"review the plan, then run `{session.command('apply', '--yes')}`"
    if not options.yes and not _apply_plan.confirm(output, "Apply this plan? Type yes to apply: ", "yes", hint=hint):
        output.status("nothing was changed; the saved plan is kept")
        return CommandResult(FAILURE)
    require_same_upgrade(session, plan)  # the question may have waited for long
    result = _apply_plan.apply_saved_plan(session, plan)
    session.plan_store.save_applied(session.deployment.document.data)
    environment = session.deployment.environment
    if changes_release(plan.plan, session.deployment.spec):  # tasks may be stopped, and autoscaling is suspended
        output.status(f"to end the upgrade, run `{owscale_command('upgrade', '--env', environment)}`")
    else:
        verify = owscale_command("verify", "--env", environment)
        output.status(f"to check that it serves traffic, run `{verify}`")
    return CommandResult(text=f"{session.deployment.folder}: applied {len(result.completed)} of {plan.steps} steps\n")
