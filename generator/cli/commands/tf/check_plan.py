"""`owscale tf check-plan`: check that a plan leaves existing resources untouched and loses no data."""

from pathlib import Path
from typing import NamedTuple

from owscale.cli.commands._specs import load_valid_deployments
from owscale.cli.exit_codes import FAILURE, SUCCESS
from owscale.cli.output import CommandResult, Output
from owscale.errors import OwscaleError
from owscale.plan_policy.evaluate import evaluate_plan
from owscale.plan_policy.format_result import format_result
from owscale.terraform.plan.parser import parse_plan
from owscale.terraform.plan.summary import summarize_plan
from owscale.workflow.project import ProjectPaths
from owscale.workflow.select import select_single


class Options(NamedTuple):
    """Options of `owscale tf check-plan`."""

    paths: ProjectPaths
    env: str | None
    plan: Path
    output_format: str


def run(options: Options, output: Output) -> CommandResult:
    """Print the result of the check; exit code 1 where it failed."""
    deployment = select_single(load_valid_deployments(options.paths, output), options.env).deployment
    plan_json = _read(options.plan)
    try:
        plan = parse_plan(plan_json)
    except OwscaleError as error:
        raise OwscaleError(f"{options.plan}: {error.message}", hint=error.hint) from error
    check = evaluate_plan(plan, deployment.spec, deployment.environment)
    text = format_result(check, summarize_plan(plan), options.output_format)
    return CommandResult(SUCCESS if check.passed else FAILURE, text)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise OwscaleError(
            f"{path}: {error.strerror}", hint=f"write it with `terraform show -json PLANFILE > {path}`"
        ) from None
    except UnicodeDecodeError:
        hint = f"a saved plan is binary; convert it with `terraform show -json {path} > plan.json`"
        raise OwscaleError(f"{path}: not JSON", hint=hint) from None
