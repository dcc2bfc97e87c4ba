"""Terraform: run, watched and interrupted, and what its errors mean for whoever reads them."""

from generator.terraform.binary import Result, Terraform
from generator.terraform.mirror import provider_mirror

__all__ = ["Result", "Terraform", "provider_mirror"]
