"""Effects of a change of each resource type on the users of the service, and on its safeguards.

The provider decides whether a change replaces a resource or updates it in place, and the plan shows it. The table has
the effect of each of the two. Changes that are not in the table interrupt no user: tags, descriptions, retention,
added permissions, or a deployment of new tasks, during which the old ones serve until the new ones are healthy.
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
    SMALLER_PUBSUB_BUFFER,
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

_NO_TASK = "every task stops, and users get errors until new tasks are healthy, which takes minutes"
_NO_ROUTE = (
    "every request fails until a replacement is ready and users reach it under their address, which takes minutes"
)
# Measured with Open WebUI 0.12.4: without Redis /health answers, and Socket.IO refuses connections.
_NO_REDIS = (
    "Redis is missing until the new group is ready, for 10 minutes or more: WebSockets cannot connect, so no user sees "
    "the answers of chats"
)
_NO_ROLE = (
    "new tasks fail to start and running tasks lose these permissions within minutes, until they are granted again"
)
_NO_ALARM = "CloudWatch no longer sends a notification of the problem"
# A rule also applies to open connections that are not tracked, and to tracked ones when they are idle:
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html
_TRAFFIC = "new connections that the rule admits are refused, until another rule admits them"
_SECURITY_GROUP_RULE = Interruption("outage", _TRAFFIC)
_RULE_WORSENINGS = (worse(LESS_TRAFFIC, "outage", _TRAFFIC),)

RULE_CONSEQUENCES: dict[str, str] = {
    "database_from_tasks": "tasks no longer reach the database: every request fails",
    "file_system_from_tasks": "new tasks cannot mount the files, so they do not start",
    "load_balancer_http": "users of this source no longer reach the load balancer",
    "load_balancer_https": "users of this source no longer reach the load balancer",
    "load_balancer_to_tasks": "the load balancer no longer reaches the tasks: every request fails",
    "peer_from_tasks": "tasks no longer reach this service",
    "redis_from_tasks": "tasks no longer reach Redis: WebSockets cannot connect, so no user sees the answers of chats",
    "tasks_from_load_balancer": "the load balancer no longer reaches the tasks: every request fails",
    "tasks_to_database": "tasks no longer reach the database: every request fails",
    "tasks_to_file_system": "new tasks cannot mount the files, so they do not start",
    "tasks_to_named": "tasks no longer reach this destination",
    "tasks_to_peer": "tasks no longer reach this service",
    "tasks_to_redis": "tasks no longer reach Redis: WebSockets cannot connect, so no user sees the answers of chats",
}
"""The interruption by the removal of each security group rule of the templates, by the rule's name."""

REMOVALS: dict[str, Interruption] = {
    "aws_appautoscaling_policy": Interruption("safeguard", "the service no longer scales with this metric"),
    "aws_appautoscaling_target": Interruption(
        "safeguard", "the service no longer scales; the current number of tasks stays"
    ),
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
    "aws_security_group": Interruption(
        "outage", "its rules are removed, so the connections that they admit are refused"
    ),
    "aws_sns_topic": Interruption("safeguard", _NO_ALARM),
    "aws_sns_topic_policy": Interruption("safeguard", "CloudWatch can no longer publish alarms to the topic"),
    "aws_sns_topic_subscription": Interruption("safeguard", "this receiver no longer gets alarms"),
    "aws_vpc_security_group_egress_rule": _SECURITY_GROUP_RULE,
    "aws_vpc_security_group_ingress_rule": _SECURITY_GROUP_RULE,
}
"""Types whose destruction or replacement interrupts; `data_loss` handles the loss of data."""

NO_INTERRUPTION: dict[str, str] = {
    "aws_cloudwatch_dashboard": "only people look at it",
    "aws_cloudwatch_log_group": "its log is data, which the rule about loss covers",
    "aws_ecs_task_definition": "the service keeps the old revision until it deploys the new one; no user reaches the "
    "task of a migration",
    "aws_elasticache_parameter_group": "AWS deletes it only after the group uses another one",
    "aws_s3_bucket": "access logs are data, which the rule about loss covers",
    "aws_s3_bucket_lifecycle_configuration": "it concerns only access logs",
    "aws_s3_bucket_ownership_controls": "it concerns only access logs",
    "aws_s3_bucket_policy": "it concerns only access logs",
    "aws_s3_bucket_public_access_block": "it concerns only access logs",
    "aws_s3_bucket_server_side_encryption_configuration": "it concerns only access logs",
    "aws_secretsmanager_secret": "running tasks keep the value; the rule about loss covers the secret",
    "aws_secretsmanager_secret_version": "running tasks keep the value; another session key has a row of its own above",
    "terraform_data": "it exists only in the state",
}
"""The other types of the templates, each with the reason why its destruction or replacement interrupts no user."""

MIGRATION_TASK = "module.service.aws_ecs_task_definition.migration"
"""The task that migrates the database: the service never deploys it, so no change of it reaches a user."""

SESSION_KEY = "module.secrets.aws_secretsmanager_secret_version.webui_secret_key"
"""The value that signs sessions. https://docs.openwebui.com/reference/env-configuration/#webui_secret_key"""

