"""What may be lost, because somebody has decided so."""

from generator.model.accept import Reason
from generator.model.types import ResourceAddress

Allow = dict[ResourceAddress, Reason | None]
"""Addresses of Terraform with the reasons. Whether a plan needs one is for the proof to say."""
