"""`owscale tf check-plan`: check that a plan leaves existing resources untouched and loses no data."""

import shlex
from pathlib import Path
from typing import NamedTuple

from owscale.cli.commands._specs import load_valid_deployments
from owscale.cli.exit_codes import FAILURE, SUCCESS
from owscale.cli.output import CommandResult, Output
from owscale.errors import OwscaleError
from owscale.fs.files import io_errors
from owscale.fs.text import decode_text
from owscale.fs.untrusted import MAX_PLAN_BYTES, read_untrusted
from owscale.plan_policy.evaluate import evaluate_plan
from owscale.plan_policy.format_result import format_result
from owscale.terraform.plan.parser import parse_plan
from owscale.terraform.plan.summary import summarize_plan
from owscale.workflow.own_terraform import terraform_files
from owscale.workflow.pipeline import expected_files
from owscale.workflow.project import ProjectPaths
from owscale.workflow.select import select_single


class TfCheckPlanOptions(NamedTuple):
    """Options of `owscale tf check-plan`."""

    paths: ProjectPaths
    env: str | None
    plan: Path
    migrated_image: str | None
    output_format: str


def run(options: TfCheckPlanOptions, output: Output) -> CommandResult:
    """Print the result of the check; exit code 1 if it failed."""
    checked = select_single(load_valid_deployments(options.paths, output), options.env)
    plan_json = _read(options.plan)
    try:
        plan = parse_plan(plan_json)
    except OwscaleError as error:
        raise OwscaleError(f"{options.plan}: {error.message}", hint=error.hint) from error
    expected = expected_files(checked, options.paths)
    files = terraform_files(options.paths.out / checked.deployment.folder, expected)
    check = evaluate_plan(plan, checked.deployment, files.texts, files.own, migrated_image=options.migrated_image)
    text = format_result(check, summarize_plan(plan), options.output_format)
    return CommandResult(SUCCESS if check.passed else FAILURE, text)


def _read(path: Path) -> str:
    word = shlex.quote(str(path))
    try:
        with io_errors(path, hint=f"write it with `terraform show -json PLANFILE > {word}`"):
            return decode_text(read_untrusted(path, MAX_PLAN_BYTES, follow=True))
    except UnicodeDecodeError:
        hint = f"convert it with `terraform show -json {word} > plan.json`, because a saved plan is binary"
        raise OwscaleError(f"{path}: not JSON", hint=hint) from None
