"""What Terraform plans to do, read once from `terraform show -json` and strictly: for the proof and for people."""

from generator.plan.model import Change, Plan, Resource
from generator.plan.reading import read
from generator.plan.shape import NotAPlanError

__all__ = ["Change", "NotAPlanError", "Plan", "Resource", "read"]
