"""An applied deployment: its Terraform outputs, and the AWS account that it runs in."""

import os
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from owscale.aws_api.calls import Changes
from owscale.console.invocation import install_command, owscale_command
from owscale.domain.terraform import PROFILE_VARIABLE
from owscale.errors import OwscaleError
from owscale.fs.files import io_errors
from owscale.fs.text import decode_text
from owscale.fs.untrusted import MAX_PLAN_BYTES, read_untrusted
from owscale.spec.deployment import Deployment
from owscale.terraform.error_hints import failure_message
from owscale.verify import terraform_outputs
from owscale.workflow.project import ProjectPaths
from owscale.workflow.terraform_data import open_terraform

if TYPE_CHECKING:
    from owscale.aws_api.client import AwsAccount
    from owscale.spec.models import Spec


def aws_profile(spec: "Spec") -> str | None:
    """Return the profile of the AWS CLI that Terraform uses too; None for the credentials of the environment."""
    return os.environ.get(PROFILE_VARIABLE, spec.aws.profile) or None


def open_account(
    deployment: Deployment,
    calls: Sequence[str],
    *,
    changes: Changes | None = None,
    region: str | None = None,
    otherwise: str = "",
) -> "AwsAccount":
    """Return the account of a deployment for some calls, by default in its region.

    `otherwise` ends the hint where boto3 is missing. Raises OwscaleError for the credentials of another account.
    """
    try:
        from owscale.aws_api.client import AwsAccount  # noqa: PLC0415 -- boto3 is an optional dependency
    except ModuleNotFoundError as error:
        purpose = "these checks need" if otherwise else "this command needs"
        raise OwscaleError(
            f"{error.name} is not installed; {purpose} it to call AWS",
            hint=", ".join(filter(None, (f"run `{install_command('boto3')}`", otherwise))),
        ) from error
    aws = deployment.spec.aws
    other_credentials = "set `TF_VAR_aws_profile=` to use the credentials of the environment"
    account = AwsAccount(
        region or aws.region, aws_profile(deployment.spec), calls, other_credentials, changes=changes or {}
    )
    if aws.account_id and account.id != aws.account_id:
        raise OwscaleError(
            f"the credentials belong to account {account.id}; aws.account_id is {aws.account_id}",
            hint="choose another profile (aws.profile, or TF_VAR_aws_profile)",
        )
    return account


def read_outputs(
    paths: ProjectPaths, file: Path | None, program: str, deployment: Deployment
) -> terraform_outputs.TerraformOutputs:
    """Return the outputs of a deployment from a file, or from Terraform. Raises OwscaleError for those of another."""
    root = paths.out / deployment.folder
    origin = str(file) if file else f"terraform output in {root}"
    text = _read_file(file) if file else _run_terraform_output(root, program)
    outputs = terraform_outputs.parse_outputs(text, origin)
    terraform_outputs.require_same_deployment(outputs, deployment.spec, origin)
    return outputs


def _read_file(path: Path) -> str:
    hint = f"write it with `terraform output -json > {shlex.quote(str(path))}` in the root module"
    try:
        with io_errors(path, hint=hint):
            return decode_text(read_untrusted(path, MAX_PLAN_BYTES, follow=True))
    except UnicodeDecodeError:
        raise OwscaleError(f"{path}: not text in UTF-8 or UTF-16", hint=hint) from None


def _run_terraform_output(root: Path, program: str) -> str:
    if not root.is_dir():
        hint = f"run `{owscale_command('generate')}`, or name a file of `terraform output -json` with `--outputs FILE`"
        raise OwscaleError(f"{root}: not found", hint=hint)
    result = open_terraform(root, program).run("output", "-json", "-no-color")
    if result.code:
        init = f"{shlex.quote(program)} -chdir={shlex.quote(str(root))} init"
        raise OwscaleError(
            failure_message(root, "terraform output failed", result.stderr),
            hint=f"run `{init}`, or name a file of `terraform output -json` with `--outputs FILE`",
        )
    return result.stdout
