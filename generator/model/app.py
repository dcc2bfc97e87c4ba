"""Open WebUI itself: its image, its processes, its variables."""

from typing import Literal

from pydantic import Field

from generator.model.base import Section, defaults
from generator.model.types import HttpsOrigin, Image, SecretArn, SecretReference, VariableName

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
    """Database connections of one process; a task has as many processes as `workers`."""

    size: int = Field(default=10, ge=1, le=1000, description="Connections that stay open (DATABASE_POOL_SIZE).")
    max_overflow: int = Field(
        default=5,
        ge=0,
        le=1000,
        description="Connections beyond it while they are needed (DATABASE_POOL_MAX_OVERFLOW).",
    )
    timeout_seconds: int = Field(
        default=30, ge=1, le=600, description="How long a request waits for a connection (DATABASE_POOL_TIMEOUT)."
    )
    recycle_seconds: int = Field(
        default=3600, ge=60, le=86400, description="Age at which a connection is replaced (DATABASE_POOL_RECYCLE)."
    )
    vector_size: int = Field(
        default=5, ge=1, le=1000, description="Connections of pgvector's own pool (PGVECTOR_POOL_SIZE)."
    )


class App(Section):
    """Open WebUI."""

    image: Image = Field(
        description="Image with a version tag, from 0.7.0 on, or a digest; while the replaced service runs, "
        "of its version."
    )
    registry_credentials_arn: SecretArn | None = Field(
        default=None, description="Secret with the credentials of a private registry. ECR needs none."
    )
    public_url: HttpsOrigin | None = Field(
        default=None, description="Origin that browsers use (WEBUI_URL, CORS_ALLOW_ORIGIN): the proxy's, not the ALB's."
    )
    workers: int = Field(
        default=1,
        ge=1,
        le=16,
        description="Processes of a task (UVICORN_WORKERS). Open WebUI advises 1, and more tasks.",
    )
    threads: int | None = Field(
        default=None, ge=1, le=4000, description="Threads of a process (THREAD_POOL_SIZE). Left out: Open WebUI's 40."
    )
    database_pool: Pool = defaults(Pool, "Database connections of one process.")
    vector_database: VectorDatabase = Field(
        default="pgvector",
        description="Where embeddings live (VECTOR_DB). The replaced service's, or its knowledge is not found.",
    )
    migrate_on_start: bool = Field(
        default=False,
        description="Whether tasks migrate the database when they start (ENABLE_DB_MIGRATIONS); safe for one alone.",
    )
    client_timeout_seconds: int = Field(
        default=300, ge=1, le=3600, description="How long a model may take for an answer (AIOHTTP_CLIENT_TIMEOUT)."
    )
    environment: dict[VariableName, str] = Field(
        default_factory=dict,
        description="More variables, or other values for those that the generator sets. No secrets.",
    )
    secrets: dict[VariableName, SecretReference] = Field(
        default_factory=dict, description="Variables whose value is an existing secret, by the secret's ARN."
    )
