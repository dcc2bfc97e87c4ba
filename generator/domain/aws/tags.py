"""The tags of the resources of a deployment."""

from owscale.spec.deployment import Deployment

NAME_TAG = "Name"
"""Key of the tag that single resources have in addition."""


def generated_tags(deployment: Deployment) -> dict[str, str]:
    """Return the tags that every resource gets in addition to those of the spec."""
    return {"Deployment": deployment.spec.name, "Environment": deployment.environment, "ManagedBy": "terraform"}
