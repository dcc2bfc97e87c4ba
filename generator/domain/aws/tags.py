"""The tags of the resources of a deployment."""

from owscale.spec.deployment import Deployment

NAME_TAG = "Name"
"""Key of the tag that single resources have in addition."""

GENERATED_KEYS = ("Deployment", "Environment", "ManagedBy")
"""Keys of the tags that every resource gets in addition to the tags of the spec."""


def generated_tags(deployment: Deployment) -> dict[str, str]:
    """Return the tags that every resource gets in addition to the tags of the spec."""
    values = (deployment.spec.name, deployment.environment, "terraform")
    return dict(zip(GENERATED_KEYS, values, strict=True))
