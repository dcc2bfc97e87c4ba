"""The whole output as one table: which file comes from which template, and when."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from generator.context import choices, context
from generator.deployment import Deployment

ALWAYS = None

FILES: dict[str, str | None] = {
    ".terraform.lock.hcl": ALWAYS,
    "backend.tf": ALWAYS,
    "main.tf": ALWAYS,
    "modules/autoscaling/main.tf": "autoscaled",
    "modules/autoscaling/outputs.tf": "autoscaled",
    "modules/autoscaling/variables.tf": "autoscaled",
    "modules/autoscaling/versions.tf": "autoscaled",
    "modules/existing/main.tf": ALWAYS,
    "modules/existing/outputs.tf": ALWAYS,
    "modules/existing/variables.tf": ALWAYS,
    "modules/existing/versions.tf": ALWAYS,
    "modules/load_balancer/access_logs.tf": "log_bucket_made",
    "modules/load_balancer/main.tf": ALWAYS,
    "modules/load_balancer/outputs.tf": ALWAYS,
    "modules/load_balancer/variables.tf": ALWAYS,
    "modules/load_balancer/versions.tf": ALWAYS,
    "modules/monitoring/alarms_load_balancer.tf": ALWAYS,
    "modules/monitoring/alarms_redis.tf": ALWAYS,
    "modules/monitoring/alarms_service.tf": ALWAYS,
    "modules/monitoring/dashboard.tf": ALWAYS,
    "modules/monitoring/main.tf": ALWAYS,
    "modules/monitoring/outputs.tf": ALWAYS,
    "modules/monitoring/variables.tf": ALWAYS,
    "modules/monitoring/versions.tf": ALWAYS,
    "modules/network/existing.tf": ALWAYS,
    "modules/network/load_balancer.tf": ALWAYS,
    "modules/network/main.tf": ALWAYS,
    "modules/network/outputs.tf": ALWAYS,
    "modules/network/tasks.tf": ALWAYS,
    "modules/network/variables.tf": ALWAYS,
    "modules/network/versions.tf": ALWAYS,
    "modules/redis/main.tf": ALWAYS,
    "modules/redis/outputs.tf": ALWAYS,
    "modules/redis/variables.tf": ALWAYS,
    "modules/redis/versions.tf": ALWAYS,
    "modules/secrets/main.tf": ALWAYS,
    "modules/secrets/outputs.tf": ALWAYS,
    "modules/secrets/variables.tf": ALWAYS,
    "modules/secrets/versions.tf": ALWAYS,
    "modules/service/iam.tf": ALWAYS,
    "modules/service/main.tf": ALWAYS,
    "modules/service/outputs.tf": ALWAYS,
    "modules/service/variables.tf": ALWAYS,
    "modules/service/versions.tf": ALWAYS,
    "outputs.tf": ALWAYS,
    "providers.tf": ALWAYS,
    "variables.tf": ALWAYS,
    "versions.tf": ALWAYS,
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
        if choice is ALWAYS or chosen[choice]:
            template = f"{path}.j2"
            header = f"# Generated from {origin} by templates/{template}. Do not edit.\n"
            yield File(f"{deployment.folder}/{path}", template, header, names)
