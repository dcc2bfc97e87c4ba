"""Each failure of the checks of the ECS service, and of the service that it replaces."""

from typing import Any

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


def run_with(applied: AppliedDeployment, name: str, *, sidecar: bool = False, **container: Any) -> None:
    """Give a service a task definition whose container has the given fields."""
    ecs, service = applied.client("ecs"), applied.service(name)
    containers: list[dict[str, Any]] = [{"name": "open-webui", "image": "open-webui", "memory": 128, **container}]
    if sidecar:
        containers.insert(0, {"name": "log-router", "image": "log-router", "memory": 64})
        service.load_balancers = [{"containerName": "open-webui", "containerPort": 8080}]
    response = ecs.register_task_definition(family=name, containerDefinitions=containers)
    service.deployments[0]["taskDefinition"] = response["taskDefinition"]["taskDefinitionArn"]


def plain(values: dict[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in values.items()]


def secrets(names: dict[str, str]) -> list[dict[str, str]]:
    arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret"
    return [{"name": name, "valueFrom": f"{arn}:{value}"} for name, value in names.items()]


def test_missing_variables_fail_by_name_alone(applied: AppliedDeployment) -> None:
    run_with(
        applied,
        applied.replaced_service,
        environment=plain(
            {"OAUTH_CLIENT_ID": "EXAMPLE-value", "VECTOR_DB": "qdrant", "DATABASE_HOST": "db", "PORT": "80"}
        ),
        secrets=secrets({"OAUTH_CLIENT_SECRET": "EXAMPLE-reference"}),
        sidecar=True,
    )
    run_with(
        applied, applied.name, environment=plain({"VECTOR_DB": "pgvector", "LOG_FORMAT": "json", "RAG_TOP_K": "3"})
    )
    lines = applied.verify_one("existing.environment")
    assert (
        f"compared with {applied.replaced_service}; missing: OAUTH_CLIENT_ID, OAUTH_CLIENT_SECRET; "
        "different: VECTOR_DB; additional: RAG_TOP_K\n"
    ) in lines
    assert "hint: add each one to app.environment or app.secrets" in lines
    assert "EXAMPLE" not in lines + applied.stderr
    assert "qdrant" not in lines


def test_other_values_and_files_of_variables_are_a_warning(applied: AppliedDeployment) -> None:
    old: dict[str, Any] = {
        "environment": plain({"WEBUI_URL": "https://old", "THREAD_POOL_SIZE": "9"}),
        "secrets": secrets({"DATABASE_URL": "a"}),
    }
    new: dict[str, Any] = {
        "environment": plain({"WEBUI_URL": "https://new", "THREAD_POOL_SIZE": "8"}),
        "secrets": secrets({"DATABASE_URL": "b"}),
    }
    run_with(applied, applied.replaced_service, **old)
    run_with(applied, applied.name, **new)
    lines = applied.verify_one("existing.environment", status="warning")
    assert f"compared with {applied.replaced_service}; different: DATABASE_URL, WEBUI_URL\n" in lines
    run_with(applied, applied.replaced_service, **new, environmentFiles=[{"value": "arn:aws:s3:::b/a", "type": "s3"}])
    assert "1 of its environmentFiles not read" in applied.verify_one("existing.environment", status="warning")


def test_same_environment_and_plain_secrets_pass(applied: AppliedDeployment) -> None:
    run_with(
        applied, applied.replaced_service, environment=plain({"WEBUI_SECRET_KEY": "EXAMPLE", "UVICORN_WORKERS": "1"})
    )
    run_with(
        applied, applied.name, environment=plain({"UVICORN_WORKERS": "4"}), secrets=secrets({"WEBUI_SECRET_KEY": "a"})
    )
    lines = applied.verify_one("existing.environment", status="passed")
    assert "; a secret in only one of both, not compared: WEBUI_SECRET_KEY" in lines
    assert "EXAMPLE" not in lines


def test_environment_of_a_deleted_service_is_not_compared(applied: AppliedDeployment) -> None:
    applied.service(applied.replaced_service).status = "INACTIVE"
    lines = applied.verify_one("existing.environment", status="warning")
    assert "its variables cannot be compared" in lines
    del applied.spec["existing"]["service"]
    assert "existing.service is not set" in applied.verify_one("existing.environment", status="skipped")
