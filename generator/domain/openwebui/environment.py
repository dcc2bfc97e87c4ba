"""Environment variables that make many tasks one installation of Open WebUI.

The names and values follow the open-webui package, version 0.12.4:
https://docs.openwebui.com/reference/env-configuration
https://docs.openwebui.com/getting-started/advanced-topics/scaling
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from owscale.domain.openwebui import releases, variables

if TYPE_CHECKING:
    from owscale.spec.models import Spec

PING_INTERVAL_SECONDS = 25
"""WEBSOCKET_SERVER_PING_INTERVAL."""

PING_TIMEOUT_SECONDS = 20
"""WEBSOCKET_SERVER_PING_TIMEOUT."""

REDIS_HEALTH_CHECK_SECONDS = 60
"""REDIS_HEALTH_CHECK_INTERVAL: below the idle timeout of Redis, so that no pooled connection is closed unnoticed."""

DATA_FOLDER = "/app/backend/data"
"""The folder for files of a task (DATA_DIR), where the templates mount the shared file system."""

SECURE_COOKIES = ("WEBUI_AUTH_COOKIE_SECURE", "WEBUI_SESSION_COOKIE_SECURE")
"""Variables that limit cookies to HTTPS."""

REDIRECT_URIS = {
    "FEISHU_REDIRECT_URI": ("feishu", "FEISHU_CLIENT_ID"),
    "GITHUB_CLIENT_REDIRECT_URI": ("github", "GITHUB_CLIENT_ID"),
    "GOOGLE_REDIRECT_URI": ("google", "GOOGLE_CLIENT_ID"),
    "MICROSOFT_REDIRECT_URI": ("microsoft", "MICROSOFT_CLIENT_ID"),
    "OPENID_REDIRECT_URI": ("oidc", "OAUTH_CLIENT_ID"),
}
"""The address to which an identity provider sends browsers back, the name of the provider, and its client ID.

Without the variable, Open WebUI builds the address from the request that reaches it, which is `http://` where a proxy
terminates TLS: open_webui/config.py and utils/oauth.py, and issues 12516, 23128 and 28555 of open-webui.
"""

VECTOR_DATABASE_ADDRESSES = {
    "chroma": ("CHROMA_HTTP_HOST",),
    "elasticsearch": ("ELASTICSEARCH_URL", "ELASTICSEARCH_CLOUD_ID"),
    "milvus": ("MILVUS_URI",),
    "opensearch": ("OPENSEARCH_URI",),
    "oracle23ai": ("ORACLE_DB_DSN",),
    "pinecone": ("PINECONE_API_KEY",),
    "qdrant": ("QDRANT_URI",),
    "s3vector": ("S3_VECTOR_BUCKET_NAME",),
    "weaviate": ("WEAVIATE_HTTP_HOST",),
}
"""The variables of which a vector database needs one: open_webui/config.py."""

SPEC_KEYS_BY_VARIABLE = variables.details("key")
"""Variables with their own key in the spec. Rules and derived values read the key."""

MANAGED_SECRETS = variables.details("secret")
"""Secret variables that all tasks share, and the key of the spec that determines the value of each."""


def default_environment(spec: Spec) -> dict[str, str]:
    """Return the plain variables that owscale sets, by name. Variables that the image does not support are left out."""
    app, pool = spec.app, spec.app.database_pool
    values: dict[str, str] = {
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
        "THREAD_POOL_SIZE": str(app.threads),
        "UVICORN_WORKERS": str(app.workers),
        "VECTOR_DB": app.vector_database,
        "WEBSOCKET_MANAGER": "redis",
        "WEBSOCKET_SERVER_PING_INTERVAL": str(PING_INTERVAL_SECONDS),
        "WEBSOCKET_SERVER_PING_TIMEOUT": str(PING_TIMEOUT_SECONDS),
    }
    if app.vector_database == "pgvector":
        values["PGVECTOR_POOL_SIZE"] = str(pool.vector_size)
    if app.public_url is not None:
        values |= {
            "CORS_ALLOW_ORIGIN": app.public_url,
            "WEBUI_URL": app.public_url,
        }
        values |= {
            name: f"{app.public_url}/oauth/{provider}/callback" for name, provider in sign_in_providers(spec).items()
        }
    if is_behind_https(spec):
        values |= dict.fromkeys(SECURE_COOKIES, "true")
    return {name: value for name, value in values.items() if releases.supports_variable(app.image, name)}


def sign_in_providers(spec: Spec) -> dict[str, str]:
    """Return the configured identity providers by the variable of their redirect URI."""
    given = {*spec.app.environment, *spec.app.secrets}
    return {name: provider for name, (provider, client_id) in REDIRECT_URIS.items() if client_id in given}


def sets_variable(spec: Spec, name: str) -> bool:
    """Whether owscale sets a plain variable, unless the spec has another value."""
    return name == "FORWARDED_ALLOW_IPS" or name in default_environment(spec)


def is_behind_https(spec: Spec) -> bool:
    """Whether browsers use only HTTPS."""
    return spec.app.public_url is not None or spec.existing.certificate_arn is not None or has_tls_proxy(spec)


def has_tls_proxy(spec: Spec) -> bool:
    """Whether a proxy in front of the load balancer terminates the TLS of browsers."""
    return spec.load_balancer.tls_termination == "proxy"


def has_secure_cookies(spec: Spec) -> bool:
    """Whether browsers send the session cookies only over HTTPS.

    If unset, the sign-in cookie has the value of the session cookie (open_webui/env.py).
    """
    auth, session = SECURE_COOKIES
    defaults = dict.fromkeys(SECURE_COOKIES, "true") if is_behind_https(spec) else {}
    given = defaults | spec.app.environment
    values = (given.get(session, "false"), given.get(auth, given.get(session, "false")))
    return all(value.lower() == "true" for value in values)


def is_shared(path: str) -> bool:
    """Whether a path is on the file system that all tasks share."""
    normal = posixpath.normpath(f"/{path.lstrip('/')}")  # normpath keeps two slashes at the beginning
    return path.startswith("/") and f"{normal}/".startswith(f"{DATA_FOLDER}/")


def websocket_silence_seconds(spec: Spec) -> int:
    """Return how long a live WebSocket can be silent: the ping interval plus the ping timeout."""
    interval = _integer(spec, "WEBSOCKET_SERVER_PING_INTERVAL", default=PING_INTERVAL_SECONDS)
    return interval + _integer(spec, "WEBSOCKET_SERVER_PING_TIMEOUT", default=PING_TIMEOUT_SECONDS)


def redis_health_check_seconds(spec: Spec) -> int:
    """Return the idle time after which Open WebUI checks a pooled Redis connection; 0 if it never does."""
    return max(_integer(spec, "REDIS_HEALTH_CHECK_INTERVAL", default=REDIS_HEALTH_CHECK_SECONDS, invalid=0), 0)


def _integer(spec: Spec, variable: str, *, default: int, invalid: int | None = None) -> int:
    """Return the value that open_webui/env.py reads from a variable.

    `invalid` is the value if the variable is not a whole number; without it, that is `default` too.
    """
    try:
        return int(spec.app.environment.get(variable, default))
    except ValueError:
        return default if invalid is None else invalid


def _flag(value: bool) -> str:
    return "true" if value else "false"
