"""`owscale tf validate`: run `terraform validate` with the AWS provider, without AWS and without the state."""

import json
from pathlib import Path
from typing import NamedTuple

from owscale.cli.commands._specs import load_valid_deployments
from owscale.cli.commands.tf._session import backend_config, init_root_module
from owscale.cli.exit_codes import FAILURE, SUCCESS
from owscale.cli.output import CommandResult, Output
from owscale.console.invocation import owscale_command
from owscale.errors import OwscaleError
from owscale.spec.deployment import Deployment
from owscale.workflow.project import ProjectPaths
from owscale.workflow.terraform_data import open_terraform


class TfValidateOptions(NamedTuple):
    """Options of `owscale tf validate`."""

    paths: ProjectPaths
    strict: bool
    terraform: str


def run(options: TfValidateOptions, output: Output) -> CommandResult:
    """Validate every root module; exit code 1 if one has an error."""
    deployments = load_valid_deployments(options.paths, output, strict=options.strict)
    lines, exit_code = [], SUCCESS
    for checked in deployments:
        root = options.paths.out / checked.deployment.folder
        is_valid = _validate(checked.deployment, root, options.terraform, output)
        exit_code = exit_code if is_valid else FAILURE
        lines.append(f"{root}: {'valid' if is_valid else 'invalid'}\n")
    return CommandResult(exit_code, "".join(lines))


def _validate(deployment: Deployment, root: Path, program: str, output: Output) -> bool:
    """Print Terraform's diagnostics of a root module, and return whether the module is valid."""
    if not root.is_dir():
        raise OwscaleError(f"{root}: not found", hint=f"run `{owscale_command('generate')}`")
    terraform = open_terraform(root, program)
    terraform.version()  # an old one reports errors in code that is right
    init_root_module(terraform, backend_config(deployment, root, program, "validate"), output, "-backend=false")
    diagnostics = json.loads(terraform.run("validate", "-json").stdout)["diagnostics"]
    for diagnostic in diagnostics:
        position = diagnostic.get("range", {"filename": "", "start": {"line": 0}})
        place = f"{root / position['filename']}:{position['start']['line']}"
        output.status(f"{place}: {diagnostic['severity']}: {diagnostic['summary']}\n  {diagnostic['detail']}")
    is_valid = all(diagnostic["severity"] != "error" for diagnostic in diagnostics)
    if not is_valid:
        hint = f"correct the spec, or the file under `custom:` with the error, then run `{owscale_command('generate')}`"
        output.status(f"{root}: `terraform validate` failed", hint=hint)
    return is_valid
