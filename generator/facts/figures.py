"""What follows from a spec, in words with the arithmetic: for a person who asks whether it is what was meant."""

from collections.abc import Iterator

from generator.errors import count
from generator.facts import openwebui
from generator.facts.cloudwatch import alarm_settings
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
    """Each figure with its name."""
    workers, tasks = count(spec.app.workers, "worker"), count(openwebui.most_tasks(spec), "instance")
    yield "processes", f"{tasks} × {workers} = {openwebui.processes(spec):,} at the most"
    database, needed = spec.existing.database, f"{openwebui.database_connections(spec):,}"
    of = f"{database.max_connections:,} with {database.reserved_connections:,} reserved"
    yield "database connections", f"{openwebui.connections_in_words(spec)} = {needed}, of {of}"
    container, balancer = spec.service.health_check.start_period_seconds, spec.service.deployment.grace_period_seconds
    yield "start-up window", f"{container} s for the container (start period), {balancer} s in all (grace period)"
    delay, stop = spec.load_balancer.deregistration_delay_seconds, spec.service.stop_timeout_seconds
    yield "drain window", f"{delay} s for open answers (deregistration delay), then {stop} s to stop (stop timeout)"
    for name, alarm in alarm_settings(spec).items():
        beyond = "from {} on" if name in _FIRE_AT_THE_THRESHOLD else "above {}"
        threshold = beyond.format(f"{_number(alarm['threshold'])}{_UNITS.get(name, '')}")
        periods = f"{alarm['datapoints']} of {count(alarm['evaluation_periods'], 'period')}"
        yield f"alarm {name}", f"{threshold} in {periods} of {alarm['period_seconds']} s"


def _number(value: float) -> str:
    return f"{int(value) if value == int(value) else value:,}"
