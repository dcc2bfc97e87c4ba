"""The ECS service: its deployment, its tasks; and the service that it replaces."""

from typing import Any

from generator.verify.check import Check, CheckError, Outcome, failed, passed, skipped, warning
from generator.verify.subject import Subject


def deployment(subject: Subject) -> Outcome:
    service = _service(subject)
    rollouts = [(each["status"], each.get("rolloutState", "no state")) for each in service["deployments"]]
    primary = _primary(service)
    seen = ", ".join(f"{status} {state}" for status, state in rollouts)
    told = f"deployments: {seen}; failed tasks: {primary.get('failedTasks', 0)}"
    if rollouts == [("PRIMARY", "COMPLETED")]:
        return passed(told)
    reason = primary.get("rolloutStateReason", "")
    return failed(
        f"{told}. {reason}".strip(), f"the service's events say why: {_events(subject)}; and its log: {subject.logs}"
    )


def tasks(subject: Subject) -> Outcome:
    service = _service(subject)
    desired, running, pending = (service[f"{name}Count"] for name in ("desired", "running", "pending"))
    seen = f"desired {desired}, running {running}, pending {pending}"
    scaling, spec = subject.spec.autoscaling, subject.spec.service
    least, most = (scaling.min, scaling.max) if scaling.enabled else (spec.instances, spec.instances)
    if not least <= desired <= most:
        asked = f"{least} to {most}" if scaling.enabled else str(least)
        return failed(
            f"{seen}; the spec asks for {asked}", "somebody changed the count by hand: terraform plan shows it"
        )
    if running != desired or pending:
        return failed(seen, f"the service's events say why: {_events(subject)}; and its log: {subject.logs}")
    return passed(seen)


def task_definition(subject: Subject) -> Outcome:
    primary, applied = _primary(_service(subject)), subject.outputs.task_definition_arn
    runs = primary["taskDefinition"]
    if runs == applied:
        return passed(f"runs {_short(runs)}, as applied")
    rolled_back = primary.get("rolloutState") == "COMPLETED"
    return failed(
        f"runs {_short(runs)}; applied was {_short(applied)}",
        f"ECS rolled back, or somebody deployed: the events say which: {_events(subject)}; then apply again",
        final=rolled_back,
    )


def replaced(subject: Subject) -> Outcome:
    """Only told: whoever has moved the traffic scales the old service down, and later deletes it."""
    name = subject.spec.existing.service
    if name is None:
        return skipped("the spec names no service that is replaced (existing.service)")
    try:
        service = _service(subject, name)
    except CheckError as error:
        gone = f"{error.outcome.evidence}; the spec still names it"
        return warning(gone, "if it was deleted on purpose, take existing.service out of the spec", final=True)
    desired, running = service["desiredCount"], service["runningCount"]
    seen = f"{name} is there: desired {desired}, running {running}"
    if running < desired:
        return warning(seen, f"look at its events: {_events(subject, name)}", final=True)
    return passed(seen)


def _service(subject: Subject, name: str | None = None) -> dict[str, Any]:
    """The service of the deployment, or the one that is named."""
    cluster, name = subject.spec.existing.cluster, name or subject.outputs.service_name
    answer = subject.ask("ecs", "describe_services", cluster=cluster, services=[name])
    for service in answer["services"]:
        if service["status"] == "ACTIVE":
            found: dict[str, Any] = service
            return found
    where = subject.command("ecs", "list-services", "--cluster", cluster)
    raise CheckError(failed(f"no active service {name} in the cluster {cluster}", f"apply the deployment; {where}"))


def _primary(service: dict[str, Any]) -> dict[str, Any]:
    return next((each for each in service["deployments"] if each["status"] == "PRIMARY"), {"taskDefinition": "none"})


def _events(subject: Subject, name: str | None = None) -> str:
    service = name or subject.outputs.service_name
    named = ("--cluster", subject.spec.existing.cluster, "--services", service)
    return subject.command("ecs", "describe-services", *named, "--query", "services[0].events[:10].message")


def _short(arn: str) -> str:
    return arn.rpartition("/")[2]


CHECKS = (
    Check("service.deployment", deployment),
    Check("service.tasks", tasks),
    Check("service.task_definition", task_definition),
    Check("existing.service", replaced),
)
