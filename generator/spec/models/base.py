"""The base class of all sections of a spec."""

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field

T = TypeVar("T")

FrozenList = Annotated[tuple[T, ...], Field(strict=False)]
"""A list in YAML, a tuple in the model. Frozen models need tuples, and strict mode rejects a list for a tuple."""


class Section(BaseModel):
    """A mapping in a spec; strict and immutable, without unknown keys."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


def defaults(model: type[Section], description: str) -> Any:
    """Return the field of an optional section, all of whose keys have defaults."""
    return Field(default_factory=model, description=description)
