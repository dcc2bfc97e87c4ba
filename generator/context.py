"""What the templates may name: the spec's sections, and the values and booleans that follow from them.

Templates decide nothing themselves: what one asks in an `if` and is not a key of the spec is worked out here.
"""

from typing import Any, get_args

from generator.deployment import Deployment
from generator.facts import cloudwatch, elasticache, openwebui
from generator.facts.regions import partition
from generator.hcl import Ref
from generator.model import Spec
from generator.model.alarms import AlarmName
from generator.model.service import Source

_NOT_FOR_TEMPLATES = ("accept", "allow", "cost", "custom", "keep")
"""They steer owscale: no reason that somebody rewords, and no volume that is expected, may change the Terraform."""


def context(deployment: Deployment) -> dict[str, Any]:
    """Every name that a template may use, for one deployment."""
    spec = deployment.spec
    alarms = cloudwatch.alarm_settings(spec)
    sections = {name: getattr(spec, name) for name in type(spec).model_fields if name not in _NOT_FOR_TEMPLATES}
    return (
        sections
        | {
            "alarm_on": {name: name in alarms for name in get_args(AlarmName)},
            "alarm_settings": alarms,
            "allow_from": {name: _source(source) for name, source in spec.load_balancer.allow_from.items()},
            "console_domain": _console_domain(spec.aws.region),
            "cpu_units": round(spec.service.vcpu * 1024),
            "database_secret_arn": _secret(spec.existing.database.url_secret_arn),
            "egress": {name: _source(to) | {"port": to.port} for name, to in spec.service.egress.items()},
            "environment_variables": _environment(spec),
            "image_repository_arn": _ecr_repository(spec.app.image),
            "memory_mib": round(spec.service.memory_gb * 1024),
            "peers": {
                name: {"port": peer.port, "security_group_id": peer.security_group}
                for name, peer in spec.existing.peers.items()
            },
            "redis_engine_cpu": elasticache.measures_engine_cpu(spec.redis.node_type),
            "redis_family": elasticache.parameter_group_family(spec.redis.engine, spec.redis.engine_version),
            "secret_arns": _secret_arns(spec),
            "secret_variables": _secrets(spec),
            "state_region": spec.state.region or spec.aws.region,
            "tags": {
                "Deployment": spec.name,
                "Environment": deployment.environment,
                "ManagedBy": "terraform",
            }
            | spec.aws.tags,
            "task_kms_key_arns": _kms_keys(spec),
        }
        | choices(spec)
    )


def choices(spec: Spec) -> dict[str, bool]:
    """The choices of a spec that change which resources, arguments or files there are."""
    existing, logs = spec.existing, spec.load_balancer.access_logs.enabled
    return {
        "access_logs": logs,
        "autoscaled": spec.autoscaling.enabled,
        "https": existing.certificate_arn is not None,
        "kms": existing.kms_key_arn is not None,
        "log_bucket_exists": logs and existing.access_log_bucket is not None,
        "log_bucket_made": logs and existing.access_log_bucket is None,
        "redis_token_made": existing.secrets.redis_token_arn is None,
        "topic_made": existing.alarm_topic_arn is None,
        "webui_key_made": existing.secrets.webui_secret_key_arn is None,
    }


def _environment(spec: Spec) -> dict[str, str | Ref]:
    subnets = Ref('join(",", module.existing.private_subnet_cidr_blocks)')
    return openwebui.environment(spec) | {"FORWARDED_ALLOW_IPS": subnets} | spec.app.environment


def _secrets(spec: Spec) -> dict[str, str | Ref]:
    return spec.app.secrets | {
        "DATABASE_URL": spec.existing.database.url_secret_arn,
        "REDIS_URL": Ref("module.secrets.redis_url_reference"),
        "WEBSOCKET_REDIS_URL": Ref("module.secrets.redis_url_reference"),
        "WEBUI_SECRET_KEY": Ref("module.secrets.webui_secret_key_reference"),
    }


def _secret_arns(spec: Spec) -> list[str | Ref]:
    """The secrets that starting a task takes, each once."""
    named = {spec.existing.database.url_secret_arn, *spec.app.secrets.values()}
    if spec.app.registry_credentials_arn:
        named.add(spec.app.registry_credentials_arn)
    made = [Ref("module.secrets.redis_url_arn"), Ref("module.secrets.webui_secret_key_arn")]
    return [*sorted({_secret(reference) for reference in named}), *made]


def _secret(reference: str) -> str:
    """The secret's own ARN: a reference may pick one key of it with `:key::`."""
    return ":".join(reference.split(":")[:7])


def _kms_keys(spec: Spec) -> list[str]:
    own = [spec.existing.kms_key_arn] if spec.existing.kms_key_arn else []
    return sorted({*own, *spec.existing.secret_kms_key_arns})


def _source(source: Source) -> dict[str, str]:
    if source.cidr:
        return {"cidr_ipv6" if ":" in source.cidr else "cidr_ipv4": source.cidr}
    if source.prefix_list:
        return {"prefix_list_id": source.prefix_list}
    return {"security_group_id": source.security_group or ""}


def _ecr_repository(image: str) -> str | None:
    """The ARN of the image's ECR repository; None for an image from elsewhere."""
    host, _, rest = image.partition("/")
    match host.split("."):
        case [account, "dkr", "ecr", region, "amazonaws", *_]:
            repository = rest.partition("@")[0].partition(":")[0]
            return f"arn:{partition(region)}:ecr:{region}:{account}:repository/{repository}"
    return None


def _console_domain(region: str) -> str:
    return {
        "aws": "console.aws.amazon.com",
        "aws-cn": "console.amazonaws.cn",
        "aws-us-gov": "console.amazonaws-us-gov.com",
    }[partition(region)]
