"""Every generated root module: formatted, complete, valid, and with a plan that matches the spec."""

import json
from typing import Any

from owscale.domain.aws import alarms, elasticache
from owscale.domain.openwebui import environment
from tests._support.shared_provider import shared_provider
from tests.terraform.conftest import Plan, Root

ALB = "module.load_balancer.aws_lb.this"
ALARM = "module.monitoring.aws_cloudwatch_metric_alarm"
GROUP = "module.load_balancer.aws_lb_target_group.this"
REDIS = "module.redis.aws_elasticache_replication_group.this"
SCALING = "module.autoscaling.aws_appautoscaling_policy"
SERVICE = "module.service.aws_ecs_service.this"
TARGET_GROUP_ARN = ":targetgroup/mock/0"
TASK = "module.service.aws_ecs_task_definition.this"


def test_fmt_changes_nothing(root: Root) -> None:
    output = root.terraform.run("fmt", "-check", "-diff", "-recursive")
    assert (output.code, output.stdout) == (0, "")


def test_lock_file_is_complete(root: Root) -> None:
    assert root.init.code == 0, root.init.stderr  # init with -lockfile=readonly fails if it would change the file


def test_validate_reports_no_diagnostics(root: Root) -> None:
    with shared_provider():
        result = json.loads(root.terraform.run("validate", "-json").stdout)
    assert (result["valid"], result["diagnostics"]) == (True, [])


def test_existing_resources_are_not_managed(plan: Plan) -> None:
    assert {tuple(actions) for actions in plan.actions.values()} == {("create",)}
    assert not [address for address in plan.after if address.startswith("module.existing.")]


def test_existing_groups_get_one_rule_each(root: Root, plan: Plan) -> None:
    existing = root.deployment.spec.existing
    added = [
        (rule["security_group_id"], rule["from_port"], rule["to_port"], rule["referenced_security_group_id"])
        for address, rule in plan.after.items()
        if "ingress_rule" in address and not rule["security_group_id"].startswith("sg-load")
        if rule["security_group_id"] not in ("sg-tasks", "sg-redis")
    ]
    files = [(group, 2049, 2049, "sg-tasks") for group in existing.files.security_groups]
    peers = [(peer.security_group, peer.port, peer.port, "sg-tasks") for peer in existing.peers.values()]
    database = existing.database
    assert sorted(added) == sorted(
        [(database.security_group, database.port, database.port, "sg-tasks"), *files, *peers]
    )


def test_only_named_sources_reach_the_load_balancer(root: Root, plan: Plan) -> None:
    balancer, https = root.deployment.spec.load_balancer, root.deployment.spec.existing.certificate_arn is not None
    ports = {"http": balancer.http_port} | ({"https": balancer.https_port} if https else {})
    rules = [rule for rule in plan.after.values() if rule.get("security_group_id") == "sg-load-balancer"]
    assert len(rules) == len(balancer.allow_from) * len(ports) + 1  # and the rule to the tasks
    for listener, port in ports.items():
        rules_by_name = plan.under(f"module.network.aws_vpc_security_group_ingress_rule.load_balancer_{listener}")
        assert rules_by_name.keys() == balancer.allow_from.keys()
        for name, rule in rules_by_name.items():
            source = balancer.allow_from[name]
            cidr = rule["cidr_ipv4"] or rule["cidr_ipv6"]
            assert (cidr, rule["prefix_list_id"], rule["referenced_security_group_id"]) == (
                source.cidr,
                source.prefix_list,
                source.security_group,
            )
            assert (rule["from_port"], rule["to_port"]) == (port, port)


def test_only_the_load_balancer_reaches_the_tasks(plan: Plan) -> None:
    into_tasks = [
        rule
        for address, rule in plan.after.items()
        if "ingress_rule" in address and rule["security_group_id"] == "sg-tasks"
    ]
    assert [(rule["referenced_security_group_id"], rule["from_port"]) for rule in into_tasks] == [
        ("sg-load-balancer", 8080)
    ]
    leaving = plan["module.network.aws_vpc_security_group_egress_rule.load_balancer_to_tasks"]
    assert (leaving["referenced_security_group_id"], leaving["from_port"]) == ("sg-tasks", 8080)


