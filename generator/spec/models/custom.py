"""Terraform files and templates of the user."""

from pydantic import Field

from owscale.spec.models.base import Section
from owscale.spec.models.types import RelativePath


class Custom(Section):
    """Custom Terraform files and templates, for settings that have no key in the spec."""

    extra: RelativePath | None = Field(
        default=None,
        description="Folder whose files are copied into the folder of the deployment, next to `main.tf`. The path is "
        "relative to the spec.",
    )
    templates: RelativePath | None = Field(
        default=None,
        description="Folder of templates that replace the templates of owscale with the same path. The path is "
        "relative to the spec.",
    )
