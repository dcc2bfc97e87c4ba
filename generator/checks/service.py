"""The tasks: sizes that Fargate has, counts that fit together, deployments that can move."""

import math
from collections.abc import Iterator
from itertools import pairwise

from generator.checks.rule import Finding, rule
from generator.deployment import Deployment
from generator.errors import count
from generator.facts import fargate


@rule(
    "S201",
    "error",
    "Fargate takes some pairs of CPU and memory alone, and refuses the others at apply.",
    reference="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html",
    example="service: {vcpu: 2, memory_gb: 3}",
    mend="service: {vcpu: 2, memory_gb: 4}",
)
def fargate_size(deployment: Deployment) -> Iterator[Finding]:
    service = deployment.spec.service
    fitting = fargate.MEMORY_GB.get(service.vcpu)
    if fitting is None:
        sizes = ", ".join(f"{size:g}" for size in fargate.MEMORY_GB)
        nearest = min(fargate.MEMORY_GB, key=lambda size: abs(size - service.vcpu))
        message = f"Fargate has no tasks of {service.vcpu:g} vCPU; it has {sizes}"
        yield Finding(("service", "vcpu"), message, f"the nearest is vcpu: {nearest:g}")
    elif service.memory_gb not in fitting:
        nearest = min(fitting, key=lambda size: abs(size - service.memory_gb))
        message = f"{service.vcpu:g} vCPU cannot have {service.memory_gb:g} GB"
        hint = f"{service.vcpu:g} vCPU takes {_sizes(fitting)}; the nearest is memory_gb: {nearest:g}"
        yield Finding(("service", "memory_gb"), message, hint, also=(("service", "vcpu"),))


def _sizes(fitting: tuple[float, ...]) -> str:
    steps = {after - before for before, after in pairwise(fitting)}
    if len(fitting) > 4 and len(steps) == 1:  # noqa: PLR2004 -- a longer list reads better as a range
        return f"{fitting[0]:g} to {fitting[-1]:g} GB in steps of {steps.pop():g}"
    return f"{', '.join(f'{size:g}' for size in fitting)} GB"


@rule(
    "S202",
    "error",
    "Application Auto Scaling refuses such a target, or moves the count as soon as it exists.",
    reference="https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html",
    example="service: {instances: 1}\nautoscaling: {min: 2, max: 10}",
    mend="service: {instances: 2}\nautoscaling: {min: 2, max: 10}",
)
def instances_within_bounds(deployment: Deployment) -> Iterator[Finding]:
    spec = deployment.spec
    scaling = spec.autoscaling
    if not scaling.enabled:
        return
    if scaling.min > scaling.max:
        message = f"the fewest tasks ({scaling.min}) are more than the most ({scaling.max})"
        # The one that is written, where the other is a default.
        key = "min" if "min" in scaling.model_fields_set else "max"
        hint, also = "write a min that is not above max, or raise max", (("autoscaling", "min"), ("autoscaling", "max"))
        yield Finding(("autoscaling", key), message, hint, also=also)
    elif not scaling.min <= spec.service.instances <= scaling.max:
        message = f"{spec.service.instances} tasks are not between {scaling.min} and {scaling.max}"
        hint = "write a number between autoscaling.min and autoscaling.max, or move these"
        also = (("autoscaling", "min"), ("autoscaling", "max"))
        yield Finding(("service", "instances"), message, hint, also=also)


@rule(
    "S212",
    "error",
    "ECS replaces tasks within these bounds; where they leave no room, a deployment stands still.",
    reference="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html",
    example="service: {deployment: {minimum_percent: 100, maximum_percent: 100}}",
    mend="service: {deployment: {minimum_percent: 100, maximum_percent: 200}}",
)
def deployment_can_move(deployment: Deployment) -> Iterator[Finding]:
    spec = deployment.spec
    rollout = spec.service.deployment
    fewest = spec.autoscaling.min if spec.autoscaling.enabled else spec.service.instances
    # ECS rounds the one down and the other up: see DeploymentConfiguration in the ECS API reference.
    most, least = fewest * rollout.maximum_percent // 100, math.ceil(fewest * rollout.minimum_percent / 100)
    if most <= least:
        message = f"of {count(fewest, 'task')}, {rollout.maximum_percent} % lets {most} run and "
        message += f"{rollout.minimum_percent} % keeps {least}: none can be replaced"
        hint = f"write maximum_percent: {math.ceil((least + 1) / fewest * 100)} or more, or lower minimum_percent"
        counted = ("autoscaling", "min") if spec.autoscaling.enabled else ("service", "instances")
        also = (("service", "deployment", "minimum_percent"), counted)
        yield Finding(("service", "deployment", "maximum_percent"), message, hint, also=also)
