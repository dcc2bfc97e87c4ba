"""What README.md and RUNBOOK.md of a deployment say, worked out from its spec; their templates choose and print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from generator.cost import estimate, told
from generator.deployment import Deployment
from generator.documents.alarms import alarms, quiet_seconds, topic_name
from generator.documents.commands import commands
from generator.documents.diagram import diagram
from generator.documents.rules import rules
from generator.documents.variables import secrets, secrets_beside, variables
from generator.documents.warnings import warnings
from generator.documents.widgets import widgets
from generator.errors import count
from generator.facts import figures, openwebui, releases
from generator.markdown import Ready

if TYPE_CHECKING:
    from generator.model import Spec

__all__ = ["context"]


def context(deployment: Deployment, origin: str, names: dict[str, Any]) -> dict[str, Any]:
    """Every name that a template of a document may use: those of the HCL, and rows, figures and words of commands.

    `origin` is the spec as generated files name it, `names` what a template of HCL may use.
    """
    spec = deployment.spec
    rows, days = list(alarms(spec)), spec.service.log_retention_days
    low = spec.autoscaling.min if spec.autoscaling.enabled else spec.service.instances
    return (
        names
        | commands(deployment, origin)
        | {
            "alarm_names": [name for row in rows for name in row.names],
            "alarm_rows": rows,
            "allowed": " or ".join(sorted(names["allow_from"])),
            "cost_lines": [Ready(line) for line in told.markdown(estimate(spec))],
            "derived": [{"name": name, "text": text} for name, text in figures.derived(spec)],
            "diagram": diagram(spec, names["allow_from"]),
            "entra": (spec.app.public_url or "").endswith(".msappproxy.net"),
            "environment": deployment.environment,
            "log_kept": f"kept for {count(days, 'day')}" if days else "kept for ever",
            "mails": bool(spec.alarms.notify) and names["topic_made"],
            "more_tasks": min(low + spec.autoscaling.high_cpu.instances, openwebui.most_tasks(spec)),
            "most_tasks": openwebui.most_tasks(spec),
            "next_redis_token_version": spec.secrets.redis_token_version + 1,
            "next_webui_secret_key_version": spec.secrets.webui_secret_key_version + 1,
            "one_more": spec.service.instances + 1,
            "other_secrets": list(secrets_beside(spec)),
            "people_open": spec.app.public_url or "Open WebUI at the proxy's address",
            "quiet_minutes": -(-quiet_seconds(spec) // 60),
            "redis_title": f"{spec.redis.engine.capitalize()} {spec.redis.engine_version}",
            "release": releases.release(spec.app.image),
            "replaced_tasks": 1
            if spec.existing.service_size.instances is None
            else spec.existing.service_size.instances,
            "rule_rows": list(rules(spec, names["allow_from"], names["egress"])),
            "secret_rows": list(secrets(spec, names["secret_variables"])),
            "snapshots_kept": count(spec.redis.snapshot_retention_days, "day"),
            "several_nodes": spec.redis.nodes > 1,
            "stickiness_hours": spec.load_balancer.stickiness_seconds / 3600,
            "surge": count(spec.autoscaling.high_cpu.instances, "task"),
            "tasks_in_words": _tasks(spec),
            "tasks_that_fit": openwebui.tasks_that_fit(spec),
            "topic_name": topic_name(spec),
            "variable_rows": list(variables(spec, names["environment_variables"])),
            "warning_rows": list(warnings(deployment)),
            "widget_rows": list(widgets(spec)),
        }
    )


def _tasks(spec: Spec) -> str:
    tasks, scaling = count(spec.service.instances, "task"), spec.autoscaling
    return f"{tasks} to begin with, {scaling.min} to {scaling.max} by load" if scaling.enabled else tasks
