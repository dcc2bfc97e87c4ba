"""The resources in AWS after the first apply, compared with the spec."""

import json

from tests._support.emulator.account import CLUSTER
from tests._support.emulator.lifecycle import CreatedDeployment
from tests._support.emulator.snapshot import NAME


def test_service_matches_the_spec(deployment: CreatedDeployment) -> None:
    service, task, container = deployment.created.service, deployment.created.task, deployment.created.container
    spec = deployment.spec
    assert service["desiredCount"] == spec["service"]["instances"] == 3
    assert (task["cpu"], task["memory"]) == ("2048", "8192")
    assert container["image"] == spec["app"]["image"]
    network = service["networkConfiguration"]["awsvpcConfiguration"]
    assert set(network["subnets"]) == set(deployment.account.subnets)
    assert network["assignPublicIp"] == "DISABLED"
    [volume] = task["volumes"]
    files = volume["efsVolumeConfiguration"]
    assert files["fileSystemId"] == deployment.account.file_system
    assert files["authorizationConfig"] == {"accessPointId": deployment.account.access_point, "iam": "ENABLED"}


def test_environment(deployment: CreatedDeployment) -> None:
    expected = {
        "DATABASE_POOL_SIZE": "10",
        "FORWARDED_ALLOW_IPS": "10.0.0.0/24,10.0.1.0/24,10.0.2.0/24",
        "REDIS_KEY_PREFIX": NAME,
        "THREAD_POOL_SIZE": "20",
        "UVICORN_WORKERS": "2",
        "WEBSOCKET_MANAGER": "redis",
        "WEBUI_URL": "https://ai-glondon.msappproxy.net",
    }
    assert expected.items() <= deployment.created.environment.items()


def test_load_balancer(deployment: CreatedDeployment) -> None:
    created = deployment.created
    assert created.load_balancer["Scheme"] == "internal"
    assert {zone["SubnetId"] for zone in created.load_balancer["AvailabilityZones"]} == set(deployment.account.subnets)
    assert (created.listener["Protocol"], created.listener["Port"]) == ("HTTP", 80)
    [action] = created.listener["DefaultActions"]
    assert (action["Type"], action["TargetGroupArn"]) == ("forward", created.target_group["TargetGroupArn"])
    assert (created.target_group["HealthCheckPath"], created.target_group["TargetType"]) == ("/health", "ip")
    stickiness = {
        "stickiness.enabled": "true",
        "stickiness.type": "lb_cookie",
        "stickiness.lb_cookie.duration_seconds": "86400",
    }
    assert stickiness.items() <= created.target_group_attributes.items()
    [attached] = created.service["loadBalancers"]
    assert attached["targetGroupArn"] == created.target_group["TargetGroupArn"]


def test_redis(deployment: CreatedDeployment) -> None:
    redis = deployment.created.redis
    assert redis["MemberClusters"] == [f"{NAME}-001"]
    assert redis["CacheNodeType"] == "cache.t3.micro"
    assert redis["TransitEncryptionEnabled"] is True
    assert redis["AtRestEncryptionEnabled"] is True
    assert redis["AuthTokenEnabled"] is True


def test_scaling(deployment: CreatedDeployment) -> None:
    target, policies = deployment.created.target, deployment.created.scaling
    assert target["ResourceId"] == f"service/{CLUSTER}/{NAME}"
    assert (target["MinCapacity"], target["MaxCapacity"]) == (2, 10)
    assert set(policies) == {f"{NAME}-cpu", f"{NAME}-high-cpu"}
    tracking = policies[f"{NAME}-cpu"]["TargetTrackingScalingPolicyConfiguration"]
    assert tracking["TargetValue"] == 70
    assert tracking["PredefinedMetricSpecification"]["PredefinedMetricType"] == "ECSServiceAverageCPUUtilization"
    [step] = policies[f"{NAME}-high-cpu"]["StepScalingPolicyConfiguration"]["StepAdjustments"]
    assert step["ScalingAdjustment"] == 2


