"""The whole output as one table: which file comes from which template, and when."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from generator.context import choices, context
from generator.deployment import Deployment

_EACH_MODULE = ("main.tf", "variables.tf", "outputs.tf", "versions.tf")

FILES: dict[str, str | None] = dict.fromkeys(
    (
        ".terraform.lock.hcl",
        "backend.tf",
        "main.tf",
        "outputs.tf",
        "providers.tf",
        "variables.tf",
        "versions.tf",
        *(f"modules/existing/{file}" for file in _EACH_MODULE),
        *(f"modules/load_balancer/{file}" for file in _EACH_MODULE),
        *(f"modules/monitoring/{file}" for file in ("alarms.tf", "dashboard.tf", *_EACH_MODULE)),
        *(f"modules/network/{file}" for file in ("existing.tf", "load_balancer.tf", "tasks.tf", *_EACH_MODULE)),
        *(f"modules/redis/{file}" for file in _EACH_MODULE),
        *(f"modules/secrets/{file}" for file in _EACH_MODULE),
        *(f"modules/service/{file}" for file in ("iam.tf", *_EACH_MODULE)),
    )
) | {
    **{f"modules/autoscaling/{file}": "autoscaled" for file in _EACH_MODULE},
    "modules/load_balancer/access_logs.tf": "log_bucket_made",
}
"""The files of a deployment by path, each with the choice (see context.choices) that it depends on, if any.

The template of a file has the same path under templates/, and `.j2` after it.
"""


@dataclass(frozen=True)
class File:
    """One file to render: its path under out/, its template, the first line that says so, and the names to use."""

    path: str
    template: str
    header: str
    context: Mapping[str, Any]


def manifest(deployment: Deployment, origin: str) -> Iterator[File]:
    """Every file of a deployment, in the order of their paths; `origin` is its spec as the files name it."""
    names, chosen = context(deployment), choices(deployment.spec)
    for path, choice in sorted(FILES.items()):
        if choice is None or chosen[choice]:
            template = f"{path}.j2"
            header = f"# Generated from {origin} by templates/{template}. Do not edit.\n"
            yield File(f"{deployment.folder}/{path}", template, header, names)
