"""The effects of every key. Addresses leave out `module.`; `Effect` describes the notation of plans and sources."""

from collections.abc import Callable

from owscale.spec.allowed_effects import PLAN_EFFECTS
from owscale.spec.effects.model import PLAN, UNKNOWN, Change, Effect, When

_AWS = "https://docs.aws.amazon.com"
_ALARM_API = f"{_AWS}/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"
_CACHE_API = f"{_AWS}/AmazonElastiCache/latest/APIReference"
_CACHE_AUTH = f"{_AWS}/AmazonElastiCache/latest/dg/auth.html"
_CACHE_MODIFY = f"{_CACHE_API}/API_ModifyReplicationGroup.html"
_CACHE_PARAMETERS = f"{_AWS}/AmazonElastiCache/latest/dg/ParameterGroups.Modifying.html"
_CACHE_SCALING = f"{_AWS}/AmazonElastiCache/latest/dg/redis-cluster-vertical-scaling.html"
_CACHE_UPGRADE = f"{_AWS}/AmazonElastiCache/latest/dg/VersionManagement-upgrade-considerations.html"
_DELETE_BUCKET = f"{_AWS}/AmazonS3/latest/API/API_DeleteBucket.html"
_DELETE_GROUP = f"{_AWS}/AWSEC2/latest/APIReference/API_DeleteSecurityGroup.html"
_DELETE_SECRET = f"{_AWS}/secretsmanager/latest/apireference/API_DeleteSecret.html"
_DRAINING = f"{_AWS}/elasticloadbalancing/latest/application/edit-target-group-attributes.html"
_LISTENER_API = f"{_AWS}/elasticloadbalancing/latest/APIReference/API_ModifyListener.html"
_LOGS_KMS = f"{_AWS}/AmazonCloudWatchLogs/latest/APIReference/API_AssociateKmsKey.html"
_RETENTION = f"{_AWS}/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html"
_ROLLING = f"{_AWS}/AmazonECS/latest/developerguide/deployment-type-ecs.html"
_SCALABLE_TARGET = f"{_AWS}/autoscaling/application/APIReference/API_RegisterScalableTarget.html"
_SCALING_POLICY = f"{_AWS}/autoscaling/application/APIReference/API_PutScalingPolicy.html"
_TRACKING = f"{_AWS}/AWSEC2/latest/UserGuide/security-group-connection-tracking.html"
_UPDATE_SERVICE = f"{_AWS}/AmazonECS/latest/APIReference/API_UpdateService.html"

# Planned actions that many keys share.
_NO_ACTION = ()
_INIT = ("! Backend initialization required",)
_EVERYTHING_UPDATED = ("~ *",)
_SERVICE = ("~ service.aws_ecs_service.this",)
_MIGRATION_TASK = "service.aws_ecs_task_definition.migration"
_TASKS = ("± service.aws_ecs_task_definition.*", *_SERVICE)  # two task definitions with app.migration_image
_TASKS_OF_SOME = tuple(f"[{action}]" for action in _TASKS)
_EXECUTION_ROLE = "~ service.aws_iam_role_policy.execution"
_REDIS_GROUP = "~ redis.aws_elasticache_replication_group.this"
_REDIS_URL = ("~ secrets.terraform_data.redis_url", "± secrets.aws_secretsmanager_secret_version.redis_url")
_REDIS_REPLACED = ("± redis.aws_elasticache_replication_group.this", *_REDIS_URL, *_TASKS)
_TARGET_GROUP = ("~ load_balancer.aws_lb_target_group.this",)
_DASHBOARD = "~ monitoring.aws_cloudwatch_dashboard.this"
_MAXIMUM = (
    "~ autoscaling.aws_appautoscaling_target.this",
    _DASHBOARD,
    "[~ monitoring.aws_cloudwatch_metric_alarm.at_maximum]",
)
_LOG_BUCKET = "load_balancer.aws_s3_bucket*.access_logs"


def _when(text: str, holds: Callable[[Change], bool]) -> When:
    return When(text, holds)


def _nothing(sentence: str, when: When | None = None) -> Effect:
    return Effect("nothing", sentence, _NO_ACTION, PLAN, when)


def _in_place(sentence: str, *plan: str, source: str = PLAN, when: When | None = None) -> Effect:
    return Effect("in place", sentence, plan, source, when)


def _rolling(sentence: str = "", *more: str, source: str = _ROLLING, when: When | None = None) -> Effect:
    return Effect("rolling deployment", sentence, (*_TASKS, *more), source, when)


def _step(sentence: str, *plan: str, source: str = PLAN, when: When | None = None) -> Effect:
    return Effect("needs a step", sentence, plan, source, when)


def _refused(sentence: str, *plan: str, source: str = PLAN, when: When | None = None) -> Effect:
    return Effect("refused", sentence, plan, source, when)


def _replaced(sentence: str, *plan: str, source: str = PLAN, when: When | None = None) -> Effect:
    return Effect("replaced", sentence, plan, source, when)


def _cut(sentence: str, *plan: str, source: str = PLAN, when: When | None = None) -> Effect:
    return Effect("connections cut", sentence, plan, source, when)


_ADDED = _when("added", lambda change: change.old is None)
_REMOVED = _when("removed", lambda change: change.new is None)
_TURNED_ON = _when("turned on", lambda change: change.new is True)
_TURNED_OFF = _when("turned off", lambda change: change.new is False)
_LOWERED = _when("lowered", lambda change: change.new < change.old)
_STAYS_AUTOSCALED = _when(
    "while autoscaling is on", lambda change: change.before.autoscaling.enabled and change.after.autoscaling.enabled
)
_NOT_AUTOSCALED = _when("while autoscaling is off", lambda change: not change.after.autoscaling.enabled)
_BEHIND_HTTPS = _when(
    "with app.public_url or existing.certificate_arn",
    lambda change: all(
        spec.app.public_url is not None or spec.existing.certificate_arn is not None
        for spec in (change.before, change.after)
    ),
)
_NO_HTTPS = _when("without existing.certificate_arn", lambda change: change.after.existing.certificate_arn is None)
_PROTECTED = _when(
    "while load_balancer.deletion_protection is true", lambda change: change.before.load_balancer.deletion_protection
)
_NO_ACCESS_LOGS = _when("while access logs are off", lambda change: not change.after.load_balancer.access_logs.enabled)
_EXISTING_BUCKET = _when(
    "with existing.access_log_bucket", lambda change: change.after.existing.access_log_bucket is not None
)
_EXISTING_TOPIC = _when(
    "with existing.alarm_topic_arn", lambda change: change.after.existing.alarm_topic_arn is not None
)
_NO_SLOW_LOG = _when("while redis.slow_log is false", lambda change: not change.after.redis.slow_log)
_EXISTING_TOKEN = _when(
    "with existing.secrets.redis_token_arn", lambda change: change.after.existing.secrets.redis_token_arn is not None
)
_EXISTING_KEY = _when(
    "with existing.secrets.webui_secret_key_arn",
    lambda change: change.after.existing.secrets.webui_secret_key_arn is not None,
)

