"""Comparison of the environment of the replaced service with the environment of the deployment's own service."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from owscale.domain.openwebui import variables

_ON_PURPOSE = {
    "its size follows from a key of the spec, for several tasks": (
        "AIOHTTP_CLIENT_TIMEOUT DATABASE_POOL_MAX_OVERFLOW DATABASE_POOL_RECYCLE DATABASE_POOL_SIZE "
        "DATABASE_POOL_TIMEOUT PGVECTOR_POOL_SIZE THREAD_POOL_SIZE UVICORN_WORKERS"
    ),
    "it connects the tasks through the Redis of the deployment": (
        "ENABLE_WEBSOCKET_SUPPORT REDIS_HEALTH_CHECK_INTERVAL REDIS_KEY_PREFIX REDIS_SOCKET_CONNECT_TIMEOUT "
        "REDIS_SOCKET_KEEPALIVE REDIS_URL WEBSOCKET_MANAGER WEBSOCKET_REDIS_URL WEBSOCKET_SERVER_PING_INTERVAL "
        "WEBSOCKET_SERVER_PING_TIMEOUT"
    ),
    "a step of the runbook migrates the database, not the start of a task": "ENABLE_DB_MIGRATIONS",
    "each task would install packages of its own": "ENABLE_PIP_INSTALL_FRONTMATTER_REQUIREMENTS",
    "log queries read JSON": "LOG_FORMAT",
    "it has the ranges of the private subnets": "FORWARDED_ALLOW_IPS",
    "it follows from the HTTPS of browsers": "WEBUI_AUTH_COOKIE_SECURE WEBUI_SESSION_COOKIE_SECURE",
}
"""Variables whose values owscale sets anew, by the reason. VECTOR_DB, WEBUI_URL, WEBUI_SECRET_KEY, DATABASE_URL and
others that `owscale` also sets are compared: with another value, data, sessions or sign-in would be lost."""

_NOT_NEEDED = {
    "DATABASE_URL has the whole address (S316)": (
        "DATABASE_HOST DATABASE_NAME DATABASE_PASSWORD DATABASE_PORT DATABASE_TYPE DATABASE_USER"
    ),
    "the Redis of the deployment has neither Sentinel nor cluster mode (S314)": (
        "REDIS_CLUSTER REDIS_RECONNECT_DELAY REDIS_SENTINEL_HOSTS REDIS_SENTINEL_MAX_RETRY_COUNT REDIS_SENTINEL_PORT "
        "WEBSOCKET_REDIS_CLUSTER WEBSOCKET_SENTINEL_HOSTS WEBSOCKET_SENTINEL_PORT"
    ),
}
"""Variables that the service of a deployment does not have, by the reason."""


class EnvironmentDifference(NamedTuple):
    """Names of variables and secrets: no value is kept.

    `missing` are in the replaced service only, `additional` in the service of the deployment only. `different` have
    another value, or refer to another secret. `not_comparable` are plain in one of the services and a secret in the
    other.
    """

    missing: tuple[str, ...]
    different: tuple[str, ...]
    not_comparable: tuple[str, ...]
    additional: tuple[str, ...]


def set_on_purpose() -> dict[str, str]:
    """Return the reason for each variable whose value owscale sets anew."""
    return _reasons(_ON_PURPOSE)


def not_needed() -> dict[str, str]:
    """Return the reason for each variable that the service of a deployment does not have."""
    return _reasons(_NOT_NEEDED) | variables.details("refused")


def compare_environments(replaced: Mapping[str, Any], own: Mapping[str, Any]) -> EnvironmentDifference:
    """Compare the container definitions of ECS of the replaced service and of the service of the deployment."""
    old, new = _values(replaced), _values(own)
    both = sorted((old.keys() & new.keys()) - set_on_purpose().keys())
    is_secret = {name: (old[name][0], new[name][0]) for name in both}
    return EnvironmentDifference(
        missing=tuple(sorted(old.keys() - new.keys() - not_needed().keys())),
        different=tuple(name for name in both if len({*is_secret[name]}) == 1 and old[name] != new[name]),
        not_comparable=tuple(name for name in both if len({*is_secret[name]}) > 1),
        additional=tuple(sorted(new.keys() - old.keys() - set_on_purpose().keys())),
    )


def _values(container: Mapping[str, Any]) -> dict[str, tuple[bool, str]]:
    """Return whether each variable is a secret, and its value or the reference of its secret."""
    plain = {each["name"]: (False, each.get("value", "")) for each in container.get("environment", ())}
    secret = {each["name"]: (True, each["valueFrom"]) for each in container.get("secrets", ())}
    return plain | secret


def _reasons(names_by_reason: Mapping[str, str]) -> dict[str, str]:
    pairs: Iterable[tuple[str, str]] = (
        (name, reason) for reason, names in names_by_reason.items() for name in names.split()
    )
    return dict(pairs)
