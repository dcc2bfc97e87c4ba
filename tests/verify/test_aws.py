"""The checks that ask AWS, each made to fail."""

import re
from datetime import timedelta

import pytest
from moto.cloudwatch.models import cloudwatch_backends
from moto.elasticache.models import elasticache_backends

from generator.facts import cloudwatch
from tests.cases import Case, cases
from tests.verify.stage import ACCOUNT, REGION, Stage


def _told(stage: Stage, capsys: pytest.CaptureFixture[str], check: str, status: str = "failed") -> str:
    """The lines about the one check that does not pass."""
    assert stage.owscale("--only", check) == (status == "failed")
    _, *lines, summary = capsys.readouterr().out.splitlines()
    assert summary == f"1 check: 1 {status}."
    return "\n".join(lines)


def test_failed_deployment(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    reason = "ECS deployment circuit breaker: tasks failed to start."
    stage.service(stage.name).deployments[0] |= {
        "rolloutState": "FAILED",
        "failedTasks": 7,
        "rolloutStateReason": reason,
    }
    told = _told(stage, capsys, "service.deployment")
    assert f"PRIMARY FAILED; failed tasks: 7. {reason}" in told
    assert f"aws ecs describe-services --cluster {stage.cluster} --services {stage.name} --query " in told
    assert f"aws logs tail /ecs/{stage.name}" in told


def test_two_deployments(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    deployments = stage.service(stage.name).deployments
    deployments.append(deployments[0] | {"status": "ACTIVE"})
    assert "PRIMARY COMPLETED, ACTIVE COMPLETED" in _told(stage, capsys, "service.deployment")


@pytest.mark.parametrize("check", ["service.deployment", "service.tasks", "service.task_definition"])
def test_no_service(stage: Stage, capsys: pytest.CaptureFixture[str], check: str) -> None:
    stage.service(stage.name).status = "INACTIVE"
    told = _told(stage, capsys, check)
    assert f"no active service {stage.name} in the cluster {stage.cluster}" in told


def test_no_cluster(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    stage.spec["existing"]["cluster"] = "gone"
    assert "not there, says ecs:DescribeServices: " in _told(stage, capsys, "service.tasks")


def test_tasks_missing(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    stage.service(stage.name).pending_count = 1
    assert "desired 2, running 2, pending 1\n" in _told(stage, capsys, "service.tasks")


@pytest.mark.parametrize(
    ("scaling", "said"),
    [({"min": 3, "max": 5}, "the spec asks for 3 to 5"), ({"enabled": False}, "the spec asks for 3")],
)
def test_count_by_hand(stage: Stage, capsys: pytest.CaptureFixture[str], scaling: dict[str, object], said: str) -> None:
    stage.spec["service"]["instances"] = 3
    stage.spec["autoscaling"] = scaling
    told = _told(stage, capsys, "service.tasks")
    assert f"desired 2, running 2, pending 0; {said}\n" in told
    assert "terraform plan shows it" in told


def test_rolled_back(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    stage.outputs["task_definition_arn"] = stage.outputs["task_definition_arn"].replace(":1", ":2")
    told = _told(stage, capsys, "service.task_definition")
    assert f"runs {stage.name}:1; applied was {stage.name}:2" in told
    assert "ECS rolled back" in told


def test_replaced_service(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    old = stage.service(stage.old)
    old.running_count = 1
    told = _told(stage, capsys, "existing.service", "warning")
    assert f"{stage.old} is there: desired 2, running 1" in told
    old.desired_count = old.running_count = 0
    _told(stage, capsys, "existing.service", "passed")
    old.status = "INACTIVE"
    told = _told(stage, capsys, "existing.service", "warning")
    assert f"no active service {stage.old} in the cluster {stage.cluster}; the spec still names it" in told
    del stage.spec["existing"]["service"]
    assert "names no service" in _told(stage, capsys, "existing.service", "skipped")


def test_unhealthy_target(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    stage.health["10.0.0.2"] = ("unhealthy", "Target.Timeout")
    told = _told(stage, capsys, "targets.healthy")
    assert "1 of 2 targets healthy; at least 2 are asked for" in told
    assert "10.0.0.2:8080 unhealthy (Target.Timeout: because of Target.Timeout)" in told
    assert "the task does not answer: it still starts" in told


def test_many_unhealthy_targets_are_not_all_told(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    hosts = [f"10.0.1.{number}" for number in range(8)]
    targets = [{"Id": host, "Port": 8080} for host in hosts]
    stage.client("elbv2").register_targets(TargetGroupArn=stage.outputs["target_group_arn"], Targets=targets)
    stage.health = dict.fromkeys(hosts, ("initial", "Elb.InitialHealthChecking"))
    assert "2 of 10 targets healthy" in (told := _told(stage, capsys, "targets.healthy"))
    assert "; and 3 more" in told


def test_draining_targets_do_not_count(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    stage.health["10.0.0.2"] = ("draining", "Target.DeregistrationInProgress")
    assert "1 of 1 targets healthy; at least 2" in _told(stage, capsys, "targets.healthy")


def test_no_target_group(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    stage.outputs["target_group_arn"] += "0"
    told = _told(stage, capsys, "targets.healthy")
    assert "not there, says elasticloadbalancing:DescribeTargetHealth" in told


def test_redis_that_changes(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    stage.group.status = "modifying"
    told = _told(stage, capsys, "redis.available")
    assert f"{stage.name} is modifying" in told
    assert "aws elasticache describe-events" in told


@pytest.mark.parametrize("check", ["redis.available", "redis.encrypted", "redis.nodes"])
def test_no_redis(stage: Stage, capsys: pytest.CaptureFixture[str], check: str) -> None:
    del elasticache_backends[ACCOUNT][REGION].replication_groups[stage.name]
    assert "not there, says elasticache:DescribeReplicationGroups" in _told(stage, capsys, check)


@pytest.mark.parametrize(
    ("attribute", "said"),
    [
        ("transit_encryption_enabled", "without encryption in transit"),
        ("at_rest_encryption_enabled", "without encryption at rest"),
        ("auth_token_enabled", "without a token"),
    ],
)
def test_redis_in_the_open(stage: Stage, capsys: pytest.CaptureFixture[str], attribute: str, said: str) -> None:
    setattr(stage.group, attribute, False)
    assert said in _told(stage, capsys, "redis.encrypted")


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("node_type", "cache.m7g.large", "the spec asks for 2 × cache.m7g.large, failover enabled"),
        ("nodes", 1, "the spec asks for 1 × cache.t4g.small, failover disabled"),
    ],
)
def test_other_nodes(stage: Stage, capsys: pytest.CaptureFixture[str], key: str, value: object, said: str) -> None:
    stage.spec["redis"][key] = value
    seen = f"2 × cache.t4g.small ({stage.name}-001, {stage.name}-002), failover enabled; {said}"
    assert seen in _told(stage, capsys, "redis.nodes")


def test_missing_alarm(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    stage.client("cloudwatch").delete_alarms(AlarmNames=[f"{stage.name}-redis-cpu-001"])
    assert f"4 of 5 alarms; missing: {stage.name}-redis-cpu-001" in _told(stage, capsys, "alarms.exist")


def test_mute_alarm(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    stage.client("cloudwatch").disable_alarm_actions(AlarmNames=[f"{stage.name}-cpu"])
    told = _told(stage, capsys, "alarms.exist")
    assert f"switched off, so that nobody is called: {stage.name}-cpu" in told
    assert f"aws cloudwatch enable-alarm-actions --alarm-names {stage.name}-cpu" in told


def test_alarm_fires(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    stage.alarm("cpu", "ALARM")
    told = _told(stage, capsys, "alarms.ok")
    assert f"in ALARM: {stage.name}-cpu: of the test" in told
    assert stage.outputs["dashboard_url"] in told


def test_alarm_without_data(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    stage.alarm("memory", "INSUFFICIENT_DATA")
    assert f"without data yet: {stage.name}-memory" in _told(stage, capsys, "alarms.ok", "warning")
    # The seed's alarm on the replication group's own id would stay so for ever.
    alarm = cloudwatch_backends[ACCOUNT][REGION].alarms[f"{stage.name}-memory"]
    alarm.configuration_updated_timestamp -= timedelta(hours=1)
    told = _told(stage, capsys, "alarms.ok")
    assert "a metric that never comes has wrong dimensions" in told
    assert f"aws cloudwatch describe-alarms --alarm-names {stage.name}-memory" in told


def test_alarm_of_an_idle_load_balancer_is_no_failure(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    alarm = cloudwatch_backends[ACCOUNT][REGION].alarms[f"{stage.name}-response-time"]
    alarm.configuration_updated_timestamp -= timedelta(hours=1)
    stage.alarm("response-time", "INSUFFICIENT_DATA")
    _told(stage, capsys, "alarms.ok", "warning")


def test_no_dashboard(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    stage.client("cloudwatch").put_dashboard(DashboardName=stage.name, DashboardBody='{"widgets": []}')
    assert f"{stage.name} is there, and empty" in _told(stage, capsys, "dashboard.exists")
    stage.client("cloudwatch").delete_dashboards(DashboardNames=[stage.name])
    assert "not there, says cloudwatch:GetDashboard" in _told(stage, capsys, "dashboard.exists")


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_alarms_have_the_names_of_the_templates(case: Case) -> None:
    for deployment in case.deployments():
        spec = deployment.spec
        texts = [path.read_text() for path in (case.out / deployment.folder / "modules/monitoring").glob("alarms_*.tf")]
        written = re.findall(r'alarm_name += "\$\{var\.name\}-([a-z0-9-]+?)(-\$\{each\.key\})?"', "".join(texts))
        nodes = [f"-{number:03}" for number in range(1, spec.redis.nodes + 1)]
        names = {f"{spec.service.name}-{kind}{node}" for kind, each in written for node in (nodes if each else [""])}
        assert names == set(cloudwatch.alarm_names(spec))
