"""Open WebUI's releases: the oldest that runs many times, and which brought a variable.

From upstream's CHANGELOG.md and the code of the releases; docs/facts.md says how to bring it up to date.
"""

import re

_TAG = re.compile(r"v?(\d+\.\d+\.\d+)(?:-[a-z0-9.-]+)?")

OLDEST = "0.7.0"
"""The first that can be told not to migrate: before it every process does when it starts, and Alembic takes no lock.

ENABLE_DB_MIGRATIONS: https://github.com/open-webui/open-webui/commit/9824f0e33359a917ac07b60bf1f972074d5c8203
"""

READY_SINCE = "0.8.11"
"""The first with /ready, which asks the database and Redis (open_webui/main.py)."""

SINCE = {
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
    "REDIS_KEY_PREFIX": "0.6.19",  # there from 0.6.16, honoured everywhere from 0.6.19
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
"""The variables of running many times that a release brought, by name. One that is not here was always there."""


def tag(image: str) -> str:
    """An image's tag; "" where it has none."""
    return image.partition("@")[0].rpartition("/")[2].partition(":")[2]


def release(image: str) -> str | None:
    """The release that an image's tag names: 0.12.4 of v0.12.4-slim. None where it names none."""
    match = _TAG.fullmatch(tag(image))
    return match[1] if match else None


def older(version: str, than: str) -> bool:
    """Whether a release came before another."""
    return _numbers(version) < _numbers(than)


def knows(image: str, variable: str) -> bool:
    """Whether an image knows a variable; one whose release nobody can tell is taken for new."""
    version, since = release(image), SINCE.get(variable)
    return version is None or since is None or not older(version, since)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
