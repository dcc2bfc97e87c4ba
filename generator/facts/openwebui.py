"""What Open WebUI must be told so that many tasks are one installation.

Every setting is of the open-webui package, version 0.12.4; see
https://docs.openwebui.com/reference/env-configuration and
https://docs.openwebui.com/getting-started/advanced-topics/scaling.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from generator.errors import count
from generator.facts import releases

if TYPE_CHECKING:
    from generator.model import Spec

PING_INTERVAL_SECONDS = 25
PING_TIMEOUT_SECONDS = 20
"""WEBSOCKET_SERVER_PING_INTERVAL and _TIMEOUT: a silent WebSocket lives for their sum."""

REDIS_HEALTH_CHECK_SECONDS = 60
"""REDIS_HEALTH_CHECK_INTERVAL: below Redis's own idle timeout, or each pooled connection dies unnoticed."""

DATA_FOLDER = "/app/backend/data"
"""Where a task keeps files (DATA_DIR); the templates mount the shared file system there."""


def environment(spec: Spec) -> dict[str, str]:
    """The plain variables that make many tasks one installation, by name; those alone that the image knows."""
    app, pool = spec.app, spec.app.database_pool
    variables: dict[str, str] = {
        "AIOHTTP_CLIENT_TIMEOUT": str(app.client_timeout_seconds),
        "DATABASE_POOL_MAX_OVERFLOW": str(pool.max_overflow),
        "DATABASE_POOL_RECYCLE": str(pool.recycle_seconds),
        "DATABASE_POOL_SIZE": str(pool.size),
        "DATABASE_POOL_TIMEOUT": str(pool.timeout_seconds),
        "ENABLE_DB_MIGRATIONS": _flag(app.migrate_on_start),
        "ENABLE_PERSISTENT_CONFIG": "true",
        "ENABLE_PIP_INSTALL_FRONTMATTER_REQUIREMENTS": "false",
        "ENABLE_WEBSOCKET_SUPPORT": "true",
        "LOG_FORMAT": "json",
        "REDIS_HEALTH_CHECK_INTERVAL": str(REDIS_HEALTH_CHECK_SECONDS),
        "REDIS_KEY_PREFIX": spec.service.name,
        "REDIS_SOCKET_CONNECT_TIMEOUT": "5",
        "REDIS_SOCKET_KEEPALIVE": "true",
        "UVICORN_WORKERS": str(app.workers),
        "VECTOR_DB": app.vector_database,
        "WEBSOCKET_MANAGER": "redis",
        "WEBSOCKET_SERVER_PING_INTERVAL": str(PING_INTERVAL_SECONDS),
        "WEBSOCKET_SERVER_PING_TIMEOUT": str(PING_TIMEOUT_SECONDS),
    }
    if app.vector_database == "pgvector":
        variables["PGVECTOR_POOL_SIZE"] = str(pool.vector_size)
    if app.threads is not None:
        variables["THREAD_POOL_SIZE"] = str(app.threads)
    if app.public_url is not None:
        variables |= {
            "CORS_ALLOW_ORIGIN": app.public_url,
            "WEBUI_URL": app.public_url,
        }
    if behind_https(spec):
        variables |= dict.fromkeys(SECURE_COOKIES, "true")
    return {name: value for name, value in variables.items() if releases.knows(app.image, name)}


SECURE_COOKIES = ("WEBUI_AUTH_COOKIE_SECURE", "WEBUI_SESSION_COOKIE_SECURE")


def behind_https(spec: Spec) -> bool:
    """Whether browsers speak HTTPS alone."""
    return spec.app.public_url is not None or spec.existing.certificate_arn is not None


def silence_seconds(spec: Spec) -> int:
    """How long a living WebSocket may be silent: WEBSOCKET_SERVER_PING_INTERVAL and _TIMEOUT together."""
    interval = _whole(spec, "WEBSOCKET_SERVER_PING_INTERVAL", PING_INTERVAL_SECONDS)
    return interval + _whole(spec, "WEBSOCKET_SERVER_PING_TIMEOUT", PING_TIMEOUT_SECONDS)


