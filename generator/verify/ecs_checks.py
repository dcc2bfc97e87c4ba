"""Checks of the ECS service, and of the service that it replaces."""

from typing import Any

from owscale.console.invocation import owscale_command
from owscale.console.text import and_more
from owscale.domain.openwebui.capacity import max_tasks, min_tasks
from owscale.domain.openwebui.replaced_environment import compare_environments
from owscale.verify.check import Check, CheckError, Outcome, failed, passed, skipped, warning
from owscale.verify.target import Target

_MAX_NAMES = 40


def deployment(target: Target) -> Outcome:
    """Check that the service has one deployment, which is completed."""
    service = _describe_service(target)
    primary = _primary_deployment(service)
    rollouts = [(each["status"], each.get("rolloutState", "no state")) for each in service["deployments"]]
    states = ", ".join(f"{status} {state}" for status, state in rollouts)
    evidence = f"deployments: {states}; failed tasks: {primary.get('failedTasks', 0)}"
    if rollouts == [("PRIMARY", "COMPLETED")]:
        return passed(evidence)
    reason = primary.get("rolloutStateReason")
    return failed(f"{evidence}; {reason}" if reason else evidence, _events_and_log_hint(target))


def tasks(target: Target) -> Outcome:
    """Check that the desired tasks run and that the spec allows their number."""
    service = _describe_service(target)
    desired, running, pending = service["desiredCount"], service["runningCount"], service["pendingCount"]
    evidence = f"desired {desired}, running {running}, pending {pending}"
    low, high = min_tasks(target.spec), max_tasks(target.spec)
    if not low <= desired <= high:
        required = f"{low} to {high}" if target.spec.autoscaling.enabled else str(low)
        return failed(
            f"{evidence}; the spec requires {required}",
            f"run `{owscale_command('tf', 'plan')}`, which shows a count that was changed outside Terraform",
        )
    if running != desired or pending:
        return failed(evidence, _events_and_log_hint(target))
    return passed(evidence)


def task_definition(target: Target) -> Outcome:
    """Check that the service runs the task definition that was applied."""
    primary, applied = _primary_deployment(_describe_service(target)), target.outputs.task_definition_arn
    active = primary["taskDefinition"]
    if active == applied:
        return passed(f"runs {_without_prefix(active)}, as applied")
    return failed(
        f"runs {_without_prefix(active)}; applied was {_without_prefix(applied)}",
        f"read the events of the service (`{_events_command(target)}`): ECS rolled back, or another tool deployed; "
        "then apply again",
        is_permanent=primary.get("rolloutState") == "COMPLETED",
    )


def replaced_service(target: Target) -> Outcome:
    """Report the service that this deployment replaces.

    It never fails: once traffic has moved, the operator scales that service down and deletes it later.
    """
    name = target.spec.existing.service
    if name is None:
        return skipped("existing.service is not set: no service is replaced")
    try:
        service = _describe_service(target, name)
    except CheckError as error:
        return warning(
            f"{error.outcome.evidence}; existing.service still names it",
            "remove existing.service from the spec if that service was deleted on purpose",
            is_permanent=True,
        )
    desired, running = service["desiredCount"], service["runningCount"]
    evidence = f"{name} exists: desired {desired}, running {running}"
    if running < desired:
        hint = f"read the events of that service: `{_events_command(target, name)}`"
        return warning(evidence, hint, is_permanent=True)
    return passed(evidence)


def replaced_environment(target: Target) -> Outcome:
    """Compare the variables and secrets of the replaced service with the new service; print names, no values."""
    name = target.spec.existing.service
    if name is None:
        return skipped("existing.service is not set: no service is replaced")
    service = _find_service(target, name)
    if service is None:
        return warning(
            f"no active service {name} in the cluster {target.spec.existing.cluster}; its variables cannot be compared",
            "remove existing.service from the spec if that service was deleted on purpose",
            is_permanent=True,
        )
    replaced = _container(target, service)
    difference = compare_environments(replaced, _container(target, _describe_service(target)))
    groups = {
        "missing": difference.missing,
        "different": difference.different,
        "a secret in only one of both, not compared": difference.not_comparable,
        "additional": difference.additional,
    }
    files = len(replaced.get("environmentFiles", ()))
    listed = [f"{title}: {and_more(names, _MAX_NAMES)}" for title, names in groups.items() if names]
    listed += [f"{files} of its environmentFiles not read"] if files else []
    evidence = "; ".join((f"compared with {name}", *listed))
    if difference.missing:
        return failed(
            evidence,
            "add each one to app.environment or app.secrets, or set its key; to leave it out on purpose: "
            "`--skip existing.environment`",
            is_permanent=True,
        )
    if difference.different or files:
        hint = "compare the values in the console of ECS; a difference may be on purpose"
        return warning(evidence, hint, is_permanent=True)
    return passed(evidence)


def _container(target: Target, service: dict[str, Any]) -> dict[str, Any]:
    """Return the definition of the container that serves requests: the one behind the load balancer, or the first."""
    arn = _primary_deployment(service)["taskDefinition"]
    response = target.call_aws("ecs:DescribeTaskDefinition", taskDefinition=arn)
    containers: list[dict[str, Any]] = response["taskDefinition"]["containerDefinitions"]
    names = {each.get("containerName") for each in service.get("loadBalancers", ())}
    behind = [each for each in containers if each["name"] in names]
    essential = [each for each in containers if each.get("essential", True)]
    return (behind or essential or containers)[0]


def _describe_service(target: Target, name: str | None = None) -> dict[str, Any]:
    """Return an active service of the cluster, by default the deployment's service.

    Raises CheckError if there is none.
    """
    cluster, name = target.spec.existing.cluster, name or target.outputs.service_name
    if service := _find_service(target, name):
        return service
    command = target.aws_command("ecs", "list-services", "--cluster", cluster)
    raise CheckError(
        failed(
            f"no active service {name} in the cluster {cluster}",
            f"apply the deployment; list the services of the cluster: `{command}`",
        )
    )


def _find_service(target: Target, name: str) -> dict[str, Any] | None:
    """Return an active service of the cluster; None if there is none."""
    response = target.call_aws("ecs:DescribeServices", cluster=target.spec.existing.cluster, services=[name])
    services: list[dict[str, Any]] = response["services"]
    return next((each for each in services if each["status"] == "ACTIVE"), None)


def _primary_deployment(service: dict[str, Any]) -> dict[str, Any]:
    return next((each for each in service["deployments"] if each["status"] == "PRIMARY"), {"taskDefinition": "none"})


def _events_and_log_hint(target: Target) -> str:
    return f"read the events of the service: `{_events_command(target)}`; and its log: `{target.log_command}`"


def _events_command(target: Target, name: str | None = None) -> str:
    service = ("--cluster", target.spec.existing.cluster, "--services", name or target.outputs.service_name)
    return target.aws_command("ecs", "describe-services", *service, "--query", "services[0].events[:10].message")


def _without_prefix(arn: str) -> str:
    return arn.rpartition("/")[2]


CHECKS = (
    Check("service.deployment", deployment),
    Check("service.tasks", tasks),
    Check("service.task_definition", task_definition),
    Check("existing.service", replaced_service),
    Check("existing.environment", replaced_environment),
)
