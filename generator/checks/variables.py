"""Variables of the spec's own that would undo what many tasks rely on."""

import ipaddress
from collections.abc import Iterator

from generator.checks.rule import Finding, rule, shown
from generator.deployment import Deployment
from generator.facts import openwebui

_UPSTREAM = "https://github.com/open-webui/open-webui/blob/v0.12.4/backend/open_webui"
_DATABASE_PARTS = (
    "DATABASE_TYPE",
    "DATABASE_USER",
    "DATABASE_PASSWORD",
    "DATABASE_HOST",
    "DATABASE_PORT",
    "DATABASE_NAME",
)
_CLUSTER_FLAGS = ("REDIS_CLUSTER", "WEBSOCKET_REDIS_CLUSTER")
_SENTINELS = ("REDIS_SENTINEL_HOSTS", "WEBSOCKET_SENTINEL_HOSTS")
_SHARED_STORAGE = ("local", "s3", "gcs", "azure")
_TRUSTED_HEADER = "WEBUI_AUTH_TRUSTED_EMAIL_HEADER"
_A_PROXYS_ADDRESSES = 256


def _is_on(value: str) -> bool:
    """What Open WebUI takes for true."""
    return value.lower() == "true"


def _many(deployment: Deployment) -> bool:
    return openwebui.processes(deployment.spec) > 1


def _at(name: str) -> tuple[str, str, str]:
    return ("app", "environment", name)


@rule(
    "S312",
    "error",
    "Without WebSockets browsers poll, and each poll must reach the process that holds the session.",
    reference=f"{_UPSTREAM}/env.py",
    example='app: {workers: 2, environment: {ENABLE_WEBSOCKET_SUPPORT: "false"}}\naccept: {S351: "measured: two fit"}',
    mend='app: {environment: {ENABLE_WEBSOCKET_SUPPORT: "false"}}',
)
def websockets_off(deployment: Deployment) -> Iterator[Finding]:
    app, name = deployment.spec.app, "ENABLE_WEBSOCKET_SUPPORT"
    if app.workers > 1 and not _is_on(app.environment.get(name, "true")):
        message = f"browsers would poll, and the {app.workers} workers of a task do not share sessions"
        yield Finding(_at(name), message, "leave it out, or write workers: 1; stickiness alone finds the task only")


@rule(
    "S313",
    "error",
    "Without Redis behind the WebSockets, a message reaches the browsers of one process alone.",
    reference=f"{_UPSTREAM}/env.py",
    example='app: {environment: {WEBSOCKET_MANAGER: ""}}',
    mend="app: {environment: {WEBSOCKET_MANAGER: redis}}",
)
def websocket_manager(deployment: Deployment) -> Iterator[Finding]:
    manager = deployment.spec.app.environment.get("WEBSOCKET_MANAGER", "redis")
    if manager != "redis" and _many(deployment):
        message = "rooms and sessions would be each process's own"
        yield Finding(_at("WEBSOCKET_MANAGER"), message, "leave it out: the generator sets redis")


@rule(
    "S314",
    "error",
    "The Redis of a deployment is one primary with replicas: a client for a cluster or for sentinels cannot use it.",
    reference="https://github.com/open-webui/open-webui/discussions/16157",
    example='app: {environment: {REDIS_CLUSTER: "true"}}',
    mend='app: {environment: {REDIS_CLUSTER: "false"}}',
)
def redis_mode(deployment: Deployment) -> Iterator[Finding]:
    environment = deployment.spec.app.environment
    for name in _CLUSTER_FLAGS:
        if _is_on(environment.get(name, "")):
            yield Finding(_at(name), "this deployment's Redis is not in cluster mode", "leave it out")
    for name in _SENTINELS:
        if environment.get(name):
            yield Finding(_at(name), "this deployment's Redis has no sentinels; ElastiCache fails over", "leave it out")


@rule(
    "S315",
    "error",
    "A file that one task keeps to itself is missing in every other, and gone with the task.",
    reference=f"{_UPSTREAM}/config.py",
    example="app: {environment: {DATA_DIR: /tmp/data}}",
    mend="app: {environment: {STORAGE_PROVIDER: s3, S3_BUCKET_NAME: chat-files}}",
)
def shared_files(deployment: Deployment) -> Iterator[Finding]:
    environment = deployment.spec.app.environment
    provider, folder = environment.get("STORAGE_PROVIDER", "local"), environment.get("DATA_DIR", openwebui.DATA_FOLDER)
    if provider not in _SHARED_STORAGE:
        message = f"Open WebUI has no storage provider {shown(provider) or '(empty)'}"
        yield Finding(_at("STORAGE_PROVIDER"), message, f"write one of {', '.join(_SHARED_STORAGE)}; local is the EFS")
    if folder.rstrip("/") != openwebui.DATA_FOLDER:
        message = f"the shared file system is at {openwebui.DATA_FOLDER}; {shown(folder)} is the task's own disk"
        yield Finding(_at("DATA_DIR"), message, "leave it out")