_WATCHES_CONNECTIONS = _when(
    "with alarms.database_connections_percent",
    lambda change: all(spec.alarms.database_connections_percent is not None for spec in (change.before, change.after)),
)

_OPTIONAL_ALARMS = {
    "database_connections": "database_connections_percent",
    "files_burst_credits": "files_burst_credits_gb",
    "files_io": "files_io_percent",
    "healthy_hosts": "healthy_hosts",
    "load_balancer_5xx": "load_balancer_5xx_count",
    "redis_evictions": "redis_evictions",
    "redis_memory": "redis_memory_percent",
    "target_5xx": "target_5xx_count",
    "unhealthy_hosts": "unhealthy_hosts",
}
"""The key of the threshold of each alarm that exists only with it."""


def _is_alarm_off(change: Change) -> bool:
    name, after = str(change.path[2]), change.after
    if name == "at_maximum":
        return not (after.alarms.at_maximum and after.autoscaling.enabled)
    return name in _OPTIONAL_ALARMS and getattr(after.alarms, _OPTIONAL_ALARMS[name]) is None


_OWSCALE_ONLY = "Only the checks of owscale use it."
_COST = _nothing("Only the cost estimate changes.")
_UNUSED_SCALING = _nothing("It is used only while autoscaling is on; use `service.instances`.", _NOT_AUTOSCALED)
_MOVED_STATE = (
    "Terraform stops until you run `terraform init`: with `-migrate-state` the state moves along. With `-reconfigure`"
    " Terraform starts from the state in the new place; if there is none, it would create every resource a second "
    "time."
)
_OTHER_LOCK = (
    "Terraform stops until you run `terraform init -reconfigure`; the state stays. Start no other Terraform run "
    "until all use the new setting: the two settings lock in different places."
)
_RULE = "Security group rules apply to new connections; open ones stay until they end."
_RESTARTED_TASKS = "Running tasks keep the old value; all tasks get the new one in the rolling deployment."


def _alarm(name: str) -> tuple[Effect, ...]:
    """Return the effects of the threshold of an alarm that is always on."""
    return (
        _in_place(
            "The alarm keeps its state until its next evaluation.",
            f"~ monitoring.aws_cloudwatch_metric_alarm.{name}",
            _DASHBOARD,
            source=_ALARM_API,
        ),
    )


def _optional_alarm(name: str, *more: str) -> tuple[Effect, ...]:
    """Return the effects of the threshold of an alarm that exists only with it; `more` shows the threshold, too."""
    address = f"monitoring.aws_cloudwatch_metric_alarm.{name}"
    return (
        _in_place("The alarm is created.", f"+ {address}", _DASHBOARD, when=_ADDED, source=_ALARM_API),
        _in_place("The alarm is deleted.", f"- {address}", _DASHBOARD, when=_REMOVED, source=_ALARM_API),
        _in_place("The alarm keeps its state until its next evaluation.", f"~ {address}", *more, source=_ALARM_API),
    )


_TIMING = (
    _in_place(
        "The alarms keep their state until their next evaluation.",
        "~ monitoring.aws_cloudwatch_metric_alarm.*",
        source=_ALARM_API,
    ),
)
_ONE_TIMING = (
    _nothing("The alarm is off.", _when("for an alarm that is off", _is_alarm_off)),
    *_TIMING,
)
_SOURCE = (
    _in_place(
        f"Clients outside the new value can open no new connection. {_RULE} A value of another kind replaces the "
        "rules: for some seconds none of the two sources can open a connection.",
        "[~ network.aws_vpc_security_group_ingress_rule.load_balancer_*]",
        "[+ network.aws_vpc_security_group_ingress_rule.load_balancer_*]",
        "[- network.aws_vpc_security_group_ingress_rule.load_balancer_*]",
        "[± network.aws_vpc_security_group_ingress_rule.load_balancer_*]",
        source=_TRACKING,
    ),
)
_DESTINATION = (
    _in_place(
        f"Tasks can open no new connection to a removed destination. {_RULE} A value of another kind replaces the "
        "rule: for some seconds tasks can connect to none of the two destinations.",
        "[~ network.aws_vpc_security_group_egress_rule.tasks_to_named]",
        "[+ network.aws_vpc_security_group_egress_rule.tasks_to_named]",
        "[- network.aws_vpc_security_group_egress_rule.tasks_to_named]",
        "[± network.aws_vpc_security_group_egress_rule.tasks_to_named]",
        source=_TRACKING,
    ),
)
_PEER = (
    _in_place(
        f"Tasks can open no new connection to a peer that was removed. {_RULE} If the group of a peer changes, its "
        "rule is replaced: for some seconds tasks can open no connection to the peer.",
        "[~ network.aws_vpc_security_group_egress_rule.tasks_to_peer]",
        "[~ network.aws_vpc_security_group_ingress_rule.peer_from_tasks]",
        "[± network.aws_vpc_security_group_ingress_rule.peer_from_tasks]",
        "[+ network.aws_vpc_security_group_*_rule.*peer*]",
        "[- network.aws_vpc_security_group_*_rule.*peer*]",
        source=_TRACKING,
    ),
)
_HEALTH_CHECK = (_in_place("The next check of every task follows the new setting.", *_TARGET_GROUP, source=UNKNOWN),)
_CONTAINER_CHECK = (_rolling("ECS reads the health check from the task definition."),)
_POOL = (_rolling("While old and new tasks run, the database has the connections of both."),)
_WATCHED_DATABASE = (
    _in_place(
        "The alarm on the connections watches the other database; the plan check requires an entry under `allow:` for "
        "it. The tasks stay with the database of `DATABASE_URL`.",
        "~ monitoring.aws_cloudwatch_metric_alarm.database_connections",
        _DASHBOARD,
        source=_ALARM_API,
        when=_WATCHES_CONNECTIONS,
    ),
    _in_place(
        "The dashboard gets, or loses, the connections of the database. The tasks stay with the database of "
        "`DATABASE_URL`.",
        _DASHBOARD,
    ),
)
_SCALING_COOLDOWN = (
    _UNUSED_SCALING,
    _in_place(
        "It applies from the next scaling action on.",
        "~ autoscaling.aws_appautoscaling_policy.cpu",
        "[~ autoscaling.aws_appautoscaling_policy.memory]",
        source=_SCALING_POLICY,
    ),
)
_STEP_POLICY = (
    _UNUSED_SCALING,
    _in_place(
        "It applies from the next alarm on.", "~ autoscaling.aws_appautoscaling_policy.high_cpu", source=_SCALING_POLICY
    ),
)