SESSION_KEY_REPLACED = Interruption(
    "sessions",
    "every user must sign in again; until all tasks are replaced, old and new ones reject each other's sessions",
)

# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html
_DRAIN = "at each deployment and scale-in, requests and streams of stopped tasks are cut earlier"
_HEALTH_CHECK = "tasks that do not answer get requests for longer, or healthy tasks fail the new check"
_ALARM = "the alarm reports a problem later, or not at all"
_RECONNECT = "WebSockets and streamed answers are cut once; browsers connect again within seconds"
# https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/redis-cluster-vertical-scaling.html and
# https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/VersionManagement.HowTo.html
_REDIS_FAILOVER = (
    "WebSockets of all users are cut during the failover of Redis, usually for seconds; with one node Redis is "
    "down for minutes"
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
            "the alarm no longer notifies a receiver or triggers a scaling policy",
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
            "missing data no longer raises the alarm",
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
            "the alarm evaluates another metric or condition",
        ),
    ),
    "aws_ecs_service": (
        worse(
            ALL_TASKS_STOPPED,
            "outage",
            "every task stops, and every request fails until desired_count is raised",
            "service.instances",
        ),
        worse(
            FEWER_TASKS,
            "capacity",
            "fewer tasks serve the same users, from the apply on",
            "service.instances",
        ),
        worse(
            changed("load_balancer"),
            "outage",
            "new tasks register in another target group, so users reach no task after the old tasks stop",
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
            "service.circuit_breaker_rollback",
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
            "after an outage of a zone, ECS does not spread the tasks over the zones again",
        ),
    ),
    "aws_ecs_task_definition": (
        worse(
            OTHER_SESSIONS,
            "sessions",
            f"{', '.join(SESSION_SETTINGS)} may change: users are signed out, and old and new tasks share no sessions",
        ),
        worse(
            OTHER_DATABASE,
            "loss",
            "new tasks use another database, which lacks the data that users save through old tasks",
            "existing.database.url_secret_arn",
        ),
        worse(
            changed(
                "volume.efs_volume_configuration.file_system_id",
                "volume.efs_volume_configuration.root_directory",
                "volume.efs_volume_configuration.authorization_config.access_point_id",
            ),
            "loss",
            "new tasks use other files, without the files that users upload through old tasks",
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
            "a full Redis deletes sessions, and the list of revoked tokens",
            "redis.eviction_policy",
        ),
        worse(
            SMALLER_PUBSUB_BUFFER,
            "safeguard",
            "Redis disconnects a process that reads slowly earlier, and its users miss answers",
            "redis.pubsub_buffer_mb",
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
            "Redis rejects the token of the running tasks until they are replaced",
        ),
        worse(
            changed("security_group_ids"),
            "outage",
            "tasks may no longer reach Redis: then WebSockets cannot connect, and no user sees the answers of chats",
        ),
        worse(
            changed("transit_encryption_enabled", "transit_encryption_mode", "user_group_ids"),
            "outage",
            "Redis may reject the connections of the running tasks",
        ),
        worse(
            any_of(turned_off("automatic_failover_enabled"), turned_off("multi_az_enabled")),
            "safeguard",
            "no replica takes over if the primary fails, so chats show no answers until it is back",
            "redis.nodes",
        ),
        worse(
            lowered("num_cache_clusters"),
            "safeguard",
            "fewer replicas can take over if the primary fails",
            "redis.nodes",
        ),
    ),
    "aws_lb": (
        worse(
            changed("security_groups"),
            "outage",
            "users may no longer reach the load balancer, or the load balancer may not reach the tasks",
        ),
        worse(
            lost_items("subnets"),
            "connections",
            "WebSockets and streamed answers through the removed zone are cut; browsers connect again within seconds",
            "existing.private_subnets",
        ),
        worse(
            lowered("idle_timeout"),
            "connections",
            "an answer is cut if it pauses for longer than the new timeout",
            "load_balancer.idle_timeout_seconds",
        ),
        worse(
            turned_off("drop_invalid_header_fields"),
            "safeguard",
            "tasks receive header fields that browsers can forge",
        ),
    ),
    "aws_lb_listener": (
        worse(
            changed("port", "protocol"),
            "outage",
            "users and the proxy still connect to the old port or protocol, which no longer answers",
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
"""Changes in place that interrupt or weaken, by type. A replacement of an `aws_ecs_task_definition` counts as a change
in place: the service deploys the new revision."""


MAXIMUM_BELOW_RUNNING = Interruption("capacity", "autoscaling stops tasks that serve users now", "autoscaling.max")


IMPORT_WITH_CHANGE = Interruption("outage", "others may use the object as it is: import it without a change first")


def exceeds_maximum(target: ResourceChange, running: float) -> bool:
    """Whether autoscaling would stop tasks: its new maximum is below the number that runs, or unknown."""
    maximum = number(target.after, "max_capacity")
    return target.is_unknown("max_capacity") or maximum is None or maximum < running