def test_load_balancer(root: Root, plan: Plan) -> None:
    spec, balancer = root.deployment.spec, plan[ALB]
    assert balancer["internal"] is True
    assert balancer["drop_invalid_header_fields"] is True
    assert balancer["enable_deletion_protection"] is spec.load_balancer.deletion_protection
    assert balancer["idle_timeout"] == spec.load_balancer.idle_timeout_seconds
    assert sorted(balancer["subnets"]) == sorted(spec.existing.private_subnets)
    assert balancer["security_groups"] == ["sg-load-balancer"]
    group = plan[GROUP]
    assert (group["port"], group["protocol"], group["target_type"]) == (8080, "HTTP", "ip")
    assert group["vpc_id"] == spec.existing.vpc
    assert int(group["deregistration_delay"]) == spec.load_balancer.deregistration_delay_seconds
    assert group["slow_start"] == spec.load_balancer.slow_start_seconds
    assert group["stickiness"] == [
        {
            "cookie_duration": spec.load_balancer.stickiness_seconds,
            "cookie_name": None,
            "enabled": True,
            "type": "lb_cookie",
        }
    ]
    assert group["health_check"][0]["path"] == spec.load_balancer.health_check.path


def test_listeners_forward_to_the_group(root: Root, plan: Plan) -> None:
    spec = root.deployment.spec
    http = plan["module.load_balancer.aws_lb_listener.http"]
    forwarding = http
    if spec.existing.certificate_arn:
        redirect = http["default_action"][0]["redirect"][0]
        assert (redirect["protocol"], redirect["port"]) == ("HTTPS", str(spec.load_balancer.https_port))
        forwarding = plan["module.load_balancer.aws_lb_listener.https"]
        assert forwarding["certificate_arn"] == spec.existing.certificate_arn
        assert forwarding["port"] == spec.load_balancer.https_port
    assert http["port"] == spec.load_balancer.http_port
    assert forwarding["default_action"][0]["type"] == "forward"
    assert forwarding["default_action"][0]["target_group_arn"].endswith(TARGET_GROUP_ARN)


def test_redis(root: Root, plan: Plan) -> None:
    spec, redis = root.deployment.spec.redis, plan[REDIS]
    assert redis["node_type"] == spec.node_type
    assert redis["num_cache_clusters"] == spec.nodes
    assert (redis["automatic_failover_enabled"], redis["multi_az_enabled"]) == (spec.nodes > 1, spec.nodes > 1)
    assert (redis["transit_encryption_enabled"], redis["at_rest_encryption_enabled"]) == (True, "true")
    assert (redis["engine"], redis["engine_version"]) == (spec.engine, spec.engine_version)
    assert redis["auth_token"] == "mock-redis-token"  # noqa: S105 -- the mock value of secrets.tf
    assert redis["snapshot_retention_limit"] == spec.snapshot_retention_days
    assert bool(redis["log_delivery_configuration"]) is spec.slow_log
    parameters = plan["module.redis.aws_elasticache_parameter_group.this"]
    assert parameters["family"] == elasticache.parameter_group_family(spec.engine, spec.engine_version)
    from_spec = {"maxmemory-policy": spec.eviction_policy, "timeout": str(spec.idle_timeout_seconds)}
    assert {p["name"]: p["value"] for p in parameters["parameter"]}.items() >= from_spec.items()


def _container(plan: Plan) -> dict[str, Any]:
    containers = json.loads(plan[TASK]["container_definitions"])
    assert len(containers) == 1
    container: dict[str, Any] = containers[0]
    return container


def test_task(root: Root, plan: Plan) -> None:
    spec, task = root.deployment.spec, plan[TASK]
    assert task["cpu"] == str(int(spec.service.vcpu * 1024))
    assert task["memory"] == str(int(spec.service.memory_gb * 1024))
    assert task["runtime_platform"][0]["cpu_architecture"] == spec.service.architecture
    assert (task["execution_role_arn"], task["task_role_arn"]) == (
        "arn:aws:iam::111122223333:role/mock-execution",
        "arn:aws:iam::111122223333:role/mock-task",
    )
    volume = task["volume"][0]["efs_volume_configuration"][0]
    assert volume["file_system_id"] == spec.existing.files.file_system
    assert volume["transit_encryption"] == "ENABLED"
    assert volume["authorization_config"] == [{"access_point_id": spec.existing.files.access_point, "iam": "ENABLED"}]
    container = _container(plan)
    assert container["image"] == spec.app.image
    assert container["stopTimeout"] == spec.service.stop_timeout_seconds
    assert container["healthCheck"]["startPeriod"] == spec.service.health_check.start_period_seconds
    assert container["mountPoints"][0]["containerPath"] == "/app/backend/data"


