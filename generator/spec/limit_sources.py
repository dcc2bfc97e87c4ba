"""The sources of the limits in the spec: the members of AWS's API that receive the values, and AWS's limits for them.

botocore publishes the model of the API, with a pattern, a length or an enumeration for some members. If a member has
none, the documentation of AWS has its limits, and a `Member` repeats them.
"""

from typing import NamedTuple

_API = "https://docs.aws.amazon.com/goto/WebAPI"


class Member(NamedTuple):
    """A member of the input of an operation, such as `ecs CreateService serviceName`.

    `value` is the text that AWS receives, such as `{}-alarms`; `{}` is the value of the key. `minimum` and `maximum`
    are the bounds of a number, or of the length of a text. `pattern` matches a whole text, and `one_of` lists the
    allowed values. These limits are in addition to the ones in the API model. `url` is their source, if it is not the
    API reference.
    """

    path: str
    value: str = "{}"
    minimum: float | None = None
    maximum: float | None = None
    pattern: str = ""
    one_of: tuple[str, ...] = ()
    url: str = ""

    @property
    def source(self) -> str:
        """The page that states the limits."""
        service, operation, _ = self.path.split()
        return self.url or f"{_API}/{service}/{operation}"


class NotSent(NamedTuple):
    """The reason why AWS does not get the value of a key."""

    reason: str


