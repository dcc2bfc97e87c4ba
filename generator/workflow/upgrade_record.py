"""The image for which the last upgrade of a deployment left its database."""

from owscale.spec.deployment import Deployment


def migrated_image(deployment: Deployment) -> str | None:  # noqa: ARG001 -- the place where the record is read
    """Return the image of the migration that was seen to hold, or, after a restore, the one before; None: no record."""
    return None
