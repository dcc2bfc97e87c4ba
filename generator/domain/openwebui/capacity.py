"""Numbers of tasks, processes and database connections of a deployment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from owscale.console.text import plural
from owscale.domain.openwebui import releases

if TYPE_CHECKING:
    from owscale.spec.document import Path
    from owscale.spec.models import Spec


def min_tasks(spec: Spec) -> int:
    """Return the minimum number of running tasks."""
    return spec.autoscaling.min if spec.autoscaling.enabled else spec.service.instances


def min_tasks_key(spec: Spec) -> Path:
    """Return the path of the key that sets the minimum number of tasks."""
    return ("autoscaling", "min") if spec.autoscaling.enabled else ("service", "instances")


def expected_tasks(spec: Spec) -> int:
    """Return the number of tasks that a cost estimate expects.

    With autoscaling the load sets the number, and only the minimum is certain; `service.instances` has no effect.
    """
    return min_tasks(spec)


def max_tasks(spec: Spec) -> int:
    """Return the maximum number of running tasks, except during a deployment."""
    return spec.autoscaling.max if spec.autoscaling.enabled else spec.service.instances


def max_tasks_key(spec: Spec) -> Path:
    """Return the path of the key that sets the maximum number of tasks."""
    return ("autoscaling", "max") if spec.autoscaling.enabled else ("service", "instances")


def tasks_while_deploying(spec: Spec, tasks: int) -> int:
    """Return how many tasks can run during a deployment that replaces `tasks` tasks.

    ECS rounds down: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
    """
    return tasks * spec.service.deployment.maximum_percent // 100


def max_processes(spec: Spec) -> int:
    """Return the number of Open WebUI processes of the maximum number of tasks."""
    return max_tasks(spec) * spec.app.workers


def max_database_connections(spec: Spec) -> int:
    """Return how many database connections a deployment of the maximum number of tasks can open."""
    return -(-max_processes(spec) * connections_per_process(spec) * spec.service.deployment.maximum_percent // 100)


def tasks_that_fit(spec: Spec) -> int:
    """Return the number of tasks whose connections fit the database, even during a deployment."""
    database = spec.existing.database
    per_100_tasks = spec.app.workers * connections_per_process(spec) * spec.service.deployment.maximum_percent
    return (database.max_connections - database.reserved_connections) * 100 // per_100_tasks


def connections_per_process(spec: Spec) -> int:
    """Return the maximum number of database connections of one process, with overflow and the pool of pgvector."""
    pool = spec.app.database_pool
    return _engines(spec) * (pool.size + pool.max_overflow) + sum(_vector_pool(spec))


def _engines(spec: Spec) -> int:
    """Return the pools of a process, of the release that has more while a migration is prepared: both run then."""
    images = (spec.app.image, spec.app.migration_image)
    return max(releases.database_engines(image) for image in images if image)


def describe_database_connections(spec: Spec) -> str:
    """Return the calculation of the connections, such as `10 instances × 2 workers × (2 × (10 + 5) + 5) × 200 %`."""
    pool, engines = spec.app.database_pool, _engines(spec)
    connections = f"{pool.size} + {pool.max_overflow}"
    terms = " + ".join([f"{engines} × ({connections})" if engines > 1 else connections, *map(str, _vector_pool(spec))])
    instances, workers = plural(max_tasks(spec), "instance"), plural(spec.app.workers, "worker")
    return f"{instances} × {workers} × ({terms}) × {spec.service.deployment.maximum_percent} %"


def vector_overflow(spec: Spec) -> int:
    """Return the connections beyond its pool that pgvector in a process opens; negative for no limit.

    open_webui/config.py reads an empty or non-numeric value as 0.
    """
    if spec.app.vector_database != "pgvector":
        return 0
    try:
        return int(spec.app.environment.get("PGVECTOR_POOL_MAX_OVERFLOW") or 0)
    except ValueError:
        return 0


def _vector_pool(spec: Spec) -> tuple[int, ...]:
    """Return the connections of pgvector in a process: its pool, and the overflow of that pool."""
    if spec.app.vector_database != "pgvector":
        return ()
    overflow = vector_overflow(spec)
    return (spec.app.database_pool.vector_size, *([overflow] if overflow > 0 else []))
