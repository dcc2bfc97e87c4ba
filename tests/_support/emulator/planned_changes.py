"""Specs to apply, and a change of every key of a spec, for the table of effects.

A text such as `$vpc` stands for an existing resource of the emulated account.
"""

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from owscale.spec.allowed_effects import PLAN_EFFECTS
from owscale.spec.models.cost import Cost
from owscale.spec.validation import NAME
from tests._support.emulator.account import ACCOUNT, CLUSTER, REGION, EmulatedAccount
from tests._support.emulator.applied_spec import NULL, Spec, changed_spec
from tests._support.emulator.lifecycle import PROFILE, account_spec

_KMS, _KMS2, _KMS3 = (f"arn:aws:kms:{REGION}:{ACCOUNT}:key/00000000-0000-4000-8000-00000000000{n}" for n in range(3))
_TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:"


class PlannedChange(NamedTuple):
    """A change of one key in an applied spec; other keys change only where the rules require it.

    `base` is the name of the applied spec. The parts of a path in `values` are joined by slashes; None removes a
    key, and NULL sets it to `null`.
    """

    base: str
    key: str
    values: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The name of the test."""
        return f"{self.base}-{self.key}-{'-'.join(str(value) for value in self.values.values())}"[:90]


def existing_resources(account: EmulatedAccount) -> dict[str, Any]:
    """Create more existing resources, to which a spec can change, and return their IDs and ARNs by name."""
    ec2, efs = account.client("ec2"), account.client("efs")
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    groups = ("client", "files2", "peer2")
    file_system = efs.create_file_system(Encrypted=True)["FileSystemId"]
    for cluster in (CLUSTER, "other"):
        _create_service(account, cluster, "other-service" if cluster == CLUSTER else "webui3")
    for bucket in ("company-alb-logs", "other-alb-logs"):
        account.client("s3").create_bucket(Bucket=bucket)
    database_groups = [
        account.groups["database"],
        ec2.create_security_group(GroupName="database2", Description="database2", VpcId=account.vpc)["GroupId"],
    ]
    _create_databases(account, database_groups)
    return {
        "vpc2": vpc,
        "database2": database_groups[1],
        "subnets2": [_create_subnet(account, vpc, f"10.1.{number}.0/24", zone) for number, zone in enumerate("abc")],
        "two_subnets": account.subnets[:2],
        "more_subnets": [*account.subnets, _create_subnet(account, account.vpc, "10.0.9.0/24", "d")],
        **{
            name: ec2.create_security_group(GroupName=name, Description=name, VpcId=account.vpc)["GroupId"]
            for name in groups
        },
        "file_system2": file_system,
        "access_point2": _create_access_point(account, file_system, "/data"),
        "other_directory": _create_access_point(account, account.file_system, "/other"),
        **{
            name: _create_secret(account, name, f"0123456789abcdef{number}")
            for number, name in enumerate(
                ("database_url2", "key", "key2", "token", "token2", "registry", "registry2", "openai")
            )
        },
        **{
            name: account.client("acm").request_certificate(DomainName=f"{name}.example.com")["CertificateArn"]
            for name in ("certificate", "certificate2")
        },
        **{name: _create_policy(account, name) for name in ("bedrock", "bedrock2")},
    }


def _create_subnet(account: EmulatedAccount, vpc: str, cidr: str, zone: str) -> str:
    response = account.client("ec2").create_subnet(VpcId=vpc, CidrBlock=cidr, AvailabilityZone=f"{REGION}{zone}")
    subnet: str = response["Subnet"]["SubnetId"]
    return subnet


def _create_access_point(account: EmulatedAccount, file_system: str, path: str) -> str:
    point = account.client("efs").create_access_point(
        FileSystemId=file_system, PosixUser={"Uid": 0, "Gid": 0}, RootDirectory={"Path": path}
    )
    access_point: str = point["AccessPointId"]
    return access_point


def _create_databases(account: EmulatedAccount, security_groups: list[str]) -> None:
    rds = account.client("rds")
    user: Any = {"MasterUsername": "chat", "MasterUserPassword": "not-a-secret", "VpcSecurityGroupIds": security_groups}
    for name in ("chat", "chat2"):
        rds.create_db_instance(
            DBInstanceIdentifier=name,
            DBInstanceClass="db.t4g.medium",
            Engine="postgres",
            AllocatedStorage=20,
            **user,
        )
    rds.create_db_cluster(DBClusterIdentifier="chat", Engine="aurora-postgresql", **user)


def _create_secret(account: EmulatedAccount, name: str, value: str) -> str:
    arn: str = account.client("secretsmanager").create_secret(Name=name, SecretString=value)["ARN"]
    return arn


def _create_policy(account: EmulatedAccount, name: str) -> str:
    statement = {"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    arn: str = account.client("iam").create_policy(PolicyName=name, PolicyDocument=document)["Policy"]["Arn"]
    return arn


def _create_service(account: EmulatedAccount, cluster: str, name: str) -> None:
    ecs = account.client("ecs")
    if cluster != CLUSTER:
        ecs.create_cluster(clusterName=cluster)
    container: Any = {"name": "webui", "image": "open-webui", "memory": 128}
    ecs.register_task_definition(family=name, containerDefinitions=[container])
    ecs.create_service(cluster=cluster, serviceName=name, taskDefinition=name, desiredCount=1)


def base_specs(account: EmulatedAccount, resources: Mapping[str, Any]) -> dict[str, Spec]:
    """Return the specs to apply: one without optional keys, one with all, and one with all existing resources."""
    plain = _named(account_spec(account), "plain")
    for section, keys in _NOT_IN_PLAIN.items():
        for key in keys:
            del plain[section][key]
    plain["autoscaling"] = {"enabled": False}
    plain["load_balancer"]["deletion_protection"] = False
    plain["redis"] |= {"slow_log": False, "engine": "valkey", "engine_version": "8.0"}
    full = _named(account_spec(account), "full")
    del full["aws"]["account_id"]
    for section, values in _FULL.items():
        full[section] = full.get(section, {}) | copy.deepcopy(values)
    full["existing"]["database"]["instance"] = "chat"
    given = _named(copy.deepcopy(full), "given")
    del given["existing"]["database"]["instance"]
    given["existing"]["database"]["cluster"] = "chat"
    given["existing"] |= {
        "access_log_bucket": "company-alb-logs",
        "alarm_topic_arn": f"{_TOPIC}platform-alarms",
        "kms_key_arn": _KMS,
        "secrets": {"webui_secret_key_arn": "$key", "redis_token_arn": "$token"},
    }
    given["load_balancer"]["deletion_protection"] = False
    given["state"] |= {"region": REGION, "kms_key_arn": _KMS}
    given |= {"custom": {"extra": "extra", "templates": "templates"}, "accept": _ACCEPT, "allow": _ALLOW}
    for section, key in (("alarms", "notify"), ("aws", "profile"), ("state", "dynamodb_table")):
        del given[section][key]
    return {name: resolve(spec, resources) for name, spec in (("plain", plain), ("full", full), ("given", given))}


_NOT_IN_PLAIN = {
    "aws": ["tags"],
    "existing": ["peers", "service"],
    "app": ["threads", "public_url"],
    "load_balancer": ["tls_termination"],
    "alarms": ["notify", "redis_cpu_percent"],
}


def _named(spec: Spec, name: str) -> Spec:
    spec["name"] = spec["service"]["name"] = name
    spec["state"]["key"] = f"{name}.tfstate"
    return spec


_ACCEPT = {"S351": "tried for a year without a fault"}
_REDIS = "module.redis.aws_elasticache_replication_group.this"
_ALLOW = {_REDIS: dict.fromkeys(PLAN_EFFECTS, "announced to all users")}
_FULL: dict[str, dict[str, Any]] = {
    "aws": {"fargate_vcpu_quota": 5000},
    "state": {"use_lockfile": True},
    "existing": {
        "certificate_arn": "$certificate",
        "secret_kms_key_arns": [_KMS2],
        "service_size": {"instances": 1, "vcpu": 2, "memory_gb": 8},
        "subnet_addresses": 5000,
    },
    "app": {
        "migration_image": "ghcr.io/open-webui/open-webui:v0.13.0",
        "registry_credentials_arn": "$registry",
        "secrets": {"OPENAI_API_KEY": "$openai"},
        "environment": {"DEFAULT_MODELS": "small"},
    },
    "service": {
        "ephemeral_storage_gb": 30,
        "circuit_breaker_rollback": False,
        "exec": True,
        "task_policy_arns": {"bedrock": "$bedrock"},
        "egress": {
            "https": {"cidr": "0.0.0.0/0"},
            "s3": {"prefix_list": "pl-0123456789abcdef0"},
            "ollama": {"security_group": "$client", "port": 11434},
            "tools": {"cidr": "10.30.0.0/16", "port": 8000, "to_port": 8010},
        },
    },
    "autoscaling": {"memory_percent": 75},
    "load_balancer": {
        "allow_from": {
            "vpn": {"cidr": "10.8.0.0/16"},
            "s3": {"prefix_list": "pl-0123456789abcdef0"},
            "office": {"security_group": "$client"},
        },
        "access_logs": {"enabled": True},
        "proxy_timeout_seconds": 180,
    },
    "redis": {"nodes": 2, "node_type": "cache.t4g.small", "pubsub_buffer_mb": 512},
    "alarms": {
        "redis_memory_percent": 80,
        "redis_evictions": 5,
        "healthy_hosts": 1,
        "database_connections_percent": 90,
        "files_burst_credits_gb": 100,
        "files_io_percent": 95,
        "unhealthy_hosts": 1,
        "target_5xx_count": 10,
        "load_balancer_5xx_count": 5,
        "at_maximum": True,
        "timing": {"cpu": {"period_seconds": 120, "evaluation_periods": 4, "datapoints": 3, "missing_data": "ignore"}},
    },
    "cost": dict.fromkeys(Cost.model_fields, 1),
}


def resolve(value: Any, resources: Mapping[str, Any]) -> Any:
    """Return a value with existing resources for their names."""
    if isinstance(value, dict):
        return {key: resolve(item, resources) for key, item in value.items()}
    if isinstance(value, list):
        return [resolve(item, resources) for item in value]
    return resources[value[1:]] if isinstance(value, str) and value.startswith("$") else value


def apply_change(change: PlannedChange, spec: Spec, resources: Mapping[str, Any]) -> Spec:
    """Return the changed spec."""
    return changed_spec(spec, {path: resolve(value, resources) for path, value in change.values.items()})


def _changes() -> Iterator[PlannedChange]:
    for bases, key, *values in _VALUES:
        for value in values:
            path = key.replace(".", "/")
            changes = value if isinstance(value, dict) else {path: value}
            for base in bases.split():
                yield PlannedChange(base, key, changes)


_OTHER_REGION: dict[str, Any] = {
    "aws/region": "us-west-2",
    "state/region": REGION,
    "existing/database/url_secret_arn": f"arn:aws:secretsmanager:us-west-2:{ACCOUNT}:secret:database-AbCdEf",
}
_OTHER_ACCOUNT = {
    "aws/account_id": "999999999999",
    "existing/database/url_secret_arn": f"arn:aws:secretsmanager:{REGION}:999999999999:secret:database-AbCdEf",
}
_SLOW_START_OFF = {"load_balancer/slow_start_seconds": 0}
_VALUES: list[Any] = [
    ("full", "name", "renamed"),
    ("plain", "aws.region", _OTHER_REGION),
    ("full plain", "aws.profile", None),
    ("given", "aws.profile", PROFILE),
    ("full", "aws.account_id", ACCOUNT),
    ("plain", "aws.account_id", None, _OTHER_ACCOUNT),
    ("full", "aws.fargate_vcpu_quota", 6000, None),
    ("plain", "aws.fargate_vcpu_quota", 6000),
    ("full", "aws.tags", {"aws/tags/Application": "chat"}, None),
    ("plain", "aws.tags", {"aws/tags/Owner": "platform"}),
    ("full", "state.bucket", "company-alb-logs"),
    ("full", "state.key", "other.tfstate"),
    ("plain", "state.region", "us-west-2"),
    ("given", "state.region", None),
    ("full", "state.dynamodb_table", None, "other-locks"),
    ("given", "state.dynamodb_table", "locks"),
    ("full", "state.use_lockfile", False),
    ("plain", "state.use_lockfile", True),
    ("full", "state.kms_key_arn", _KMS),
    ("given", "state.kms_key_arn", None),
    ("full plain", "existing.vpc", {"existing/vpc": "$vpc2", "existing/private_subnets": "$subnets2"}),
    ("full", "existing.private_subnets", "$two_subnets", "$more_subnets"),
    ("full", "existing.subnet_addresses", 4000, None),
    ("plain", "existing.subnet_addresses", 4000),
    ("full plain", "existing.cluster", "other"),
    ("full", "existing.container_insights", True),
    ("full", "existing.service", None, "other-service"),
    ("plain", "existing.service", "other-service"),
    ("full", "existing.service_size.instances", 2, None),
    ("plain", "existing.service_size.instances", 2),
    ("full", "existing.service_size.vcpu", 4, None),
    ("plain", "existing.service_size.vcpu", 4),
    ("full", "existing.service_size.memory_gb", 16, None),
    ("plain", "existing.service_size.memory_gb", 16),
    ("full", "existing.service_size.architecture", "ARM64"),
    ("full", "existing.database.url_secret_arn", "$database_url2"),
    ("full", "existing.database.security_group", "$database2"),
    ("full", "existing.database.port", 5433),
    ("full", "existing.database.instance", "chat2"),
    ("plain", "existing.database.instance", "chat"),
    ("plain", "existing.database.cluster", "chat"),
    (
        "given",
        "existing.database.cluster",
        {"existing/database/cluster": None, "existing/database/instance": "chat"},
    ),
    (
        "full",
        "existing.database.instance",
        {"existing/database/cluster": "chat", "existing/database/instance": None},
    ),
    ("full plain", "existing.database.max_connections", 2000),
    ("full", "existing.database.reserved_connections", 60),
    (
        "full",
        "existing.files.file_system",
        {"existing/files/file_system": "$file_system2", "existing/files/access_point": "$access_point2"},
    ),
    ("full", "existing.files.access_point", "$other_directory"),
    ("full", "existing.files.security_groups", ["$files2"]),
    ("full", "existing.peers.<name>.security_group", {"existing/peers/pipelines/security_group": "$peer2"}),
    ("full", "existing.peers.<name>.port", {"existing/peers/pipelines/port": 9098}, {"existing/peers": None}),
    ("full", "existing.peers.<name>.port", {"existing/peers/more": {"security_group": "$peer2", "port": 80}}),
    ("full", "existing.secrets.webui_secret_key_arn", "$key"),
    ("given", "existing.secrets.webui_secret_key_arn", "$key2", None),
    ("full", "existing.secrets.redis_token_arn", "$token"),
    ("given", "existing.secrets.redis_token_arn", "$token2", None),
    ("full", "existing.certificate_arn", "$certificate2", None),
    ("plain", "existing.certificate_arn", "$certificate"),
    ("full plain", "existing.access_log_bucket", "company-alb-logs"),
    (
        "full",
        "existing.access_log_bucket",
        {"existing/access_log_bucket": "company-alb-logs", "load_balancer/deletion_protection": False},
    ),
    ("given", "existing.access_log_bucket", "other-alb-logs", None),
    (
        "full",
        "existing.alarm_topic_arn",
        {"existing/alarm_topic_arn": f"{_TOPIC}platform-alarms", "alarms/notify": None},
    ),
    ("given", "existing.alarm_topic_arn", f"{_TOPIC}other-alarms", None),
    ("plain", "existing.alarm_topic_arn", f"{_TOPIC}platform-alarms"),
    ("full plain", "existing.kms_key_arn", _KMS),
    ("given", "existing.kms_key_arn", _KMS3, None),
    ("full plain", "existing.secret_kms_key_arns", [_KMS3]),
    ("full", "existing.secret_kms_key_arns", None),
    ("full", "app.image", "ghcr.io/open-webui/open-webui:v0.12.0"),
    ("full", "app.migration_image", "ghcr.io/open-webui/open-webui:v0.13.1", None),
    # The same release: another one needs service.circuit_breaker_rollback too.
    ("plain", "app.migration_image", "ghcr.io/open-webui/open-webui:v0.12.4-slim"),
    ("plain", "app.migration_image", f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/open-webui:v0.12.4-slim"),
    ("plain", "app.image", f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/open-webui:v0.12.4"),
    (
        "plain",
        "app.pull_through_cache",
        {
            "app/image": f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/ghcr/open-webui/open-webui:v0.12.4",
            "app/pull_through_cache": True,
        },
    ),
    ("full", "app.registry_credentials_arn", "$registry2", None),
    ("plain", "app.registry_credentials_arn", "$registry"),
    ("full", "app.public_url", "https://other.example.com", None),
    (
        "plain",
        "app.public_url",
        {"app/public_url": "https://other.example.com", "load_balancer/tls_termination": "proxy"},
    ),
    ("full", "app.workers", 1),
    ("full", "app.threads", 50, None),
    ("plain", "app.threads", 50),
    ("full", "app.database_pool.size", 9),
    ("full", "app.database_pool.max_overflow", 4),
    ("full", "app.database_pool.timeout_seconds", 20),
    ("full", "app.database_pool.recycle_seconds", 1800),
    ("full", "app.database_pool.vector_size", 4),
    (
        "full",
        "app.vector_database",
        {"app/vector_database": "qdrant", "app/environment/QDRANT_URI": "http://qdrant.example.com:6333"},
    ),
    ("full", "app.migrate_on_start", True),
    ("full", "app.client_timeout_seconds", 150),
    ("full", "app.environment", {"app/environment/DEFAULT_MODELS": "large"}, None),
    ("plain", "app.environment", {"app/environment/DEFAULT_MODELS": "large"}),
    ("full", "app.secrets", {"app/secrets/OPENAI_API_KEY": "$registry2"}, None),
    ("plain", "app.secrets", {"app/secrets/OPENAI_API_KEY": "$openai"}),
    ("full plain", "service.name", "renamed"),
    ("full", "service.instances", 5),
    ("plain", "service.instances", 5, 2),
    ("full", "service.vcpu", 4),
    ("full", "service.memory_gb", 9),
    ("full", "service.architecture", "ARM64"),
    ("full", "service.ephemeral_storage_gb", 40, None),
    ("plain", "service.ephemeral_storage_gb", 40),
    ("full", "service.platform_version", "1.4.0"),
    ("full", "service.log_retention_days", 60),
    ("full", "service.stop_timeout_seconds", 100),
    ("full", "service.health_check.interval_seconds", 20),
    ("full", "service.health_check.retries", 4),
    ("full", "service.health_check.start_period_seconds", 240),
    ("full", "service.health_check.timeout_seconds", 6),
    ("full", "service.deployment.minimum_percent", 50),
    ("full", "service.deployment.maximum_percent", 150),
    ("full", "service.deployment.grace_period_seconds", 400),
    ("full", "service.egress.<name>.cidr", {"service/egress/https/cidr": "52.0.0.0/6"}),
    ("full", "service.egress.<name>.cidr", {"service/egress/ollama": {"cidr": "10.9.0.0/16", "port": 11434}}),
    (
        "full",
        "service.egress.<name>.cidr",
        {"service/egress/more": {"cidr": "10.9.0.0/16"}},
        {"service/egress/https": None, "service/egress/web": {"cidr": "0.0.0.0/0"}},
    ),
    (
        "full",
        "service.egress.<name>.prefix_list",
        {"service/egress/s3/prefix_list": "pl-0123456789abcdef1"},
        {"service/egress/s3": None},
        {"service/egress/more": {"prefix_list": "pl-0123456789abcdef1"}},
    ),
    (
        "full",
        "service.egress.<name>.security_group",
        {"service/egress/ollama/security_group": "$peer2"},
        {"service/egress/more": {"security_group": "$peer2"}},
    ),
    ("full", "service.egress.<name>.to_port", {"service/egress/ollama/to_port": 11440}),
    ("full", "service.egress.<name>.to_port", {"service/egress/tools/to_port": None}),
    ("full", "service.egress.<name>.protocol", {"service/egress/ollama/protocol": "udp"}),
    ("full", "service.egress.<name>.port", {"service/egress/ollama/port": 11435}, {"service/egress/ollama": None}),
    ("plain", "service.circuit_breaker_rollback", False),
    ("full", "service.exec", False),
    ("plain", "service.exec", True),
    ("full", "service.task_policy_arns", {"service/task_policy_arns/bedrock": "$bedrock2"}, None),
    ("plain", "service.task_policy_arns", {"service/task_policy_arns/bedrock": "$bedrock"}),
    ("full", "service.wait_for_steady_state", True),
    ("full", "autoscaling.enabled", False, {"autoscaling/enabled": False, "service/instances": 5}),
    ("plain", "autoscaling.enabled", True, {"autoscaling/enabled": True, "service/instances": 5}),
    ("full plain", "autoscaling.min", 3),
    ("full plain", "autoscaling.max", 11),
    ("full", "autoscaling.max", 8),
    ("full plain", "autoscaling.cpu_percent", 60),
    ("full plain", "autoscaling.memory_percent", 80),
    ("full", "autoscaling.memory_percent", None),
    ("plain", "autoscaling.memory_percent", {"autoscaling/enabled": True, "autoscaling/memory_percent": 80}),
    ("full plain", "autoscaling.scale_in_cooldown_seconds", 200),
    ("full plain", "autoscaling.scale_out_cooldown_seconds", 200),
    ("full plain", "autoscaling.high_cpu.instances", 3),
    ("full plain", "autoscaling.high_cpu.cooldown_seconds", 200),
    ("full plain", "load_balancer.allow_from.<name>.cidr", {"load_balancer/allow_from/vpn/cidr": "10.7.0.0/16"}),
    ("full", "load_balancer.allow_from.<name>.cidr", {"load_balancer/allow_from/more": {"cidr": "10.6.0.0/16"}}),
    ("full", "load_balancer.allow_from.<name>.cidr", {"load_balancer/allow_from/vpn": None}),
    ("full", "load_balancer.allow_from.<name>.cidr", {"load_balancer/allow_from/office": {"cidr": "10.6.0.0/16"}}),
    (
        "full",
        "load_balancer.allow_from.<name>.prefix_list",
        {"load_balancer/allow_from/s3/prefix_list": "pl-0123456789abcdef1"},
        {"load_balancer/allow_from/s3": None},
        {"load_balancer/allow_from/more": {"prefix_list": "pl-0123456789abcdef1"}},
    ),
    (
        "full",
        "load_balancer.allow_from.<name>.security_group",
        {"load_balancer/allow_from/office/security_group": "$peer2"},
        {"load_balancer/allow_from/more": {"security_group": "$peer2"}},
    ),
    ("full", "load_balancer.tls_termination", "load_balancer", None),
    ("plain", "load_balancer.tls_termination", "proxy"),
    ("full plain", "load_balancer.http_port", 81),
    ("full plain", "load_balancer.https_port", 444),
    ("full plain", "load_balancer.ssl_policy", "ELBSecurityPolicy-TLS13-1-3-2021-06"),
    ("full", "load_balancer.idle_timeout_seconds", 400),
    ("full", "load_balancer.proxy_timeout_seconds", 200, None),
    ("plain", "load_balancer.proxy_timeout_seconds", 200),
    ("full", "load_balancer.stickiness_seconds", 3600),
    ("full", "load_balancer.deregistration_delay_seconds", 200),
    ("full", "load_balancer.slow_start_seconds", 90, 0),
    ("full", "load_balancer.algorithm", _SLOW_START_OFF | {"load_balancer/algorithm": "weighted_random"}),
    ("full", "load_balancer.algorithm", _SLOW_START_OFF | {"load_balancer/algorithm": "least_outstanding_requests"}),
    ("full", "load_balancer.deletion_protection", False),
    ("plain", "load_balancer.deletion_protection", True),
    ("full", "load_balancer.health_check.path", "/health/db"),
    ("full", "load_balancer.health_check.matcher", "204"),
    ("full", "load_balancer.health_check.interval_seconds", 20),
    ("full", "load_balancer.health_check.timeout_seconds", 6),
    ("full", "load_balancer.health_check.healthy_threshold", 3),
    ("full", "load_balancer.health_check.unhealthy_threshold", 4),
    ("full given", "load_balancer.access_logs.enabled", False),
    (
        "full",
        "load_balancer.access_logs.enabled",
        {"load_balancer/access_logs/enabled": False, "load_balancer/deletion_protection": False},
    ),
    ("plain", "load_balancer.access_logs.enabled", True),
    ("full given plain", "load_balancer.access_logs.prefix", "chat"),
    ("full given plain", "load_balancer.access_logs.expiration_days", 30),
    ("full", "redis.node_type", "cache.t4g.medium", "cache.r7g.xlarge"),
    ("full", "redis.nodes", 3, 1),
    ("plain", "redis.nodes", 2),
    ("full", "redis.engine", {"redis/engine": "valkey", "redis/engine_version": "8.0"}),
    ("plain", "redis.engine", {"redis/engine": "redis", "redis/engine_version": "7.1"}),
    ("full", "redis.engine_version", "7.0", "6.2"),
    ("plain", "redis.engine_version", "7.2", "8.1", "9.0"),
    ("full", "redis.eviction_policy", "volatile-lru"),
    ("full", "redis.idle_timeout_seconds", 900),
    ("full", "redis.pubsub_buffer_mb", 256, None),
    ("plain", "redis.pubsub_buffer_mb", 64),
    ("full", "redis.snapshot_retention_days", 2, 0),
    ("full", "redis.snapshot_window", "02:00-03:00"),
    ("full", "redis.maintenance_window", "sun:06:00-sun:07:00"),
    ("full", "redis.apply_immediately", False),
    ("full", "redis.slow_log", False),
    ("plain", "redis.slow_log", True),
    ("full plain", "redis.log_retention_days", 60),
    ("full", "secrets.recovery_window_days", 14),
    ("full given", "secrets.redis_token_version", 2),
    ("full given", "secrets.webui_secret_key_version", 2),
    ("full", "alarms.cpu_percent", 80),
    ("full", "alarms.memory_percent", 85),
    ("full", "alarms.response_time_seconds", 3),
    ("full", "alarms.redis_cpu_percent", 60, None),
    ("plain", "alarms.redis_cpu_percent", 60),
    ("plain", "alarms.redis_memory_percent", 70),
    ("full", "alarms.redis_memory_percent", 70, NULL),
    ("plain", "alarms.redis_evictions", 6),
    ("full", "alarms.redis_evictions", 6, None),
    ("plain", "alarms.healthy_hosts", 2),
    ("full", "alarms.healthy_hosts", 2, None),
    (
        "plain",
        "alarms.database_connections_percent",
        {"alarms/database_connections_percent": 90, "existing/database/instance": "chat"},
    ),
    ("full", "alarms.database_connections_percent", 80, None),
    ("plain", "alarms.files_burst_credits_gb", 50),
    ("full", "alarms.files_burst_credits_gb", 50, None),
    ("plain", "alarms.files_io_percent", 90),
    ("full", "alarms.files_io_percent", 90, None),
    ("plain", "alarms.unhealthy_hosts", 2),
    ("full", "alarms.unhealthy_hosts", 2, None),
    ("plain", "alarms.target_5xx_count", 11),
    ("full", "alarms.target_5xx_count", 11, NULL),
    ("plain", "alarms.load_balancer_5xx_count", 6),
    ("full", "alarms.load_balancer_5xx_count", 6, None),
    ("full", "terraform.aws_provider", 6),
    ("full", "alarms.at_maximum", False),
    ("given", "alarms.at_maximum", False),
    ("plain", "alarms.at_maximum", True, {"alarms/at_maximum": True, "autoscaling/enabled": True}),
    ("full", "alarms.period_seconds", 180),
    ("full", "alarms.evaluation_periods", 6),
    *(
        ("full", f"alarms.timing.<name>.{key}", {f"alarms/timing/cpu/{key}": value}, {f"alarms/timing/cpu/{key}": None})
        for key, value in (("period_seconds", 300), ("evaluation_periods", 5), ("datapoints", 2))
    ),
    *(
        ("plain", f"alarms.timing.<name>.{key}", {f"alarms/timing/at_maximum/{key}": value})
        for key, value in (("period_seconds", 300), ("evaluation_periods", 5), ("missing_data", "ignore"))
    ),
    ("full", "alarms.timing.<name>.missing_data", {"alarms/timing/cpu/missing_data": "notBreaching"}),
    ("full", "alarms.timing.<name>.missing_data", {"alarms/timing/cpu/missing_data": None}),
    ("full", "alarms.timing.<name>.missing_data", {"alarms/timing/memory/missing_data": "ignore"}),
    ("full", "alarms.timing.<name>.datapoints", {"alarms/timing/memory/datapoints": 2}),
    ("plain", "alarms.timing.<name>.datapoints", {"alarms/timing/at_maximum/datapoints": 2}),
    ("full given plain", "alarms.notify", ["on-call@example.com"]),
    ("full", "alarms.notify", None),
    ("full", "custom.extra", "extra"),
    ("given", "custom.extra", None),
    ("full", "custom.templates", "templates"),
    ("given", "custom.templates", None),
    ("full", "keep", ["modules/monitoring/dashboard.tf"]),
    *(("full", f"cost.{key}", 5, None) for key in Cost.model_fields),
    *(("plain", f"cost.{key}", 5) for key in Cost.model_fields),
    ("full", "accept", {"accept": _ACCEPT}),
    ("given", "accept", None),
    *(("full", f"allow.{NAME}.{effect}", {"allow": _ALLOW}) for effect in PLAN_EFFECTS),
    *(("given", f"allow.{NAME}.{effect}", {f"allow/{_REDIS}": None}) for effect in PLAN_EFFECTS),
    (
        "full",
        "environments",
        {
            "environments": {
                "production": {},
                "staging": {
                    "state": {"key": "s.tfstate"},
                    "existing": {
                        "service": None,
                        "database": {"url_secret_arn": "$openai", "security_group": "$database2"},
                        "files": {"access_point": "$other_directory"},
                    },
                    "app": {"public_url": "https://staging.example.com"},
                    "service": {"name": "staging"},
                },
            }
        },
    ),
]

CHANGES: list[PlannedChange] = list(_changes())
"""At least one change of every key; every effect of the table is that of one of them."""
