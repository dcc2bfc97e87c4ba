"""Environment variables that undo settings on which several tasks rely."""

import ipaddress
from collections.abc import Iterator

from owscale.console.text import truncate
from owscale.domain.openwebui import capacity, environment
from owscale.rules.registry import Finding, rule
from owscale.spec.deployment import Deployment

_SOURCE = "https://github.com/open-webui/open-webui/blob/v0.12.4/backend/open_webui"
_DATABASE_URL_PARTS = (
    "DATABASE_TYPE",
    "DATABASE_USER",
    "DATABASE_PASSWORD",
    "DATABASE_HOST",
    "DATABASE_PORT",
    "DATABASE_NAME",
)
_CLUSTER_SWITCHES = ("REDIS_CLUSTER", "WEBSOCKET_REDIS_CLUSTER")
_SENTINEL_HOSTS = ("REDIS_SENTINEL_HOSTS", "WEBSOCKET_SENTINEL_HOSTS")
_STORAGE_PROVIDERS = ("local", "s3", "gcs", "azure")
_TRUSTED_HEADER = "WEBUI_AUTH_TRUSTED_EMAIL_HEADER"
_MAX_PROXY_ADDRESSES = 256


def _is_true(value: str) -> bool:
    """Whether Open WebUI reads a value as true."""
    return value.lower() == "true"


def _has_several_processes(deployment: Deployment) -> bool:
    return capacity.max_processes(deployment.spec) > 1


def _variable(name: str) -> tuple[str, str, str]:
    return ("app", "environment", name)


@rule(
    "S312",
    "error",
    checks="Checks that WebSockets are not turned off while a task has several workers.",
    rationale="Without WebSockets browsers poll, and each poll must reach the process that holds the session.",
    reference=f"{_SOURCE}/env.py",
    example='app: {workers: 2, environment: {ENABLE_WEBSOCKET_SUPPORT: "false"}}\naccept: {S351: "measured: two fit"}',
    fixed_example='app: {environment: {ENABLE_WEBSOCKET_SUPPORT: "false"}}',
)
def websockets_off(deployment: Deployment) -> Iterator[Finding]:
    app, name = deployment.spec.app, "ENABLE_WEBSOCKET_SUPPORT"
    if app.workers > 1 and not _is_true(app.environment.get(name, "true")):
        message = f"browsers would poll, and the {app.workers} workers of a task do not share sessions"
        hint = "remove it, or write `workers: 1`; stickiness selects the task, not the worker"
        yield Finding(_variable(name), message, hint)


@rule(
    "S313",
    "error",
    checks="Checks that `WEBSOCKET_MANAGER` is `redis` when there are several processes.",
    rationale="Without Redis, a WebSocket message reaches only the browsers of one process.",
    reference=f"{_SOURCE}/env.py",
    example='app: {environment: {WEBSOCKET_MANAGER: ""}}',
    fixed_example="app: {environment: {WEBSOCKET_MANAGER: redis}}",
)
def websocket_manager(deployment: Deployment) -> Iterator[Finding]:
    name = "WEBSOCKET_MANAGER"
    if deployment.spec.app.environment.get(name, "redis") != "redis" and _has_several_processes(deployment):
        message = "each process would have its own rooms and sessions"
        yield Finding(_variable(name), message, "remove it; owscale sets redis")


@rule(
    "S314",
    "error",
    checks="Checks that no variable turns on Redis Cluster or Redis Sentinel.",
    rationale="The Redis of a deployment is a primary with replicas; a client for a cluster or for Sentinel fails.",
    reference="https://github.com/open-webui/open-webui/discussions/16157",
    example='app: {environment: {REDIS_CLUSTER: "true"}}',
    fixed_example='app: {environment: {REDIS_CLUSTER: "false"}}',
)
def redis_mode(deployment: Deployment) -> Iterator[Finding]:
    variables = deployment.spec.app.environment
    for name in _CLUSTER_SWITCHES:
        if _is_true(variables.get(name, "")):
            yield Finding(_variable(name), "the Redis of this deployment is not in cluster mode", "remove it")
    for name in _SENTINEL_HOSTS:
        if variables.get(name):
            message = "the Redis of this deployment has no Sentinel; ElastiCache does the failover"
            yield Finding(_variable(name), message, "remove it")


