"""What a change of each resource type does to the people who use the service, and to its safeguards.

Terraform's plan says whether a change replaces a resource or updates it in place; the provider decides that. The table
says what each of the two does. Changes that are not in it interrupt nobody: tags, descriptions, retention, permissions
that are added, or a deployment of new tasks, during which the old ones serve until the new ones are healthy.
"""

from owscale.plan_policy.comparisons import (
    ALL_TASKS_STOPPED,
    EARLIER_IDLE_TIMEOUT,
    EVICTION,
    FEWER_TASKS,
    LATER_THRESHOLD,
    LESS_TRAFFIC,
    NO_REBALANCING,
    NO_TASK_DURING_DEPLOYMENT,
    REVOKED_TOKEN,
    SILENCE_IS_FINE,
)
from owscale.plan_policy.task_definition import OTHER_DATABASE, OTHER_SESSIONS, SESSION_SETTINGS, WEAKER_HEALTH_CHECK
from owscale.plan_policy.worsening import (
    Interruption,
    Worsening,
    any_of,
    changed,
    lost_items,
    lowered,
    number,
    raised,
    removed,
    turned_off,
    worse,
)
from owscale.terraform.plan.model import ResourceChange

_NO_TASK = "every task stops, and every user gets errors until the tasks of another service are healthy, for minutes"
_NO_ROUTE = "every request fails until another one is ready and the address that users have leads to it, for minutes"
# Measured with Open WebUI 0.12.4: without Redis /health answers, and Socket.IO refuses connections.
_NO_REDIS = (
    "Redis is away until the new group is ready, for 10 minutes or more: no WebSocket connects, so chats of all users "
    "get no answers"
)
_NO_ROLE = "tasks that start fail, and running tasks lose the permissions within minutes, until it exists again"
_NO_ALARM = "nobody is alerted any more"
# A rule also applies to open connections that are not tracked, and to tracked ones when they are idle:
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html
_TRAFFIC = "new connections that the rule admits are refused, until another rule admits them"
_SECURITY_GROUP_RULE = Interruption("outage", _TRAFFIC)
_RULE_WORSENINGS = (worse(LESS_TRAFFIC, "outage", _TRAFFIC),)

RULE_CONSEQUENCES: dict[str, str] = {
    "database_from_tasks": "tasks no longer reach the database: every request fails",
    "file_system_from_tasks": "tasks no longer mount the files: none can start",
    "load_balancer_http": "users behind this source no longer reach the load balancer",
    "load_balancer_https": "users behind this source no longer reach the load balancer",
    "load_balancer_to_tasks": "the load balancer no longer reaches the tasks: every request fails",
    "peer_from_tasks": "tasks no longer reach this service",
    "redis_from_tasks": "tasks no longer reach Redis: no WebSocket connects, so chats of all users get no answers",
    "tasks_from_load_balancer": "the load balancer no longer reaches the tasks: every request fails",
    "tasks_to_database": "tasks no longer reach the database: every request fails",
    "tasks_to_file_system": "tasks no longer mount the files: none can start",
    "tasks_to_named": "tasks no longer reach this destination",
    "tasks_to_peer": "tasks no longer reach this service",
    "tasks_to_redis": "tasks no longer reach Redis: no WebSocket connects, so chats of all users get no answers",
}
"""What the removal of each security group rule of the templates interrupts, by its name."""

