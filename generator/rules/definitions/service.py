"""Tasks: sizes that Fargate offers, numbers that fit, and deployments that can proceed."""

import math
from collections.abc import Iterator
from itertools import pairwise

from owscale.console.text import plural
from owscale.domain.aws import fargate
from owscale.domain.openwebui import capacity
from owscale.rules.registry import Finding, rule
from owscale.spec.deployment import Deployment


@rule(
    "S201",
    "error",
    checks="Checks that Fargate offers the combination of `service.vcpu` and `service.memory_gb`.",
    rationale="Fargate has fixed combinations of CPU and memory, and rejects all others at apply.",
    reference="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html",
    example="service: {vcpu: 2, memory_gb: 3}",
    fixed_example="service: {vcpu: 2, memory_gb: 4}",
)
def fargate_size(deployment: Deployment) -> Iterator[Finding]:
    service = deployment.spec.service
    sizes_gb = fargate.MEMORY_GB.get(service.vcpu)
    if sizes_gb is None:
        sizes = ", ".join(f"{vcpu:g}" for vcpu in fargate.MEMORY_GB)
        nearest = min(fargate.MEMORY_GB, key=lambda vcpu: abs(vcpu - service.vcpu))
        message = f"Fargate has no tasks of {service.vcpu:g} vCPU; it has {sizes}"
        yield Finding(("service", "vcpu"), message, f"write {nearest:g}, the nearest")
    elif service.memory_gb not in sizes_gb:
        nearest = min(sizes_gb, key=lambda size: abs(size - service.memory_gb))
        message = f"{service.vcpu:g} vCPU cannot have {service.memory_gb:g} GB"
        hint = f"write {nearest:g}, the nearest; {service.vcpu:g} vCPU can have {_describe_sizes(sizes_gb)}"
        yield Finding(("service", "memory_gb"), message, hint, related=(("service", "vcpu"),))


def _describe_sizes(sizes_gb: tuple[float, ...]) -> str:
    steps = {after - before for before, after in pairwise(sizes_gb)}
    if len(sizes_gb) > 4 and len(steps) == 1:  # noqa: PLR2004 -- a longer list reads better as a range
        return f"{sizes_gb[0]:g} to {sizes_gb[-1]:g} GB in steps of {steps.pop():g}"
    return f"{', '.join(f'{size:g}' for size in sizes_gb)} GB"


@rule(
    "S202",
    "error",
    checks="Checks that `autoscaling.min`, `service.instances` and `autoscaling.max` are in ascending order.",
    rationale=(
        "Application Auto Scaling rejects a minimum above the maximum, and at once changes a number of tasks outside "
        "of them."
    ),
    reference="https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html",
    example="service: {instances: 1}\nautoscaling: {min: 2, max: 10}",
    fixed_example="service: {instances: 2}\nautoscaling: {min: 2, max: 10}",
)
def instances_within_bounds(deployment: Deployment) -> Iterator[Finding]:
    spec = deployment.spec
    scaling, related = spec.autoscaling, (("autoscaling", "min"), ("autoscaling", "max"))
    if not scaling.enabled:
        return
    if scaling.min > scaling.max:
        key, message = "max", f"{scaling.max} is less than autoscaling.min ({scaling.min})"
        if "min" in scaling.model_fields_set:  # else the spec sets only the maximum
            key, message = "min", f"{scaling.min} is greater than autoscaling.max ({scaling.max})"
        yield Finding(("autoscaling", key), message, "lower autoscaling.min, or raise autoscaling.max", related=related)
    elif not scaling.min <= spec.service.instances <= scaling.max:
        message = f"autoscaling allows {scaling.min} to {scaling.max} tasks, not {spec.service.instances}"
        hint = "write a number from autoscaling.min to autoscaling.max, or change these"
        yield Finding(("service", "instances"), message, hint, related=related)


@rule(
    "S212",
    "error",
    checks="Checks that the percentages of `service.deployment` let ECS replace at least one task at a time.",
    rationale="ECS keeps the number of tasks between these bounds; without room between them a deployment is stuck.",
    reference="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html",
    example="service: {deployment: {minimum_percent: 100, maximum_percent: 100}}",
    fixed_example="service: {deployment: {minimum_percent: 100, maximum_percent: 200}}",
    other_keys=("autoscaling.min",),
)
def replaceable_tasks(deployment: Deployment) -> Iterator[Finding]:
    spec = deployment.spec
    rollout, tasks = spec.service.deployment, capacity.min_tasks(spec)
    upper = capacity.tasks_while_deploying(spec, tasks)
    lower = math.ceil(tasks * rollout.minimum_percent / 100)  # ECS rounds up: see DeploymentConfiguration
    if upper <= lower:
        message = (
            f"minimum_percent ({rollout.minimum_percent} %) requires {lower} of {plural(tasks, 'task')} and "
            f"maximum_percent ({rollout.maximum_percent} %) allows {upper}, so ECS cannot replace any"
        )
        hint = f"write {math.ceil((lower + 1) / tasks * 100)} or more, or lower minimum_percent"
        related = (("service", "deployment", "minimum_percent"), capacity.min_tasks_key(spec))
        yield Finding(("service", "deployment", "maximum_percent"), message, hint, related=related)
