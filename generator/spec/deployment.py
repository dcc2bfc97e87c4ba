"""A deployment: one valid environment of one spec."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from owscale.spec.document import Document
    from owscale.spec.models import Spec


class StateLocation(NamedTuple):
    """The place of a Terraform state in S3, which identifies a deployment: a rename keeps it, and no two share it."""

    bucket: str
    key: str

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}"


class Deployment(NamedTuple):
    """One environment of one spec.

    `spec` has the values after the environment's overrides, and `document` the location of each key in the file.
    """

    environment: str
    spec: Spec
    document: Document

    @property
    def folder(self) -> str:
        """Path of the deployment below `out/`, as `<name>/<environment>`."""
        return f"{self.spec.name}/{self.environment}"

    @property
    def state_location(self) -> StateLocation:
        """The place of the Terraform state, by which a renamed deployment is recognised."""
        return StateLocation(self.spec.state.bucket, self.spec.state.key)
