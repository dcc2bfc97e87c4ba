"""Resources that several deployments use: a database, files, secrets, a replaced service, a public address.

The runbook of a deployment assumes that no other one uses them: it stops the replaced service, migrates the database,
and restores it from a snapshot.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from owscale.domain.aws.managed_names import account
from owscale.domain.openwebui.environment import VECTOR_DATABASE_ADDRESSES
from owscale.spec.deployment import Deployment

if TYPE_CHECKING:
    from owscale.spec.document import Path
    from owscale.spec.models import Spec

_BUCKETS = {
    "azure": ("AZURE_STORAGE_CONTAINER_NAME", ("AZURE_STORAGE_ENDPOINT",)),
    "gcs": ("GCS_BUCKET_NAME", ()),
    "s3": ("S3_BUCKET_NAME", ("S3_ENDPOINT_URL", "S3_KEY_PREFIX")),
}
"""The variable with the bucket of each storage provider, and the variables that distinguish its servers or parts.

https://github.com/open-webui/open-webui/blob/v0.12.4/backend/open_webui/storage/provider.py
"""

_VECTOR_NAMES = (
    "ELASTICSEARCH_INDEX_PREFIX",
    "MILVUS_COLLECTION_PREFIX",
    "MILVUS_DB",
    "PINECONE_INDEX_NAME",
    "QDRANT_COLLECTION_PREFIX",
)
"""Variables that select a part of a vector database: open_webui/config.py.

A part of Chroma is no separate database: `/reset/db` of Open WebUI empties its whole server
(open_webui/retrieval/vector/dbs/chroma.py).
"""


class Use(NamedTuple):
    """A deployment that uses a resource, and the key of its spec that names the resource."""

    deployment: Deployment
    path: Path


Identify = Callable[["Spec"], Iterator[tuple[Hashable, "Path"]]]


def _database(spec: Spec) -> Iterator[tuple[Hashable, Path]]:
    yield spec.existing.database.url_secret_arn, ("existing", "database", "url_secret_arn")


def _database_server(spec: Spec) -> Iterator[tuple[Hashable, Path]]:
    database = spec.existing.database
    yield (database.security_group, database.port), ("existing", "database", "security_group")


def _files(spec: Spec) -> Iterator[tuple[Hashable, Path]]:
    files, variables = spec.existing.files, spec.app.environment
    yield (files.file_system, files.access_point), ("existing", "files", "access_point")
    name, others = _BUCKETS.get(variables.get("STORAGE_PROVIDER", ""), ("", ()))
    if variables.get(name):
        yield (name, variables[name], *map(variables.get, others)), ("app", "environment", name)


def _vector_database(spec: Spec) -> Iterator[tuple[Hashable, Path]]:
    app = spec.app
    parts = tuple(map(app.environment.get, _VECTOR_NAMES))
    names = VECTOR_DATABASE_ADDRESSES.get(app.vector_database, ())
    for name in ("PGVECTOR_DB_URL",) if app.vector_database == "pgvector" else names:
        for section, values in (("environment", app.environment), ("secrets", app.secrets)):
            if values.get(name):
                yield (name, values[name], parts), ("app", section, name)


def _webui_secret_key(spec: Spec) -> Iterator[tuple[Hashable, Path]]:
    if reference := spec.existing.secrets.webui_secret_key_arn:
        yield reference, ("existing", "secrets", "webui_secret_key_arn")


def _redis_token(spec: Spec) -> Iterator[tuple[Hashable, Path]]:
    if reference := spec.existing.secrets.redis_token_arn:
        yield reference, ("existing", "secrets", "redis_token_arn")


def _replaced_service(spec: Spec) -> Iterator[tuple[Hashable, Path]]:
    """Yield the replaced service, and the service of the deployment, which another one may replace."""
    cluster = account(spec), spec.aws.region, spec.existing.cluster
    if spec.existing.service:
        yield (*cluster, spec.existing.service), ("existing", "service")
    if spec.service.name != spec.existing.service:
        yield (*cluster, spec.service.name), ("service", "name")


def _public_url(spec: Spec) -> Iterator[tuple[Hashable, Path]]:
    url = urlsplit(spec.app.public_url or "")
    if url.hostname:
        yield (url.hostname, url.port or 443), ("app", "public_url")


RESOURCES: Mapping[str, Identify] = {
    "database": _database,
    "database_server": _database_server,
    "files": _files,
    "public_url": _public_url,
    "redis_token": _redis_token,
    "replaced_service": _replaced_service,
    "vector_database": _vector_database,
    "webui_secret_key": _webui_secret_key,
}
"""How a spec names each kind of resource: its identity and the key that names it."""


class SharedResources:
    """The resources of some deployments, and the deployments that use each of them."""

    def __init__(self, deployments: Iterable[Deployment]) -> None:
        self._uses: dict[tuple[str, Hashable], list[Use]] = {}
        for deployment in sorted(deployments, key=lambda each: (each.folder, each.document.file)):
            for resource, identify in RESOURCES.items():
                for identity, path in identify(deployment.spec):
                    self._uses.setdefault((resource, identity), []).append(Use(deployment, path))

    def uses(self, deployment: Deployment, resource: str) -> Iterator[tuple[Path, tuple[Use, ...]]]:
        """Yield each resource of a kind that others use too: the key that names it, and all its uses by folder."""
        for identity, path in RESOURCES[resource](deployment.spec):
            uses = tuple(self._uses.get((resource, identity), ()))
            if any(use.deployment is not deployment for use in uses):
                yield path, uses

    def others(self, deployment: Deployment) -> dict[str, tuple[str, ...]]:
        """Return the folders of the other deployments that use the resources of one, by the kind of resource."""
        return {
            resource: tuple(
                dict.fromkeys(
                    use.deployment.folder
                    for _, uses in self.uses(deployment, resource)
                    for use in uses
                    if use.deployment is not deployment
                )
            )
            for resource in RESOURCES
        }
