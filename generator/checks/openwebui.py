"""What breaks Open WebUI when it runs many times. Each rule says where upstream it comes from."""

import math
import re
from collections.abc import Iterator

from generator.checks.rule import Finding, rule
from generator.deployment import Deployment
from generator.errors import count
from generator.facts import openwebui, releases
from generator.model import Spec

KNOWN_BAD = {
    "0.6.40": "refuses rediss:// URLs (open-webui issue 19480)",
    "0.10.1": "loops on Redis pub/sub (open-webui issue 26425)",
    "0.12.3": "hangs after a reconnect to Redis (open-webui issue 33009)",
}
_SECRET_NAME = re.compile(r"(?:^|_)(?:KEYS?|TOKEN|SECRETS?|PASSWORD|PASSWD|CREDENTIALS)(?:_JSON|_?[0-9]+)?$")
_SWITCHES = frozenset({"true", "false"})
"""Values that no secret has: ENABLE_API_KEYS and its like."""
_DEFAULT_THREADS = 40
_MODEL_MB_PER_WORKER = 500


def processes(spec: Spec) -> int:
    """Open WebUI processes at the most tasks."""
    return openwebui.most_tasks(spec) * spec.app.workers


@rule("S301", "error", "A database out of connections fails every request; the pools of all processes share it.")
def database_connections(deployment: Deployment) -> Iterator[Finding]:
    spec = deployment.spec
    needed, database = openwebui.database_connections(spec), spec.existing.database
    if needed + database.reserved_connections > database.max_connections:
        message = (
            f"{openwebui.connections_in_words(spec)} = {needed:,} connections, and {database.reserved_connections:,} "
            f"reserved, are more than the database's {database.max_connections:,}"
        )
        hint = "lower app.database_pool, app.workers or autoscaling.max, or raise the database's max_connections"
        yield Finding(("existing", "database", "max_connections"), message, hint)


@rule("S302", "error", "A moving tag or a bad release changes the code under a running deployment.")
def image_version(deployment: Deployment) -> Iterator[Finding]:
    image, path = deployment.spec.app.image, ("app", "image")
    tag, version = releases.tag(image), releases.release(image)
    if version in KNOWN_BAD:
        yield Finding(path, f"{version} {KNOWN_BAD[version]}", "take a later version")
    elif not version and "@" not in image:
        message = f"the tag {tag} is no version, and may move" if tag else "has no tag, which means latest"
        yield Finding(path, message, "write a version tag such as v0.12.4, or a digest")


@rule("S303", "error", "The load balancer would cut a WebSocket that is only quiet, and every chat with it.")
def idle_timeout(deployment: Deployment) -> Iterator[Finding]:
    quiet = openwebui.silence_seconds(deployment.spec)
    timeout = deployment.spec.load_balancer.idle_timeout_seconds
    if timeout <= quiet:
        message = f"{timeout} s is not more than the {quiet} s that a WebSocket may be silent"
        yield Finding(("load_balancer", "idle_timeout_seconds"), message, f"write more than {quiet}")


@rule("S304", "error", "Plain variables stand in the HCL, in the state and in the console for many to read.")
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


@rule("S305", "error", "Chroma inside the tasks is SQLite on the shared disk: two processes corrupt it.")
def embedded_chroma(deployment: Deployment) -> Iterator[Finding]:
    app = deployment.spec.app
    if app.vector_database == "chroma" and "CHROMA_HTTP_HOST" not in app.environment:
        message = "chroma without CHROMA_HTTP_HOST runs inside each process"
        yield Finding(("app", "vector_database"), message, "write pgvector, or name a Chroma server in app.environment")


@rule("S306", "error", "Tasks that do not share these secrets cannot read each other's sessions.")
def managed_secrets(deployment: Deployment) -> Iterator[Finding]:
    for name in deployment.spec.app.secrets:
        if name in openwebui.MANAGED_SECRETS:
            hint = f"remove it: it follows from {openwebui.MANAGED_SECRETS[name]}"
            yield Finding(("app", "secrets", name), "is set by the generator", hint, on_key=True)