@rule(
    "S316",
    "error",
    "Together they replace DATABASE_URL: tasks would share SQLite on EFS, or write to another database.",
    reference=f"{_UPSTREAM}/env.py",
    example="app: {environment: {DATABASE_TYPE: sqlite}}",
    mend="app: {environment: {DATABASE_SCHEMA: chat}}",
)
def parts_of_the_database(deployment: Deployment) -> Iterator[Finding]:
    app = deployment.spec.app
    for section, names in (("environment", app.environment), ("secrets", app.secrets)):
        for name in _DATABASE_PARTS:
            if name in names and not (section == "environment" and name == "DATABASE_PASSWORD"):  # see S304
                hint = "remove it: the whole URL is in the secret of existing.database.url_secret_arn"
                yield Finding(("app", section, name), "is a part of another database URL", hint, on_key=True)


@rule(
    "S317",
    "error",
    "It is the check of who may open a WebSocket: `*` and http let other sites in, without public_url nobody gets in.",
    reference=f"{_UPSTREAM}/socket/main.py",
    example='app: {public_url: https://chat.example.com, environment: {CORS_ALLOW_ORIGIN: "*"}}',
    mend="""\
app:
  public_url: https://chat.example.com
  environment: {CORS_ALLOW_ORIGIN: https://chat.example.com;https://intranet.example.com}""",
)
def origins(deployment: Deployment) -> Iterator[Finding]:
    app = deployment.spec.app
    listed = app.environment.get("CORS_ALLOW_ORIGIN")
    if listed is None:
        return
    path, every = _at("CORS_ALLOW_ORIGIN"), listed.split(";")
    if "*" in every and len(every) > 1:
        yield Finding(path, "`*` does not go with a list: no task would start", "name https origins, joined by `;`")
        return
    if app.public_url is None:
        return
    for origin in every:
        if origin == "*" or origin.lower().startswith("http:"):
            what = "any site" if origin == "*" else f"{shown(origin)}, which anybody on the way can pose as,"
            yield Finding(path, f"{what} could open a WebSocket in a user's name", "name https origins, joined by `;`")
    if app.public_url not in every and "*" not in every:
        yield Finding(path, f"does not name {app.public_url}", f"add {app.public_url}, or leave the variable out")


@rule(
    "S318",
    "error",
    "Open WebUI believes this header: whoever reaches the load balancer is who he says he is.",
    reference=f"{_UPSTREAM}/env.py",
    example="app: {environment: {WEBUI_AUTH_TRUSTED_EMAIL_HEADER: X-Email}}",
    mend="""\
app: {environment: {WEBUI_AUTH_TRUSTED_EMAIL_HEADER: X-Email}}
load_balancer: {allow_from: {vpn: {cidr: 10.8.0.0/24}}}""",
)
def trusted_header(deployment: Deployment) -> Iterator[Finding]:
    app = deployment.spec.app
    if not app.environment.get(_TRUSTED_HEADER) and _TRUSTED_HEADER not in app.secrets:
        return
    for name, source in deployment.spec.load_balancer.allow_from.items():
        addresses = _addresses(source.cidr or "")
        if addresses > _A_PROXYS_ADDRESSES:
            message = f"{addresses:,} addresses could send {_TRUSTED_HEADER} in anybody's name"
            hint = f"name the proxy alone: its security group, or a range of at most {_A_PROXYS_ADDRESSES} addresses"
            yield Finding(("load_balancer", "allow_from", name, "cidr"), message, hint)


def _addresses(cidr: str) -> int:
    try:
        return ipaddress.ip_network(cidr, strict=False).num_addresses
    except ValueError:  # see S222
        return 0


@rule(
    "S319",
    "error",
    "Settings that admins change would hold in the process that they met, and be lost with it.",
    reference=f"{_UPSTREAM}/config.py",
    example='app: {environment: {ENABLE_PERSISTENT_CONFIG: "false"}}',
    mend='app: {environment: {ENABLE_PERSISTENT_CONFIG: "true"}}',
)
def persistent_config(deployment: Deployment) -> Iterator[Finding]:
    name = "ENABLE_PERSISTENT_CONFIG"
    if not _is_on(deployment.spec.app.environment.get(name, "true")) and _many(deployment):
        yield Finding(_at(name), "processes would differ in their settings", "leave it out")


@rule(
    "S359",
    "warning",
    "A browser would send the session over plain HTTP too, where anybody on the way can take it.",
    reference=f"{_UPSTREAM}/env.py",
    example='app: {public_url: https://chat.example.com, environment: {WEBUI_SESSION_COOKIE_SECURE: "false"}}',
    mend='app: {public_url: https://chat.example.com, environment: {WEBUI_SESSION_COOKIE_SECURE: "true"}}',
)
def insecure_cookies(deployment: Deployment) -> Iterator[Finding]:
    spec = deployment.spec
    for name in openwebui.SECURE_COOKIES:
        if openwebui.behind_https(spec) and not _is_on(spec.app.environment.get(name, "true")):
            yield Finding(_at(name), "browsers speak HTTPS here, and the cookie is not kept to it", "leave it out")
