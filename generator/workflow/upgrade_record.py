"""The record of the last upgrade of a deployment, beside its Terraform state."""

import os

from owscale.console.invocation import install_command
from owscale.domain.terraform import PROFILE_VARIABLE
from owscale.errors import OwscaleError
from owscale.spec.deployment import Deployment


def migrated_image(deployment: Deployment) -> str | None:
    """Return the image of the migration that was seen to hold, or, after a restore, the one before; None: no record.

    Raises OwscaleError if the record cannot be read.
    """
    from owscale.upgrade import record  # noqa: PLC0415 -- only a change of the release needs it
    from owscale.upgrade.aws_calls import RECORD_READS  # noqa: PLC0415 -- only a change of the release needs it

    try:
        from owscale.aws_api.client import AwsAccount  # noqa: PLC0415 -- boto3 is an optional dependency
    except ModuleNotFoundError as error:
        raise OwscaleError(
            f"{error.name} is not installed; a plan of another release needs it to read the record of the upgrade",
            hint=f"run `{install_command('boto3')}`",
        ) from error
    spec = deployment.spec
    profile = os.environ.get(PROFILE_VARIABLE, spec.aws.profile) or None
    account = AwsAccount(spec.state.region or spec.aws.region, profile, RECORD_READS)
    history = record.RecordStore(account.call, record.place_of(spec.state)).read()
    if history is not None and history.upgrade.deployment != deployment.folder:
        return None  # a state that was copied, or a renamed deployment: nothing is known of this database
    return record.migrated_image(history)