@rule(
    "S315",
    "error",
    checks="Checks that uploaded files, and no others, go to the shared file system or to an object store.",
    rationale="A file on the disk of one task is missing in every other task, and is lost with its task.",
    reference=f"{_SOURCE}/config.py",
    example="app: {environment: {DATA_DIR: /tmp/data}}",
    fixed_example="app: {environment: {STORAGE_PROVIDER: s3, S3_BUCKET_NAME: chat-files}}",
)
def shared_files(deployment: Deployment) -> Iterator[Finding]:
    variables = deployment.spec.app.environment
    provider = variables.get("STORAGE_PROVIDER", "local")
    folder = variables.get("DATA_DIR", environment.DATA_FOLDER)
    if provider not in _STORAGE_PROVIDERS:
        message = f"Open WebUI has no storage provider {truncate(provider) or '(empty)'}"
        hint = f"write one of {', '.join(_STORAGE_PROVIDERS)}; local is the shared file system"
        yield Finding(_variable("STORAGE_PROVIDER"), message, hint)
    if folder.rstrip("/") != environment.DATA_FOLDER:
        message = (
            f"{truncate(folder)} is on the disk of the task; the shared file system is at {environment.DATA_FOLDER}"
        )
        yield Finding(_variable("DATA_DIR"), message, "remove it")
    static_folder = variables.get("STATIC_DIR", "")
    if environment.is_shared(static_folder):
        message = f"each task that starts replaces the files of {truncate(static_folder)}, which all tasks share"
        hint = f"remove it, or name a folder outside {environment.DATA_FOLDER}"
        yield Finding(_variable("STATIC_DIR"), message, hint)


@rule(
    "S316",
    "error",
    checks="Checks that no variable sets a part of the database URL, such as `DATABASE_HOST`.",
    rationale="These parts replace `DATABASE_URL`: tasks would share SQLite on EFS, or use another database.",
    reference=f"{_SOURCE}/env.py",
    example="app: {environment: {DATABASE_TYPE: sqlite}}",
    fixed_example="app: {environment: {DATABASE_SCHEMA: chat}}",
)
def database_url_parts(deployment: Deployment) -> Iterator[Finding]:
    app = deployment.spec.app
    for section, names in (("environment", app.environment), ("secrets", app.secrets)):
        for name in _DATABASE_URL_PARTS:
            # S304 reports a plain DATABASE_PASSWORD.
            if name in names and (section, name) != ("environment", "DATABASE_PASSWORD"):
                hint = "remove it; the secret existing.database.url_secret_arn has the whole URL"
                yield Finding(("app", section, name), "replaces a part of `DATABASE_URL`", hint, at_key=True)


@rule(
    "S317",
    "error",
    checks="Checks that `CORS_ALLOW_ORIGIN` lists only https origins, and `app.public_url` among them.",
    rationale="Open WebUI accepts WebSockets from these origins only: `*` and http admit other sites.",
    reference=f"{_SOURCE}/socket/main.py",
    example="""\
app: {public_url: https://chat.example.com, environment: {CORS_ALLOW_ORIGIN: "*"}}
load_balancer: {tls_termination: proxy}""",
    fixed_example="""\
load_balancer: {tls_termination: proxy}
app:
  public_url: https://chat.example.com
  environment: {CORS_ALLOW_ORIGIN: https://chat.example.com;https://intranet.example.com}""",
)
def allowed_origins(deployment: Deployment) -> Iterator[Finding]:
    app = deployment.spec.app
    value = app.environment.get("CORS_ALLOW_ORIGIN")
    if value is None:
        return
    path, origins = _variable("CORS_ALLOW_ORIGIN"), value.split(";")
    hint = "write https origins, separated by `;`"
    if "*" in origins and len(origins) > 1:
        yield Finding(path, "`*` cannot be combined with other origins: no task would start", hint)
        return
    if app.public_url is None:
        return
    for origin in origins:
        if origin == "*":
            yield Finding(path, "any site could open a WebSocket in the name of a user", hint)
        elif origin.lower().startswith("http:"):
            message = f"an attacker can pose as {truncate(origin)}, and open a WebSocket in the name of a user"
            yield Finding(path, message, hint)
    if app.public_url not in origins and "*" not in origins:
        message = f"lacks {app.public_url}, so browsers cannot open a WebSocket"
        yield Finding(path, message, f"add {app.public_url}, or remove the variable")