EFFECTS: dict[str, tuple[Effect, ...]] = {
    "name": (
        _in_place(
            "Only the tags `Deployment` of the resources change. `generate` moves the folder below `out/`. Keep "
            "`state.key`.",
            *_EVERYTHING_UPDATED,
        ),
    ),
    "aws.region": (
        _refused(
            "The plan fails, because the existing resources are not in the other region. Add a deployment with a "
            "state of its own there.",
            "!",
        ),
    ),
    "aws.profile": (
        _step(
            "No resource changes. Terraform stops until you run `terraform init -reconfigure`, because the backend "
            "uses the profile too.",
            *_INIT,
        ),
    ),
    "aws.account_id": (
        _nothing("Terraform then works in any account that the credentials are for.", _REMOVED),
        _nothing("Terraform refuses every other account from then on.", _ADDED),
        _refused("The plan fails: the provider refuses the account of the credentials.", "!"),
    ),
    "aws.fargate_vcpu_quota": (_nothing(_OWSCALE_ONLY),),
    "aws.tags": (
        _in_place(
            "All resources get the new tags. ECS gives them only to tasks that start later.",
            *_EVERYTHING_UPDATED,
            source=_UPDATE_SERVICE,
        ),
    ),
    "state.bucket": (_step(_MOVED_STATE, *_INIT),),
    "state.key": (_step(_MOVED_STATE, *_INIT),),
    "state.region": (
        _nothing(
            "The backend already uses this region.",
            _when(
                "added or removed with the value of aws.region",
                lambda change: (change.old or change.before.aws.region) == (change.new or change.after.aws.region),
            ),
        ),
        _step(_MOVED_STATE, *_INIT),
    ),
    "state.dynamodb_table": (_step(_OTHER_LOCK, *_INIT),),
    "state.use_lockfile": (_step(_OTHER_LOCK, *_INIT),),
    "state.kms_key_arn": (
        _step(
            "Terraform stops until you run `terraform init -reconfigure`. The state file is encrypted with the new "
            "key at its next change.",
            *_INIT,
            source=UNKNOWN,
        ),
    ),
    "existing.vpc": (
        _refused(
            "Security groups in use cannot be deleted, and the load balancer and Redis cannot move to another VPC: "
            "the apply fails. Add a deployment with another `service.name` and state, and switch over.",
            "± network.*",
            "± load_balancer.aws_lb_target_group.this",
            "~ *",
            "[± *]",
            source=_DELETE_GROUP,
        ),
    ),
    "existing.private_subnets": (
        _rolling(
            "New tasks start in the new subnets; the load balancer and Redis follow in place. ElastiCache keeps nodes"
            " where they are: whether it gives up a subnet with a node in it is unknown.",
            "~ load_balancer.aws_lb.this",
            "~ redis.aws_elasticache_subnet_group.this",
            source=_UPDATE_SERVICE,
        ),
    ),
    "existing.subnet_addresses": (_nothing(_OWSCALE_ONLY),),
    "existing.cluster": (
        _replaced(
            "ECS cannot move a service to another cluster: the service is deleted with all its tasks, and created in "
            "the other cluster. No task serves in between, for minutes.",
            "± service.aws_ecs_service.this",
            _DASHBOARD,
            "~ monitoring.aws_cloudwatch_metric_alarm.cpu",
            "~ monitoring.aws_cloudwatch_metric_alarm.memory",
            "[~ monitoring.aws_cloudwatch_metric_alarm.at_maximum]",
            "[± autoscaling.*]",
            source=_UPDATE_SERVICE,
        ),
    ),
    "existing.container_insights": (_in_place("The dashboard gets, or loses, the number of tasks.", _DASHBOARD),),
    "existing.service": (
        _step(
            "No resource changes: owscale only reads this service. Remove the key with the service, as the runbook "
            "says in the section about retiring it.",
        ),
    ),
    "existing.service_size.instances": (_COST,),
    "existing.service_size.vcpu": (_COST,),
    "existing.service_size.memory_gb": (_COST,),
    "existing.service_size.architecture": (_COST,),
    "existing.database.url_secret_arn": (
        _rolling(
            "New tasks use the database of the other secret. Runbook: The database URL and other existing secrets.",
            _EXECUTION_ROLE,
        ),
    ),
    "existing.database.security_group": (
        _cut(
            "The rule in the database's security group is deleted, then created in the other group: for some seconds "
            "tasks can open no new connection to the database. Open ones stay.",
            "± network.aws_vpc_security_group_ingress_rule.database_from_tasks",
            "~ network.aws_vpc_security_group_egress_rule.tasks_to_database",
            source=_TRACKING,
        ),
    ),
    "existing.database.instance": _WATCHED_DATABASE,
    "existing.database.cluster": _WATCHED_DATABASE,
    "existing.database.port": (
        _step(
            "Only the rules change: tasks connect to the port in `DATABASE_URL`. Until the secret has the new port "
            "and the tasks are restarted, they can open no new connection. Runbook: The database URL and other "
            "existing secrets.",
            "~ network.aws_vpc_security_group_egress_rule.tasks_to_database",
            "~ network.aws_vpc_security_group_ingress_rule.database_from_tasks",
            source=_TRACKING,
        ),
    ),
    "existing.database.max_connections": (
        _in_place(
            "The threshold of the alarm on the connections follows. Change the setting of the database itself.",
            "~ monitoring.aws_cloudwatch_metric_alarm.database_connections",
            _DASHBOARD,
            source=_ALARM_API,
            when=_WATCHES_CONNECTIONS,
        ),
        _nothing(f"{_OWSCALE_ONLY} Change the setting of the database itself."),
    ),
    "existing.database.reserved_connections": (_nothing(_OWSCALE_ONLY),),
    "existing.files.file_system": (
        _rolling(
            "New tasks see the files of the other file system. Copy the files before, or uploads are missing.",
            "~ service.aws_iam_role_policy.task",
        ),
    ),
    "existing.files.access_point": (
        _rolling(
            "New tasks see the directory of the other access point. In another directory, uploads are missing.",
            "~ service.aws_iam_role_policy.task",
        ),
    ),
    "existing.files.security_groups": (
        _cut(
            "Terraform deletes the rules of removed groups while it creates rules for added groups: for some seconds "
            "new tasks cannot mount the files. Mounted files stay.",
            "[+ network.aws_vpc_security_group_*_rule.*file_system*]",
            "[- network.aws_vpc_security_group_*_rule.*file_system*]",
            source=_TRACKING,
        ),
    ),
    "existing.peers.<name>.security_group": _PEER,
    "existing.peers.<name>.port": _PEER,
    "existing.secrets.webui_secret_key_arn": (
        _step(
            "Terraform generates a new key: every session ends, and stored tokens cannot be decrypted. Runbook: "
            "WEBUI_SECRET_KEY.",
            "+ secrets.aws_secretsmanager_secret*.webui_secret_key",
            *_TASKS,
            _EXECUTION_ROLE,
            when=_REMOVED,
        ),
        _step(
            "Another key ends every session. Put the present value into the secret before, and the sessions stay. The"
            " managed secret is deleted after its recovery window. Runbook: WEBUI_SECRET_KEY.",
            *_TASKS,
            _EXECUTION_ROLE,
            "[- secrets.aws_secretsmanager_secret*.webui_secret_key]",
            source=_DELETE_SECRET,
        ),
    ),
    "existing.secrets.redis_token_arn": (
        _step(
            "Redis accepts the previous token and the new one, and a rolling deployment gives the new one to the "
            "tasks. Runbook: The Redis token.",
            _REDIS_GROUP,
            *_REDIS_URL,
            *_TASKS,
            "[+ secrets.aws_secretsmanager_secret*.redis_token]",
            "[- secrets.aws_secretsmanager_secret*.redis_token]",
            f"[{_EXECUTION_ROLE}]",
            source=_CACHE_AUTH,
        ),
    ),
    "existing.certificate_arn": (
        _cut(
            "HTTP requests are redirected to HTTPS from then on: a client that does not follow redirects is cut off "
            "until it uses HTTPS. Without `app.public_url`, a rolling deployment makes cookies HTTPS-only.",
            "+ load_balancer.aws_lb_listener.https",
            "+ network.aws_vpc_security_group_ingress_rule.load_balancer_https",
            "~ load_balancer.aws_lb_listener.http",
            *_TASKS_OF_SOME,
            source=_LISTENER_API,
            when=_ADDED,
        ),
        _cut(
            "HTTPS is gone: clients are cut off until they use HTTP. Without `app.public_url`, a rolling deployment "
            "lets cookies pass over HTTP.",
            "- load_balancer.aws_lb_listener.https",
            "- network.aws_vpc_security_group_ingress_rule.load_balancer_https",
            "~ load_balancer.aws_lb_listener.http",
            *_TASKS_OF_SOME,
            source=_LISTENER_API,
            when=_REMOVED,
        ),
        _in_place(
            "New TLS connections get the new certificate.",
            "~ load_balancer.aws_lb_listener.https",
            source=_LISTENER_API,
        ),
    ),
    "existing.access_log_bucket": (
        _nothing("It is used only with `load_balancer.access_logs.enabled`.", _NO_ACCESS_LOGS),
        _refused(
            "The managed bucket is deleted, and S3 refuses to delete a bucket with logs in it: the apply fails there."
            " Empty the bucket before.",
            f"- {_LOG_BUCKET}",
            "~ load_balancer.aws_lb.this",
            source=_DELETE_BUCKET,
            when=_when(
                "added while load_balancer.deletion_protection is true",
                lambda change: change.old is None and change.after.load_balancer.deletion_protection,
            ),
        ),
        _replaced(
            "The managed bucket is deleted with all logs in it.",
            f"- {_LOG_BUCKET}",
            "~ load_balancer.aws_lb.this",
            when=_ADDED,
        ),
        _in_place(
            "A managed bucket is created for later logs.",
            f"+ {_LOG_BUCKET}",
            "~ load_balancer.aws_lb.this",
            when=_REMOVED,
        ),
        _in_place("Later logs go to the other bucket.", "~ load_balancer.aws_lb.this"),
    ),
    "existing.alarm_topic_arn": (
        _in_place(
            "The managed topic is deleted with its subscriptions, and the alarms notify the existing one.",
            "~ monitoring.aws_cloudwatch_metric_alarm.*",
            "- monitoring.aws_sns_topic*",
            source=_ALARM_API,
            when=_ADDED,
        ),
        _in_place(
            "A topic is created. Each address of `alarms.notify` gets alarms only after its owner confirms.",
            "~ monitoring.aws_cloudwatch_metric_alarm.*",
            "+ monitoring.aws_sns_topic*",
            source=_ALARM_API,
            when=_REMOVED,
        ),
        _in_place(
            "The alarms notify the other topic.", "~ monitoring.aws_cloudwatch_metric_alarm.*", source=_ALARM_API
        ),
    ),
    "existing.kms_key_arn": (
        _replaced(
            "Redis is deleted with all sessions and created with the other key, which takes minutes; the plan check "
            "fails unless `allow` has it. Logs and secrets change in place; data that is already encrypted needs the "
            "old key.",
            *_REDIS_REPLACED,
            "~ secrets.aws_secretsmanager_secret.*",
            "~ service.aws_cloudwatch_log_group.this",
            "[~ redis.aws_cloudwatch_log_group.slow_log]",
            "[~ monitoring.aws_sns_topic*]",
            _EXECUTION_ROLE,
            source=_LOGS_KMS,
        ),
    ),
    "existing.secret_kms_key_arns": (
        _in_place(
            "It applies when a task starts. A task with a secret under a removed key cannot start.", _EXECUTION_ROLE
        ),
    ),
    "app.image": (
        _rolling(
            "Browsers reload the page when the version of Open WebUI differs. The plan check refuses another release "
            "that needs a migration, until `owscale upgrade` has run it.",
            f"[{_EXECUTION_ROLE}]",
        ),
    ),
    "app.migration_image": (
        _in_place(
            "No task starts. `owscale upgrade` runs the migration.",
            f"+ {_MIGRATION_TASK}",
            f"[{_EXECUTION_ROLE}]",
            when=_ADDED,
        ),
        _in_place(
            "The task definition of the migration is removed. The database stays as it is.",
            f"- {_MIGRATION_TASK}",
            f"[{_EXECUTION_ROLE}]",
            when=_REMOVED,
        ),
        _in_place(
            "No task starts. `owscale upgrade` runs the migration.",
            f"± {_MIGRATION_TASK}",
            f"[{_EXECUTION_ROLE}]",
        ),
    ),
    "app.registry_credentials_arn": (_rolling("", _EXECUTION_ROLE),),
    "app.pull_through_cache": (
        _in_place("ECS gets, or loses, the permission to load an image into the cache.", _EXECUTION_ROLE),
    ),
    "app.public_url": (
        _rolling(
            "Clients at the old origin are refused once their task is replaced. Links keep the old address until an "
            "admin changes it in Open WebUI. Runbook: Change the public address."
        ),
    ),
    "app.workers": (_rolling("While old and new tasks run, the database has the connections of both."),),
    "app.threads": (_rolling(),),
    "app.database_pool.size": _POOL,
    "app.database_pool.max_overflow": _POOL,
    "app.database_pool.timeout_seconds": (_rolling(),),
    "app.database_pool.recycle_seconds": (_rolling(),),
    "app.database_pool.vector_size": _POOL,
    "app.vector_database": (_rolling("Open WebUI does not find its present knowledge in another database."),),
    "app.migrate_on_start": (_rolling(),),
    "app.client_timeout_seconds": (_rolling(),),
    "app.environment": (
        _rolling("If Open WebUI also stores the setting in its database, the stored value may apply instead."),
    ),
    "app.secrets": (_rolling(_RESTARTED_TASKS, f"[{_EXECUTION_ROLE}]"),),
    "service.name": (
        _refused(
            "The plan fails: every resource would be replaced, and the load balancer is protected. Add a deployment "
            "with the other name and a state of its own, and switch over.",
            "! Instance cannot be destroyed",
            when=_PROTECTED,
        ),
        _replaced(
            "Every resource is destroyed and created with the other name, Redis and the managed secrets too. The "
            "address of the load balancer changes, and no task serves for many minutes.",
            "± *",
            "[~ *]",
            "[+ *]",
            "[- *]",
        ),
    ),
    "service.instances": (
        _nothing(
            "Autoscaling sets the number of tasks; use `autoscaling.min` and `autoscaling.max`.", _STAYS_AUTOSCALED
        ),
        _nothing(
            "Autoscaling sets the number of tasks from this apply on; use `autoscaling.min` and `autoscaling.max`.",
            _when("while autoscaling is turned on", lambda change: change.after.autoscaling.enabled),
        ),
        _cut(
            "ECS stops tasks at once. Their WebSockets are closed, and browsers reconnect to another task.",
            *_SERVICE,
            source=_UPDATE_SERVICE,
            when=_LOWERED,
        ),
        _in_place("ECS starts tasks at once, without a deployment.", *_SERVICE, source=_UPDATE_SERVICE),
    ),
    "service.vcpu": (_rolling(),),
    "service.memory_gb": (_rolling(),),
    "service.architecture": (_rolling("The image must exist for the architecture, or the deployment is rolled back."),),
    "service.ephemeral_storage_gb": (_rolling(),),
    "service.platform_version": (Effect("rolling deployment", "", _SERVICE, _UPDATE_SERVICE),),
    "service.log_retention_days": (
        _in_place(
            "Older logs are deleted.",
            "~ service.aws_cloudwatch_log_group.this",
            f"[{_EXECUTION_ROLE}]",
            source=_RETENTION,
        ),
    ),
    "service.stop_timeout_seconds": (_rolling("It applies to tasks that were started with it."),),
    "service.health_check.interval_seconds": _CONTAINER_CHECK,
    "service.health_check.retries": _CONTAINER_CHECK,
    "service.health_check.start_period_seconds": _CONTAINER_CHECK,
    "service.health_check.timeout_seconds": _CONTAINER_CHECK,
    "service.deployment.minimum_percent": (
        _in_place("It applies from the next deployment on.", *_SERVICE, source=_UPDATE_SERVICE),
    ),
    "service.deployment.maximum_percent": (
        _in_place("It applies from the next deployment on.", *_SERVICE, source=_UPDATE_SERVICE),
    ),
    "service.deployment.grace_period_seconds": (
        _in_place("It starts no deployment.", *_SERVICE, source=_UPDATE_SERVICE),
    ),
    "service.circuit_breaker_rollback": (
        _in_place("It counts from the next deployment on. No task restarts.", *_SERVICE, source=_UPDATE_SERVICE),
    ),
    "service.egress.<name>.cidr": _DESTINATION,
    "service.egress.<name>.prefix_list": _DESTINATION,
    "service.egress.<name>.security_group": _DESTINATION,
    "service.egress.<name>.port": _DESTINATION,
    "service.egress.<name>.to_port": _DESTINATION,
    "service.egress.<name>.protocol": _DESTINATION,
    "service.exec": (
        _in_place(
            "It applies to tasks that start later; replace the tasks to open a shell in all of them.",
            *_SERVICE,
            "~ service.aws_iam_role_policy.task",
            source=_UPDATE_SERVICE,
        ),
    ),
    "service.task_policy_arns": (
        _in_place(
            "Running tasks have the other permissions within seconds. A replaced policy is missing in between.",
            "[+ service.aws_iam_role_policy_attachment.task]",
            "[- service.aws_iam_role_policy_attachment.task]",
            "[± service.aws_iam_role_policy_attachment.task]",
            source=f"{_AWS}/IAM/latest/UserGuide/troubleshoot.html",
        ),
    ),
    "service.wait_for_steady_state": (
        _in_place("Only the wait after an apply is turned on or off; the plan shows it as an update.", *_SERVICE),
    ),
    "autoscaling.enabled": (
        _cut(
            "The apply sets the number of tasks to `service.instances` at once, at any load. Set that key to the "
            "present number before. Tasks that are stopped close their WebSockets.",
            "- autoscaling.*",
            f"[{_SERVICE[0]}]",
            _DASHBOARD,
            "~ monitoring.aws_cloudwatch_metric_alarm.cpu",
            "[- monitoring.aws_cloudwatch_metric_alarm.at_maximum]",
            source=_UPDATE_SERVICE,
            when=_TURNED_OFF,
        ),
        _in_place(
            "Outside `autoscaling.min` and `autoscaling.max`, the number of tasks changes at once; then it follows "
            "the load, and `service.instances` has no effect. The plan check requires an entry under `allow:`, "
            "since the CPU alarm then ignores missing data, and its actions are not known before the apply.",
            "+ autoscaling.*",
            _DASHBOARD,
            "~ monitoring.aws_cloudwatch_metric_alarm.cpu",
            "[+ monitoring.aws_cloudwatch_metric_alarm.at_maximum]",
            source=_SCALABLE_TARGET,
        ),
    ),
    "autoscaling.min": (
        _UNUSED_SCALING,
        _in_place(
            "If fewer tasks run, more start at once.",
            "~ autoscaling.aws_appautoscaling_target.this",
            _DASHBOARD,
            source=_SCALABLE_TARGET,
        ),
    ),
    "autoscaling.max": (
        _UNUSED_SCALING,
        _cut(
            "If more tasks run, the rest is stopped at once. Their WebSockets are closed, and browsers reconnect to "
            "another task.",
            *_MAXIMUM,
            source=_SCALABLE_TARGET,
            when=_LOWERED,
        ),
        _in_place("It applies from the next scaling action on.", *_MAXIMUM, source=_SCALABLE_TARGET),
    ),
    "autoscaling.cpu_percent": (
        _UNUSED_SCALING,
        _in_place(
            "The number of tasks follows the new target within minutes.",
            "~ autoscaling.aws_appautoscaling_policy.cpu",
            source=_SCALING_POLICY,
        ),
    ),
    "autoscaling.memory_percent": (
        _UNUSED_SCALING,
        _in_place(
            "The number of tasks follows memory too.",
            "+ autoscaling.aws_appautoscaling_policy.memory",
            source=_SCALING_POLICY,
            when=_ADDED,
        ),
        _in_place(
            "The number of tasks no longer follows memory.",
            "- autoscaling.aws_appautoscaling_policy.memory",
            source=_SCALING_POLICY,
            when=_REMOVED,
        ),
        _in_place(
            "The number of tasks follows the new target within minutes.",
            "~ autoscaling.aws_appautoscaling_policy.memory",
            source=_SCALING_POLICY,
        ),
    ),
    "autoscaling.scale_in_cooldown_seconds": _SCALING_COOLDOWN,
    "autoscaling.scale_out_cooldown_seconds": _SCALING_COOLDOWN,
    "autoscaling.high_cpu.instances": _STEP_POLICY,
    "autoscaling.high_cpu.cooldown_seconds": _STEP_POLICY,
    "load_balancer.allow_from.<name>.cidr": _SOURCE,
    "load_balancer.allow_from.<name>.prefix_list": _SOURCE,
    "load_balancer.allow_from.<name>.security_group": _SOURCE,
    "load_balancer.tls_termination": (
        _nothing("Only comments and documents change.", _BEHIND_HTTPS),
        _rolling("Browsers send cookies over HTTPS only, or over HTTP too."),
    ),
    "load_balancer.http_port": (
        _cut(
            "Clients are cut off until they use the new port; a proxy must change at the same time.",
            "~ load_balancer.aws_lb_listener.http",
            "~ network.aws_vpc_security_group_ingress_rule.load_balancer_http",
            source=_LISTENER_API,
        ),
    ),
    "load_balancer.https_port": (
        _nothing("It is used only with `existing.certificate_arn`.", _NO_HTTPS),
        _cut(
            "Clients are cut off until they use the new port; a proxy must change at the same time.",
            "~ load_balancer.aws_lb_listener.http",
            "~ load_balancer.aws_lb_listener.https",
            "~ network.aws_vpc_security_group_ingress_rule.load_balancer_https",
            source=_LISTENER_API,
        ),
    ),
    "load_balancer.ssl_policy": (
        _nothing("It is used only with `existing.certificate_arn`.", _NO_HTTPS),
        _in_place(
            "A client that supports none of the new TLS versions can no longer connect.",
            "~ load_balancer.aws_lb_listener.https",
            source=f"{_AWS}/elasticloadbalancing/latest/application/describe-ssl-policies.html",
        ),
    ),
    "load_balancer.idle_timeout_seconds": (
        _in_place(
            "Whether open connections get the new timeout is unknown.", "~ load_balancer.aws_lb.this", source=UNKNOWN
        ),
    ),
    "load_balancer.proxy_timeout_seconds": (_nothing(f"{_OWSCALE_ONLY} Change the timeout of the proxy itself."),),
    "load_balancer.stickiness_seconds": (
        _in_place("A browser gets a cookie with the new lifetime.", *_TARGET_GROUP, source=UNKNOWN),
    ),
    "load_balancer.deregistration_delay_seconds": (
        _in_place("It applies to tasks that are stopped later.", *_TARGET_GROUP, source=_DRAINING),
    ),
    "load_balancer.slow_start_seconds": (
        _in_place("It applies to tasks that start later.", *_TARGET_GROUP, source=_DRAINING),
    ),
    "load_balancer.algorithm": (_in_place("Running sessions stay on their task.", *_TARGET_GROUP, source=_DRAINING),),
    "load_balancer.deletion_protection": (
        _in_place(
            "Traffic does not change. Without protection, a later plan can delete the load balancer, and the managed "
            "bucket of access logs with its logs.",
            "~ load_balancer.aws_lb.this",
            "[~ load_balancer.aws_s3_bucket*.access_logs]",
            source=f"{_AWS}/elasticloadbalancing/latest/APIReference/API_DeleteLoadBalancer.html",
        ),
    ),
    "load_balancer.health_check.path": _HEALTH_CHECK,
    "load_balancer.health_check.matcher": (
        _in_place(
            "If Open WebUI answers with another status, every task becomes unhealthy, and ECS replaces it.",
            *_TARGET_GROUP,
            source=f"{_AWS}/elasticloadbalancing/latest/application/target-group-health-checks.html",
        ),
    ),
    "load_balancer.health_check.interval_seconds": _HEALTH_CHECK,
    "load_balancer.health_check.timeout_seconds": _HEALTH_CHECK,
    "load_balancer.health_check.healthy_threshold": _HEALTH_CHECK,
    "load_balancer.health_check.unhealthy_threshold": _HEALTH_CHECK,
    "load_balancer.access_logs.enabled": (
        _in_place(
            "Later requests are logged.",
            "[+ load_balancer.aws_s3_bucket*]",
            "~ load_balancer.aws_lb.this",
            when=_TURNED_ON,
        ),
        _in_place(
            "Later requests are no longer logged. The existing bucket keeps its logs.",
            "~ load_balancer.aws_lb.this",
            when=_when(
                "turned off with existing.access_log_bucket",
                lambda change: change.before.existing.access_log_bucket is not None,
            ),
        ),
        _refused(
            "The managed bucket is deleted, and S3 refuses to delete a bucket with logs in it: the apply fails there."
            " Empty the bucket before.",
            f"- {_LOG_BUCKET}",
            "~ load_balancer.aws_lb.this",
            source=_DELETE_BUCKET,
            when=_when(
                "turned off while load_balancer.deletion_protection is true",
                lambda change: change.after.load_balancer.deletion_protection,
            ),
        ),
        _replaced(
            "The managed bucket is deleted with all logs in it.", f"- {_LOG_BUCKET}", "~ load_balancer.aws_lb.this"
        ),
    ),
    "load_balancer.access_logs.prefix": (
        _nothing("It is used only with `load_balancer.access_logs.enabled`.", _NO_ACCESS_LOGS),
        _in_place(
            "Later logs go to the other folder.",
            "~ load_balancer.aws_lb.this",
            "[~ load_balancer.aws_s3_bucket_policy.access_logs]",
        ),
    ),
    "load_balancer.access_logs.expiration_days": (
        _nothing("It is used only with `load_balancer.access_logs.enabled`.", _NO_ACCESS_LOGS),
        _nothing("It is used only for a managed bucket; change the rules of the existing one.", _EXISTING_BUCKET),
        _in_place("Older logs are deleted.", "~ load_balancer.aws_s3_bucket_lifecycle_configuration.access_logs"),
    ),
    "redis.node_type": (
        _cut(
            "ElastiCache copies the data to new nodes and then switches to them, with little downtime; AWS names no "
            "number of seconds. Sessions stay. A single node has no replica that could serve meanwhile.",
            _REDIS_GROUP,
            f"[{_DASHBOARD}]",
            "[~ monitoring.aws_cloudwatch_metric_alarm.redis_cpu]",
            "[~ redis.aws_elasticache_parameter_group.this]",
            source=_CACHE_SCALING,
        ),
    ),
    "redis.nodes": (
        _in_place(
            "Replicas are deleted. With a single node, there is no failover.",
            _REDIS_GROUP,
            "- monitoring.aws_cloudwatch_metric_alarm.redis_*",
            _DASHBOARD,
            source=f"{_CACHE_API}/API_DecreaseReplicaCount.html",
            when=_LOWERED,
        ),
        _in_place(
            "Replicas are added without downtime.",
            _REDIS_GROUP,
            "+ monitoring.aws_cloudwatch_metric_alarm.redis_*",
            _DASHBOARD,
            source=f"{_CACHE_API}/API_IncreaseReplicaCount.html",
        ),
    ),
    "redis.engine": (
        _cut(
            "ElastiCache upgrades to Valkey in place: writes fail for a few seconds, and clients are disconnected and"
            " reconnect. A single node does not serve during the upgrade.",
            _REDIS_GROUP,
            "± redis.aws_elasticache_parameter_group.this",
            source=_CACHE_UPGRADE,
            when=_when("from redis to valkey", lambda change: change.new == "valkey"),
        ),
        _replaced(
            "Redis is deleted with all sessions and created with the other engine, which takes minutes; the plan "
            "check fails unless `allow` has it.",
            *_REDIS_REPLACED,
            "[± redis.aws_elasticache_parameter_group.this]",
            source=_CACHE_MODIFY,
        ),
    ),
    "redis.engine_version": (
        _replaced(
            "AWS cannot downgrade: Redis is deleted with all sessions and created with the older version, for about "
            "10 minutes; the plan check fails unless `allow` has it.",
            *_REDIS_REPLACED,
            "[± redis.aws_elasticache_parameter_group.this]",
            source=_CACHE_MODIFY,
            when=_when("to an older version", lambda change: _version(change.new) < _version(change.old)),
        ),
        _cut(
            "Writes fail for a few seconds, and clients are disconnected and reconnect. Sessions stay. A single node "
            "does not serve during the upgrade.",
            _REDIS_GROUP,
            "[± redis.aws_elasticache_parameter_group.this]",
            source=_CACHE_UPGRADE,
        ),
    ),
    "redis.eviction_policy": (
        _in_place(
            "Redis uses it at once, without a restart.",
            "~ redis.aws_elasticache_parameter_group.this",
            source=_CACHE_PARAMETERS,
        ),
    ),
    "redis.idle_timeout_seconds": (
        _in_place(
            "Redis uses it at once, without a restart.",
            "~ redis.aws_elasticache_parameter_group.this",
            source=_CACHE_PARAMETERS,
        ),
    ),
    "redis.pubsub_buffer_mb": (
        _in_place(
            "Redis uses it at once, without a restart. With a lower value, the plan check requires an entry under "
            "`allow:`.",
            "~ redis.aws_elasticache_parameter_group.this",
            source=_CACHE_PARAMETERS,
        ),
    ),
    "redis.snapshot_retention_days": (
        _in_place("With 0, snapshots are turned off.", _REDIS_GROUP, source=_CACHE_MODIFY),
    ),
    "redis.snapshot_window": (
        _in_place("The next snapshot is in the new window.", _REDIS_GROUP, source=_CACHE_MODIFY),
    ),
    "redis.maintenance_window": (
        _in_place("The next maintenance is in the new window.", _REDIS_GROUP, source=_CACHE_MODIFY),
    ),
    "redis.apply_immediately": (
        _in_place(
            "Only Terraform's own setting is updated. AWS applies the next changes at once, or in the maintenance "
            "window.",
            _REDIS_GROUP,
            source=_CACHE_MODIFY,
        ),
    ),
    "redis.slow_log": (
        _in_place(
            "Slow commands are logged.",
            _REDIS_GROUP,
            "+ redis.aws_cloudwatch_log_group.slow_log",
            source=_CACHE_MODIFY,
            when=_TURNED_ON,
        ),
        _in_place(
            "The log is deleted.", _REDIS_GROUP, "- redis.aws_cloudwatch_log_group.slow_log", source=_CACHE_MODIFY
        ),
    ),
    "redis.log_retention_days": (
        _nothing("It is used only with `redis.slow_log`.", _NO_SLOW_LOG),
        _in_place("Older logs are deleted.", "~ redis.aws_cloudwatch_log_group.slow_log", source=_RETENTION),
    ),
    "secrets.recovery_window_days": (
        _in_place(
            "It applies when a secret is deleted later.", "~ secrets.aws_secretsmanager_secret.*", source=_DELETE_SECRET
        ),
    ),
    "secrets.redis_token_version": (
        _nothing("The token is an existing secret; rotate it there.", _EXISTING_TOKEN),
        _step(
            "Redis accepts the previous token and the new one, and a rolling deployment gives the new one to the "
            "tasks. Runbook: The Redis token.",
            "± secrets.aws_secretsmanager_secret_version.redis_token",
            *_REDIS_URL,
            _REDIS_GROUP,
            *_TASKS,
            source=_CACHE_AUTH,
        ),
    ),
    "secrets.webui_secret_key_version": (
        _nothing("The key is an existing secret; change it there.", _EXISTING_KEY),
        _step(
            "Every session ends, and stored tokens cannot be decrypted. Runbook: WEBUI_SECRET_KEY.",
            "± secrets.aws_secretsmanager_secret_version.webui_secret_key",
            *_TASKS,
        ),
    ),
    "alarms.cpu_percent": _alarm("cpu"),
    "alarms.memory_percent": _alarm("memory"),
    "alarms.response_time_seconds": _alarm("response_time"),
    "alarms.redis_cpu_percent": _alarm("redis_cpu"),
    "alarms.redis_memory_percent": _optional_alarm("redis_memory"),
    "alarms.redis_evictions": _optional_alarm("redis_evictions"),
    "alarms.healthy_hosts": _optional_alarm("healthy_hosts"),
    "alarms.unhealthy_hosts": _optional_alarm("unhealthy_hosts"),
    "alarms.target_5xx_count": _optional_alarm("target_5xx"),
    "alarms.load_balancer_5xx_count": _optional_alarm("load_balancer_5xx"),
    "alarms.database_connections_percent": _optional_alarm("database_connections", _DASHBOARD),
    "alarms.files_burst_credits_gb": _optional_alarm("files_burst_credits"),
    "alarms.files_io_percent": _optional_alarm("files_io"),
    "alarms.at_maximum": (
        _nothing("The alarm exists only while autoscaling is on.", _NOT_AUTOSCALED),
        _in_place(
            "The alarm is created.",
            "+ monitoring.aws_cloudwatch_metric_alarm.at_maximum",
            _DASHBOARD,
            source=_ALARM_API,
            when=_TURNED_ON,
        ),
        _in_place(
            "The alarm is deleted.",
            "- monitoring.aws_cloudwatch_metric_alarm.at_maximum",
            _DASHBOARD,
            source=_ALARM_API,
        ),
    ),
    "alarms.period_seconds": _TIMING,
    "alarms.evaluation_periods": _TIMING,
    "alarms.timing.<name>.period_seconds": _ONE_TIMING,
    "alarms.timing.<name>.evaluation_periods": _ONE_TIMING,
    "alarms.timing.<name>.datapoints": _ONE_TIMING,
    "alarms.timing.<name>.missing_data": _ONE_TIMING,
    "alarms.notify": (
        _nothing("Only the subscriptions of the existing topic apply; change them there.", _EXISTING_TOPIC),
        _in_place(
            "A new address gets alarms only after its owner confirms. A removed one gets none from then on.",
            "[+ monitoring.aws_sns_topic_subscription.email]",
            "[- monitoring.aws_sns_topic_subscription.email]",
            source=f"{_AWS}/sns/latest/dg/sns-email-notifications.html",
        ),
    ),
    "terraform.aws_provider": (
        _step(
            "Terraform stops until `terraform init -upgrade` has installed the other provider. The next plan updates "
            "the Redis group, whose token leaves the state with 6 and returns to it with 5. Provider 5 cannot read a "
            "state that 6 has written.",
            "! Inconsistent dependency lock file",
            source=UNKNOWN,
        ),
    ),
    "custom.extra": (_step("It depends on the files: read the plan.", "[+ *]", "[- *]", "[~ *]", "[± *]", "[!]"),),
    "custom.templates": (
        _step("It depends on the templates: read the plan.", "[+ *]", "[- *]", "[~ *]", "[± *]", "[!]"),
    ),
    "keep": (_nothing("owscale no longer writes or checks these files, or does so again."),),
    "cost.lcus": (_COST,),
    "cost.log_gb_per_month": (_COST,),
    "cost.stored_log_gb": (_COST,),
    "cost.scanned_log_gb_per_month": (_COST,),
    "cost.nat_gb_per_month": (_COST,),
    "cost.endpoint_gb_per_month": (_COST,),
    "cost.secret_requests_per_month": (_COST,),
    "cost.kms_requests_per_month": (_COST,),
    "cost.snapshot_gb": (_COST,),
    "accept": (_nothing("Only the report of owscale changes."),),
    **dict.fromkeys(
        (f"allow.<name>.{effect}" for effect in PLAN_EFFECTS),
        (_nothing("Only the plan check changes: it allows, or rejects, changes of these resources."),),
    ),
    "environments": (
        _in_place(
            "Only the tags `Environment` of the resources change. `generate` moves the folder below `out/`. Keep "
            "`state.key`.",
            *_EVERYTHING_UPDATED,
            when=_when("an environment is renamed", lambda change: change.old is not None),
        ),
        _nothing("Each environment is a deployment of its own; a new one changes no other."),
    ),
}


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))
