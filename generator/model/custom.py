"""What a deployment brings along beside its spec."""

from pydantic import Field

from generator.model.base import Section
from generator.model.types import RelativePath


class Custom(Section):
    """Terraform of your own, where a spec has no key for what you need."""

    extra: RelativePath | None = Field(
        default=None,
        description="Folder beside the spec whose files are copied into the deployment's own, next to main.tf. "
        "Left out: nothing is.",
    )
    templates: RelativePath | None = Field(
        default=None,
        description="Folder beside the spec with templates that take the place of owscale's of the same path. "
        "Left out: none do.",
    )