@rule(
    "S318",
    "error",
    checks="Checks that only a proxy can reach the load balancer when `WEBUI_AUTH_TRUSTED_EMAIL_HEADER` is set.",
    rationale="Open WebUI trusts this header: everyone who reaches the load balancer can sign in as any user.",
    reference=f"{_SOURCE}/env.py",
    example="app: {environment: {WEBUI_AUTH_TRUSTED_EMAIL_HEADER: X-Email}}",
    fixed_example="""\
app: {environment: {WEBUI_AUTH_TRUSTED_EMAIL_HEADER: X-Email}}
load_balancer: {allow_from: {vpn: {cidr: 10.8.0.0/24}}}""",
)
def trusted_header(deployment: Deployment) -> Iterator[Finding]:
    app = deployment.spec.app
    if not app.environment.get(_TRUSTED_HEADER) and _TRUSTED_HEADER not in app.secrets:
        return
    for name, source in deployment.spec.load_balancer.allow_from.items():
        addresses = _number_of_addresses(source.cidr or "")
        if addresses > _MAX_PROXY_ADDRESSES:
            message = f"{addresses:,} addresses could send {_TRUSTED_HEADER} and sign in as any user"
            hint = f"allow only the proxy: its security group, or a range of at most {_MAX_PROXY_ADDRESSES} addresses"
            yield Finding(("load_balancer", "allow_from", name, "cidr"), message, hint)


def _number_of_addresses(cidr: str) -> int:
    try:
        return ipaddress.ip_network(cidr, strict=False).num_addresses
    except ValueError:  # S222 reports it
        return 0


@rule(
    "S319",
    "error",
    checks="Checks that settings are kept: `ENABLE_PERSISTENT_CONFIG` is on, and `RESET_CONFIG_ON_START` is off.",
    rationale="A setting that an admin changes would apply to one process only, or be lost when a task starts.",
    reference=f"{_SOURCE}/config.py",
    example='app: {environment: {ENABLE_PERSISTENT_CONFIG: "false"}}',
    fixed_example='app: {environment: {ENABLE_PERSISTENT_CONFIG: "true"}}',
)
def persistent_config(deployment: Deployment) -> Iterator[Finding]:
    name = "ENABLE_PERSISTENT_CONFIG"
    if not _is_true(deployment.spec.app.environment.get(name, "true")) and _has_several_processes(deployment):
        yield Finding(_variable(name), "`false` gives each process settings of its own", "remove it")
    name = "RESET_CONFIG_ON_START"
    if _is_true(deployment.spec.app.environment.get(name, "")):
        yield Finding(_variable(name), "each task that starts deletes the settings that admins saved", "remove it")


@rule(
    "S359",
    "warning",
    checks="Checks that browsers send session cookies only over HTTPS.",
    rationale="A browser would send the session over plain HTTP too, where an attacker on the network can read it.",
    reference=f"{_SOURCE}/env.py",
    example="""\
app: {public_url: https://chat.example.com, environment: {WEBUI_SESSION_COOKIE_SECURE: "false"}}
load_balancer: {tls_termination: proxy}""",
    fixed_example="""\
app: {public_url: https://chat.example.com, environment: {WEBUI_SESSION_COOKIE_SECURE: "true"}}
load_balancer: {tls_termination: proxy}""",
)
def insecure_cookies(deployment: Deployment) -> Iterator[Finding]:
    spec = deployment.spec
    if not environment.is_behind_https(spec):
        return
    for name in environment.SECURE_COOKIES:
        if not _is_true(spec.app.environment.get(name, "true")):
            yield Finding(_variable(name), "browsers use HTTPS, but may send this cookie over HTTP", "remove it")
