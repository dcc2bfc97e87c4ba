"""Each failure of the checks of the ECS service, and of the service that it replaces."""

import pytest

from tests._support.applied_deployment import AppliedDeployment


def test_failed_rollout_fails_with_its_reason(applied: AppliedDeployment) -> None:
    reason = "ECS deployment circuit breaker: tasks failed to start."
    applied.service(applied.name).deployments[0] |= {
        "rolloutState": "FAILED",
        "failedTasks": 7,
        "rolloutStateReason": reason,
    }
    lines = applied.verify_one("service.deployment")
    assert f"PRIMARY FAILED; failed tasks: 7; {reason}\n" in lines
    assert f"`aws ecs describe-services --cluster {applied.cluster} --services {applied.name} --query " in lines
    assert f"`aws logs tail /ecs/{applied.name}" in lines


def test_second_deployment_fails(applied: AppliedDeployment) -> None:
    deployments = applied.service(applied.name).deployments
    deployments.append(deployments[0] | {"status": "ACTIVE"})
    assert "PRIMARY COMPLETED, ACTIVE COMPLETED" in applied.verify_one("service.deployment")


@pytest.mark.parametrize("check", ["service.deployment", "service.tasks", "service.task_definition"])
def test_inactive_service_fails(applied: AppliedDeployment, check: str) -> None:
    applied.service(applied.name).status = "INACTIVE"
    assert f"no active service {applied.name} in the cluster {applied.cluster}\n" in applied.verify_one(check)


def test_missing_cluster_fails(applied: AppliedDeployment) -> None:
    applied.spec["existing"]["cluster"] = "gone"
    assert "ecs:DescribeServices: not found: " in applied.verify_one("service.tasks")


def test_pending_task_fails(applied: AppliedDeployment) -> None:
    applied.service(applied.name).pending_count = 1
    assert "desired 2, running 2, pending 1\n" in applied.verify_one("service.tasks")


@pytest.mark.parametrize(
    ("autoscaling", "required"), [({"min": 3, "max": 5}, "3 to 5"), ({"enabled": False}, "3")], ids=["range", "fixed"]
)
def test_task_count_outside_the_spec_fails(
    applied: AppliedDeployment, autoscaling: dict[str, object], required: str
) -> None:
    applied.spec["service"]["instances"] = 3
    applied.spec["autoscaling"] = autoscaling
    lines = applied.verify_one("service.tasks")
    assert f"desired 2, running 2, pending 0; the spec requires {required}\n" in lines
    assert "hint: run `owscale tf plan --spec " in lines


def test_other_task_definition_than_applied_fails(applied: AppliedDeployment) -> None:
    applied.outputs["task_definition_arn"] = applied.outputs["task_definition_arn"].replace(":1", ":2")
    lines = applied.verify_one("service.task_definition")
    assert f"runs {applied.name}:1; applied was {applied.name}:2\n" in lines
    assert "ECS rolled back" in lines


def test_replaced_service_is_reported_and_never_fails(applied: AppliedDeployment) -> None:
    name, service = applied.replaced_service, applied.service(applied.replaced_service)
    service.running_count = 1
    assert f"{name} exists: desired 2, running 1" in applied.verify_one("existing.service", status="warning")
    service.desired_count = service.running_count = 0
    applied.verify_one("existing.service", status="passed")
    service.status = "INACTIVE"
    lines = applied.verify_one("existing.service", status="warning")
    assert f"no active service {name} in the cluster {applied.cluster}; existing.service still names it" in lines
    del applied.spec["existing"]["service"]
    assert "existing.service is not set" in applied.verify_one("existing.service", status="skipped")
