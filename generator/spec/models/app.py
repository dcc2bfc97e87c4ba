"""Open WebUI: its image, processes and environment variables."""

from typing import Literal

from pydantic import Field

from owscale.spec.models.base import Section, defaults
from owscale.spec.models.types import HttpsOrigin, Image, SecretArn, SecretReference, VariableName

VectorDatabase = Literal[
    "pgvector",
    "qdrant",
    "milvus",
    "opensearch",
    "elasticsearch",
    "pinecone",
    "weaviate",
    "s3vector",
    "oracle23ai",
    "chroma",
]


class Pool(Section):
    """Database connections of one process. A task has as many processes as `app.workers`."""

    size: int = Field(
        default=10, ge=1, le=1000, description="Connections that a process keeps open (`DATABASE_POOL_SIZE`)."
    )
    max_overflow: int = Field(
        default=5,
        ge=0,
        le=1000,
        description="Connections beyond `size` that a process opens when it needs them (`DATABASE_POOL_MAX_OVERFLOW`).",
    )
    timeout_seconds: int = Field(
        default=30,
        ge=1,
        le=600,
        description="Time that a request waits for a free connection, in seconds (`DATABASE_POOL_TIMEOUT`).",
    )
    recycle_seconds: int = Field(
        default=3600,
        ge=60,
        le=86400,
        description="Age at which a connection is replaced, in seconds (`DATABASE_POOL_RECYCLE`).",
    )
    vector_size: int = Field(
        default=5,
        ge=2,  # with 1, a process waits for its own connection and ends at its start; test_start_needs_two_connections
        le=1000,
        description="Connections in the separate pool of pgvector (`PGVECTOR_POOL_SIZE`).",
    )


class App(Section):
    """Settings of Open WebUI."""

    image: Image = Field(
        description="Container image with a digest or a version tag, 0.7.0 or later. While `existing.service` runs, "
        "use the same version as that service."
    )
    migration_image: Image | None = Field(
        default=None,
        description="Image of the next release, while its migration of the database is prepared and run. It adds a "
        "task definition that migrates; the service stays as it is. `owscale upgrade` then runs the migration.",
    )
    registry_credentials_arn: SecretArn | None = Field(
        default=None, description="ARN of the secret with the credentials of a private registry. ECR needs none."
    )
    pull_through_cache: bool = Field(
        default=False,
        description="Whether the repository of the image is in a pull-through cache of ECR, into which ECS loads it.",
    )
    public_url: HttpsOrigin | None = Field(
        default=None,
        description="Origin that browsers use (`WEBUI_URL`, `CORS_ALLOW_ORIGIN`). Behind a proxy, this is the origin "
        "of the proxy, not of the load balancer.",
    )
    workers: int = Field(
        default=1,
        ge=1,
        le=16,
        description="Processes in one task (`UVICORN_WORKERS`). Open WebUI recommends 1 process and more tasks.",
    )
    threads: int = Field(
        default=2000,
        ge=1,
        le=4000,
        description="Highest number of threads in a pool of one process (`THREAD_POOL_SIZE`); each starts when it is "
        "needed. From Open WebUI 0.11.1 on, a process has two such pools. An idle thread needs about 0.02 MB.",
    )
    database_pool: Pool = defaults(Pool, "Database connections of one process.")
    vector_database: VectorDatabase = Field(
        default="pgvector",
        description="Database of the embeddings (`VECTOR_DB`). Use the same database as the replaced service: in "
        "another one, Open WebUI does not find the embeddings of its knowledge bases.",
    )
    migrate_on_start: bool = Field(
        default=False,
        description="Whether tasks migrate the database when they start (`ENABLE_DB_MIGRATIONS`). Only safe with a "
        "single task.",
    )
    client_timeout_seconds: int = Field(
        default=300,
        ge=1,
        le=3600,
        description="Time that a model may take to answer, in seconds (`AIOHTTP_CLIENT_TIMEOUT`).",
    )
    environment: dict[VariableName, str] = Field(
        default_factory=dict,
        description="Environment variables to add, or to set to another value than the one that owscale sets. Do not "
        "put secrets here; use `app.secrets`.",
    )
    secrets: dict[VariableName, SecretReference] = Field(
        default_factory=dict,
        description="Environment variables whose value is an existing secret, with the ARN of each secret.",
    )