@rule("S307", "error", "A variable cannot be plain and secret at once; ECS refuses the task definition.")
def one_origin(deployment: Deployment) -> Iterator[Finding]:
    app = deployment.spec.app
    for name in app.secrets:
        if name in app.environment:
            path, message = ("app", "environment", name), "stands under app.secrets too"
            yield Finding(path, message, "keep one of the two", on_key=True)
        elif name in openwebui.environment(deployment.spec):
            path, message = ("app", "secrets", name), "is a plain variable that the generator sets"
            yield Finding(path, message, "remove it, or write another value under app.environment", on_key=True)


@rule("S308", "error", "Redis closes a pooled connection that is idle for longer, and Open WebUI meets a dead one.")
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


@rule("S309", "error", "The rules and figures go by the key of the spec; a variable beside it would pass them by.")
def own_key(deployment: Deployment) -> Iterator[Finding]:
    for name in deployment.spec.app.environment:
        if name in openwebui.KEYS_OF_VARIABLES:
            message = "has a key of its own in the spec"
            yield Finding(("app", "environment", name), message, f"write {openwebui.KEYS_OF_VARIABLES[name]} instead")


@rule("S351", "warning", "Each worker repeats the pools and the models; Open WebUI advises one worker and more tasks.")
def several_workers(deployment: Deployment) -> Iterator[Finding]:
    if deployment.spec.app.workers > 1:
        message = f"each of the {deployment.spec.app.workers} workers of a task has pools and models of its own"
        yield Finding(("app", "workers"), message, "write 1, and more tasks")


@rule("S352", "warning", "Fewer threads than upstream's default freeze a process under load.")
def few_threads(deployment: Deployment) -> Iterator[Finding]:
    threads = deployment.spec.app.threads
    if threads is not None and threads < _DEFAULT_THREADS:
        message = f"{threads} threads are fewer than Open WebUI's own {_DEFAULT_THREADS}"
        yield Finding(("app", "threads"), message, f"leave threads out, or write {_DEFAULT_THREADS} or more")


@rule("S353", "warning", "With one node, its loss or its maintenance ends every session.")
def single_redis_node(deployment: Deployment) -> Iterator[Finding]:
    if deployment.spec.redis.nodes == 1:
        yield Finding(("redis", "nodes"), "one Redis node has nothing to fail over to", "write nodes: 2 or more")


@rule("S354", "warning", "A Redis that evicts keys logs people out, or forgets that a token was revoked.")
def eviction_policy(deployment: Deployment) -> Iterator[Finding]:
    policy = deployment.spec.redis.eviction_policy
    if policy != "noeviction":
        yield Finding(("redis", "eviction_policy"), f"{policy} drops keys when memory is full", "write noeviction")


@rule(
    "S355", "warning", "The local embedding model takes about 500 MB in every worker; a task that runs out is killed."
)
def local_model_memory(deployment: Deployment) -> Iterator[Finding]:
    spec = deployment.spec
    needed = math.ceil(spec.app.workers * _MODEL_MB_PER_WORKER / 1000 + 1)
    if not spec.app.environment.get("RAG_EMBEDDING_ENGINE") and spec.service.memory_gb < needed:
        workers = count(spec.app.workers, "worker")
        message = f"{spec.service.memory_gb:g} GB is too little for {workers} with the local embedding model"
        hint = f"write memory_gb: {needed} or more, or set RAG_EMBEDDING_ENGINE to openai or ollama"
        yield Finding(("service", "memory_gb"), message, hint)


@rule("S356", "warning", "Several tasks that migrate one database at once race: Alembic takes no lock.")
def migrations_race(deployment: Deployment) -> Iterator[Finding]:
    if deployment.spec.app.migrate_on_start and processes(deployment.spec) > 1:
        message = f"up to {processes(deployment.spec)} processes migrate when they start"
        yield Finding(("app", "migrate_on_start"), message, "write false, and migrate with one one-off task")


@rule("S357", "warning", "A stop cuts the answers that are still being written.")
def drain_window(deployment: Deployment) -> Iterator[Finding]:
    delay = deployment.spec.load_balancer.deregistration_delay_seconds
    longest = deployment.spec.app.client_timeout_seconds
    if delay < longest:
        message = f"answers may take {longest} s, and a task that is replaced has {delay} s for them"
        yield Finding(("load_balancer", "deregistration_delay_seconds"), message, f"write {longest}")
