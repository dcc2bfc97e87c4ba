"""What breaks Open WebUI when it runs many times. Each rule says where upstream it comes from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from generator.checks.rule import Finding, key_of_most_tasks, rule
from generator.deployment import Deployment
from generator.document import Path
from generator.facts import openwebui, releases

if TYPE_CHECKING:
    from generator.model import Spec

KNOWN_BAD = {
    "0.6.40": "refuses rediss:// URLs (open-webui issue 19480)",
    "0.10.1": "loops on Redis pub/sub (open-webui issue 26425)",
    "0.12.3": "hangs after a reconnect to Redis (open-webui issue 33009)",
}
_SECRET_NAME = re.compile(r"(?:^|_)(?:KEYS?|TOKEN|SECRETS?|PASSWORD|PASSWD|CREDENTIALS)(?:_JSON|_?[0-9]+)?$")
_SWITCHES = frozenset({"true", "false"})
"""Values that no secret has: ENABLE_API_KEYS and its like."""


@rule(
    "S301",
    "error",
    "A database out of connections fails every request; the pools of all processes share it.",
    reference="https://docs.openwebui.com/troubleshooting/multi-replica#connection-pool-sizing",
    example="app: {database_pool: {size: 50}}",
    mend="app: {database_pool: {size: 20}}",
)
def database_connections(deployment: Deployment) -> Iterator[Finding]:
    spec = deployment.spec
    needed, database = openwebui.database_connections(spec), spec.existing.database
    if needed + database.reserved_connections > database.max_connections:
        message = (
            f"{openwebui.connections_in_words(spec)} = {needed:,} connections, and {database.reserved_connections:,} "
            f"reserved, are more than the database's {database.max_connections:,}"
        )
        hint = "lower app.database_pool, app.workers or autoscaling.max, or raise the database's max_connections"
        yield Finding(("existing", "database", "max_connections"), message, hint, also=_connections(spec))


def _connections(spec: Spec) -> tuple[Path, ...]:
    """The keys that decide how many connections there are."""
    vector = (("app", "database_pool", "vector_size"),) if spec.app.vector_database == "pgvector" else ()
    return (
        ("existing", "database", "reserved_connections"),
        key_of_most_tasks(spec),
        ("app", "workers"),
        ("app", "database_pool", "size"),
        ("app", "database_pool", "max_overflow"),
        *vector,
        ("service", "deployment", "maximum_percent"),
    )


@rule(
    "S302",
    "error",
    "A moving tag or a bad release changes the code under a running deployment.",
    reference="https://github.com/open-webui/open-webui/issues/33009",
    example="app: {image: ghcr.io/open-webui/open-webui:v0.12.3}",
    mend="app: {image: ghcr.io/open-webui/open-webui:v0.12.4}",
)
def image_version(deployment: Deployment) -> Iterator[Finding]:
    image, path = deployment.spec.app.image, ("app", "image")
    tag, version = releases.tag(image), releases.release(image)
    if version in KNOWN_BAD:
        yield Finding(path, f"{version} {KNOWN_BAD[version]}", "take a later version")
    elif not version and "@" not in image:
        message = f"the tag {tag} is no version, and may move" if tag else "has no tag, which means latest"
        yield Finding(path, message, "write a version tag such as v0.12.4, or a digest")


@rule(
    "S303",
    "error",
    "The load balancer would cut a WebSocket that is only quiet, and every chat with it.",
    reference="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html",
    example="load_balancer: {idle_timeout_seconds: 45}",
    mend="load_balancer: {idle_timeout_seconds: 300}",
)
def idle_timeout(deployment: Deployment) -> Iterator[Finding]:
    quiet = openwebui.silence_seconds(deployment.spec)
    timeout = deployment.spec.load_balancer.idle_timeout_seconds
    if timeout <= quiet:
        message = f"{timeout} s is not more than the {quiet} s that a WebSocket may be silent"
        yield Finding(("load_balancer", "idle_timeout_seconds"), message, f"write more than {quiet}")


@rule(
    "S304",
    "error",
    "Plain variables stand in the HCL, in the state and in the console for many to read.",
    reference="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html",
    example="app: {environment: {OPENAI_API_KEY: sk-0123456789}}",
    mend="app: {secrets: {OPENAI_API_KEY: arn:aws:secretsmanager:eu-west-1:111122223333:secret:openai-AbCdEf}}",
)
def secret_in_environment(deployment: Deployment) -> Iterator[Finding]:
    app = deployment.spec.app
    for name in app.environment.keys() - app.secrets.keys():  # in both: see S307
        path = ("app", "environment", name)
        if name in openwebui.MANAGED_SECRETS:
            hint = f"remove it: it follows from {openwebui.MANAGED_SECRETS[name]}"
            yield Finding(path, "is a secret that the generator sets", hint, on_key=True)
        elif _SECRET_NAME.search(name.upper()) and app.environment[name].lower() not in _SWITCHES:
            hint = "put the value into Secrets Manager and its ARN under app.secrets"
            yield Finding(path, "looks like a secret", hint, on_key=True)


@rule(
    "S305",
    "error",
    "Chroma inside the tasks is SQLite on the shared disk: two processes corrupt it.",
    reference="https://docs.openwebui.com/getting-started/advanced-topics/scaling",
    example="app: {vector_database: chroma}",
    mend="app: {vector_database: pgvector}",
)
def embedded_chroma(deployment: Deployment) -> Iterator[Finding]:
    app = deployment.spec.app
    if app.vector_database == "chroma" and "CHROMA_HTTP_HOST" not in app.environment:
        message = "chroma without CHROMA_HTTP_HOST runs inside each process"
        hint = "write pgvector, or name a Chroma server in app.environment"
        yield Finding(("app", "vector_database"), message, hint, also=(("app", "environment"),))


@rule(
    "S306",
    "error",
    "Tasks that do not share these secrets cannot read each other's sessions.",
    reference="https://github.com/open-webui/open-webui/issues/11606",
    example="app: {secrets: {WEBUI_SECRET_KEY: arn:aws:secretsmanager:eu-west-1:111122223333:secret:key-AbCdEf}}",
    mend="existing: {secrets: {webui_secret_key_arn: arn:aws:secretsmanager:eu-west-1:111122223333:secret:key-AbCdEf}}",
)
def managed_secrets(deployment: Deployment) -> Iterator[Finding]:
    for name in deployment.spec.app.secrets:
        if name in openwebui.MANAGED_SECRETS:
            hint = f"remove it: it follows from {openwebui.MANAGED_SECRETS[name]}"
            yield Finding(("app", "secrets", name), "is set by the generator", hint, on_key=True)


@rule(
    "S307",
    "error",
    "A variable cannot be plain and secret at once; ECS refuses the task definition.",
    reference="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html",
    example=(
        "app:\n"
        "  environment: {OPENAI_API_BASE_URL: https://api.example.com}\n"
        "  secrets:\n"
        "    OPENAI_API_BASE_URL: arn:aws:secretsmanager:eu-west-1:111122223333:secret:openai-url-AbCdEf"
    ),
    mend=(
        "app:\n"
        "  secrets:\n"
        "    OPENAI_API_BASE_URL: arn:aws:secretsmanager:eu-west-1:111122223333:secret:openai-url-AbCdEf"
    ),
)
def one_origin(deployment: Deployment) -> Iterator[Finding]:
    app = deployment.spec.app
    for name in app.secrets:
        if name in app.environment:
            path, message = ("app", "environment", name), "stands under app.secrets too"
            yield Finding(path, message, "keep one of the two", on_key=True, also=(("app", "secrets", name),))
        elif name in openwebui.environment(deployment.spec):
            path, message = ("app", "secrets", name), "is a plain variable that the generator sets"
            yield Finding(path, message, "remove it, or write another value under app.environment", on_key=True)


@rule(
    "S308",
    "error",
    "Redis closes a pooled connection that is idle for longer, and Open WebUI meets a dead one.",
    reference="https://docs.openwebui.com/tutorials/integrations/redis",
    example="redis: {idle_timeout_seconds: 60}",
    mend="redis: {idle_timeout_seconds: 1800}",
)
def redis_idle_timeout(deployment: Deployment) -> Iterator[Finding]:
    timeout = deployment.spec.redis.idle_timeout_seconds
    checked = openwebui.redis_health_check_seconds(deployment.spec)
    if timeout and (timeout <= checked or not checked):
        message = f"{timeout} s is not more than the {checked} s between health checks"
        hint = "Open WebUI advises 1800; 0 never closes"
        if not checked:
            message = f"{timeout} s end connections that REDIS_HEALTH_CHECK_INTERVAL lets nobody check"
            hint = "leave REDIS_HEALTH_CHECK_INTERVAL out, or write 0: never close"
        yield Finding(("redis", "idle_timeout_seconds"), message, hint)


@rule(
    "S309",
    "error",
    "The rules and figures go by the key of the spec; a variable beside it would pass them by.",
    reference="https://docs.openwebui.com/reference/env-configuration",
    example='app: {environment: {UVICORN_WORKERS: "4"}}',
    mend="app: {workers: 1}",
)
def own_key(deployment: Deployment) -> Iterator[Finding]:
    for name in deployment.spec.app.environment:
        if name in openwebui.KEYS_OF_VARIABLES:
            message = "has a key of its own in the spec"
            yield Finding(("app", "environment", name), message, f"write {openwebui.KEYS_OF_VARIABLES[name]} instead")
