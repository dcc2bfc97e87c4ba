"""The type of `allow:`, the resources that a plan may destroy or replace although data is lost."""

from owscale.spec.models.accept import Reason
from owscale.spec.models.types import ResourceAddress

Allow = dict[ResourceAddress, Reason | None]
"""The reason by the Terraform address of the resource. The plan policy decides which changes need one."""
