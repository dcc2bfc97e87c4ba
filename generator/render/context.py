"""The names that templates can use: the sections of the spec, and the values and conditions that follow from them.

Templates contain no logic: every condition of an `if` is a key of the spec, or is computed here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from owscale.domain import terraform
from owscale.domain.aws import alarms, ecr, elasticache
from owscale.domain.aws.regions import partition
from owscale.domain.aws.secret_arns import secret_arn, secret_key
from owscale.domain.aws.tags import generated_tags
from owscale.domain.openwebui import environment
from owscale.render.hcl import HclExpression
from owscale.spec.deployment import Deployment

if TYPE_CHECKING:
    from owscale.spec.models import Spec
    from owscale.spec.models.service import Destination, Source

_NOT_FOR_TEMPLATES = ("accept", "allow", "cost", "custom", "keep")
"""Sections that control owscale. A reworded reason or an estimated volume must not change the Terraform."""


def template_context(deployment: Deployment) -> dict[str, Any]:
    """Return every name that an HCL template can use, for one deployment."""
    spec, provider = deployment.spec, terraform.aws_provider(deployment.spec)
    sections = {name: section for name, section in vars(spec).items() if name not in _NOT_FOR_TEMPLATES}
    return (
        sections
        | {
            "alarm_on": {name: threshold is not None for name, threshold in alarms.thresholds(spec).items()},
            "alarm_settings": alarms.alarm_settings(spec),
            "allow_from": {name: _source(source) for name, source in spec.load_balancer.allow_from.items()},
            "console_domain": _console_domain(spec.aws.region),
            "aws_provider_constraint": provider.constraint,
            "cpu_units": round(spec.service.vcpu * 1024),
            "database_secret_arn": secret_arn(spec.existing.database.url_secret_arn),
            "egress": {name: _destination(target) for name, target in spec.service.egress.items()},
            "environment_variables": _environment_variables(spec),
            "image_repository_arn": ecr.repository_arn(spec.app.image),
            "memory_mib": round(spec.service.memory_gb * 1024),
            "migration_repository_arn": _migration_repository_arn(spec),
            "peers": {
                name: {"port": peer.port, "security_group_id": peer.security_group}
                for name, peer in spec.existing.peers.items()
            },
            "pubsub_buffer_mb": spec.redis.pubsub_buffer_mb or elasticache.pubsub_buffer_mb(spec.redis.node_type),
            "redis_family": elasticache.parameter_group_family(spec.redis.engine, spec.redis.engine_version),
            "redis_token_key": secret_key(spec.existing.secrets.redis_token_arn or ""),
            "redis_token_secret_arn": secret_arn(spec.existing.secrets.redis_token_arn or ""),
            "region_attribute": HclExpression(provider.region_attribute),
            "secret_arns": _secret_arns(spec),
            "secret_variables": _secret_variables(spec),
            "state_region": spec.state.region or spec.aws.region,
            "tags": generated_tags(deployment) | spec.aws.tags,
            "task_kms_key_arns": _task_kms_key_arns(spec),
            "terraform_constraint": f">= {terraform.OLDEST_TERRAFORM}",
        }
        | conditions(spec)
    )


def conditions(spec: Spec) -> dict[str, bool]:
    """Return the conditions that decide which resources, arguments or files a deployment has."""
    existing, has_access_logs = spec.existing, spec.load_balancer.access_logs.enabled
    thresholds = alarms.thresholds(spec)
    provider = terraform.aws_provider(spec)
    return {
        "has_access_logs": has_access_logs,
        "has_alarm_on_database": thresholds["database_connections"] is not None,
        "has_alarm_on_files": thresholds["files_burst_credits"] is not None or thresholds["files_io"] is not None,
        "has_autoscaling": spec.autoscaling.enabled,
        "has_database_id": existing.database.instance is not None or existing.database.cluster is not None,
        "has_engine_cpu_metric": elasticache.measures_engine_cpu(spec.redis.node_type),
        "has_existing_log_bucket": has_access_logs and existing.access_log_bucket is not None,
        "has_https": existing.certificate_arn is not None,
        "has_kms_key": existing.kms_key_arn is not None,
        "has_lock_file": provider.has_lock_file,
        "has_managed_log_bucket": has_access_logs and existing.access_log_bucket is None,
        "has_managed_redis_token": existing.secrets.redis_token_arn is None,
        "has_managed_topic": existing.alarm_topic_arn is None,
        "has_managed_webui_key": existing.secrets.webui_secret_key_arn is None,
        "has_migration": spec.app.migration_image is not None,
        "has_redis_failover": spec.redis.nodes > 1,
        "has_redis_token_key": bool(secret_key(existing.secrets.redis_token_arn or "")),
        "has_tls_proxy": environment.has_tls_proxy(spec),
        "has_webui_key_in_json": bool(secret_key(existing.secrets.webui_secret_key_arn or "")),
        "has_write_only_token": provider.has_write_only_token,
    }


def _environment_variables(spec: Spec) -> dict[str, str | HclExpression]:
    subnet_ranges = HclExpression('join(",", module.existing.private_subnet_cidr_blocks)')
    return environment.default_environment(spec) | {"FORWARDED_ALLOW_IPS": subnet_ranges} | spec.app.environment


def _secret_variables(spec: Spec) -> dict[str, str | HclExpression]:
    return spec.app.secrets | {
        "DATABASE_URL": spec.existing.database.url_secret_arn,
        "REDIS_URL": HclExpression("module.secrets.redis_url_reference"),
        "WEBSOCKET_REDIS_URL": HclExpression("module.secrets.redis_url_reference"),
        "WEBUI_SECRET_KEY": HclExpression("module.secrets.webui_secret_key_reference"),
    }


def _secret_arns(spec: Spec) -> list[str | HclExpression]:
    """Return the secrets that ECS reads to start a task, each once."""
    references = {spec.existing.database.url_secret_arn, *spec.app.secrets.values()}
    if spec.app.registry_credentials_arn:
        references.add(spec.app.registry_credentials_arn)
    managed = [HclExpression("module.secrets.redis_url_arn"), HclExpression("module.secrets.webui_secret_key_arn")]
    return [*sorted({secret_arn(reference) for reference in references}), *managed]


def _task_kms_key_arns(spec: Spec) -> list[str]:
    deployment_key = [spec.existing.kms_key_arn] if spec.existing.kms_key_arn else []
    return sorted({*deployment_key, *spec.existing.secret_kms_key_arns})


def _destination(target: Destination) -> dict[str, str | int]:
    optional = {"to_port": target.to_port} if target.to_port else {}
    protocol = {"protocol": target.protocol} if target.protocol != "tcp" else {}
    return {**_source(target), "port": target.port, **optional, **protocol}


def _source(source: Source) -> dict[str, str]:
    if source.cidr:
        return {"cidr_ipv6" if ":" in source.cidr else "cidr_ipv4": source.cidr}
    if source.prefix_list:
        return {"prefix_list_id": source.prefix_list}
    return {"security_group_id": source.security_group or ""}


def _migration_repository_arn(spec: Spec) -> str | None:
    """Return the ARN of the ECR repository of `app.migration_image`; None if `app.image` has the same one."""
    arn = ecr.repository_arn(spec.app.migration_image or "")
    return arn if arn != ecr.repository_arn(spec.app.image) else None


def _console_domain(region: str) -> str:
    return {
        "aws": "console.aws.amazon.com",
        "aws-cn": "console.amazonaws.cn",
        "aws-us-gov": "console.amazonaws-us-gov.com",
    }[partition(region)]
