"""Settings that Open WebUI advises against, or runs badly with."""

import math
from collections.abc import Iterator

from owscale.console.text import plural
from owscale.domain.aws import elasticache
from owscale.domain.openwebui import capacity
from owscale.rules.registry import Finding, rule
from owscale.spec.deployment import Deployment

_DEFAULT_THREADS = 40
_PROCESS_GB = 1.2
"""Memory of a process of 0.12.4 with CUDA at rest, measured. Without CUDA it has 0.81 GB at rest and 0.93 GB with
documents, so that tools, functions and larger documents have a margin of 30 %: docs/openwebui-measured.md."""

_MODEL_GB = 0.5
"""Memory of a local embedding model: https://docs.openwebui.com/troubleshooting/performance. The default one took
0.12 GB, and app.environment may name a larger one: docs/openwebui-measured.md."""


@rule(
    "S351",
    "warning",
    checks="Checks that a task has one worker.",
    rationale="Each worker has its own connection pools and models; Open WebUI advises one worker and more tasks.",
    reference="https://docs.openwebui.com/getting-started/advanced-topics/scaling",
    example="app: {workers: 2}",
    fixed_example="app: {workers: 1}\nservice: {instances: 6}",
)
def several_workers(deployment: Deployment) -> Iterator[Finding]:
    workers = deployment.spec.app.workers
    if workers > 1:
        message = f"each of the {workers} workers of a task has its own connection pools and models"
        yield Finding(("app", "workers"), message, "write 1, and run more tasks")


@rule(
    "S352",
    "warning",
    checks="Checks that `app.threads` is not below the default of Open WebUI.",
    rationale="When all threads wait, for example for files or searches, further requests of the process wait too.",
    reference="https://docs.openwebui.com/reference/env-configuration#thread_pool_size",
    example="app: {threads: 20}",
    fixed_example="app: {threads: 2000}",
)
def few_threads(deployment: Deployment) -> Iterator[Finding]:
    threads = deployment.spec.app.threads
    if threads is not None and threads < _DEFAULT_THREADS:
        message = f"{threads} threads are fewer than the default of Open WebUI ({_DEFAULT_THREADS})"
        yield Finding(("app", "threads"), message, "remove it for 2,000, as Open WebUI advises")


@rule(
    "S353",
    "warning",
    checks="Checks that Redis has more than one node.",
    rationale="With one node, its failure or its maintenance ends every session.",
    reference="https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/AutoFailover.html",
    example="redis: {nodes: 1}",
    fixed_example="redis: {nodes: 2}",
)
def single_redis_node(deployment: Deployment) -> Iterator[Finding]:
    if deployment.spec.redis.nodes == 1:
        yield Finding(("redis", "nodes"), "a single Redis node has no replica for a failover", "write 2 or more")


@rule(
    "S354",
    "warning",
    checks="Checks that the eviction policy of Redis is `noeviction`.",
    rationale="A Redis that evicts keys ends sessions, or makes a revoked token valid again.",
    reference="https://docs.openwebui.com/tutorials/integrations/redis#critical-memory-eviction-policy",
    example="redis: {eviction_policy: allkeys-lru}",
    fixed_example="redis: {eviction_policy: noeviction}",
)
def eviction_policy(deployment: Deployment) -> Iterator[Finding]:
    policy = deployment.spec.redis.eviction_policy
    if policy != "noeviction":
        yield Finding(("redis", "eviction_policy"), f"{policy} drops keys when the memory is full", "write noeviction")