_ARN = r"arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:([0-9]{12}|aws)?:.+"
_COST = NotSent("only the cost estimate uses it")
_ALLOWED = NotSent("a reason for the reader of the spec")
_PERCENT = NotSent("a threshold or a target in percent, which is between 0 and 100")
_SECURITY_GROUP = r"[A-Za-z0-9 ._\-:/()#,@\[\]+=&;{}!$*]*"
_IMAGE = (
    Member(
        "ecs RegisterTaskDefinition containerDefinitions.image",
        pattern="[A-Za-z0-9._:/#-]{1,255}(@sha256:[0-9a-f]{64})?",
    ),
)
_VARIABLE_VALUE = Member("ecs RegisterTaskDefinition containerDefinitions.environment.value")
_SECRET = (
    Member("ecs RegisterTaskDefinition containerDefinitions.secrets.valueFrom", pattern=_ARN),
    Member("secretsmanager GetSecretValue SecretId"),
)
_KMS_KEY = (Member("kms DescribeKey KeyId"), Member("logs CreateLogGroup kmsKeyId"))
# https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html; RDS stores it in lower case.
_DATABASE = "[a-z](-?[a-z0-9])*"
_GROUP = Member("ec2 AuthorizeSecurityGroupIngress GroupId", pattern="sg-[0-9a-f]{8,17}")
_PORT = Member("ec2 AuthorizeSecurityGroupIngress IpPermissions.FromPort", minimum=0, maximum=65535)
_CIDR = Member("ec2 AuthorizeSecurityGroupIngress IpPermissions.IpRanges.CidrIp", pattern="[0-9a-fA-F:./]+")
_PREFIX_LIST = Member(
    "ec2 AuthorizeSecurityGroupIngress IpPermissions.PrefixListIds.PrefixListId", pattern="pl-[0-9a-f]{8,17}"
)
_TAG_KEYS = (
    Member("application-autoscaling RegisterScalableTarget Tags.key"),
    Member("cloudwatch PutMetricAlarm Tags.Key"),
    Member("ecs CreateService tags.key"),
    Member("elbv2 CreateLoadBalancer Tags.Key"),
    Member("iam CreateRole Tags.Key"),
    Member("logs CreateLogGroup tags.key"),
    Member("secretsmanager CreateSecret Tags.Key"),
    Member("sns CreateTopic Tags.Key"),
)
_TAG_VALUES = (
    Member("application-autoscaling RegisterScalableTarget Tags.value"),
    Member("cloudwatch PutMetricAlarm Tags.Value"),
    Member("ecs CreateService tags.value"),
    Member("elbv2 CreateLoadBalancer Tags.Value"),
    Member("iam CreateRole Tags.Value"),
    Member("logs CreateLogGroup tags.value"),
    Member("secretsmanager CreateSecret Tags.Value"),
    Member("sns CreateTopic Tags.Value"),
)
_ENTRY_NAME = (Member("ec2 CreateSecurityGroup TagSpecifications.Tags.Value", maximum=256),)
_COOLDOWN = "application-autoscaling PutScalingPolicy TargetTrackingScalingPolicyConfiguration"
_LOG_RETENTION = (
    Member(
        "logs PutRetentionPolicy retentionInDays",
        pattern="0|1|3|5|7|14|30|60|90|120|150|180|365|400|545|731|1096|1827|2192|2557|2922|3288|3653",
    ),
)
_TIMING = (Member("cloudwatch PutMetricAlarm Period"), Member("cloudwatch PutMetricAlarm EvaluationPeriods"))
_THRESHOLD = (Member("cloudwatch PutMetricAlarm Threshold"),)
_FARGATE_SIZES = (
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size"
)
_REDIS_PARAMETERS = "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.Engine.html"
_SERVICE_NAME = (
    Member("application-autoscaling PutScalingPolicy PolicyName", "{}-memory"),
    Member("cloudwatch PutDashboard DashboardName", maximum=255, pattern="[A-Za-z0-9_-]*"),
    Member("cloudwatch PutMetricAlarm AlarmName", "{}-load-balancer-5xx"),
    Member("cloudwatch PutMetricAlarm AlarmName", "{}-redis-evictions-006"),
    Member("ec2 CreateSecurityGroup GroupName", "{}-tasks", maximum=255, pattern=rf"(?!sg-){_SECURITY_GROUP}"),
    Member("ecs CreateService serviceName", minimum=1, maximum=255, pattern="[A-Za-z0-9_-]*"),
    Member("ecs RegisterTaskDefinition family", minimum=1, maximum=255, pattern="[A-Za-z0-9_-]*"),
    Member("elasticache CreateCacheParameterGroup CacheParameterGroupName", "{}-valkey8", maximum=255),
    Member("elasticache CreateCacheSubnetGroup CacheSubnetGroupName", maximum=255, pattern="[a-z0-9-]*"),
    Member(
        "elasticache CreateReplicationGroup ReplicationGroupId", minimum=1, maximum=40, pattern="[a-z](-?[a-z0-9])*"
    ),
    Member("elbv2 CreateLoadBalancer Name", maximum=32, pattern="(?!internal-)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"),
    Member("elbv2 CreateTargetGroup Name", maximum=32, pattern="[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"),
    Member("iam CreateRole RoleName", "{}-execution"),
    Member("logs CreateLogGroup logGroupName", "/elasticache/{}/slow-log"),
    Member("s3 CreateBucket Bucket", "{}-alb-logs-111122223333", minimum=3, maximum=63, pattern="[a-z0-9][a-z0-9-]*"),
    Member("secretsmanager CreateSecret Name", "{}/webui-secret-key-" + "x" * 26, pattern="[A-Za-z0-9/_+=.@-]*"),
    Member("sns CreateTopic Name", "{}-alarms", minimum=1, maximum=256, pattern="[A-Za-z0-9_-]*"),
)

