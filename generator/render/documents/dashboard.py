"""The widgets of the dashboard, and the values that an engineer expects in each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from owscale.domain.aws.alarms import alarm_settings
from owscale.domain.openwebui import capacity
from owscale.domain.summary import format_threshold

if TYPE_CHECKING:
    from owscale.spec.models import Spec
    from owscale.spec.models.alarms import AlarmName


class Widget(NamedTuple):
    """A widget of the dashboard, and its values in normal operation."""

    title: str
    expected: str


def dashboard_widgets(spec: Spec) -> Iterator[Widget]:
    """Yield the widgets of templates/modules/monitoring/dashboard.tf.j2 in their order; a test compares the titles."""
    settings = alarm_settings(spec)

    def threshold(name: AlarmName) -> str:
        return format_threshold(name, settings[name])

    tasks = f"{spec.service.instances} healthy tasks, no unhealthy task"
    if spec.autoscaling.enabled:
        minimum, maximum = capacity.min_tasks(spec), capacity.max_tasks(spec)
        tasks = f"{minimum} to {maximum} healthy tasks; no task is unhealthy for long"
    yield Widget("Alarms", "all are green; grey is normal in the first minutes")
    yield Widget(
        "ECS: CPU and memory",
        f"CPU is not {threshold('cpu')}; memory is not {threshold('memory')} and does not rise all day",
    )
    yield Widget("ALB: response time", f"the average is not {threshold('response_time')}")
    yield Widget("ALB: requests and errors", "requests rise after the switch; 5xx stay at or near zero")
    yield Widget("Scaling: tasks behind the load balancer", tasks)
    yield Widget("Redis: CPU and memory", f"CPU is not {threshold('redis_cpu')}; memory is stable")
    yield Widget("Redis: connections and evictions", "connections grow with the tasks; there are no evictions")
    if spec.existing.database.instance or spec.existing.database.cluster:
        limit = f"stay below {spec.existing.database.max_connections:,}"
        yield Widget("Database: connections", f"connections {limit}, also during a deployment")
    if settings.keys() & {"files_burst_credits", "files_io"}:
        yield Widget("Files: throughput", "the used throughput stays below the permitted one")
