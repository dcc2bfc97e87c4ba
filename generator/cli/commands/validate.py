"""`owscale validate`: check the specs and write nothing."""

from typing import NamedTuple

from owscale.cli.commands._specs import load_valid_deployments
from owscale.cli.output import CommandResult, Output
from owscale.workflow.project import ProjectPaths


class ValidateOptions(NamedTuple):
    """Options of `owscale validate`."""

    paths: ProjectPaths
    strict: bool


def run(options: ValidateOptions, output: Output) -> CommandResult:
    """List the deployments of the specs if all of them are valid."""
    deployments = load_valid_deployments(options.paths, output, strict=options.strict, lists_accepted=True)
    return CommandResult(text="".join(f"{checked.deployment.folder}: valid\n" for checked in deployments))
