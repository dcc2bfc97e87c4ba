"""A plan, from Terraform to the proof: made and saved, or read again before it is applied."""

import os
from dataclasses import dataclass, replace

from generator import __version__, proof
from generator.commands.tf.root import Root
from generator.errors import OwscaleError
from generator.plan import Plan, read
from generator.plan.summary import Part, summary
from generator.proof import Proof
from generator.proof.result import Note
from generator.terraform import saved
from generator.terraform.saved import Record

_EPHEMERAL = "TF_VAR_webui_secret_key"
_SOMETHING = 2  # the exit code of `terraform plan -detailed-exitcode`
_STEPS = {"create": 1, "update": 1, "delete": 1, "replace": 2}


@dataclass(frozen=True)
class Made:
    """A saved plan, read and judged."""

    plan: Plan
    proof: Proof
    parts: tuple[Part, ...]
    record: Record

    @property
    def steps(self) -> int:
        """How many things Terraform will do."""
        return sum(_STEPS.get(change.kind or "", 0) for change in self.plan.managed())


def made(root: Root, *, destroys: bool = False) -> Made:
    """Plans, saves the plan with its record, and judges it.

    Raises OwscaleError with what to do where Terraform fails, and KeyboardInterrupt where it was asked to stop.
    """
    root.saved.prepare()
    tree = saved.tree_digest(root.path)
    fresh = root.saved.fresh
    watched = root.watched(
        root.progress(),
        "plan",
        "-detailed-exitcode",
        f"-lock-timeout={root.options.lock_timeout:g}s",
        f"-out={fresh.resolve()}",
        *(["-destroy"] if destroys else []),
    )
    if watched.interrupted:
        fresh.unlink(missing_ok=True)
        root.progress().say("Nothing was changed, and no plan was saved.")
        raise KeyboardInterrupt
    if watched.code not in (0, _SOMETHING):
        fresh.unlink(missing_ok=True)
        raise root.failed("terraform plan failed", watched.errors)
    lineage, serial = saved.state_of(fresh)
    plan, judged = _judged(root, root.show(fresh), destroys=destroys)
    record = Record(
        plan=saved.digest(fresh),
        destroys=destroys,
        tree=tree,
        spec=root.generated.spec_digest,
        owscale=__version__,
        terraform=root.version,
        lineage=lineage,
        serial=serial,
        proved=judged.proved,
        changes=watched.code == _SOMETHING,
        summary=str(judged.counts),
        ephemeral=[_EPHEMERAL] if os.environ.get(_EPHEMERAL) else [],
    )
    root.saved.keep(record)
    return Made(plan, judged, summary(plan), record)


def again(root: Root) -> Made:
    """The saved plan, read and judged anew: what is applied is proved itself, not what a record says of it.

    Raises OwscaleError where there is none, or where what it was made from is no longer so.
    """
    record = root.saved.record()
    if record is None:
        raise OwscaleError(f"{root.path}: no plan is saved\n  hint: {root.names.plan}")
    if reason := stale(root, record):
        raise OwscaleError(f"{root.path}: {reason}\n  hint: plan again, and look at the new plan: {root.names.plan}")
    _ephemeral_as_planned(record)
    root.init()  # another job of a pipeline may have made the plan
    plan, judged = _judged(root, root.show(root.saved.plan), destroys=record.destroys)
    return Made(plan, judged, summary(plan), record)


def _ephemeral_as_planned(record: Record) -> None:
    now = bool(os.environ.get(_EPHEMERAL))
    if _EPHEMERAL in record.ephemeral and not now:
        raise OwscaleError(
            f"{_EPHEMERAL} was set when this was planned, and is not now: a saved plan holds no secret\n"
            "  hint: set it to the same value again; or plan again without it"
        )
    if now and _EPHEMERAL not in record.ephemeral:
        raise OwscaleError(
            f"{_EPHEMERAL} is set, and was not when this was planned\n  hint: plan again with it; or unset it"
        )


def stale(root: Root, record: Record) -> str:
    """Why a saved plan is none for the working tree; empty where it is."""
    if saved.digest(root.saved.plan) != record.plan:
        return "the saved plan is not the one that was proved"
    if record.spec != root.generated.spec_digest:
        return "the spec has changed since the plan was made"
    if record.tree != saved.tree_digest(root.path):
        return "the Terraform code has changed since the plan was made"
    if record.owscale != __version__:
        return f"the plan was made by owscale {record.owscale}, and this is {__version__}"
    if record.terraform != root.version:
        return f"the plan was made by Terraform {record.terraform}, and this is {root.version}"
    return ""


def _judged(root: Root, shown: str, *, destroys: bool) -> tuple[Plan, Proof]:
    plan = read(shown)
    judged = proof.prove(plan, root.deployment.spec, root.deployment.environment)
    return plan, _meant(judged, plan) if destroys else judged


def _meant(judged: Proof, plan: Plan) -> Proof:
    """A destroy loses what the deployment keeps, and is asked for by its name: that alone is told, not refused."""
    gone = {change.address for change in plan.managed() if change.kind == "delete"}
    lost = [each for each in judged.violations if each.rule == "stateful" and each.address in gone]
    return replace(
        judged,
        violations=tuple(each for each in judged.violations if each not in lost),
        notes=(*(Note(each.address, f"{each.what}, and {each.why}") for each in lost), *judged.notes),
    )
