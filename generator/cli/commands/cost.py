"""`owscale cost`: estimate the monthly cost of each deployment from AWS list prices."""

from typing import NamedTuple

from owscale.cli.commands._specs import load_valid_deployments
from owscale.cli.output import CommandResult, Output
from owscale.console.invocation import owscale_command
from owscale.cost import format_json, format_text
from owscale.cost.estimate import estimate_deployment
from owscale.workflow.project import ProjectPaths
from owscale.workflow.select import select_environments


class CostOptions(NamedTuple):
    """Options of `owscale cost`."""

    paths: ProjectPaths
    strict: bool
    env: str | None
    output_format: str


def run(options: CostOptions, output: Output) -> CommandResult:
    """Print the estimate of every environment, or of the chosen one."""
    deployments = load_valid_deployments(options.paths, output, strict=options.strict)
    chosen = [checked.deployment for checked in select_environments(deployments, options.env)]
    estimates = {deployment.folder: estimate_deployment(deployment) for deployment in chosen}
    if options.output_format == "json":
        return CommandResult(text=f"{format_json.format_json(estimates)}\n")
    command = owscale_command("prices")
    is_markdown = options.output_format == "markdown"
    sections = []
    for name, estimate in estimates.items():
        lines = format_text.format_markdown(estimate) if is_markdown else format_text.format_text(estimate, command)
        sections.append("\n".join((f"# {name}", "", *lines)))
    return CommandResult(text="\n\n".join(sections) + "\n")
