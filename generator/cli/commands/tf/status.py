"""`owscale tf status`: show the applied version, the saved plan, and the holder of the state lock."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from owscale.cli.commands.tf._session import TerraformSession, open_session
from owscale.cli.commands.tf._stale_plan import stale_reason
from owscale.cli.output import CommandResult, Output
from owscale.console.invocation import install_command
from owscale.console.json_text import json_document
from owscale.console.text import plural, printable
from owscale.errors import OwscaleError, format_message
from owscale.terraform.error_hints import describe_operation
from owscale.workflow.project import ProjectPaths

_NO_BOTO3 = "unknown: boto3 is not installed"


class TfStatusOptions(NamedTuple):
    """Options of `owscale tf status`."""

    paths: ProjectPaths
    env: str | None
    lock_timeout: float
    terraform: str
    output_format: str


def run(options: TfStatusOptions, output: Output) -> CommandResult:
    """Print the status; change nothing and take no lock."""
    session = open_session(options.paths, options.env, options.lock_timeout, output, options.terraform)
    session.init()
    status = {
        "deployment": session.deployment.folder,
        "state": _state(session.state()),
        "saved_plan": _saved_plan(session),
        "lock": _lock(session),
    }
    if options.output_format == "json":
        return CommandResult(text=json_document(status) + "\n")
    return CommandResult(text="".join(f"{line}\n" for line in _format(status, session)))


def _state(state: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return the numbers of resources in the state, and no values; None if nothing was ever applied."""
    if not state or not state.get("lineage"):
        return None
    modules: Counter[str] = Counter()
    for resource in state.get("resources") or []:
        if resource.get("mode") == "managed":
            modules[str(resource.get("module") or "the root module")] += len(resource.get("instances") or [])
    return {
        "serial": state.get("serial"),
        "lineage": state.get("lineage"),
        "terraform_version": state.get("terraform_version"),
        "resources": dict(sorted(modules.items())),
    }


def _saved_plan(session: TerraformSession) -> dict[str, Any] | None:
    record = session.plan_store.record()
    if record is None:
        return None
    reason = stale_reason(session, record) or ("" if record.passed else "its plan check failed")
    return {"summary": record.summary, "destroys": record.destroys, "refused_because": reason or None}


def _lock(session: TerraformSession) -> dict[str, Any]:
    try:
        from owscale.verify.state_lock import lock_holder  # noqa: PLC0415 -- boto3 is an optional dependency
    except ModuleNotFoundError:
        return {"unknown_because": _NO_BOTO3, "hint": f"run `{install_command('boto3')}`"}
    state = session.deployment.spec.state
    try:
        holder = lock_holder(session.backend, by_table=bool(state.dynamodb_table), by_file=state.use_lockfile)
    except OwscaleError as error:
        return {"unknown_because": error.message.partition("\n")[0], "hint": error.hint}
    return {"held": holder}


def _format(status: Mapping[str, Any], session: TerraformSession) -> Iterator[str]:
    yield f"{status['deployment']}: the Terraform code is up to date with the spec"
    if state := status["state"]:
        total = sum(state["resources"].values())
        yield f"state: {plural(total, 'resource')}, serial {state['serial']}, Terraform {state['terraform_version']}"
        yield from (f"  {number:>3}  {printable(module)}" for module, number in state["resources"].items())
    else:
        yield "state: none; nothing was ever applied"
    if plan := status["saved_plan"]:
        reason = plan["refused_because"]
        action = f"cannot be applied: {reason}" if reason else f"to apply it, run `{session.command('apply')}`"
        yield f"saved plan: {plan['summary']}; {action}"
    else:
        yield "saved plan: none"
    match status["lock"]:
        case {"held": None}:
            yield "lock: free"
        case {"held": dict(holder)}:
            operation = describe_operation(holder["operation"])
            yield f"lock: held by {holder['who']} since {holder['created']} ({operation}), ID {holder['id']}"
        case {"unknown_because": reason, "hint": hint}:
            yield format_message(f"lock: {reason}", hint)
