"""Apply a saved plan: require that it passed the check, ask for confirmation, run Terraform, report the progress."""

import sys

from owscale.cli.commands.tf._create_plan import EvaluatedPlan
from owscale.cli.commands.tf._session import TerraformSession
from owscale.cli.output import Output
from owscale.console.text import and_more, plural
from owscale.errors import OwscaleError
from owscale.terraform import plan_store
from owscale.terraform.events import RunResult

_MAX_NAMES = 10


def require_current_state(session: TerraformSession, plan: EvaluatedPlan) -> None:
    """Raise OwscaleError if the state has changed since the plan was made."""
    lineage, serial = plan_store.state_version(session.state() or {})
    is_other_state = bool(plan.record.lineage) and lineage not in ("", plan.record.lineage)
    if serial != plan.record.serial or is_other_state:
        raise OwscaleError(
            f"{session.root}: the state has changed since the plan was made",
            hint=f"run `{session.backend.plan_command}`, and review the new plan",
        )


def require_passed_check(session: TerraformSession, plan: EvaluatedPlan) -> None:
    """Raise OwscaleError if the plan check failed; its result was printed before."""
    if not plan.check.passed:
        violations = plural(len(plan.check.violations), "violation")
        action = "destroy" if plan.record.destroys else "plan"
        hint = f"resolve each violation by its hint above, then run `{session.command(action)}`"
        raise OwscaleError(f"plan check failed with {violations}; nothing was changed", hint=hint)


def confirm(output: Output, question: str, answer: str, *, hint: str) -> bool:
    """Return whether the user types the answer. Raises OwscaleError if stdin is no terminal."""
    if not sys.stdin.isatty():
        raise OwscaleError("cannot ask for confirmation: stdin is not a terminal", hint=hint)
    return output.ask(question) == answer


def apply_saved_plan(session: TerraformSession, plan: EvaluatedPlan) -> RunResult:
    """Apply the saved plan, and delete it once it is used.

    Raises OwscaleError with a hint if Terraform fails, and KeyboardInterrupt if the user interrupted it.
    """
    store = session.plan_store
    result = session.follow(
        session.progress(plan.steps), "apply", f"-lock-timeout={session.lock_timeout:g}s", str(store.plan.resolve())
    )
    if result.code == 0 and not result.interrupted:
        store.delete()
        return result
    if result.started or "stale" in result.errors:
        store.delete()  # the state that it was created from has changed
    progress, hint = _describe_progress(plan, result), _remaining_hint(session, plan, result)
    if result.interrupted:
        if result.code:
            session.output.status(result.errors)
        session.output.status(progress, hint=hint)
        raise KeyboardInterrupt
    error = session.error("terraform apply failed", result.errors)
    hints = dict.fromkeys((error.hint, *([hint] if hint else [])))
    raise OwscaleError(f"{error.message}\n{progress}", hint="\n    ".join(hints))


def _describe_progress(plan: EvaluatedPlan, result: RunResult) -> str:
    """Return how far the apply came."""
    if not result.started:
        return "nothing was changed; the saved plan is kept"
    lines = [f"{len(result.completed)} of {plural(plan.steps, 'step')} done and recorded in the state"]
    if result.unfinished:
        lines.append(f"started and not finished: {and_more(result.unfinished, _MAX_NAMES)}")
    return "\n".join(lines)


def _remaining_hint(session: TerraformSession, plan: EvaluatedPlan, result: RunResult) -> str:
    """Return the hint for the rest of an apply; empty if nothing was changed."""
    if not result.started:
        return ""
    action = "destroy" if plan.record.destroys else "plan"
    return f"run `{session.command(action)}` for the remaining steps; completed steps are not repeated"
