"""The outputs of the root module that the checks use."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from owscale.console.invocation import owscale_command
from owscale.errors import OwscaleError
from owscale.terraform.outputs import read_outputs

if TYPE_CHECKING:
    from owscale.spec.models import Spec


@dataclass(frozen=True)
class TerraformOutputs:
    """Outputs by their names in the root module."""

    alb_dns_name: str
    dashboard_url: str
    log_group_name: str
    service_name: str
    target_group_arn: str
    task_definition_arn: str


def parse_outputs(text: str, origin: str) -> TerraformOutputs:
    """Return the outputs; `origin` names the source of the text in messages.

    Raises OwscaleError if an output is missing or not text.
    """
    outputs = read_outputs(text, origin)
    if not outputs:
        hint = f"run `{owscale_command('tf', 'plan')}`, then `{owscale_command('tf', 'apply')}`"
        raise OwscaleError(f"{origin}: no outputs; nothing was applied yet", hint=hint)
    values: dict[str, str] = {}
    for field in fields(TerraformOutputs):
        output = outputs.get(field.name)
        if output is None:
            raise OwscaleError(f"{origin}: {field.name} is missing", hint=_apply_hint())
        if not isinstance(output.value, str) or not output.value or output.sensitive:
            raise OwscaleError(f"{origin}: {field.name} is not a text", hint=_apply_hint())
        values[field.name] = output.value
    return TerraformOutputs(**values)


def _apply_hint() -> str:
    commands = (("generate",), ("tf", "plan"), ("tf", "apply"))
    return f"run {', '.join(f'`{owscale_command(*words)}`' for words in commands)}"


def require_same_deployment(outputs: TerraformOutputs, spec: Spec, origin: str) -> None:
    """Raise OwscaleError if the outputs belong to another deployment than the spec."""
    region, account = [*outputs.target_group_arn.split(":"), *[""] * 5][3:5]
    for attribute, actual, expected in (
        ("service", outputs.service_name, spec.service.name),
        ("region", region, spec.aws.region),
        ("account", account, spec.aws.account_id or account),
    ):
        if actual != expected:
            raise OwscaleError(
                f"{origin}: the outputs belong to {attribute} {actual or 'unknown'}; the spec has {expected}",
                hint=f"apply the spec with `{owscale_command('tf', 'plan')}` and `{owscale_command('tf', 'apply')}`, "
                "or name the outputs of this environment with `--outputs FILE`",
            )