REMOVALS: dict[str, Interruption] = {
    "aws_appautoscaling_policy": Interruption("safeguard", "the service no longer scales with this metric"),
    "aws_appautoscaling_target": Interruption("safeguard", "the service no longer scales; the number of tasks stays"),
    "aws_cloudwatch_metric_alarm": Interruption("safeguard", _NO_ALARM),
    "aws_ecs_service": Interruption("outage", _NO_TASK),
    "aws_elasticache_replication_group": Interruption("outage", _NO_REDIS),
    "aws_elasticache_subnet_group": Interruption("outage", _NO_REDIS),
    "aws_iam_role": Interruption("outage", _NO_ROLE),
    "aws_iam_role_policy": Interruption("outage", _NO_ROLE),
    "aws_iam_role_policy_attachment": Interruption("outage", _NO_ROLE),
    "aws_lb": Interruption("outage", _NO_ROUTE),
    "aws_lb_listener": Interruption("outage", _NO_ROUTE),
    "aws_lb_target_group": Interruption("outage", _NO_ROUTE),
    "aws_security_group": Interruption("outage", "its rules are gone: nothing that they admit can connect"),
    "aws_sns_topic": Interruption("safeguard", _NO_ALARM),
    "aws_sns_topic_policy": Interruption("safeguard", "CloudWatch can no longer publish alarms to the topic"),
    "aws_sns_topic_subscription": Interruption("safeguard", "this receiver gets no alarms any more"),
    "aws_vpc_security_group_egress_rule": _SECURITY_GROUP_RULE,
    "aws_vpc_security_group_ingress_rule": _SECURITY_GROUP_RULE,
}
"""Types whose destruction or replacement interrupts; the loss of data is a matter of its own."""

NO_INTERRUPTION: dict[str, str] = {
    "aws_cloudwatch_dashboard": "only people look at it",
    "aws_cloudwatch_log_group": "its log is data, which the rule about loss covers",
    "aws_ecs_task_definition": "the service keeps the old revision until it deploys the new one",
    "aws_elasticache_parameter_group": "AWS deletes it only after the group uses another one",
    "aws_s3_bucket": "access logs are data, which the rule about loss covers",
    "aws_s3_bucket_lifecycle_configuration": "it concerns only access logs",
    "aws_s3_bucket_ownership_controls": "it concerns only access logs",
    "aws_s3_bucket_policy": "it concerns only access logs",
    "aws_s3_bucket_public_access_block": "it concerns only access logs",
    "aws_s3_bucket_server_side_encryption_configuration": "it concerns only access logs",
    "aws_secretsmanager_secret": "running tasks keep the value; the rule about loss covers the secret",
    "aws_secretsmanager_secret_version": "running tasks keep the value; see the sessions key below",
    "terraform_data": "it exists only in the state",
}
"""The other types of the templates, each with the reason why its destruction or replacement interrupts nobody."""

SESSION_KEY = "module.secrets.aws_secretsmanager_secret_version.webui_secret_key"
"""The value that signs sessions. https://docs.openwebui.com/reference/env-configuration/#webui_secret_key"""

SESSION_KEY_REPLACED = Interruption(
    "sessions",
    "every user must sign in again; until all tasks are new, each task rejects the sessions of the others",
)

# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html
_DRAIN = "requests and streams of stopped tasks are cut earlier at every deployment and scale-in"
_HEALTH_CHECK = "tasks that do not answer stay in service for longer, or healthy ones fail the other check"
_ALARM = "the alarm reports a problem later, or not at all"
_RECONNECT = "WebSockets and streamed answers are cut once; browsers connect again within seconds"
# https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/redis-cluster-vertical-scaling.html and
# https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/VersionManagement.HowTo.html
_REDIS_FAILOVER = (
    "WebSockets of all users are cut while Redis changes its primary, usually for seconds; with one node "
    "Redis is away for minutes"
)