@rule(
    "S355",
    "warning",
    checks="Checks that a task has the memory that its processes may need.",
    rationale="ECS kills a task that exceeds its memory. The rule counts 1.2 GB for a process, measured with CUDA; "
    "without it, a process with documents takes 0.93 GB, and the rest is a margin of 30 %. It counts 0.5 GB for a "
    "local embedding model; the default one takes 0.12 GB.",
    reference="docs/openwebui-measured.md",
    example="service: {vcpu: 0.25, memory_gb: 1}",
    fixed_example="service: {vcpu: 0.25, memory_gb: 2}",
    other_keys=("app.workers",),
)
def memory_at_rest(deployment: Deployment) -> Iterator[Finding]:
    spec = deployment.spec
    has_model = not spec.app.environment.get("RAG_EMBEDDING_ENGINE")
    required_gb = math.ceil(spec.app.workers * (_PROCESS_GB + (_MODEL_GB if has_model else 0)))
    if spec.service.memory_gb < required_gb:
        workers = plural(spec.app.workers, "worker") + (" with the local embedding model" if has_model else "")
        has = f"a task has {spec.service.memory_gb:g} GB"
        hint = f"write {required_gb} or more"
        if has_model:
            hint += ", or set RAG_EMBEDDING_ENGINE to openai or ollama in app.environment"
        message = f"{workers} may need {required_gb} GB, but {has}"
        yield Finding(("service", "memory_gb"), message, hint, related=(("app", "workers"),))


@rule(
    "S356",
    "warning",
    checks="Checks that several processes do not all migrate the database at their start.",
    rationale="Simultaneous migrations break the database, because Alembic takes no lock.",
    reference="https://docs.openwebui.com/troubleshooting/multi-replica#updates-and-migrations",
    example="app: {migrate_on_start: true}",
    fixed_example="app: {migrate_on_start: false}",
    other_keys=("app.workers", "autoscaling.max"),
)
def simultaneous_migrations(deployment: Deployment) -> Iterator[Finding]:
    spec = deployment.spec
    processes = capacity.max_processes(spec)
    if spec.app.migrate_on_start and processes > 1:
        message = f"up to {processes} processes migrate the database at their start"
        related = (capacity.max_tasks_key(spec), ("app", "workers"))
        hint = "write false, and migrate with a one-off task"
        yield Finding(("app", "migrate_on_start"), message, hint, related=related)


@rule(
    "S357",
    "warning",
    checks="Checks that a task that is being replaced has time to finish the longest response.",
    rationale="A task that stops earlier cuts off the responses that are still being written.",
    reference="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html#deregistration-delay",
    example="load_balancer: {deregistration_delay_seconds: 60}",
    fixed_example="load_balancer: {deregistration_delay_seconds: 300}",
    other_keys=("app.client_timeout_seconds",),
)
def drain_window(deployment: Deployment) -> Iterator[Finding]:
    delay = deployment.spec.load_balancer.deregistration_delay_seconds
    longest = deployment.spec.app.client_timeout_seconds
    if delay < longest:
        message = f"a response may take {longest} s, but a task that is being replaced has {delay} s"
        hint, related = f"write {longest}, or lower app.client_timeout_seconds", (("app", "client_timeout_seconds"),)
        yield Finding(("load_balancer", "deregistration_delay_seconds"), message, hint, related=related)


@rule(
    "S369",
    "warning",
    checks="Checks that `redis.pubsub_buffer_mb` is at most half of the memory of a node.",
    rationale="The data that waits for a process counts as memory of Redis. When it is full, Redis refuses all writes.",
    reference="https://docs.openwebui.com/tutorials/integrations/redis#websocket-pubsub-buffer-limits",
    example="redis: {node_type: cache.t4g.small, pubsub_buffer_mb: 1024}",
    fixed_example="redis: {node_type: cache.t4g.small, pubsub_buffer_mb: 512}",
    other_keys=("redis.node_type",),
)
def large_pubsub_buffer(deployment: Deployment) -> Iterator[Finding]:
    redis = deployment.spec.redis
    node = elasticache.node_types().get(redis.node_type)  # S203 reports an unknown type
    if node is None or redis.pubsub_buffer_mb is None:
        return
    memory_mb = int(node["memory_gib"] * 1024)
    if redis.pubsub_buffer_mb > memory_mb / 2:
        message = (
            f"one slow process may fill {redis.pubsub_buffer_mb:,} of the {memory_mb:,} MiB of a {redis.node_type}"
        )
        hint = f"write {memory_mb // 2} or less, or remove it for {elasticache.pubsub_buffer_mb(redis.node_type)}"
        related = (("redis", "node_type"),)
        yield Finding(("redis", "pubsub_buffer_mb"), message, hint, related=related)
