"""Other services that use the database: a migration changes it for them too."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from owscale.aws_api.calls import Caller, CallError
from owscale.domain.aws.secret_arns import secret_arn
from owscale.upgrade.aws_calls import pages
from owscale.upgrade.ecs import DATABASE_URL, EcsService, task_definition

_DESCRIBED_SERVICES = 10  # https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html


@dataclass(frozen=True)
class OtherService:
    """A service of ECS that uses the database, or may use it (`is_certain` is false).

    One that runs no task may start some later.
    """

    cluster: str
    name: str
    image: str
    is_certain: bool
    is_running: bool = True

    def __str__(self) -> str:
        state = "runs" if self.is_running else "runs no task and has"
        return f"{self.name} in the cluster {self.cluster}, which {state} {self.image}"


@dataclass(frozen=True)
class OtherServices:
    """The services found, how many run, and why the knowledge has gaps; empty where it has none."""

    found: tuple[OtherService, ...]
    looked_at: int
    unknown: str = ""


def find_others(
    call: Caller, own: tuple[str, str], secret: str, address: tuple[str, str] = ("", ""), *, with_stopped: bool = False
) -> OtherServices:
    """Look at all services of all clusters of the account and region, except the `own` one: cluster and name.

    `secret` is the reference to the secret with the address, and `address` its host and database, if they are known.
    Services that run no task are left out, unless `with_stopped`.
    """
    try:
        clusters = [arn.rpartition("/")[2] for arn in pages(call, "ecs:ListClusters", "clusterArns")]
        unknown = ""
    except CallError as error:
        if error.reason != "denied":
            raise
        clusters, unknown = [own[0]], f"only the cluster {own[0]} was looked at: {error.message}"
    found: list[OtherService] = []
    search = _Search(call, secret, address)
    count = 0
    for cluster in clusters:
        try:
            for service in _services(call, cluster):
                if (cluster, service.name) == own or not (service.has_tasks or with_stopped):
                    continue
                count += service.has_tasks
                found += search.users(cluster, service)
        except CallError as error:
            if error.reason != "denied":
                raise
            unknown = f"the cluster {cluster} was not looked at: {error.message}"
    return OtherServices(tuple(found), count, unknown)


def _services(call: Caller, cluster: str) -> Iterator[EcsService]:
    arns = pages(call, "ecs:ListServices", "serviceArns", cluster=cluster)
    for start in range(0, len(arns), _DESCRIBED_SERVICES):
        chunk = arns[start : start + _DESCRIBED_SERVICES]
        for described in call("ecs:DescribeServices", cluster=cluster, services=chunk)["services"]:
            service = EcsService(described)
            if described["status"] == "ACTIVE" or service.has_tasks:
                yield service


@dataclass(frozen=True)
class _Search:
    """Looks for containers that use a database; task definitions are read once."""

    call: Caller
    secret: str
    address: tuple[str, str]
    containers: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def users(self, cluster: str, service: EcsService) -> Iterator[OtherService]:
        """Yield a service for each image with which it uses the database."""
        for arn in sorted(service.task_definitions):
            if arn not in self.containers:
                definition = task_definition(self.call, arn)
                self.containers[arn] = definition.container if definition else {}
            container = self.containers[arn]
            certain = _shares(container, self.secret, self.address)
            if certain is not None:
                yield OtherService(cluster, service.name, str(container.get("image", "")), certain, service.has_tasks)


def _shares(container: Mapping[str, Any], secret: str, address: tuple[str, str]) -> bool | None:
    """Return whether a container uses the database: False where it may, None if it does not."""
    references = [each["valueFrom"] for each in container.get("secrets", ()) if each.get("name") == DATABASE_URL]
    if any(secret_arn(reference) == secret_arn(secret) for reference in references):
        return True
    urls = [str(each.get("value")) for each in container.get("environment", ()) if each.get("name") == DATABASE_URL]
    if urls and address[0]:
        return True if _address(urls[0]) == address else None
    return False if (references or urls) and _is_openwebui(container) else None


def _is_openwebui(container: Mapping[str, Any]) -> bool:
    return bool(re.search(r"open-?webui", str(container.get("image", "")), re.IGNORECASE))


def _address(url: str) -> tuple[str, str]:
    """Return host and database of an address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", ""
    return parts.hostname or "", parts.path.strip("/")
