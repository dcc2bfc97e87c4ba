"""`owscale tf status`: what is applied, whether a plan waits, and who holds the lock."""

import json
from argparse import Namespace
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from generator.commands.tf import planning
from generator.commands.tf.root import Root, opened
from generator.errors import OwscaleError, Report, count
from generator.report import printable
from generator.terraform.faults import doing

_NOT_ASKED = "not asked: boto3 is not installed; make status installs it, as does pip install 'owscale[aws]'"


def status(options: Namespace, report: Report) -> int:
    """Prints it; changes nothing, and takes no lock."""
    root = opened(options, report)
    root.init()
    found = {
        "deployment": root.deployment.folder,
        "state": _state(root.state()),
        "saved_plan": _plan(root),
        "lock": _lock(root),
    }
    print(json.dumps(found, indent=2) if options.shown_as == "json" else "\n".join(_told(found, root)))
    return 0


def _state(state: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Names and numbers of the state, and no value."""
    if not state or not state.get("lineage"):
        return None
    modules: Counter[str] = Counter()
    for resource in state.get("resources") or []:
        if resource.get("mode") == "managed":
            modules[str(resource.get("module") or "the root")] += len(resource.get("instances") or [])
    return {
        "serial": state.get("serial"),
        "lineage": state.get("lineage"),
        "terraform_version": state.get("terraform_version"),
        "resources": dict(sorted(modules.items())),
    }


def _plan(root: Root) -> dict[str, Any] | None:
    record = root.saved.record()
    if record is None:
        return None
    why = planning.stale(root, record) or ("" if record.proved else "it is not proved")
    return {"summary": record.summary, "destroys": record.destroys, "refused_because": why or None}


def _lock(root: Root) -> dict[str, Any]:
    try:
        from generator.verify.lock import holder  # noqa: PLC0415 -- an extra; the rest does without
    except ModuleNotFoundError:
        return {"unknown_because": _NOT_ASKED}
    state = root.deployment.spec.state
    try:
        held = holder(root.names, by_table=bool(state.dynamodb_table), by_file=state.use_lockfile)
    except OwscaleError as error:
        return {"unknown_because": str(error).partition("\n")[0]}
    return {"held": held}


def _told(found: Mapping[str, Any], root: Root) -> Iterator[str]:
    yield f"{found['deployment']}: the Terraform code is what the spec gives"
    if state := found["state"]:
        total = sum(state["resources"].values())
        yield f"state: {count(total, 'resource')}, serial {state['serial']}, Terraform {state['terraform_version']}"
        yield from (f"  {number:>3}  {printable(module)}" for module, number in state["resources"].items())
    else:
        yield "state: none, nothing was ever applied"
    if plan := found["saved_plan"]:
        waits = f"cannot be applied: {plan['refused_because']}" if plan["refused_because"] else root.command("apply")
        yield f"saved plan: {plan['summary']}; {waits}"
    else:
        yield "saved plan: none"
    match found["lock"]:
        case {"held": None}:
            yield "lock: free"
        case {"held": dict(held)}:
            yield f"lock: held by {held['who']} since {held['created']} ({doing(held['operation'])}), ID {held['id']}"
        case {"unknown_because": why}:
            yield f"lock: {why}"
