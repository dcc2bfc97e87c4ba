"""The widgets of the dashboard, and what a person looks for in each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from generator.facts import openwebui
from generator.facts.cloudwatch import alarm_settings
from generator.facts.figures import threshold

if TYPE_CHECKING:
    from generator.model import Spec
    from generator.model.alarms import AlarmName


class Widget(NamedTuple):
    """A widget, and when it looks well."""

    title: str
    well: str


def widgets(spec: Spec) -> Iterator[Widget]:
    """Those of templates/modules/monitoring/dashboard.tf.j2, in their order; a test compares the titles."""
    settings = alarm_settings(spec)

    def bad(name: AlarmName) -> str:
        return threshold(name, settings[name])

    tasks = f"{spec.service.instances} healthy tasks, none unhealthy"
    if spec.autoscaling.enabled:
        tasks = f"{spec.autoscaling.min} to {openwebui.most_tasks(spec)} healthy tasks, none unhealthy for long"
    yield Widget("Alarms", "all green; grey in the first minutes")
    yield Widget("ECS: CPU and memory", f"CPU not {bad('cpu')}, memory not {bad('memory')} and not rising all day")
    yield Widget("ALB: response time", f"not {bad('response_time')} on average")
    yield Widget("ALB: requests and errors", "requests rise after the switch; 5xx stay at zero or nearly so")
    yield Widget("Scaling: tasks behind the load balancer", tasks)
    yield Widget("Redis: CPU and memory", f"CPU not {bad('redis_cpu')}; memory level")
    yield Widget("Redis: connections and evictions", "connections grow with the tasks; no evictions")
