"""What Terraform says it made: `terraform output -json`, read strictly."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from generator.errors import OwscaleError

if TYPE_CHECKING:
    from generator.model import Spec


@dataclass(frozen=True)
class Outputs:
    """The outputs of a root that the checks need, by their names there."""

    alb_dns_name: str
    dashboard_url: str
    log_group_name: str
    service_name: str
    target_group_arn: str
    task_definition_arn: str


def parsed(text: str, origin: str) -> Outputs:
    """The outputs of a document; `origin` is where it came from. Raises OwscaleError if it is not one of them."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise OwscaleError(f"{origin}: not JSON\n  hint: it must be what `terraform output -json` prints") from error
    if document == {}:
        raise OwscaleError(f"{origin}: no outputs, so nothing has been applied yet\n  hint: apply it first")
    if not isinstance(document, dict):
        raise OwscaleError(f"{origin}: not a mapping\n  hint: it must be what `terraform output -json` prints")
    found: dict[str, str] = {}
    for field in fields(Outputs):
        match document.get(field.name):
            case {"value": str(value), "sensitive": False} if value:
                found[field.name] = value
            case None:
                raise OwscaleError(f"{origin}: {field.name} is missing\n  hint: make generate, and apply")
            case _:
                raise OwscaleError(
                    f"{origin}: {field.name} is no text\n  hint: it must be what `terraform output -json` prints"
                )
    return Outputs(**found)


def belong_together(outputs: Outputs, spec: Spec, origin: str) -> None:
    """Raises OwscaleError where the outputs are another deployment's: every answer would be about the wrong one."""
    region, account = [*outputs.target_group_arn.split(":"), *[""] * 5][3:5]
    for what, made, asked in (
        ("service", outputs.service_name, spec.service.name),
        ("region", region, spec.aws.region),
        ("account", account, spec.aws.account_id or account),
    ):
        if made != asked:
            raise OwscaleError(
                f"{origin}: the outputs are of the {what} {made}, and the spec says {asked}\n"
                "  hint: apply the spec as it is, or name the outputs of this environment"
            )
