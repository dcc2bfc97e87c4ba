"""Create and save a plan, or load the saved one, and evaluate the plan policy."""

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from owscale import __version__
from owscale.cli.commands.tf._session import TerraformSession
from owscale.cli.commands.tf._stale_plan import stale_reason
from owscale.console.invocation import owscale_command
from owscale.errors import OwscaleError
from owscale.plan_policy.evaluate import evaluate_plan
from owscale.plan_policy.release_change import needs_record, rolls_release
from owscale.plan_policy.result import Note, PolicyResult
from owscale.terraform import plan_store
from owscale.terraform.plan.model import Plan
from owscale.terraform.plan.parser import parse_plan
from owscale.terraform.plan.summary import SummaryPart, summarize_plan
from owscale.terraform.plan_store import PlanRecord
from owscale.workflow.own_terraform import terraform_files
from owscale.workflow.upgrade_record import readable_upgrade, recorded_upgrade

if TYPE_CHECKING:
    from owscale.upgrade.record import RecordedUpgrade

_EPHEMERAL_VARIABLE = "TF_VAR_webui_secret_key"
_HAS_CHANGES = 2  # exit code of `terraform plan -detailed-exitcode`
_STEPS = {"create": 1, "update": 1, "delete": 1, "replace": 2}


@dataclass(frozen=True)
class EvaluatedPlan:
    """A saved plan, with the result of the plan check; `upgrade` is the record of one that the check has read."""

    plan: Plan
    check: PolicyResult
    parts: tuple[SummaryPart, ...]
    record: PlanRecord
    upgrade: "RecordedUpgrade | None" = None

    @property
    def steps(self) -> int:
        """Number of operations that Terraform will do."""
        return sum(_STEPS.get(change.kind or "", 0) for change in self.plan.managed())


def create_plan(session: TerraformSession, *, destroys: bool = False) -> EvaluatedPlan:
    """Run `terraform plan`, save the plan with its record, and check it.

    Raises OwscaleError with a hint if Terraform fails, and KeyboardInterrupt if the user interrupted it.
    """
    store = session.plan_store
    store.prepare()
    tree_digest = plan_store.tree_digest(session.root)
    result = session.follow(
        session.progress(),
        "plan",
        "-detailed-exitcode",
        f"-lock-timeout={session.lock_timeout:g}s",
        f"-out={store.new_plan.resolve()}",
        *(["-destroy"] if destroys else []),
    )
    if result.interrupted:
        store.new_plan.unlink(missing_ok=True)
        session.output.status("nothing was changed, and no plan was saved")
        raise KeyboardInterrupt
    if result.code not in (0, _HAS_CHANGES):
        store.new_plan.unlink(missing_ok=True)
        raise session.error("terraform plan failed", result.errors)
    lineage, serial = plan_store.planned_state_version(store.new_plan)
    plan, check, _ = _evaluate(session, session.show(store.new_plan), destroys=destroys)
    record = PlanRecord(
        plan=plan_store.file_digest(store.new_plan),
        destroys=destroys,
        tree=tree_digest,
        spec=session.expected.spec_digest,
        owscale=__version__,
        terraform=session.version,
        lineage=lineage,
        serial=serial,
        passed=check.passed,
        changes=result.code == _HAS_CHANGES,
        summary=str(check.counts),
        ephemeral=[_EPHEMERAL_VARIABLE] if os.environ.get(_EPHEMERAL_VARIABLE) else [],
    )
    store.save(record)
    return EvaluatedPlan(plan, check, summarize_plan(plan), record)


def load_saved_plan(session: TerraformSession) -> EvaluatedPlan:
    """Return the saved plan, checked again, since its record is not trusted.

    Raises OwscaleError if no plan is saved, or if something has changed since it was created.
    """
    record = session.plan_store.record()
    if record is None:
        raise OwscaleError(f"{session.root}: no plan is saved", hint=f"run `{session.backend.plan_command}`")
    if reason := stale_reason(session, record):
        raise OwscaleError(
            f"{session.root}: {reason}", hint=f"run `{session.backend.plan_command}`, and review the new plan"
        )
    _require_same_ephemeral_variable(record, session.backend.plan_command)
    session.init()  # another job of a pipeline may have made the plan
    plan, check, upgrade = _evaluate(session, session.show(session.plan_store.plan), destroys=record.destroys)
    return EvaluatedPlan(plan, check, summarize_plan(plan), record, upgrade)


def require_same_upgrade(session: TerraformSession, plan: EvaluatedPlan) -> None:
    """Read the record of an upgrade again. Raises OwscaleError if it is no longer the one that the check has read."""
    if plan.upgrade is not None and recorded_upgrade(session.deployment, plan.plan) != plan.upgrade:
        raise OwscaleError(
            f"{session.root}: the record of the upgrade has changed since the plan check; nothing was changed",
            hint=f"look at `{owscale_command('upgrade', '--status')}`, then run `{session.backend.plan_command}`",
        )


def _require_same_ephemeral_variable(record: PlanRecord, plan_command: str) -> None:
    is_set = bool(os.environ.get(_EPHEMERAL_VARIABLE))
    was_set = _EPHEMERAL_VARIABLE in record.ephemeral
    if was_set and not is_set:
        raise OwscaleError(
            f"{_EPHEMERAL_VARIABLE} was set for the plan and is not set now; a saved plan contains no secret",
            hint=f"set it to the same value again, or run `{plan_command}` without it",
        )
    if is_set and not was_set:
        raise OwscaleError(
            f"{_EPHEMERAL_VARIABLE} is set, and was not set for the plan",
            hint=f"unset it, or run `{plan_command}` for a plan with it",
        )


def _evaluate(
    session: TerraformSession, plan_json: str, *, destroys: bool
) -> tuple[Plan, PolicyResult, "RecordedUpgrade | None"]:
    plan = parse_plan(plan_json)
    files = terraform_files(session.root, session.expected)
    deployment = session.deployment
    known = None
    if needs_record(plan, deployment.spec):
        known = recorded_upgrade(deployment, plan)
    elif rolls_release(plan, deployment.spec):  # most deployments that roll have no record, and no permission for one
        known = readable_upgrade(deployment, plan)
    check = evaluate_plan(
        plan,
        deployment,
        files.texts,
        files.own,
        migrated_image=known.image if known else None,
        open_upgrade=known.state if known else "",
        upgrade_hint=known.hint if known else "",
    )
    return plan, _permit_destroy(check, plan) if destroys else check, known


def _permit_destroy(check: PolicyResult, plan: Plan) -> PolicyResult:
    """Turn data loss and the end of the service into notes: the user confirms a destroy by typing the name."""
    deleted = {change.address for change in plan.managed() if change.kind == "delete"}
    losses = [
        violation
        for violation in check.violations
        if violation.rule in ("data loss", "interruption") and violation.address in deleted
    ]
    return replace(
        check,
        violations=tuple(violation for violation in check.violations if violation not in losses),
        notes=(*(Note(loss.address, f"{loss.problem}: {loss.reason}") for loss in losses), *check.notes),
    )
