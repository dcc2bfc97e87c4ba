"""Numbers of tasks and connections, with and without autoscaling."""

import pytest

from owscale.domain.openwebui import capacity
from owscale.spec.models import Spec
from tests._support.cases import altered


def with_tasks(spec: Spec, *, autoscaling: bool) -> Spec:
    """Return the spec with 3 instances and a range of 2 to 7 tasks, during deployments at most 150 %."""
    deployment = altered(spec.service.deployment, maximum_percent=150)
    return altered(
        spec,
        autoscaling=altered(spec.autoscaling, enabled=autoscaling, min=2, max=7),
        service=altered(spec.service, instances=3, deployment=deployment),
        app=altered(spec.app, workers=2),
    )


@pytest.mark.parametrize(
    ("autoscaling", "fewest", "most", "keys"),
    [
        (True, 2, 7, (("autoscaling", "min"), ("autoscaling", "max"))),
        (False, 3, 3, (("service", "instances"), ("service", "instances"))),
    ],
)
def test_bounds_come_from_autoscaling_or_instances(
    minimal_spec: Spec, *, autoscaling: bool, fewest: int, most: int, keys: tuple[tuple[str, str], tuple[str, str]]
) -> None:
    spec = with_tasks(minimal_spec, autoscaling=autoscaling)
    assert (capacity.min_tasks(spec), capacity.max_tasks(spec)) == (fewest, most)
    assert (capacity.min_tasks_key(spec), capacity.max_tasks_key(spec)) == keys
    assert capacity.max_processes(spec) == most * 2


def test_tasks_during_a_deployment_are_rounded_down(minimal_spec: Spec) -> None:
    assert capacity.tasks_while_deploying(with_tasks(minimal_spec, autoscaling=True), 7) == 10


def test_tasks_that_fit_are_the_most_whose_connections_the_database_has(minimal_spec: Spec) -> None:
    spec = with_tasks(minimal_spec, autoscaling=True)
    database, fitting = spec.existing.database, capacity.tasks_that_fit(spec)
    available = database.max_connections - database.reserved_connections

    def connections(tasks: int) -> int:
        return capacity.max_database_connections(
            altered(spec, autoscaling=altered(spec.autoscaling, min=tasks, max=tasks))
        )

    assert connections(fitting) <= available < connections(fitting + 1)


@pytest.mark.parametrize(("image", "migration_image"), [("v0.8.12", "v0.12.4"), ("v0.12.4", None)])
def test_connections_are_those_of_the_release_with_more_pools(
    minimal_spec: Spec, image: str, migration_image: str | None
) -> None:
    repository = "ghcr.io/open-webui/open-webui"
    following = migration_image and f"{repository}:{migration_image}"
    spec = altered(
        minimal_spec, app=altered(minimal_spec.app, image=f"{repository}:{image}", migration_image=following)
    )
    pool = spec.app.database_pool
    assert capacity.connections_per_process(spec) == 2 * (pool.size + pool.max_overflow) + pool.vector_size
    assert f"(2 × ({pool.size} + {pool.max_overflow}) + {pool.vector_size})" in capacity.describe_database_connections(
        spec
    )
