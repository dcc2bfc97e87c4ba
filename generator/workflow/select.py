"""Select deployments by the environment that the command line names."""

from collections.abc import Sequence

from owscale.console.text import suggest
from owscale.errors import UsageError
from owscale.rules.checked import CheckedDeployment


def select_environments(checked: Sequence[CheckedDeployment], environment: str | None) -> list[CheckedDeployment]:
    """Return the deployments of an environment, or all of them for None. Raises UsageError for an unknown name."""
    matching = [item for item in checked if environment in (None, item.deployment.environment)]
    if not matching:
        known = sorted({item.deployment.environment for item in checked})
        raise UsageError(f"--env {environment}: no such environment", hint=suggest(environment or "", known))
    return matching


def select_single(checked: Sequence[CheckedDeployment], environment: str | None) -> CheckedDeployment:
    """Return the one deployment of an environment. Raises UsageError if several match."""
    matching = select_environments(checked, environment)
    if len(matching) > 1:
        folders = ", ".join(item.deployment.folder for item in matching)
        raise UsageError(f"{folders}: choose one of these", hint=_selection_hint(matching))
    return matching[0]


def _selection_hint(matching: Sequence[CheckedDeployment]) -> str:
    """Return the options that select one of the deployments."""
    deployments = [item.deployment for item in matching]
    options = {
        "--env": sorted({deployment.environment for deployment in deployments}),
        "--spec": sorted({deployment.document.file for deployment in deployments}),
    }
    if len(options["--env"]) == len(deployments):
        del options["--spec"]
    choices = (f"`{name}` with one of {', '.join(values)}" for name, values in options.items() if len(values) > 1)
    return f"add {', and '.join(choices)}"