def test_environment(root: Root, plan: Plan) -> None:
    spec, container = root.deployment.spec, _container(plan)
    variables = {entry["name"]: entry["value"] for entry in container["environment"]}
    expected = environment.default_environment(spec) | spec.app.environment
    assert variables == expected | {"FORWARDED_ALLOW_IPS": variables["FORWARDED_ALLOW_IPS"]}
    assert variables["WEBSOCKET_MANAGER"] == "redis"
    secrets = {entry["name"]: entry["valueFrom"] for entry in container["secrets"]}
    assert secrets.keys() == environment.MANAGED_SECRETS.keys() | spec.app.secrets.keys()
    assert secrets["DATABASE_URL"] == spec.existing.database.url_secret_arn
    assert secrets["REDIS_URL"] == secrets["WEBSOCKET_REDIS_URL"]
    assert "redis-url" in secrets["REDIS_URL"]
    assert "webui-secret-key" in secrets["WEBUI_SECRET_KEY"]


def test_service(root: Root, plan: Plan) -> None:
    spec, service = root.deployment.spec, plan[SERVICE]
    assert service["desired_count"] == spec.service.instances
    assert service["launch_type"] == "FARGATE"
    assert service["enable_execute_command"] is spec.service.exec
    breaker = {"enable": True, "rollback": spec.service.circuit_breaker_rollback}
    assert service["deployment_circuit_breaker"] == [breaker]
    assert service["deployment_maximum_percent"] == spec.service.deployment.maximum_percent
    assert service["health_check_grace_period_seconds"] == spec.service.deployment.grace_period_seconds
    assert service["load_balancer"][0]["target_group_arn"].endswith(TARGET_GROUP_ARN)
    network = service["network_configuration"][0]
    assert (network["assign_public_ip"], network["security_groups"]) == (False, ["sg-tasks"])


def test_desired_count_is_ignored_only_with_autoscaling(root: Root) -> None:
    text = (root.folder / "modules/service/main.tf").read_text()
    assert ("ignore_changes = [desired_count]" in text) is root.deployment.spec.autoscaling.enabled


def test_autoscaling(root: Root, plan: Plan) -> None:
    spec = root.deployment.spec.autoscaling
    target = "module.autoscaling.aws_appautoscaling_target.this"
    assert (target in plan) is spec.enabled
    if not spec.enabled:
        assert not [address for address in plan.after if "autoscaling" in address]
        return
    assert (plan[target]["min_capacity"], plan[target]["max_capacity"]) == (spec.min, spec.max)
    tracking = plan[f"{SCALING}.cpu"]["target_tracking_scaling_policy_configuration"][0]
    assert tracking["target_value"] == spec.cpu_percent
    assert tracking["scale_in_cooldown"] == spec.scale_in_cooldown_seconds
    assert (f"{SCALING}.memory" in plan) is (spec.memory_percent is not None)
    step = plan[f"{SCALING}.high_cpu"]["step_scaling_policy_configuration"][0]
    assert step["step_adjustment"][0]["scaling_adjustment"] == spec.high_cpu.instances


def _alarms(plan: Plan) -> dict[str, dict[str, Any]]:
    """Return the planned alarms by name, with one of the alarms for each Redis node."""
    alarms_by_name: dict[str, dict[str, Any]] = {}
    for address, alarm in plan.after.items():
        if address.startswith(ALARM):
            alarms_by_name[address.removeprefix(f"{ALARM}.").partition("[")[0]] = alarm
    return alarms_by_name