def _dimensions(deployment: CreatedDeployment) -> dict[str, dict[str, str]]:
    created = deployment.created
    service = {"ClusterName": CLUSTER, "ServiceName": NAME}
    target = {
        "LoadBalancer": created.load_balancer["LoadBalancerArn"].partition(":loadbalancer/")[2],
        "TargetGroup": created.target_group["TargetGroupArn"].rpartition(":")[2],
    }
    node = {"CacheClusterId": f"{NAME}-001", "CacheNodeId": "0001"}
    return {"cpu": service, "memory": service, "response-time": target, "redis-cpu-001": node}


def test_alarms(deployment: CreatedDeployment) -> None:
    alarms, topic = deployment.created.alarms, deployment.created.topic
    thresholds = {name: alarm["Threshold"] for name, alarm in alarms.items()}
    assert thresholds == {"cpu": 85, "memory": 90, "response-time": 2, "redis-cpu-001": 75}
    dimensions = {name: {item["Name"]: item["Value"] for item in alarm["Dimensions"]} for name, alarm in alarms.items()}
    assert dimensions == _dimensions(deployment)
    scale_out = deployment.created.scaling[f"{NAME}-high-cpu"]["PolicyARN"]
    for name, alarm in alarms.items():
        assert set(alarm["AlarmActions"]) == ({topic, scale_out} if name == "cpu" else {topic})
        assert alarm["OKActions"] == [topic]


def test_dashboard_and_subscription(deployment: CreatedDeployment) -> None:
    assert [widget["properties"]["title"] for widget in deployment.created.dashboard["widgets"]] == [
        "Alarms",
        "ECS: CPU and memory",
        "ALB: response time",
        "ALB: requests and errors",
        "Scaling: tasks behind the load balancer",
        "Redis: CPU and memory",
        "Redis: connections and evictions",
    ]
    assert [(item["Protocol"], item["Endpoint"]) for item in deployment.created.subscriptions] == [
        ("email", "ai-platform@gravityglobal.example")
    ]


def test_managed_security_groups_have_the_rules_of_the_spec(deployment: CreatedDeployment) -> None:
    names = deployment.created.group_names
    rules = sorted(
        (
            names[rule["GroupId"]].removeprefix(f"{NAME}-"),
            "out" if rule["IsEgress"] else "in",
            rule["FromPort"],
            rule.get("CidrIpv4") or names[rule["ReferencedGroupInfo"]["GroupId"]].removeprefix(f"{NAME}-"),
        )
        for rule in deployment.created.own_rules
    )
    sources = [source["cidr"] for source in deployment.spec["load_balancer"]["allow_from"].values()]
    assert rules == sorted(
        [
            *(("alb", "in", 80, cidr) for cidr in sources),
            ("alb", "out", 8080, "tasks"),
            ("redis", "in", 6379, "tasks"),
            ("tasks", "in", 8080, "alb"),
            ("tasks", "out", 443, "0.0.0.0/0"),
            ("tasks", "out", 2049, "files"),
            ("tasks", "out", 5432, "database"),
            ("tasks", "out", 6379, "redis"),
            ("tasks", "out", 9099, "peer"),
        ]
    )


def test_alarms_use_the_metrics_of_the_spec(deployment: CreatedDeployment) -> None:
    metrics = {
        name: (alarm["Namespace"], alarm["MetricName"], alarm["ComparisonOperator"])
        for name, alarm in deployment.created.alarms.items()
    }
    greater = "GreaterThanThreshold"
    assert metrics == {
        "cpu": ("AWS/ECS", "CPUUtilization", greater),
        "memory": ("AWS/ECS", "MemoryUtilization", greater),
        "redis-cpu-001": ("AWS/ElastiCache", "CPUUtilization", greater),
        "response-time": ("AWS/ApplicationELB", "TargetResponseTime", greater),
    }


def test_dashboard_shows_this_deployment(deployment: CreatedDeployment) -> None:
    body = json.dumps(deployment.created.dashboard)
    created = deployment.created
    load_balancer = created.load_balancer["LoadBalancerArn"].partition(":loadbalancer/")[2]
    for name in (CLUSTER, NAME, f"{NAME}-001", load_balancer):
        assert name in body
    assert {alarm["AlarmArn"] for alarm in created.alarms.values()} <= set(
        created.dashboard["widgets"][0]["properties"]["alarms"]
    )


def test_second_plan_is_empty(deployment: CreatedDeployment) -> None:
    run = deployment.plans["second"].run
    assert (run.code, "no changes: nothing to apply" in run.err) == (0, True), run.out
