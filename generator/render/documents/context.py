"""The variables for the templates of README.md and RUNBOOK.md; the templates only choose and print."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from owscale.console.markdown import SafeMarkdown
from owscale.console.text import plural
from owscale.cost import format_text
from owscale.cost.estimate import estimate_deployment
from owscale.domain import summary
from owscale.domain.openwebui import capacity, environment
from owscale.domain.openwebui.database_settings import seeded_setting
from owscale.render.documents.alarms import alarm_rows, slowest_alarm_seconds, topic_name
from owscale.render.documents.dashboard import dashboard_widgets
from owscale.render.documents.environment_variables import environment_variables, other_secrets, secret_variables
from owscale.render.documents.firewall_rules import firewall_rules
from owscale.render.documents.mermaid import architecture_diagram
from owscale.render.documents.neighbours import neighbour_links
from owscale.render.documents.runbook_commands import runbook_commands
from owscale.render.documents.warnings import warning_rows
from owscale.rules.checked import CheckedDeployment

if TYPE_CHECKING:
    from owscale.spec.models import Spec


def document_context(checked: CheckedDeployment, spec_path: str, hcl_context: Mapping[str, Any]) -> dict[str, Any]:
    """Return the variables for the template of a document: the variables of HCL templates, table rows and commands.

    `spec_path` is the path of the spec in generated files, `hcl_context` has the variables of HCL templates.
    """
    spec = checked.deployment.spec
    rows, estimate = list(alarm_rows(spec)), estimate_deployment(checked.deployment)
    log_retention_days = spec.service.log_retention_days
    return {
        **hcl_context,
        **runbook_commands(checked.deployment, spec_path),
        **neighbour_links(checked),
        "alarm_names": [name for row in rows for name in row.names],
        "alarm_rows": rows,
        "allowed_sources": " or ".join(sorted(hcl_context["allow_from"])),
        "cost_lines": [SafeMarkdown(line) for line in format_text.format_markdown(estimate)],
        "derived_rows": [{"name": name, "text": text} for name, text in summary.derived_rows(spec)],
        "diagram": architecture_diagram(spec, hcl_context["allow_from"]),
        "environment": checked.deployment.environment,
        "existing_service_tasks": _existing_service_tasks(spec),
        "firewall_rows": list(firewall_rules(spec, hcl_context["allow_from"], hcl_context["egress"])),
        "has_alarm_mail": bool(spec.alarms.notify) and hcl_context["has_managed_topic"],
        "has_first_administrator": "WEBUI_ADMIN_PASSWORD" in spec.app.secrets,
        "has_entra_proxy": environment.has_tls_proxy(spec) and (spec.app.public_url or "").endswith(".msappproxy.net"),
        "has_redis_replicas": spec.redis.nodes > 1,
        "high_cpu_tasks": plural(spec.autoscaling.high_cpu.instances, "task"),
        "log_retention": f"kept for {plural(log_retention_days, 'day')}" if log_retention_days else "kept forever",
        "next_redis_token_version": spec.secrets.redis_token_version + 1,
        "next_webui_secret_key_version": spec.secrets.webui_secret_key_version + 1,
        "other_secret_rows": list(other_secrets(spec)),
        "public_address": spec.app.public_url or f"Open WebUI at the address of the {_entry(spec)}",
        "raised_instances": spec.service.instances + 1,
        "raised_minimum": _raised_minimum(spec),
        "redis_title": f"{spec.redis.engine.capitalize()} {spec.redis.engine_version}",
        "secret_rows": list(secret_variables(spec, hcl_context["secret_variables"])),
        "seeded_secrets": [name for name in sorted(spec.app.secrets) if seeded_setting(spec, name)],
        "slowest_alarm_minutes": -(-slowest_alarm_seconds(spec) // 60),
        "snapshot_retention": plural(spec.redis.snapshot_retention_days, "day"),
        "stickiness_hours": spec.load_balancer.stickiness_seconds / 3600,
        "task_count": _task_count(spec),
        "tasks_that_fit": capacity.tasks_that_fit(spec),
        "tls": _tls(spec),
        "topic_name": topic_name(spec),
        "traffic_target": "back end of the proxy" if environment.has_tls_proxy(spec) else "target of the DNS record",
        "variable_rows": list(environment_variables(spec, hcl_context["environment_variables"])),
        "warning_rows": list(warning_rows(checked)),
        "widget_rows": list(dashboard_widgets(spec)),
    }


def _entry(spec: Spec) -> str:
    """Return the entry point of users, before the load balancer."""
    return "proxy" if environment.has_tls_proxy(spec) else "DNS record"


def _tls(spec: Spec) -> str:
    """Return the place where the TLS of browsers ends, and the way to the load balancer."""
    has_certificate = spec.existing.certificate_arn is not None
    if environment.has_tls_proxy(spec):
        return f"a proxy terminates it, and calls the load balancer over {'HTTPS' if has_certificate else 'HTTP'}"
    if has_certificate:
        return "the load balancer terminates it, and redirects HTTP to HTTPS"
    return "none: the load balancer serves only HTTP, and passwords cross the network in plain text"


def _task_count(spec: Spec) -> str:
    tasks, scaling = plural(spec.service.instances, "task"), spec.autoscaling
    return f"{tasks} at first, autoscaling from {scaling.min} to {scaling.max}" if scaling.enabled else tasks


def _raised_minimum(spec: Spec) -> int:
    """Return a minimum of tasks that is higher than the spec's, for an engineer who adds tasks by hand."""
    return min(capacity.min_tasks(spec) + spec.autoscaling.high_cpu.instances, capacity.max_tasks(spec))


def _existing_service_tasks(spec: Spec) -> int:
    """Return the number of tasks of the replaced service; 1 if the spec does not have it."""
    instances = spec.existing.service_size.instances
    return 1 if instances is None else instances