def test_alarms_match_the_spec(root: Root, plan: Plan) -> None:
    expected, planned = alarms.alarm_settings(root.deployment.spec), _alarms(plan)
    assert planned.keys() == expected.keys()
    for name, settings in expected.items():
        alarm = planned[name]
        assert {
            "datapoints": alarm["datapoints_to_alarm"],
            "evaluation_periods": alarm["evaluation_periods"],
            "missing_data": alarm["treat_missing_data"],
            "period_seconds": alarm["period"],
            "threshold": alarm["threshold"],
        } == settings


def test_alarms_have_the_dimensions_of_their_resource(root: Root, plan: Plan) -> None:
    spec = root.deployment.spec
    tasks = {"ClusterName": spec.existing.cluster, "ServiceName": spec.service.name}
    balancer = {"LoadBalancer": "app/mock/0", "TargetGroup": "targetgroup/mock/0"}
    for name, alarm in _alarms(plan).items():
        if name in ("cpu", "memory"):
            assert alarm["dimensions"] == tasks
        elif name == "load_balancer_5xx":
            assert alarm["dimensions"] == {"LoadBalancer": "app/mock/0"}
        elif name == "database_connections":
            cluster, instance = spec.existing.database.cluster, spec.existing.database.instance
            dimensions = (
                {"DBClusterIdentifier": cluster, "Role": "WRITER"} if cluster else {"DBInstanceIdentifier": instance}
            )
            assert alarm["dimensions"] == dimensions
        elif name.startswith("files_"):
            assert alarm["dimensions"] == {"FileSystemId": spec.existing.files.file_system}
        elif not name.startswith("redis_"):
            assert alarm["dimensions"] == balancer


def test_redis_alarms_watch_the_member_nodes(root: Root, plan: Plan) -> None:
    spec = root.deployment.spec
    members = {f"{number:03}": f"{spec.service.name}-{number:03}" for number in range(1, spec.redis.nodes + 1)}
    for name in _alarms(plan):
        if name.startswith("redis_"):
            alarms = plan.under(f"{ALARM}.{name}")
            assert {key: alarm["dimensions"]["CacheClusterId"] for key, alarm in alarms.items()} == members
    engine = elasticache.measures_engine_cpu(spec.redis.node_type)
    for alarm in plan.under(f"{ALARM}.redis_cpu").values():
        assert alarm["metric_name"] == ("EngineCPUUtilization" if engine else "CPUUtilization")
        assert ("CacheNodeId" in alarm["dimensions"]) is not engine


def test_alarms_notify_and_the_cpu_alarm_scales_out(root: Root, plan: Plan) -> None:
    spec = root.deployment.spec
    topic = spec.existing.alarm_topic_arn or f"arn:aws:sns:{spec.aws.region}:111122223333:mock-alarms"
    for name, alarm in _alarms(plan).items():
        step = [arn for arn in alarm["alarm_actions"] if arn.endswith("mock-high-cpu")]
        assert topic in alarm["alarm_actions"]
        assert len(step) == (1 if name == "cpu" and spec.autoscaling.enabled else 0)
    subscriptions = plan.under("module.monitoring.aws_sns_topic_subscription.email")
    assert subscriptions.keys() == (set() if spec.existing.alarm_topic_arn else set(spec.alarms.notify))


def test_dashboard_shows_the_groups_and_the_alarms(root: Root, plan: Plan) -> None:
    spec, database = root.deployment.spec, root.deployment.spec.existing.database
    dashboard = plan["module.monitoring.aws_cloudwatch_dashboard.this"]
    assert dashboard["dashboard_name"] == root.deployment.spec.service.name
    widgets = {widget["properties"]["title"]: widget for widget in json.loads(dashboard["dashboard_body"])["widgets"]}
    assert [title.partition(":")[0] for title in widgets] == [
        "Alarms",
        "ECS",
        "ALB",
        "ALB",
        "Scaling",
        "Redis",
        "Redis",
        *(["Database"] if database.cluster or database.instance else []),
        *(["Files"] if {"files_io", "files_burst_credits"} & alarms.alarm_settings(spec).keys() else []),
    ]
    addresses = [address for address in plan.after if address.startswith(ALARM)]
    assert len(widgets["Alarms"]["properties"]["alarms"]) == len(addresses)
    assert all(
        widget["x"] + widget["width"] <= 24 for widget in widgets.values()
    )  # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
