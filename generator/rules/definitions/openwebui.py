"""Settings that break Open WebUI with several tasks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from owscale.console.secret_texts import find_secrets
from owscale.domain.openwebui import capacity, environment, known_faults, releases
from owscale.domain.openwebui.secret_variables import is_named_like_secret
from owscale.rules.registry import Finding, rule
from owscale.spec.deployment import Deployment
from owscale.spec.document import Path, dotted

if TYPE_CHECKING:
    from owscale.spec.models import Spec

_EMBEDDED_DATABASES = ("chroma", "milvus")
_RENEW = "renew the secret if it was committed"

_MIN_IDLE_TIMEOUT = 20
"""https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.Engine.html#ParameterGroups.Redis"""


@rule(
    "S301",
    "error",
    checks="Checks that the database has enough connections for all processes during a deployment.",
    rationale="All processes share the connections of the database; when none is left, every request fails.",
    reference="https://docs.openwebui.com/troubleshooting/multi-replica#connection-pool-sizing",
    example="app: {database_pool: {size: 50}}",
    fixed_example="app: {database_pool: {size: 20}}",
    other_keys=(
        "app.database_pool.max_overflow",
        "app.database_pool.vector_size",
        "app.environment",
        "app.image",
        "app.migration_image",
        "app.workers",
        "autoscaling.max",
        "existing.database.max_connections",
        "existing.database.reserved_connections",
        "service.deployment.maximum_percent",
    ),
)
def database_connections(deployment: Deployment) -> Iterator[Finding]:
    spec = deployment.spec
    needed, database = capacity.max_database_connections(spec), spec.existing.database
    overflow = capacity.vector_overflow(spec)
    if overflow < 0:
        path = ("app", "environment", "PGVECTOR_POOL_MAX_OVERFLOW")
        yield Finding(path, "a negative value opens connections without a limit", "write 0 or more")
    elif needed + database.reserved_connections > database.max_connections:
        message = (
            f"{capacity.describe_database_connections(spec)} = {needed:,} connections; with "
            f"{database.reserved_connections:,} reserved, they exceed the {database.max_connections:,} of the database"
        )
        instances = dotted(capacity.max_tasks_key(spec))
        variable = ", PGVECTOR_POOL_MAX_OVERFLOW" if overflow else ""
        hint = (
            f"lower app.database_pool{variable}, app.workers or {instances}, or raise max_connections of the database"
        )
        yield Finding(("existing", "database", "max_connections"), message, hint, related=_connection_keys(spec))


def _connection_keys(spec: Spec) -> tuple[Path, ...]:
    """Return the paths of the keys that determine the number of connections."""
    vector: tuple[Path, ...] = ()
    if spec.app.vector_database == "pgvector":
        vector = (("app", "database_pool", "vector_size"),)
        if capacity.vector_overflow(spec):
            vector = (*vector, ("app", "environment", "PGVECTOR_POOL_MAX_OVERFLOW"))
    return (
        ("existing", "database", "reserved_connections"),
        capacity.max_tasks_key(spec),
        ("app", "workers"),
        ("app", "database_pool", "size"),
        ("app", "database_pool", "max_overflow"),
        *vector,
        ("service", "deployment", "maximum_percent"),
    )


@rule(
    "S302",
    "error",
    checks="Checks that each image has a version tag or a digest, and is not a release that is known to be bad.",
    rationale="A moving tag changes the code of a running deployment, and a bad release breaks it.",
    reference="docs/openwebui-releases.md",
    example="app: {image: ghcr.io/open-webui/open-webui:v0.11.2}",
    fixed_example="app: {image: ghcr.io/open-webui/open-webui:v0.12.4}",
    other_keys=("app.environment", "app.migration_image", "app.secrets"),
)
def image_version(deployment: Deployment) -> Iterator[Finding]:
    images = releases.images(deployment.spec)
    for key, image in images.items():
        tag, version = releases.tag(image), releases.release(image)
        is_left = key == "image" and "migration_image" in images  # a deployment that runs it is upgraded
        for fault in known_faults.faults(version, deployment.spec, "refused") if version and not is_left else ():
            condition = f" {fault.condition}" if fault.condition else ""
            message = f"{version} must not be used{condition}: {fault.effect} ({known_faults.issue_names(fault)})"
            hint = f"use {known_faults.JUDGED_UNTIL}"
            if key == "image":
                hint += f"; if {version} already runs, write the new image as app.migration_image first"
            yield Finding(("app", key), message, hint)
        if not version and "@" not in image:
            message = f"the tag {tag} is not a version and may move" if tag else "has no tag, which means latest"
            yield Finding(("app", key), message, "write a version tag such as v0.12.4, or a digest")


