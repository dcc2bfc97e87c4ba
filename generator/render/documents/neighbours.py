"""The other deployments that use the resources which a runbook stops, migrates, restores or rotates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from owscale.console.markdown import SafeMarkdown

if TYPE_CHECKING:
    from owscale.rules.checked import CheckedDeployment

_NAMES = {
    "database": "database_neighbours",
    "public_url": "public_url_neighbours",
    "redis_token": "redis_token_neighbours",
    "replaced_service": "service_neighbours",
    "webui_secret_key": "webui_secret_key_neighbours",
}
"""The name in templates for each kind of resource: `domain.shared_resources.RESOURCES`."""


def neighbour_links(checked: CheckedDeployment) -> dict[str, SafeMarkdown]:
    """Return links to the runbooks of the other deployments, by the name in templates; empty if there is none."""
    return {name: _links(checked.neighbours.get(resource, ())) for resource, name in _NAMES.items()}


def _links(folders: tuple[str, ...]) -> SafeMarkdown:
    """Return links such as `[chat/staging](../../chat/staging/RUNBOOK.md)`; a folder has no other characters."""
    links = [f"[{folder}](../../{folder}/RUNBOOK.md)" for folder in folders]
    return SafeMarkdown(" and ".join(filter(None, (", ".join(links[:-1]), *links[-1:]))))
