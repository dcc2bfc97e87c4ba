"""What follows from a spec, in words with the arithmetic: for a person who asks whether it is what was meant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from generator.errors import count
from generator.facts import openwebui
from generator.facts.cloudwatch import alarm_settings

if TYPE_CHECKING:
    from generator.model import Spec
    from generator.model.alarms import AlarmName

_UNITS: dict[AlarmName, str] = {
    "cpu": " %",
    "memory": " %",
    "redis_cpu": " %",
    "redis_memory": " %",
    "response_time": " s",
}
_FIRE_AT_THE_THRESHOLD: frozenset[AlarmName] = frozenset({"at_maximum", "unhealthy_hosts"})


def figures(spec: Spec) -> Iterator[tuple[str, str]]:
    """Each figure with its name, the alarms last."""
    yield from derived(spec)
    for name, alarm in alarm_settings(spec).items():
        yield f"alarm {name}", f"{threshold(name, alarm)} in {window(alarm)}"


def derived(spec: Spec) -> Iterator[tuple[str, str]]:
    """What the sizes and the times of a spec come to."""
    workers, tasks = count(spec.app.workers, "worker"), count(openwebui.most_tasks(spec), "instance")
    yield "processes", f"{tasks} × {workers} = {openwebui.processes(spec):,} at the most"
    database, needed = spec.existing.database, f"{openwebui.database_connections(spec):,}"
    of = f"{database.max_connections:,} with {database.reserved_connections:,} reserved"
    yield "database connections", f"{openwebui.connections_in_words(spec)} = {needed}, of {of}"
    container, balancer = spec.service.health_check.start_period_seconds, spec.service.deployment.grace_period_seconds
    yield "start-up window", f"{container} s for the container (start period), {balancer} s in all (grace period)"
    delay, stop = spec.load_balancer.deregistration_delay_seconds, spec.service.stop_timeout_seconds
    yield "drain window", f"{delay} s for open answers (deregistration delay), then {stop} s to stop (stop timeout)"


def threshold(name: AlarmName, alarm: Mapping[str, Any]) -> str:
    """What an alarm calls too much: `above 85 %`, `from 1 on`."""
    beyond = "from {} on" if name in _FIRE_AT_THE_THRESHOLD else "above {}"
    return beyond.format(f"{_number(alarm['threshold'])}{_UNITS.get(name, '')}")


def window(alarm: Mapping[str, Any]) -> str:
    """How long an alarm looks before it fires: `5 of 5 periods of 60 s`."""
    periods = f"{alarm['datapoints']} of {count(alarm['evaluation_periods'], 'period')}"
    return f"{periods} of {alarm['period_seconds']} s"


def _number(value: float) -> str:
    return f"{int(value) if value == int(value) else value:,}"
