"""The effects of a plan that `allow:` in a spec can name."""

from typing import Literal, get_args

PlanEffect = Literal["loss", "outage", "sessions", "connections", "capacity", "safeguard"]
"""What a plan does to data, to users and to safeguards, most severe first."""

PLAN_EFFECTS: tuple[PlanEffect, ...] = get_args(PlanEffect)


def loss_of_text(value: object) -> object:
    """Return the effects for a plain text, which allows the loss of data and nothing else."""
    return {"loss": value} if isinstance(value, str) else value