@rule(
    "S303",
    "error",
    checks="Checks that the idle timeout of the load balancer is longer than a live WebSocket can be silent.",
    rationale="The load balancer would close WebSockets that are only idle, and interrupt their chats.",
    reference="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html",
    example="load_balancer: {idle_timeout_seconds: 45}",
    fixed_example="load_balancer: {idle_timeout_seconds: 300}",
)
def idle_timeout(deployment: Deployment) -> Iterator[Finding]:
    silence = environment.websocket_silence_seconds(deployment.spec)
    timeout = deployment.spec.load_balancer.idle_timeout_seconds
    if timeout <= silence:
        message = f"a live WebSocket can be silent for {silence} s, but the load balancer closes it after {timeout} s"
        yield Finding(("load_balancer", "idle_timeout_seconds"), message, f"write more than {silence}")


@rule(
    "S304",
    "error",
    checks="Checks that `app.environment` has no variable that holds a secret, judged by the name of the variable.",
    rationale="Plain variables can be read in the HCL, in the state and in the console.",
    reference="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html",
    example="app: {environment: {OAUTH_CLIENT_SECRET: 0123456789abcdef}}",
    fixed_example="""\
app:
  secrets: {OAUTH_CLIENT_SECRET: arn:aws:secretsmanager:eu-west-1:111122223333:secret:entra-AbCdEf}""",
)
def secret_in_environment(deployment: Deployment) -> Iterator[Finding]:
    app = deployment.spec.app
    for name in app.environment.keys() - app.secrets.keys():  # S307 reports a name in both
        path = ("app", "environment", name)
        if name in environment.MANAGED_SECRETS:
            yield Finding(path, "is a secret that owscale sets", _remove_managed_secret(name), at_key=True)
        elif is_named_like_secret(name, app.environment[name]):
            hint = "store the value in Secrets Manager, and write its ARN under app.secrets"
            yield Finding(path, "looks like a secret", hint, at_key=True)


@rule(
    "S330",
    "error",
    checks="Checks that no text of the spec contains a password, a key or a token, judged by its value.",
    rationale="The spec, the HCL and the documents are in git, and plain variables can be read in the state and in the "
    "console.",
    reference="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html",
    example="app: {environment: {HTTPS_PROXY: 'http://chat:EXAMPLE-password@proxy.example.com:3128'}}",
    fixed_example="""\
app:
  secrets: {HTTPS_PROXY: arn:aws:secretsmanager:eu-west-1:111122223333:secret:proxy-AbCdEf}""",
    other_keys=("accept", "alarms", "aws", "custom", "existing", "load_balancer", "redis", "service", "state"),
    acceptable_at_places=True,
)
def secret_in_value(deployment: Deployment) -> Iterator[Finding]:
    environment_path = ("app", "environment")
    reported = {*(finding.path[-1] for finding in secret_in_environment(deployment)), *deployment.spec.app.secrets}
    named = {(*environment_path, name) for name in reported}  # S304 and S307 report them
    for path, text in deployment.document.texts:
        name = next((str(part) for part in reversed(path) if isinstance(part, str)), "")
        if path not in named and (found := find_secrets(text, name)):
            hint = "store it in Secrets Manager, and write its ARN under app.secrets"
            if path[:2] != environment_path:
                hint = "remove it; a secret of Open WebUI belongs in Secrets Manager, and its ARN under app.secrets"
            hint = f"{hint}; {_RENEW}; if it is no secret, accept {json.dumps(f'S330 {dotted(path)}')} with a reason"
            yield Finding(path, f"contains a secret: {found[0].kind}", hint)
    for path in deployment.document.locations:
        if path and isinstance(path[-1], str) and (found := find_secrets(path[-1], "id")):
            message = f"the key contains a secret: {found[0].kind}"
            yield Finding(path, message, f"rename the key; {_RENEW}", at_key=True)


def _remove_managed_secret(name: str) -> str:
    return f"remove it; its value follows from {environment.MANAGED_SECRETS[name]}"


