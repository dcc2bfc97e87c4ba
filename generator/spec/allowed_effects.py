"""The effects of a plan that `allow:` in a spec can name."""

from typing import Literal, get_args

PlanEffect = Literal["loss", "outage", "sessions", "connections", "capacity", "safeguard"]
"""Effects of a plan on data, users and safeguards, most severe first."""

PLAN_EFFECTS: tuple[PlanEffect, ...] = get_args(PlanEffect)


def loss_of_text(value: object) -> object:
    """Return the effects for a plain text, which is a reason to allow `loss` and nothing else.

    The name of an effect is no reason: the result then lacks the reason of that effect, and is invalid.
    """
    if value in PLAN_EFFECTS:
        return {value: ""}
    return {"loss": value} if isinstance(value, str) else value
