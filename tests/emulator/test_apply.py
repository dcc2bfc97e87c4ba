"""What stands in AWS after the first apply, compared with the spec."""

import json

import pytest

from tests.emulator.snapshot import NAME
from tests.emulator.story import Story
from tests.emulator.world import CLUSTER

pytestmark = pytest.mark.xdist_group("emulator")


def test_service_runs_what_the_spec_says(story: Story) -> None:
    service, task, container = story.first.service, story.first.task, story.first.container
    spec = story.spec
    assert service["desiredCount"] == spec["service"]["instances"] == 3
    assert (task["cpu"], task["memory"]) == ("2048", "8192")
    assert container["image"] == spec["app"]["image"]
    network = service["networkConfiguration"]["awsvpcConfiguration"]
    assert set(network["subnets"]) == set(story.world.subnets)
    assert network["assignPublicIp"] == "DISABLED"
    [volume] = task["volumes"]
    files = volume["efsVolumeConfiguration"]
    assert files["fileSystemId"] == story.world.file_system
    assert files["authorizationConfig"] == {"accessPointId": story.world.access_point, "iam": "ENABLED"}


def test_environment(story: Story) -> None:
    expected = {
        "DATABASE_POOL_SIZE": "10",
        "FORWARDED_ALLOW_IPS": "10.0.0.0/24,10.0.1.0/24,10.0.2.0/24",
        "REDIS_KEY_PREFIX": NAME,
        "THREAD_POOL_SIZE": "20",
        "UVICORN_WORKERS": "2",
        "WEBSOCKET_MANAGER": "redis",
        "WEBUI_URL": "https://ai-glondon.msappproxy.net",
    }
    assert expected.items() <= story.first.environment.items()


def test_load_balancer(story: Story) -> None:
    now = story.first
    assert now.load_balancer["Scheme"] == "internal"
    assert {zone["SubnetId"] for zone in now.load_balancer["AvailabilityZones"]} == set(story.world.subnets)
    assert (now.listener["Protocol"], now.listener["Port"]) == ("HTTP", 80)
    [action] = now.listener["DefaultActions"]
    assert (action["Type"], action["TargetGroupArn"]) == ("forward", now.target_group["TargetGroupArn"])
    assert (now.target_group["HealthCheckPath"], now.target_group["TargetType"]) == ("/health", "ip")
    stickiness = {
        "stickiness.enabled": "true",
        "stickiness.type": "lb_cookie",
        "stickiness.lb_cookie.duration_seconds": "86400",
    }
    assert stickiness.items() <= now.target_group_attributes.items()
    [attached] = now.service["loadBalancers"]
    assert attached["targetGroupArn"] == now.target_group["TargetGroupArn"]


def test_redis(story: Story) -> None:
    redis = story.first.redis
    assert redis["MemberClusters"] == [f"{NAME}-001"]
    assert redis["CacheNodeType"] == "cache.t3.micro"
    assert redis["TransitEncryptionEnabled"] is True
    assert redis["AtRestEncryptionEnabled"] is True
    assert redis["AuthTokenEnabled"] is True


def test_scaling(story: Story) -> None:
    target, policies = story.first.target, story.first.scaling
    assert target["ResourceId"] == f"service/{CLUSTER}/{NAME}"
    assert (target["MinCapacity"], target["MaxCapacity"]) == (2, 10)
    assert set(policies) == {f"{NAME}-cpu", f"{NAME}-high-cpu"}
    tracking = policies[f"{NAME}-cpu"]["TargetTrackingScalingPolicyConfiguration"]
    assert tracking["TargetValue"] == 70
    assert tracking["PredefinedMetricSpecification"]["PredefinedMetricType"] == "ECSServiceAverageCPUUtilization"
    [step] = policies[f"{NAME}-high-cpu"]["StepScalingPolicyConfiguration"]["StepAdjustments"]
    assert step["ScalingAdjustment"] == 2


def _dimensions(story: Story) -> dict[str, dict[str, str]]:
    now = story.first
    service = {"ClusterName": CLUSTER, "ServiceName": NAME}
    balanced = {
        "LoadBalancer": now.load_balancer["LoadBalancerArn"].partition(":loadbalancer/")[2],
        "TargetGroup": now.target_group["TargetGroupArn"].rpartition(":")[2],
    }
    node = {"CacheClusterId": f"{NAME}-001", "CacheNodeId": "0001"}
    return {"cpu": service, "memory": service, "response-time": balanced, "redis-cpu-001": node}


def test_alarms(story: Story) -> None:
    alarms, topic = story.first.alarms, story.first.topic
    thresholds = {name: alarm["Threshold"] for name, alarm in alarms.items()}
    assert thresholds == {"cpu": 85, "memory": 90, "response-time": 2, "redis-cpu-001": 75}
    dimensions = {name: {each["Name"]: each["Value"] for each in alarm["Dimensions"]} for name, alarm in alarms.items()}
    assert dimensions == _dimensions(story)
    scale_out = story.first.scaling[f"{NAME}-high-cpu"]["PolicyARN"]
    for name, alarm in alarms.items():
        assert set(alarm["AlarmActions"]) == ({topic, scale_out} if name == "cpu" else {topic})
        assert alarm["OKActions"] == [topic]


def test_dashboard_and_mail(story: Story) -> None:
    assert [widget["properties"]["title"] for widget in story.first.dashboard["widgets"]] == [
        "Alarms",
        "ECS: CPU and memory",
        "ALB: response time",
        "ALB: requests and errors",
        "Scaling: tasks behind the load balancer",
        "Redis: CPU and memory",
        "Redis: connections and evictions",
    ]
    assert [(each["Protocol"], each["Endpoint"]) for each in story.first.subscriptions] == [
        ("email", "ai-platform@gravityglobal.example")
    ]


def test_own_groups_let_in_and_out_what_the_spec_names(story: Story) -> None:
    names = story.first.group_names
    found = sorted(
        (
            names[rule["GroupId"]].removeprefix(f"{NAME}-"),
            "out" if rule["IsEgress"] else "in",
            rule["FromPort"],
            rule.get("CidrIpv4") or names[rule["ReferencedGroupInfo"]["GroupId"]].removeprefix(f"{NAME}-"),
        )
        for rule in story.first.own_rules
    )
    sources = [source["cidr"] for source in story.spec["load_balancer"]["allow_from"].values()]
    assert found == sorted(
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


def test_alarms_measure_what_the_spec_says(story: Story) -> None:
    measured = {
        name: (alarm["Namespace"], alarm["MetricName"], alarm["ComparisonOperator"])
        for name, alarm in story.first.alarms.items()
    }
    above = "GreaterThanThreshold"
    assert measured == {
        "cpu": ("AWS/ECS", "CPUUtilization", above),
        "memory": ("AWS/ECS", "MemoryUtilization", above),
        "redis-cpu-001": ("AWS/ElastiCache", "CPUUtilization", above),
        "response-time": ("AWS/ApplicationELB", "TargetResponseTime", above),
    }


def test_dashboard_shows_this_deployment(story: Story) -> None:
    body = json.dumps(story.first.dashboard)
    now = story.first
    for each in (CLUSTER, NAME, f"{NAME}-001", now.load_balancer["LoadBalancerArn"].partition(":loadbalancer/")[2]):
        assert each in body
    assert {alarm["AlarmArn"] for alarm in now.alarms.values()} <= set(
        now.dashboard["widgets"][0]["properties"]["alarms"]
    )
