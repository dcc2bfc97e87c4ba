"""`owscale tf plan`: create a plan, check it, explain it, and save it."""

from typing import NamedTuple

from owscale.cli.commands.tf._create_plan import create_plan
from owscale.cli.commands.tf._explain_plan import explain_plan
from owscale.cli.commands.tf._own_code import require_known_code
from owscale.cli.commands.tf._session import open_session
from owscale.cli.exit_codes import FAILURE, SUCCESS
from owscale.cli.output import CommandResult, Output
from owscale.workflow.project import ProjectPaths

NO_CHANGES = "no changes: nothing to apply"
"""Printed for a plan without changes; the runbook of a deployment quotes it."""

SAVED = "saved; to apply it, run `{}`"
"""Printed with the command after a plan with changes; docs/applying.md quotes it."""

_CHANGES = 2  # with --detailed-exitcode, as `terraform plan` has it


class TfPlanOptions(NamedTuple):
    """Options of `owscale tf plan`."""

    paths: ProjectPaths
    env: str | None
    lock_timeout: float
    terraform: str
    base: str | None
    accept_code: bool
    detailed_exitcode: bool
    output_format: str


def run(options: TfPlanOptions, output: Output) -> CommandResult:
    """Plan, and print the plan with its check; exit code 1 if the check failed."""
    session = open_session(options.paths, options.env, options.lock_timeout, output, options.terraform)
    require_known_code(session, options.base, accepted=options.accept_code)
    reasons = explain_plan(options.paths, options.base, session.checked, session.plan_store, output)
    session.init()
    plan = create_plan(session)
    text = reasons.format(plan, options.output_format)
    if not plan.check.passed:
        return CommandResult(FAILURE, text)
    if not plan.record.changes:
        output.status(NO_CHANGES)
        return CommandResult(text=text)
    output.status(SAVED.format(session.command("apply")))
    return CommandResult(_CHANGES if options.detailed_exitcode else SUCCESS, text)