LIMIT_SOURCES: dict[str, tuple[Member, ...] | NotSent] = {
    "name": _TAG_VALUES,
    "aws.account_id": NotSent("the provider compares it with the account of the credentials"),
    "aws.fargate_vcpu_quota": NotSent("only a rule uses it"),
    "aws.profile": NotSent("the AWS SDK reads it from its configuration"),
    "aws.region": NotSent("a part of host names"),
    "aws.tags key": _TAG_KEYS,
    "aws.tags.*": _TAG_VALUES,
    "state.bucket": (Member("s3 CreateBucket Bucket", minimum=3, maximum=63, pattern="[a-z0-9][a-z0-9.-]*[a-z0-9]"),),
    "state.dynamodb_table": (Member("dynamodb PutItem TableName", minimum=3, maximum=255, pattern="[A-Za-z0-9_.-]*"),),
    "state.key": (Member("s3 PutObject Key", maximum=1024),),
    "state.kms_key_arn": (
        Member(
            "kms DescribeKey KeyId",
            pattern=".+:key/([0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})",
            url="https://github.com/hashicorp/terraform/blob/v1.11.4/internal/backend/remote-state/s3/validate.go",
        ),
    ),
    "state.region": NotSent("a part of host names"),
    "existing.access_log_bucket": (
        Member("s3 CreateBucket Bucket", minimum=3, maximum=63, pattern="[a-z0-9][a-z0-9.-]*[a-z0-9]"),
    ),
    "existing.alarm_topic_arn": (
        Member("cloudwatch PutMetricAlarm AlarmActions", maximum=1024, pattern=_ARN),
        Member("sns GetTopicAttributes TopicArn", pattern=_ARN),
    ),
    "existing.certificate_arn": (
        Member("acm DescribeCertificate CertificateArn"),
        Member("elbv2 CreateListener Certificates.CertificateArn", pattern=_ARN),
    ),
    "existing.cluster": (
        Member("ecs CreateService cluster", minimum=1, maximum=255, pattern="[A-Za-z0-9_-]*"),
        Member("application-autoscaling RegisterScalableTarget ResourceId", "service/{}/" + "x" * 32),
        Member("cloudwatch PutMetricAlarm Dimensions.Value"),
    ),
    "existing.database.cluster": (
        Member("rds DescribeDBClusters DBClusterIdentifier", minimum=1, maximum=63, pattern=_DATABASE),
    ),
    "existing.database.instance": (
        Member("rds DescribeDBInstances DBInstanceIdentifier", minimum=1, maximum=63, pattern=_DATABASE),
    ),
    "existing.database.max_connections": NotSent("only rules use it"),
    "existing.database.port": (_PORT,),
    "existing.database.reserved_connections": NotSent("only rules use it"),
    "existing.database.security_group": (_GROUP,),
    "existing.database.url_secret_arn": _SECRET,
    "existing.files.access_point": (Member("efs DescribeAccessPoints AccessPointId"),),
    "existing.files.file_system": (Member("efs DescribeFileSystems FileSystemId"),),
    "existing.files.security_groups[]": (_GROUP,),
    "existing.kms_key_arn": _KMS_KEY,
    "existing.peers key": _ENTRY_NAME,
    "existing.peers.*.port": (_PORT,),
    "existing.peers.*.security_group": (_GROUP,),
    "existing.private_subnets[]": (Member("ec2 DescribeSubnets SubnetIds", pattern="subnet-[0-9a-f]{8,17}"),),
    "existing.secret_kms_key_arns[]": _KMS_KEY,
    "existing.secrets.redis_token_arn": _SECRET,
    "existing.secrets.webui_secret_key_arn": _SECRET,
    "existing.service": (Member("ecs DescribeServices services", minimum=1, maximum=255, pattern="[A-Za-z0-9_-]*"),),
    "existing.service_size.architecture": _COST,
    "existing.service_size.instances": _COST,
    "existing.service_size.memory_gb": _COST,
    "existing.service_size.vcpu": _COST,
    "existing.subnet_addresses": NotSent("only a rule uses it"),
    "existing.vpc": (Member("ec2 DescribeVpcs VpcIds", pattern="vpc-[0-9a-f]{8,17}"),),
    "app.client_timeout_seconds": (_VARIABLE_VALUE,),
    "app.database_pool.max_overflow": (_VARIABLE_VALUE,),
    "app.database_pool.recycle_seconds": (_VARIABLE_VALUE,),
    "app.database_pool.size": (_VARIABLE_VALUE,),
    "app.database_pool.timeout_seconds": (_VARIABLE_VALUE,),
    "app.database_pool.vector_size": (_VARIABLE_VALUE,),
    "app.environment key": (Member("ecs RegisterTaskDefinition containerDefinitions.environment.name"),),
    "app.environment.*": (_VARIABLE_VALUE,),
    "app.image": _IMAGE,
    "app.migration_image": _IMAGE,
    "app.public_url": (_VARIABLE_VALUE,),
    "app.registry_credentials_arn": _SECRET,
    "app.secrets key": (Member("ecs RegisterTaskDefinition containerDefinitions.secrets.name"),),
    "app.secrets.*": _SECRET,
    "app.threads": (_VARIABLE_VALUE,),
    "app.vector_database": (_VARIABLE_VALUE,),
    "app.workers": (_VARIABLE_VALUE,),
    "service.architecture": (Member("ecs RegisterTaskDefinition runtimePlatform.cpuArchitecture"),),
    "service.deployment.grace_period_seconds": (
        Member("ecs CreateService healthCheckGracePeriodSeconds", minimum=0, maximum=2147483647),
    ),
    "service.deployment.maximum_percent": (
        Member("ecs CreateService deploymentConfiguration.maximumPercent", minimum=100),
    ),
    "service.deployment.minimum_percent": (
        Member("ecs CreateService deploymentConfiguration.minimumHealthyPercent", minimum=0),
    ),
    "service.egress key": _ENTRY_NAME,
    "service.egress.*.cidr": (_CIDR,),
    "service.egress.*.port": (_PORT,),
    "service.egress.*.protocol": (Member("ec2 AuthorizeSecurityGroupIngress IpPermissions.IpProtocol"),),
    "service.egress.*.to_port": (_PORT,),
    "service.egress.*.prefix_list": (_PREFIX_LIST,),
    "service.egress.*.security_group": (_GROUP,),
    "service.ephemeral_storage_gb": (
        Member("ecs RegisterTaskDefinition ephemeralStorage.sizeInGiB", minimum=21, maximum=200),
    ),
    "service.health_check.interval_seconds": (
        Member("ecs RegisterTaskDefinition containerDefinitions.healthCheck.interval", minimum=5, maximum=300),
    ),
    "service.health_check.retries": (
        Member("ecs RegisterTaskDefinition containerDefinitions.healthCheck.retries", minimum=1, maximum=10),
    ),
    "service.health_check.start_period_seconds": (
        Member("ecs RegisterTaskDefinition containerDefinitions.healthCheck.startPeriod", minimum=0, maximum=300),
    ),
    "service.health_check.timeout_seconds": (
        Member("ecs RegisterTaskDefinition containerDefinitions.healthCheck.timeout", minimum=2, maximum=60),
    ),
    "service.instances": (
        Member(
            "ecs CreateService desiredCount",
            minimum=0,
            maximum=5000,
            url="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html",
        ),
    ),
    "service.log_retention_days": _LOG_RETENTION,
    "service.memory_gb": (Member("ecs RegisterTaskDefinition memory", minimum=0.5, maximum=244, url=_FARGATE_SIZES),),
    "service.name": _SERVICE_NAME,
    "service.platform_version": (
        Member(
            "ecs CreateService platformVersion",
            one_of=("LATEST", "1.4.0", "1.3.0"),
            url="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/platform-fargate.html",
        ),
    ),
    "service.stop_timeout_seconds": (
        Member("ecs RegisterTaskDefinition containerDefinitions.stopTimeout", maximum=120),
    ),
    "service.task_policy_arns key": NotSent("only a key in the Terraform state"),
    "service.task_policy_arns.*": (Member("iam AttachRolePolicy PolicyArn", pattern=_ARN),),
    "service.vcpu": (Member("ecs RegisterTaskDefinition cpu", minimum=0.25, maximum=32, url=_FARGATE_SIZES),),
    "autoscaling.cpu_percent": _PERCENT,
    "autoscaling.high_cpu.cooldown_seconds": (
        Member("application-autoscaling PutScalingPolicy StepScalingPolicyConfiguration.Cooldown", minimum=0),
    ),
    "autoscaling.high_cpu.instances": (
        Member(
            "application-autoscaling PutScalingPolicy StepScalingPolicyConfiguration.StepAdjustments.ScalingAdjustment"
        ),
    ),
    "autoscaling.max": (Member("application-autoscaling RegisterScalableTarget MaxCapacity", minimum=0, maximum=5000),),
    "autoscaling.memory_percent": _PERCENT,
    "autoscaling.min": (Member("application-autoscaling RegisterScalableTarget MinCapacity", minimum=0, maximum=5000),),
    "autoscaling.scale_in_cooldown_seconds": (Member(f"{_COOLDOWN}.ScaleInCooldown", minimum=0),),
    "autoscaling.scale_out_cooldown_seconds": (Member(f"{_COOLDOWN}.ScaleOutCooldown", minimum=0),),
    "load_balancer.access_logs.expiration_days": (
        Member("s3 PutBucketLifecycleConfiguration LifecycleConfiguration.Rules.Expiration.Days", minimum=1),
    ),
    "load_balancer.access_logs.prefix": (
        Member(
            "elbv2 ModifyLoadBalancerAttributes Attributes.Value",
            pattern="(?!.*AWSLogs).*",
            url="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html",
        ),
    ),
    "load_balancer.algorithm": (
        Member(
            "elbv2 ModifyTargetGroupAttributes Attributes.Value",
            one_of=("round_robin", "least_outstanding_requests", "weighted_random"),
        ),
    ),
    "load_balancer.allow_from key": _ENTRY_NAME,
    "load_balancer.allow_from.*.cidr": (_CIDR,),
    "load_balancer.allow_from.*.prefix_list": (_PREFIX_LIST,),
    "load_balancer.allow_from.*.security_group": (_GROUP,),
    "load_balancer.deregistration_delay_seconds": (
        Member("elbv2 ModifyTargetGroupAttributes Attributes.Value", minimum=0, maximum=3600),
    ),
    "load_balancer.health_check.healthy_threshold": (Member("elbv2 CreateTargetGroup HealthyThresholdCount"),),
    "load_balancer.health_check.interval_seconds": (Member("elbv2 CreateTargetGroup HealthCheckIntervalSeconds"),),
    "load_balancer.health_check.matcher": (
        Member("elbv2 CreateTargetGroup Matcher.HttpCode", pattern="[2-4][0-9]{2}"),
    ),
    "load_balancer.health_check.path": (Member("elbv2 CreateTargetGroup HealthCheckPath"),),
    "load_balancer.health_check.timeout_seconds": (Member("elbv2 CreateTargetGroup HealthCheckTimeoutSeconds"),),
    "load_balancer.health_check.unhealthy_threshold": (Member("elbv2 CreateTargetGroup UnhealthyThresholdCount"),),
    "load_balancer.http_port": (Member("elbv2 CreateListener Port"), _PORT),
    "load_balancer.https_port": (Member("elbv2 CreateListener Port"), _PORT),
    "load_balancer.idle_timeout_seconds": (
        Member("elbv2 ModifyLoadBalancerAttributes Attributes.Value", minimum=1, maximum=4000),
    ),
    "load_balancer.proxy_timeout_seconds": NotSent("only rules use it"),
    "load_balancer.slow_start_seconds": (
        Member("elbv2 ModifyTargetGroupAttributes Attributes.Value", pattern="0|[3-9][0-9]|[1-8][0-9]{2}|900"),
    ),
    "load_balancer.ssl_policy": (Member("elbv2 CreateListener SslPolicy", pattern="ELBSecurityPolicy-.+"),),
    "load_balancer.stickiness_seconds": (
        Member("elbv2 ModifyTargetGroupAttributes Attributes.Value", minimum=1, maximum=604800),
    ),
    "load_balancer.tls_termination": NotSent("only rules, variables and documents use it"),
    "redis.engine": (Member("elasticache CreateReplicationGroup Engine", one_of=("redis", "valkey")),),
    "redis.engine_version": (Member("elasticache CreateReplicationGroup EngineVersion", pattern="[0-9]+[.][0-9]+"),),
    "redis.eviction_policy": (
        Member(
            "elasticache ModifyCacheParameterGroup ParameterNameValues.ParameterValue",
            pattern="noeviction|(allkeys|volatile)-(lru|lfu|random)|volatile-ttl",
            url=_REDIS_PARAMETERS,
        ),
    ),
    "redis.idle_timeout_seconds": (
        Member(
            "elasticache ModifyCacheParameterGroup ParameterNameValues.ParameterValue",
            pattern="0|[2-9][0-9]|[1-9][0-9]{2,}",
            url=_REDIS_PARAMETERS,
        ),
    ),
    "redis.log_retention_days": _LOG_RETENTION,
    "redis.maintenance_window": (
        Member(
            "elasticache CreateReplicationGroup PreferredMaintenanceWindow",
            pattern="(sun|mon|tue|wed|thu|fri|sat):[0-9]{2}:[0-9]{2}-(sun|mon|tue|wed|thu|fri|sat):[0-9]{2}:[0-9]{2}",
        ),
    ),
    "redis.node_type": (Member("elasticache CreateReplicationGroup CacheNodeType", pattern="cache[.].+"),),
    "redis.nodes": (Member("elasticache CreateReplicationGroup NumCacheClusters", minimum=1, maximum=6),),
    "redis.pubsub_buffer_mb": (
        Member(
            "elasticache ModifyCacheParameterGroup ParameterNameValues.ParameterValue",
            pattern="[0-9]+",
            url=_REDIS_PARAMETERS,
        ),
    ),
    "redis.snapshot_retention_days": (
        Member(
            "elasticache CreateReplicationGroup SnapshotRetentionLimit",
            minimum=0,
            maximum=35,
            url="https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/backups-automatic.html",
        ),
    ),
    "redis.snapshot_window": (
        Member("elasticache CreateReplicationGroup SnapshotWindow", pattern="[0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2}"),
    ),
    "secrets.recovery_window_days": (
        Member("secretsmanager DeleteSecret RecoveryWindowInDays", pattern="0|[7-9]|[12][0-9]|30"),
    ),
    "secrets.redis_token_version": NotSent("only a number in the Terraform state"),
    "secrets.webui_secret_key_version": NotSent("only a number in the Terraform state"),
    "alarms.cpu_percent": _PERCENT,
    "alarms.database_connections_percent": _PERCENT,
    "alarms.evaluation_periods": _TIMING[1:],
    "alarms.files_burst_credits_gb": _THRESHOLD,
    "alarms.files_io_percent": _PERCENT,
    "alarms.healthy_hosts": _THRESHOLD,
    "alarms.load_balancer_5xx_count": _THRESHOLD,
    "alarms.memory_percent": _PERCENT,
    "alarms.notify[]": (Member("sns Subscribe Endpoint", pattern="[^@]+@[^@]+"),),
    "alarms.period_seconds": _TIMING[:1],
    "alarms.redis_cpu_percent": _PERCENT,
    "alarms.redis_evictions": _THRESHOLD,
    "alarms.redis_memory_percent": _PERCENT,
    "alarms.response_time_seconds": _THRESHOLD,
    "alarms.target_5xx_count": _THRESHOLD,
    "alarms.timing key": NotSent("selects an alarm"),
    "alarms.timing.*.datapoints": (Member("cloudwatch PutMetricAlarm DatapointsToAlarm"),),
    "alarms.timing.*.evaluation_periods": _TIMING[1:],
    "alarms.timing.*.missing_data": (
        Member("cloudwatch PutMetricAlarm TreatMissingData", one_of=("breaching", "notBreaching", "ignore", "missing")),
    ),
    "alarms.timing.*.period_seconds": _TIMING[:1],
    "alarms.unhealthy_hosts": _THRESHOLD,
    "terraform.aws_provider": NotSent("selects a version of the AWS provider"),
    "custom.extra": NotSent("a path in the repository"),
    "custom.templates": NotSent("a path in the repository"),
    "keep[]": NotSent("a path in the repository"),
    "cost.endpoint_gb_per_month": _COST,
    "cost.kms_requests_per_month": _COST,
    "cost.lcus": _COST,
    "cost.log_gb_per_month": _COST,
    "cost.nat_gb_per_month": _COST,
    "cost.scanned_log_gb_per_month": _COST,
    "cost.secret_requests_per_month": _COST,
    "cost.snapshot_gb": _COST,
    "cost.stored_log_gb": _COST,
    "accept.*": NotSent("a reason for the reader of the spec"),
    "allow key": NotSent("an address in a Terraform plan"),
    "allow.*": _ALLOWED,
    "allow.*.loss": _ALLOWED,
    "allow.*.outage": _ALLOWED,
    "allow.*.sessions": _ALLOWED,
    "allow.*.connections": _ALLOWED,
    "allow.*.capacity": _ALLOWED,
    "allow.*.safeguard": _ALLOWED,
}
"""The source of every key that holds a text or a number, by its path. `*` is any entry of a mapping, ` key` the name of
an entry, and `[]` any entry of a list."""
