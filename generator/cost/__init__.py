"""What a deployment costs in a month, by AWS's list prices; docs/cost.md says what is in it and what is not."""

from generator.cost.changes import Difference, difference
from generator.cost.components import estimate
from generator.cost.parts import HOURS, Amount, Case, Component, Estimate, Total

__all__ = ["HOURS", "Amount", "Case", "Component", "Difference", "Estimate", "Total", "difference", "estimate"]
