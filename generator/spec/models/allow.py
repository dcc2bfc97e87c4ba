"""The type of `allow:`, the effects of a plan that a team accepts, by the address of the resource."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, GetJsonSchemaHandler, TypeAdapter
from pydantic_core import CoreSchema

from owscale.spec.allowed_effects import loss_of_text
from owscale.spec.models.accept import Reason
from owscale.spec.models.base import Section
from owscale.spec.models.types import ResourceAddress


def _effect(description: str) -> Any:
    return Field(
        default=None, description=f"Reason to allow that {description}", examples=["announced for Sunday night"]
    )


class AllowedEffects(Section):
    """The effects that the change of one resource may have, each with the reason."""

    loss: Reason | None = _effect("data is lost, or that a resource of an unknown type changes.")
    outage: Reason | None = _effect("users have no task or no route, or that tasks cannot reach a needed service.")
    sessions: Reason | None = _effect("users must sign in again, or that tasks disagree during a deployment.")
    connections: Reason | None = _effect("open connections are cut, such as WebSockets and streamed answers.")
    capacity: Reason | None = _effect("fewer tasks run than now.")
    safeguard: Reason | None = _effect("a health check, a drain, an alarm or a rollback gets weaker.")


class _AlsoText:
    """Adds a plain text to the JSON Schema of the effects, for editors."""

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"anyOf": [handler(schema), TypeAdapter(Reason).json_schema()]}


Allow = dict[ResourceAddress, Annotated[AllowedEffects, BeforeValidator(loss_of_text), _AlsoText()] | None]
"""The allowed effects by the Terraform address of the resource. The plan policy decides which changes need one."""