WORSENINGS: dict[str, tuple[Worsening, ...]] = {
    "aws_appautoscaling_target": (
        worse(
            changed("suspended_state"),
            "safeguard",
            "a part of autoscaling is suspended",
        ),
    ),
    "aws_cloudwatch_metric_alarm": (
        worse(turned_off("actions_enabled"), "safeguard", _NO_ALARM),
        worse(
            lost_items("alarm_actions"),
            "safeguard",
            "a receiver or a policy is no longer triggered",
        ),
        worse(LATER_THRESHOLD, "safeguard", _ALARM),
        worse(
            any_of(raised("datapoints_to_alarm"), raised("evaluation_periods"), raised("period")),
            "safeguard",
            _ALARM,
        ),
        worse(
            SILENCE_IS_FINE,
            "safeguard",
            "silence no longer counts as a problem",
        ),
        worse(
            changed(
                "comparison_operator",
                "dimensions",
                "extended_statistic",
                "metric_name",
                "metric_query",
                "namespace",
                "statistic",
            ),
            "safeguard",
            "the alarm watches something else",
        ),
    ),
    "aws_ecs_service": (
        worse(
            ALL_TASKS_STOPPED,
            "outage",
            "every task stops, until somebody raises the number again",
            "service.instances",
        ),
        worse(
            FEWER_TASKS,
            "capacity",
            "fewer tasks than now serve the same users, from now on",
            "service.instances",
        ),
        worse(
            changed("load_balancer"),
            "outage",
            "new tasks register elsewhere, and users lose their route when the old ones stop",
        ),
        worse(
            changed("network_configuration.security_groups", "network_configuration.assign_public_ip"),
            "outage",
            "new tasks have other security groups, and may not reach Redis, the database or the files",
        ),
        worse(
            lowered("deployment_minimum_healthy_percent"),
            "safeguard",
            "fewer tasks serve during every deployment",
            "service.deployment.minimum_percent",
        ),
        worse(
            NO_TASK_DURING_DEPLOYMENT,
            "outage",
            "a deployment may stop every task before a new one is healthy",
            "service.deployment.minimum_percent",
        ),
        worse(
            any_of(turned_off("deployment_circuit_breaker.enable"), turned_off("deployment_circuit_breaker.rollback")),
            "safeguard",
            "a deployment that fails is not rolled back",
        ),
        worse(
            changed("deployment_controller"),
            "safeguard",
            "ECS no longer controls deployments",
        ),
        worse(
            lowered("health_check_grace_period_seconds"),
            "safeguard",
            "tasks that start slowly are stopped earlier, and a deployment may fail",
            "service.deployment.grace_period_seconds",
        ),
        worse(
            turned_off("wait_for_steady_state"),
            "safeguard",
            "an apply succeeds although its tasks never become healthy",
            "service.wait_for_steady_state",
        ),
        worse(
            NO_REBALANCING,
            "safeguard",
            "after the failure of a zone the tasks stay in the others",
        ),
    ),
    "aws_ecs_task_definition": (
        worse(
            OTHER_SESSIONS,
            "sessions",
            f"another {', '.join(SESSION_SETTINGS)} signs users out, and splits old and new tasks until all are new",
        ),
        worse(
            OTHER_DATABASE,
            "loss",
            "new tasks use another database: what users save through the old tasks is not in it",
            "existing.database.url_secret_arn",
        ),
        worse(
            changed(
                "volume.efs_volume_configuration.file_system_id",
                "volume.efs_volume_configuration.root_directory",
                "volume.efs_volume_configuration.authorization_config.access_point_id",
            ),
            "loss",
            "new tasks use other files: what users upload through the old tasks is not there",
            "existing.files",
        ),
        worse(
            WEAKER_HEALTH_CHECK,
            "safeguard",
            "ECS replaces a task that hangs later, or kills one that still answers",
            "service.health_check",
        ),
    ),
    "aws_elasticache_parameter_group": (
        worse(
            EVICTION,
            "safeguard",
            "a full Redis drops sessions and revocations of tokens",
            "redis.eviction_policy",
        ),
        worse(EARLIER_IDLE_TIMEOUT, "connections", _RECONNECT, "redis.idle_timeout_seconds"),
    ),
    "aws_elasticache_replication_group": (
        worse(changed("node_type"), "connections", _REDIS_FAILOVER, "redis.node_type"),
        worse(changed("engine_version"), "connections", _REDIS_FAILOVER, "redis.engine_version"),
        worse(changed("engine"), "connections", _REDIS_FAILOVER, "redis.engine"),
        worse(
            REVOKED_TOKEN,
            "outage",
            "running tasks have the old token, which Redis refuses from now on, until every task is new",
        ),
        worse(
            changed("security_group_ids"),
            "outage",
            "tasks may no longer reach Redis: no WebSocket connects, so chats of all users get no answers",
        ),
        worse(
            changed("transit_encryption_enabled", "transit_encryption_mode", "user_group_ids"),
            "outage",
            "running tasks connect as before, which Redis may refuse",
        ),
        worse(
            any_of(turned_off("automatic_failover_enabled"), turned_off("multi_az_enabled")),
            "safeguard",
            "nothing takes over when the primary fails: chats get no answers until it is back",
            "redis.nodes",
        ),
        worse(
            lowered("num_cache_clusters"),
            "safeguard",
            "fewer replicas can take over when the primary fails",
            "redis.nodes",
        ),
    ),
    "aws_lb": (
        worse(changed("security_groups"), "outage", "users or tasks may no longer be reachable"),
        worse(
            lost_items("subnets"),
            "connections",
            f"in the removed zone {_RECONNECT}",
            "existing.private_subnets",
        ),
        worse(
            lowered("idle_timeout"),
            "connections",
            "an answer that pauses for longer than the new timeout is cut",
            "load_balancer.idle_timeout_seconds",
        ),
        worse(
            turned_off("drop_invalid_header_fields"),
            "safeguard",
            "tasks get headers that a browser may forge",
        ),
    ),
    "aws_lb_listener": (
        worse(
            changed("port", "protocol"),
            "outage",
            "users and the proxy connect as before, and nothing answers there",
        ),
        worse(
            changed("default_action"),
            "outage",
            "requests are no longer forwarded to the same tasks",
        ),
        worse(
            removed("certificate_arn"),
            "outage",
            "browsers cannot connect with TLS",
            "existing.certificate_arn",
        ),
        worse(
            changed("mutual_authentication"),
            "outage",
            "browsers without a client certificate are refused",
        ),
    ),
    "aws_lb_target_group": (
        worse(
            lowered("deregistration_delay"),
            "safeguard",
            _DRAIN,
            "load_balancer.deregistration_delay_seconds",
        ),
        worse(
            any_of(
                changed("health_check.path", "health_check.matcher", "health_check.port", "health_check.protocol"),
                turned_off("health_check.enabled"),
                raised("health_check.interval"),
                raised("health_check.unhealthy_threshold"),
            ),
            "safeguard",
            _HEALTH_CHECK,
            "load_balancer.health_check",
        ),
        worse(
            any_of(turned_off("stickiness.enabled"), changed("stickiness.type")),
            "connections",
            "the requests of a browser reach several tasks, and its WebSocket over HTTP polling breaks",
        ),
    ),
    "aws_sns_topic_subscription": (
        worse(
            changed("filter_policy"),
            "safeguard",
            "this receiver gets only a part of the alarms",
        ),
    ),
    "aws_vpc_security_group_egress_rule": _RULE_WORSENINGS,
    "aws_vpc_security_group_ingress_rule": _RULE_WORSENINGS,
}
"""Changes in place that interrupt or weaken, by type. A replacement by `aws_ecs_task_definition` counts as one: the
service deploys the new revision."""


MAXIMUM_BELOW_RUNNING = Interruption("capacity", "autoscaling stops tasks that serve users now", "autoscaling.max")


IMPORT_WITH_CHANGE = Interruption("outage", "others may use the object as it is: import it without a change first")


def exceeds_maximum(target: ResourceChange, running: float) -> bool:
    """Whether autoscaling would stop tasks: its new maximum is below the number that runs, or unknown."""
    maximum = number(target.after, "max_capacity")
    return target.is_unknown("max_capacity") or maximum is None or maximum < running
