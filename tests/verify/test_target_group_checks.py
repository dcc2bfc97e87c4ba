"""Each failure of the check of the load balancer's targets."""

from tests._support.applied_deployment import AppliedDeployment


def test_unhealthy_target_fails_with_its_reason(applied: AppliedDeployment) -> None:
    applied.health["10.0.0.2"] = ("unhealthy", "Target.Timeout")
    lines = applied.verify_one("targets.healthy")
    assert "1 of 2 targets healthy; at least 2 required: " in lines
    assert "10.0.0.2:8080 unhealthy (Target.Timeout: because of Target.Timeout)\n" in lines
    assert "hint: check whether the task is still starting" in lines


def test_only_the_first_unhealthy_targets_are_listed(applied: AppliedDeployment) -> None:
    hosts = [f"10.0.1.{number}" for number in range(8)]
    targets = [{"Id": host, "Port": 8080} for host in hosts]
    applied.client("elbv2").register_targets(TargetGroupArn=applied.outputs["target_group_arn"], Targets=targets)
    applied.health = dict.fromkeys(hosts, ("initial", "Elb.InitialHealthChecking"))
    lines = applied.verify_one("targets.healthy")
    assert "2 of 10 targets healthy" in lines
    assert lines.count(" initial ") == 5
    assert " and 3 more\n" in lines


def test_draining_target_does_not_count(applied: AppliedDeployment) -> None:
    applied.health["10.0.0.2"] = ("draining", "Target.DeregistrationInProgress")
    assert "1 of 1 targets healthy; at least 2 required\n" in applied.verify_one("targets.healthy")


def test_missing_target_group_fails(applied: AppliedDeployment) -> None:
    applied.outputs["target_group_arn"] += "0"
    assert "elasticloadbalancing:DescribeTargetHealth: not found: " in applied.verify_one("targets.healthy")
