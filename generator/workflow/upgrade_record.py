"""The record of the last upgrade of a deployment, beside its Terraform state."""

import importlib.util
import os
from typing import TYPE_CHECKING

from owscale.aws_api.calls import CallError
from owscale.console.invocation import install_command
from owscale.domain.terraform import PROFILE_VARIABLE
from owscale.errors import OwscaleError
from owscale.plan_policy.release_change import PlannedRelease
from owscale.spec.deployment import Deployment
from owscale.terraform.plan.model import Plan

if TYPE_CHECKING:
    from owscale.upgrade.record import RecordedUpgrade


def readable_upgrade(deployment: Deployment, plan: Plan) -> "RecordedUpgrade | None":
    """Return the part of the record that a plan depends on; None without boto3, or the credentials for it."""
    if importlib.util.find_spec("boto3") is None:
        return None
    try:
        return recorded_upgrade(deployment, plan)
    except CallError as error:
        if error.reason not in {"denied", "credentials"}:
            raise
        return None


def recorded_upgrade(deployment: Deployment, plan: Plan) -> "RecordedUpgrade":
    """Return the part of the record that a plan depends on: it says which image the database suits.

    Raises OwscaleError if the record cannot be read.
    """
    from owscale.upgrade import record  # noqa: PLC0415 -- few plans need it
    from owscale.upgrade.aws_calls import RECORD_READS  # noqa: PLC0415 -- few plans need it

    try:
        from owscale.aws_api.client import AwsAccount  # noqa: PLC0415 -- boto3 is an optional dependency
    except ModuleNotFoundError as error:
        raise OwscaleError(
            f"{error.name} is not installed; this plan needs it to read the record of the upgrade",
            hint=f"run `{install_command('boto3')}`",
        ) from error
    spec = deployment.spec
    profile = os.environ.get(PROFILE_VARIABLE, spec.aws.profile) or None
    account = AwsAccount(spec.state.region or spec.aws.region, profile, RECORD_READS)
    history = record.RecordStore(account.call, record.place_of(spec.state)).read()
    running = PlannedRelease(plan, spec).running
    return record.recorded_upgrade(history, record.ServiceBeforePlan(deployment.folder, *running))
