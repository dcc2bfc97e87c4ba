"""The variables of a task and why each is there, and the secrets with where each comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from generator.hcl import Ref

if TYPE_CHECKING:
    from generator.model import Spec


class Variable(NamedTuple):
    """A plain variable; `value` is empty where Terraform works it out, and `worked_out` says then what it is."""

    name: str
    value: str
    worked_out: str
    why: str


class Secret(NamedTuple):
    """A secret, and the variable or the thing that it is for; `origin` says whose it is, `rotation` how it changes."""

    variable: str
    name: str
    origin: str
    rotation: str


_WHY = {
    "AIOHTTP_CLIENT_TIMEOUT": "a model that hangs does not hold a request for ever",
    "CORS_ALLOW_ORIGIN": "browsers may connect from this origin alone, WebSockets too",
    "DATABASE_POOL_MAX_OVERFLOW": "connections beyond the pool, while they are needed",
    "DATABASE_POOL_RECYCLE": "connections are renewed before the network forgets them",
    "DATABASE_POOL_SIZE": "connections that each process keeps; all of them together must fit the database",
    "DATABASE_POOL_TIMEOUT": "how long a request waits for a connection",
    "ENABLE_DB_MIGRATIONS": "one one-off task migrates; tasks that all did would race",
    "ENABLE_PERSISTENT_CONFIG": "settings made in the browser are kept in the database, for all tasks",
    "ENABLE_PIP_INSTALL_FRONTMATTER_REQUIREMENTS": "tasks that install packages at the start would differ, or race",
    "ENABLE_WEBSOCKET_SUPPORT": "polling instead would need one task alone",
    "FORWARDED_ALLOW_IPS": "headers about the caller are believed from the load balancer alone",
    "LOG_FORMAT": "CloudWatch can search fields",
    "PGVECTOR_POOL_SIZE": "connections of the vector store, a pool of its own",
    "REDIS_HEALTH_CHECK_INTERVAL": "a dead connection is noticed before it is used",
    "REDIS_KEY_PREFIX": "keys of this installation alone",
    "REDIS_SOCKET_CONNECT_TIMEOUT": "a Redis that is away fails fast",
    "REDIS_SOCKET_KEEPALIVE": "idle connections stay open",
    "THREAD_POOL_SIZE": "requests that a process works on at once",
    "UVICORN_WORKERS": "processes of a task",
    "VECTOR_DB": "embeddings outside the tasks, for all of them",
    "WEBSOCKET_MANAGER": "tasks share WebSocket rooms through Redis",
    "WEBSOCKET_SERVER_PING_INTERVAL": "a living WebSocket is never silent for longer",
    "WEBSOCKET_SERVER_PING_TIMEOUT": "when a silent WebSocket counts as dead",
    "WEBUI_AUTH_COOKIE_SECURE": "browsers send the cookie over HTTPS alone",
    "WEBUI_SESSION_COOKIE_SECURE": "browsers send the cookie over HTTPS alone",
    "WEBUI_URL": "the address that people use, for links and sign-in",
}
_CHANGED = "by its owner; then start the tasks anew"
_OWN = "from app.environment in the spec"


def variables(spec: Spec, rendered: Mapping[str, str]) -> Iterator[Variable]:
    """The plain variables that the HCL gives to the tasks, in its order."""
    for name in sorted(rendered):
        value, own = rendered[name], name in spec.app.environment
        why = "; ".join(filter(None, (_WHY.get(name), _OWN if own else "")))
        worked_out = "the private subnets' address ranges" if isinstance(value, Ref) else ""
        yield Variable(name, "" if worked_out else value, worked_out, why)


def secrets(spec: Spec, rendered: Mapping[str, str]) -> Iterator[Secret]:
    """The secret variables that the HCL gives to the tasks, in its order."""
    made = f"{spec.service.name}/"
    for name in sorted(rendered):
        match name:
            case "REDIS_URL" | "WEBSOCKET_REDIS_URL":
                yield Secret(name, f"{made}redis-url-*", "made here, of the token and the endpoint", "with the token")
            case "WEBUI_SECRET_KEY" if spec.existing.secrets.webui_secret_key_arn is None:
                origin = "made here: the value handed over on the first apply, or drawn by Secrets Manager"
                yield Secret(name, f"{made}webui-secret-key-*", origin, "secrets.webui_secret_key_version in the spec")
            case "WEBUI_SECRET_KEY":
                arn = spec.existing.secrets.webui_secret_key_arn or ""
                yield Secret(name, arn, "there before", _CHANGED)
            case _:
                yield Secret(name, rendered[name], "there before", _CHANGED)


def secrets_beside(spec: Spec) -> Iterator[Secret]:
    """The secrets that no variable holds."""
    there, token, registry = "there before", spec.existing.secrets.redis_token_arn, spec.app.registry_credentials_arn
    if token is None:
        made, rotation = "made here: drawn by Secrets Manager", "secrets.redis_token_version in the spec"
        yield Secret("Redis itself", f"{spec.service.name}/redis-token-*", made, rotation)
    else:
        yield Secret("Redis itself", token, there, "by its owner; then apply")
    if registry:
        yield Secret("the image registry", registry, there, "by its owner; the next task has it")
