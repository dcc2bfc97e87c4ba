"""Print the effective configuration: every value of a spec with its origin, defaults too, and the derived values."""

from pathlib import Path

from owscale.cli.commands._specs import load_valid_deployments
from owscale.cli.messages import find_project
from owscale.cli.output import Output
from owscale.cost import format_text
from owscale.cost.estimate import estimate_deployment
from owscale.domain.summary import summary_rows
from owscale.spec.deployment import Deployment
from owscale.spec.effective_config import effective_config
from owscale.workflow.select import select_environments


def explain_specs(spec: Path | None, out: Path | None, environment: str | None, output: Output, *, strict: bool) -> str:
    """Return a YAML document for each deployment, or only for the deployments of one environment."""
    deployments = load_valid_deployments(find_project(spec, out, output), output, strict=strict)
    chosen = select_environments(deployments, environment)
    return "---\n".join(_explain_deployment(checked.deployment) for checked in chosen)


def _explain_deployment(deployment: Deployment) -> str:
    rows = [*summary_rows(deployment.spec), *format_text.summary_rows(estimate_deployment(deployment))]
    width = max(len(name) for name, _ in rows)
    derived = (f"#   {name:<{width}}  {text}" for name, text in rows)
    lines = (f"# {deployment.folder}", *effective_config(deployment), "", "# Derived values:", *derived)
    return "".join(f"{line}\n" for line in lines)
