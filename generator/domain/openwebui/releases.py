"""Releases of Open WebUI: the oldest supported one, and the release that introduced a variable or an endpoint.

The sources are upstream's CHANGELOG.md and the code of the releases; docs/facts.md describes the update.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from owscale.console.versions import version_numbers

if TYPE_CHECKING:
    from owscale.spec.models import Spec

_TAG = re.compile(r"v?(\d+\.\d+\.\d+)(?:-[a-z0-9.-]+)?")

OLDEST = "0.7.0"
"""The oldest supported release: the first that can start without a migration.

Before it every process migrates the database when it starts, and Alembic takes no lock.
ENABLE_DB_MIGRATIONS: https://github.com/open-webui/open-webui/commit/9824f0e33359a917ac07b60bf1f972074d5c8203
"""

READY_SINCE = "0.8.11"
"""The first release with /ready, which checks the database and Redis (open_webui/main.py)."""

MODELS_CACHE_SHARED_SINCE = "0.11.2"
"""The first release that keeps the list of ENABLE_BASE_MODELS_CACHE in Redis (open_webui/utils/models.py)."""

TWO_ENGINES_SINCE = "0.9.0"
"""The first release whose processes have two pools of database connections: for synchronous and for asynchronous code.

open_webui/internal/db.py: `engine` and, from this release on, `async_engine`, both with DATABASE_POOL_SIZE.
"""

VARIABLE_SINCE = {
    "AIOHTTP_CLIENT_STREAM_IDLE_TIMEOUT": "0.11.0",
    "AIOHTTP_CLIENT_TIMEOUT_TOOL_SERVER": "0.8.11",
    "AIOHTTP_POOL_CONNECTIONS": "0.9.0",
    "AIOHTTP_POOL_CONNECTIONS_PER_HOST": "0.9.0",
    "AIOHTTP_POOL_DNS_TTL": "0.9.0",
    "DATABASE_ENABLE_IAM_TOKEN_AUTH": "0.10.0",
    "DATABASE_ENABLE_SESSION_SHARING": "0.7.1",
    "ENABLE_DB_MIGRATIONS": "0.7.0",
    "ENABLE_PIP_INSTALL_FRONTMATTER_REQUIREMENTS": "0.8.4",
    "ENABLE_STAR_SESSIONS_MIDDLEWARE": "0.6.33",
    "LOG_FORMAT": "0.8.4",
    "PGVECTOR_ITERATIVE_SCAN": "0.11.4",
    "REDIS_CLUSTER": "0.6.19",
    "REDIS_HEALTH_CHECK_INTERVAL": "0.9.0",
    "REDIS_KEY_PREFIX": "0.6.19",  # introduced by 0.6.16; used for every key from 0.6.19 on
    "REDIS_RECONNECT_DELAY": "0.8.0",
    "REDIS_RESPONSE_STREAM_TTL": "0.11.1",
    "REDIS_SOCKET_CONNECT_TIMEOUT": "0.6.42",
    "REDIS_SOCKET_KEEPALIVE": "0.9.0",
    "REDIS_SOCKET_TIMEOUT": "0.11.0",
    "REDIS_TASK_TTL": "0.11.4",
    "STORAGE_LOCAL_CACHE": "0.9.0",
    "THREAD_POOL_THREAD_NAME_PREFIX": "0.11.1",
    "UVICORN_WS_PER_MESSAGE_DEFLATE": "0.11.1",
    "WEBSOCKET_EVENT_CALLER_TIMEOUT": "0.8.9",
    "WEBSOCKET_HEARTBEAT_INTERVAL": "0.11.1",
    "WEBSOCKET_REDIS_CLUSTER": "0.6.19",
    "WEBSOCKET_REDIS_OPTIONS": "0.6.37",
    "WEBSOCKET_REDIS_ROOM_CHANNELS": "0.12.0",
    "WEBSOCKET_SERVER_LOGGING": "0.6.37",
    "WEBSOCKET_SERVER_PING_INTERVAL": "0.6.37",
    "WEBSOCKET_SERVER_PING_TIMEOUT": "0.6.37",
    "WEBUI_AUTH_TRUSTED_ROLE_HEADER": "0.8.11",
}
"""Release that introduced a variable, by the variable's name: Redis, WebSockets, database, logs and trusted headers.

A variable that is not listed counts as supported by every release.
"""


def tag(image: str) -> str:
    """Return the tag of an image; "" if it has none."""
    return image.partition("@")[0].rpartition("/")[2].partition(":")[2]


def images(spec: Spec) -> dict[str, str]:
    """Return the images that a deployment runs, by their key in `app`."""
    migration = spec.app.migration_image
    return {"image": spec.app.image} | ({"migration_image": migration} if migration else {})


def release(image: str) -> str | None:
    """Return the release that the tag of an image names, such as 0.12.4 for v0.12.4-slim; None if it names none."""
    match = _TAG.fullmatch(tag(image))
    return match[1] if match else None


def is_older(version: str, than: str) -> bool:
    """Whether a release is older than another."""
    return version_numbers(version) < version_numbers(than)


def has_ready(image: str) -> bool:
    """Whether an image has /ready; an image of an unknown release counts as new."""
    version = release(image)
    return version is None or not is_older(version, READY_SINCE)


def shares_models_cache(image: str) -> bool:
    """Whether all processes of an image share the list of models; an image of an unknown release counts as new."""
    version = release(image)
    return version is None or not is_older(version, MODELS_CACHE_SHARED_SINCE)


def database_engines(image: str) -> int:
    """Return how many pools of database connections a process has; an image of an unknown release counts as new."""
    version = release(image)
    return 1 if version is not None and is_older(version, TWO_ENGINES_SINCE) else 2


def supports_variable(image: str, variable: str) -> bool:
    """Whether an image supports a variable; an image of an unknown release counts as new."""
    version, since = release(image), VARIABLE_SINCE.get(variable)
    return version is None or since is None or not is_older(version, since)
