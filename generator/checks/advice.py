"""What Open WebUI advises against, and what it runs badly with: warnings."""

import math
from collections.abc import Iterator

from generator.checks.rule import Finding, key_of_most_tasks, rule
from generator.deployment import Deployment
from generator.errors import count
from generator.facts import openwebui

_DEFAULT_THREADS = 40
_MODEL_MB_PER_WORKER = 500


@rule(
    "S351",
    "warning",
    "Each worker repeats the pools and the models; Open WebUI advises one worker and more tasks.",
    reference="https://docs.openwebui.com/getting-started/advanced-topics/scaling",
    example="app: {workers: 2}",
    mend="app: {workers: 1}\nservice: {instances: 6}",
)
def several_workers(deployment: Deployment) -> Iterator[Finding]:
    if deployment.spec.app.workers > 1:
        message = f"each of the {deployment.spec.app.workers} workers of a task has pools and models of its own"
        yield Finding(("app", "workers"), message, "write 1, and more tasks")


@rule(
    "S352",
    "warning",
    "Fewer threads than upstream's default freeze a process under load.",
    reference="https://docs.openwebui.com/reference/env-configuration#thread_pool_size",
    example="app: {threads: 20}",
    mend="app: {threads: 2000}",
)
def few_threads(deployment: Deployment) -> Iterator[Finding]:
    threads = deployment.spec.app.threads
    if threads is not None and threads < _DEFAULT_THREADS:
        message = f"{threads} threads are fewer than Open WebUI's own {_DEFAULT_THREADS}"
        yield Finding(("app", "threads"), message, f"leave threads out, or write {_DEFAULT_THREADS} or more")


@rule(
    "S353",
    "warning",
    "With one node, its loss or its maintenance ends every session.",
    reference="https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/AutoFailover.html",
    example="redis: {nodes: 1}",
    mend="redis: {nodes: 2}",
)
def single_redis_node(deployment: Deployment) -> Iterator[Finding]:
    if deployment.spec.redis.nodes == 1:
        yield Finding(("redis", "nodes"), "one Redis node has nothing to fail over to", "write nodes: 2 or more")


@rule(
    "S354",
    "warning",
    "A Redis that evicts keys logs people out, or forgets that a token was revoked.",
    reference="https://docs.openwebui.com/tutorials/integrations/redis#critical-memory-eviction-policy",
    example="redis: {eviction_policy: allkeys-lru}",
    mend="redis: {eviction_policy: noeviction}",
)
def eviction_policy(deployment: Deployment) -> Iterator[Finding]:
    policy = deployment.spec.redis.eviction_policy
    if policy != "noeviction":
        yield Finding(("redis", "eviction_policy"), f"{policy} drops keys when memory is full", "write noeviction")


@rule(
    "S355",
    "warning",
    "The local embedding model takes about 500 MB in every worker; a task that runs out is killed.",
    reference="https://docs.openwebui.com/troubleshooting/performance",
    example="service: {vcpu: 0.25, memory_gb: 1}",
    mend="service: {vcpu: 0.25, memory_gb: 2}",
)
def local_model_memory(deployment: Deployment) -> Iterator[Finding]:
    spec = deployment.spec
    needed = math.ceil(spec.app.workers * _MODEL_MB_PER_WORKER / 1000 + 1)
    if not spec.app.environment.get("RAG_EMBEDDING_ENGINE") and spec.service.memory_gb < needed:
        workers = count(spec.app.workers, "worker")
        message = f"{spec.service.memory_gb:g} GB is too little for {workers} with the local embedding model"
        hint = f"write memory_gb: {needed} or more, or set RAG_EMBEDDING_ENGINE to openai or ollama"
        yield Finding(("service", "memory_gb"), message, hint, also=(("app", "workers"),))


@rule(
    "S356",
    "warning",
    "Several tasks that migrate one database at once race: Alembic takes no lock.",
    reference="https://docs.openwebui.com/troubleshooting/multi-replica#updates-and-migrations",
    example="app: {migrate_on_start: true}",
    mend="app: {migrate_on_start: false}",
)
def migrations_race(deployment: Deployment) -> Iterator[Finding]:
    if deployment.spec.app.migrate_on_start and openwebui.processes(deployment.spec) > 1:
        message = f"up to {openwebui.processes(deployment.spec)} processes migrate when they start"
        also = (key_of_most_tasks(deployment.spec), ("app", "workers"))
        hint = "write false, and migrate with one one-off task"
        yield Finding(("app", "migrate_on_start"), message, hint, also=also)


@rule(
    "S357",
    "warning",
    "A stop cuts the answers that are still being written.",
    reference="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html#deregistration-delay",
    example="load_balancer: {deregistration_delay_seconds: 60}",
    mend="load_balancer: {deregistration_delay_seconds: 300}",
)
def drain_window(deployment: Deployment) -> Iterator[Finding]:
    delay = deployment.spec.load_balancer.deregistration_delay_seconds
    longest = deployment.spec.app.client_timeout_seconds
    if delay < longest:
        message = f"answers may take {longest} s, and a task that is replaced has {delay} s for them"
        also = (("app", "client_timeout_seconds"),)
        yield Finding(("load_balancer", "deregistration_delay_seconds"), message, f"write {longest}", also=also)
