"""Check that the spec, the code and the programs are the same as when a saved plan was made."""

from owscale import __version__
from owscale.cli.commands.tf._session import TerraformSession
from owscale.terraform import plan_store
from owscale.terraform.plan_store import PlanRecord


def stale_reason(session: TerraformSession, record: PlanRecord) -> str:
    """Return why the saved plan does not fit the working tree; empty if it does."""
    if plan_store.file_digest(session.plan_store.plan) != record.plan:
        return "the saved plan is not the one that was checked"
    if record.spec != session.expected.spec_digest:
        return "the spec has changed since the plan was made"
    if record.tree != plan_store.tree_digest(session.root):
        return "the Terraform code has changed since the plan was made"
    if record.owscale != __version__:
        return f"the plan was made by owscale {record.owscale}; this is {__version__}"
    if record.terraform != session.version:
        return f"the plan was made by Terraform {record.terraform}; this is {session.version}"
    return ""
