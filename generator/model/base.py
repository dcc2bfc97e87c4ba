"""What every section of a spec has in common."""

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field

T = TypeVar("T")

Listed = Annotated[tuple[T, ...], Field(strict=False)]
"""A YAML list: strict mode takes no list for a tuple, and a frozen model wants a tuple."""


class Section(BaseModel):
    """A mapping of the spec: strict, frozen, unknown keys refused."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


def defaults(model: type[Section], description: str) -> Any:
    """A section that may be left out: each of its keys has a default."""
    return Field(default_factory=model, description=description)
