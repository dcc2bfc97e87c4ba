"""Load specs for a command that needs all of them to be valid."""

from owscale.cli.output import Output
from owscale.rules.checked import CheckedDeployment
from owscale.workflow.pipeline import load_specs
from owscale.workflow.project import ProjectPaths


def load_valid_deployments(
    paths: ProjectPaths, output: Output, *, strict: bool = False, consequence: str = "", lists_accepted: bool = False
) -> list[CheckedDeployment]:
    """Return the deployments of all specs; their diagnostics are printed when the command ends.

    Of accepted diagnostics, only the number is printed, unless `lists_accepted` is true.

    Raises SpecError if a spec has errors or, with `strict`, warnings that it does not accept. `consequence` ends
    its message, such as `nothing was written`.
    """
    specs = load_specs(paths.spec)
    output.show_diagnostics(specs.report, lists_accepted=lists_accepted)
    specs.report.raise_on_errors(strict=strict, consequence=consequence)
    return specs.deployments
