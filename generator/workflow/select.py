"""Select deployments by the environment that the command line names."""

from collections.abc import Sequence

from owscale.console.text import suggest
from owscale.errors import UsageError
from owscale.rules.runner import CheckedDeployment


def select_environments(checked: Sequence[CheckedDeployment], environment: str | None) -> list[CheckedDeployment]:
    """Return the deployments of an environment, or all of them for None. Raises UsageError for an unknown name."""
    matching = [item for item in checked if environment in (None, item.deployment.environment)]
    if not matching:
        known = sorted({item.deployment.environment for item in checked})
        raise UsageError(f"--env {environment}: no such environment", hint=suggest(environment or "", known))
    return matching


def select_single(checked: Sequence[CheckedDeployment], environment: str | None) -> CheckedDeployment:
    """Return the one deployment of an environment. Raises UsageError where several match."""
    matching = select_environments(checked, environment)
    if len(matching) > 1:
        folders = ", ".join(item.deployment.folder for item in matching)
        raise UsageError(f"{folders}: choose one of these", hint="name it with --env, and its spec with --spec")
    return matching[0]
