"""Values derived from a spec, with their calculation, for people who review it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from owscale.console.text import plural
from owscale.domain.aws.alarms import BYTES_PER_GB, FIRES_BELOW, alarm_settings
from owscale.domain.openwebui import capacity

if TYPE_CHECKING:
    from owscale.spec.models import Spec
    from owscale.spec.models.alarms import AlarmName

_UNITS: dict[AlarmName, str] = {
    "cpu": " %",
    "files_burst_credits": " GiB",
    "files_io": " %",
    "memory": " %",
    "redis_cpu": " %",
    "redis_memory": " %",
    "response_time": " s",
}
_FIRES_AT_THRESHOLD: frozenset[AlarmName] = frozenset({"at_maximum", "unhealthy_hosts"})
"""Alarms that fire at their threshold; the others fire beyond it."""


def summary_rows(spec: Spec) -> Iterator[tuple[str, str]]:
    """Yield the name and text of each derived value, then of each alarm."""
    yield from derived_rows(spec)
    for name, alarm in alarm_settings(spec).items():
        yield f"alarm {name}", f"{format_threshold(name, alarm)} in {format_window(alarm)}"


def derived_rows(spec: Spec) -> Iterator[tuple[str, str]]:
    """Yield the name and text of the values that follow from sizes and timeouts."""
    workers, tasks = plural(spec.app.workers, "worker"), plural(capacity.max_tasks(spec), "instance")
    yield "processes", f"{tasks} × {workers} = at most {capacity.max_processes(spec):,}"
    database, needed = spec.existing.database, f"{capacity.max_database_connections(spec):,}"
    limit = f"{database.max_connections:,} ({database.reserved_connections:,} reserved)"
    yield "database connections", f"{capacity.describe_database_connections(spec)} = {needed} of {limit}"
    start, grace = spec.service.health_check.start_period_seconds, spec.service.deployment.grace_period_seconds
    yield "start-up window", f"{start} s for the container (start period), {grace} s in total (grace period)"
    delay, stop = spec.load_balancer.deregistration_delay_seconds, spec.service.stop_timeout_seconds
    yield "drain window", f"{delay} s for open requests (deregistration delay), then {stop} s to stop (stop timeout)"


def format_threshold(name: AlarmName, alarm: Mapping[str, Any]) -> str:
    """Return the condition of an alarm, such as `above 85 %` or `1 or more`."""
    value = alarm["threshold"] / BYTES_PER_GB if name == "files_burst_credits" else alarm["threshold"]
    threshold = f"{_number(value)}{_UNITS.get(name, '')}"
    if name in _FIRES_AT_THRESHOLD:
        return f"{threshold} or more"
    return f"{'below' if name in FIRES_BELOW else 'above'} {threshold}"


def format_window(alarm: Mapping[str, Any]) -> str:
    """Return the evaluation window of an alarm, such as `5 of 5 periods of 60 s`."""
    periods = f"{alarm['datapoints']} of {plural(alarm['evaluation_periods'], 'period')}"
    return f"{periods} of {alarm['period_seconds']} s"


def _number(value: float) -> str:
    return f"{int(value) if value == int(value) else value:,}"