def redis_health_check_seconds(spec: Spec) -> int:
    """How long a pooled connection to Redis is idle before it is tried; 0 for never, as in open_webui/env.py."""
    return max(_whole(spec, "REDIS_HEALTH_CHECK_INTERVAL", REDIS_HEALTH_CHECK_SECONDS, otherwise=0), 0)


def _whole(spec: Spec, variable: str, default: int, otherwise: int | None = None) -> int:
    """What Open WebUI makes of a variable that holds a whole number; `otherwise` for what is none."""
    try:
        return int(spec.app.environment.get(variable, default))
    except ValueError:
        return default if otherwise is None else otherwise


KEYS_OF_VARIABLES = {
    "AIOHTTP_CLIENT_TIMEOUT": "app.client_timeout_seconds",
    "DATABASE_POOL_MAX_OVERFLOW": "app.database_pool.max_overflow",
    "DATABASE_POOL_RECYCLE": "app.database_pool.recycle_seconds",
    "DATABASE_POOL_SIZE": "app.database_pool.size",
    "DATABASE_POOL_TIMEOUT": "app.database_pool.timeout_seconds",
    "ENABLE_DB_MIGRATIONS": "app.migrate_on_start",
    "PGVECTOR_POOL_SIZE": "app.database_pool.vector_size",
    "THREAD_POOL_SIZE": "app.threads",
    "UVICORN_WORKERS": "app.workers",
    "VECTOR_DB": "app.vector_database",
    "WEBUI_URL": "app.public_url",
}
"""The variables that have a key of their own in the spec, which other rules and figures go by."""

MANAGED_SECRETS = {
    "DATABASE_URL": "existing.database.url_secret_arn",
    "REDIS_URL": "redis",
    "WEBSOCKET_REDIS_URL": "redis",
    "WEBUI_SECRET_KEY": "existing.secrets.webui_secret_key_arn",
}
"""The variables whose values are secrets that every task shares, and the key of the spec that each follows from."""


def most_tasks(spec: Spec) -> int:
    """Tasks at the most, deployments aside."""
    return spec.autoscaling.max if spec.autoscaling.enabled else spec.service.instances


def processes(spec: Spec) -> int:
    """Open WebUI processes at the most tasks."""
    return most_tasks(spec) * spec.app.workers


def database_connections(spec: Spec) -> int:
    """Connections to the database that a deployment at the most tasks can open."""
    at_once = processes(spec) * spec.service.deployment.maximum_percent / 100
    return math.ceil(at_once * sum(_pools(spec)))


def tasks_that_fit(spec: Spec) -> int:
    """Tasks whose connections the database can hold, in a deployment too."""
    database = spec.existing.database
    each = spec.app.workers * sum(_pools(spec)) * spec.service.deployment.maximum_percent / 100
    return math.floor((database.max_connections - database.reserved_connections) / each)


def connections_in_words(spec: Spec) -> str:
    """The arithmetic: "10 instances × 2 workers × (10 + 5 + 5) × 200 %"."""
    pools = " + ".join(str(size) for size in _pools(spec))
    percent = spec.service.deployment.maximum_percent
    instances, workers = count(most_tasks(spec), "instance"), count(spec.app.workers, "worker")
    return f"{instances} × {workers} × ({pools}) × {percent} %"


def _pools(spec: Spec) -> tuple[int, ...]:
    """Connections of one process: the pool, its overflow, and pgvector's own."""
    pool = spec.app.database_pool
    vector = (pool.vector_size,) if spec.app.vector_database == "pgvector" else ()
    return (pool.size, pool.max_overflow, *vector)


def _flag(value: bool) -> str:
    return "true" if value else "false"