@rule(
    "S305",
    "error",
    checks="Checks that `vector_database` comes with the address of its server.",
    rationale="Without it, Chroma and Milvus use files that two processes corrupt, and other databases do not start.",
    reference="https://docs.openwebui.com/getting-started/advanced-topics/scaling",
    example="app: {vector_database: chroma}",
    fixed_example="app: {vector_database: pgvector}",
    other_keys=("app.environment",),
)
def vector_database_address(deployment: Deployment) -> Iterator[Finding]:
    app = deployment.spec.app
    names = environment.VECTOR_DATABASE_ADDRESSES.get(app.vector_database, ())
    if not names or any(app.environment.get(name) or name in app.secrets for name in names):
        return
    message = f"{app.vector_database} without {' or '.join(names)} " + (
        "runs inside each process" if app.vector_database in _EMBEDDED_DATABASES else "has no server to connect to"
    )
    hint = f"write pgvector, or set {names[0]} in app.environment"
    yield Finding(("app", "vector_database"), message, hint, related=(("app", "environment"),))


@rule(
    "S306",
    "error",
    checks="Checks that `app.secrets` sets no secret that owscale sets for all tasks.",
    rationale="Tasks that do not share these secrets cannot read each other's sessions.",
    reference="https://github.com/open-webui/open-webui/issues/11606",
    example="app: {secrets: {WEBUI_SECRET_KEY: arn:aws:secretsmanager:eu-west-1:111122223333:secret:key-AbCdEf}}",
    fixed_example="""\
existing:
  secrets: {webui_secret_key_arn: arn:aws:secretsmanager:eu-west-1:111122223333:secret:key-AbCdEf}""",
)
def managed_secret(deployment: Deployment) -> Iterator[Finding]:
    for name in deployment.spec.app.secrets:
        if name in environment.MANAGED_SECRETS:
            yield Finding(("app", "secrets", name), "is set by owscale", _remove_managed_secret(name), at_key=True)


@rule(
    "S307",
    "error",
    checks="Checks that no variable is both plain and secret.",
    rationale="ECS rejects a task definition that has a variable in both lists.",
    reference="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html",
    example="""\
app:
  environment: {OPENID_PROVIDER_URL: https://login.example.com}
  secrets: {OPENID_PROVIDER_URL: arn:aws:secretsmanager:eu-west-1:111122223333:secret:login-url-AbCdEf}""",
    fixed_example="""\
app:
  secrets: {OPENID_PROVIDER_URL: arn:aws:secretsmanager:eu-west-1:111122223333:secret:login-url-AbCdEf}""",
)
def plain_and_secret(deployment: Deployment) -> Iterator[Finding]:
    app = deployment.spec.app
    for name in app.secrets:
        if name in app.environment:
            path, related = ("app", "environment", name), (("app", "secrets", name),)
            yield Finding(path, "is also under app.secrets", "remove one of the two", at_key=True, related=related)
        elif environment.sets_variable(deployment.spec, name) and name not in environment.SPEC_KEYS_BY_VARIABLE:
            hint = "remove it, or set another value under app.environment"
            yield Finding(("app", "secrets", name), "is a plain variable that owscale sets", hint, at_key=True)


@rule(
    "S308",
    "error",
    checks="Checks that Redis keeps idle connections open for longer than Open WebUI waits between health checks.",
    rationale="Redis would close a pooled connection before its next check, and Open WebUI would use the closed one.",
    reference="https://docs.openwebui.com/tutorials/integrations/redis",
    example="redis: {idle_timeout_seconds: 60}",
    fixed_example="redis: {idle_timeout_seconds: 1800}",
)
def redis_idle_timeout(deployment: Deployment) -> Iterator[Finding]:
    timeout = deployment.spec.redis.idle_timeout_seconds
    interval = environment.redis_health_check_seconds(deployment.spec)
    path = ("redis", "idle_timeout_seconds")
    if timeout and not interval:
        message = f"REDIS_HEALTH_CHECK_INTERVAL turns off checks, but Redis closes idle connections after {timeout} s"
        yield Finding(path, message, "remove REDIS_HEALTH_CHECK_INTERVAL, or write 0 to never close a connection")
    elif timeout and timeout <= interval:
        message = f"idle connections are checked after {interval} s, but Redis closes them after {timeout} s"
        yield Finding(path, message, "write 1800, as Open WebUI advises, or 0 to never close a connection")
    elif 0 < timeout < _MIN_IDLE_TIMEOUT:
        message = f"ElastiCache accepts 0, or {_MIN_IDLE_TIMEOUT} and more, not {timeout}"
        yield Finding(path, message, "write 1800, as Open WebUI advises, or 0 to never close a connection")
