"""What a subnet, an account and AWS's APIs hold at the most, and names that they refuse."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import TYPE_CHECKING

from generator.checks.rule import Finding, rule
from generator.deployment import Deployment
from generator.document import Path
from generator.facts import openwebui

if TYPE_CHECKING:
    from generator.model import Spec

_TAGS_OF_OURS = ("Deployment", "Environment", "ManagedBy", "Name")
_MOST_TAGS = 50
_BUCKET_STARTS, _BUCKET_ENDS = (
    ("xn--", "sthree-", "amzn-s3-demo-"),
    ("-s3alias", "--ol-s3", "--x-s3", "--table-s3", ".mrap"),
)


def _tasks_while_deploying(spec: Spec) -> int:
    """Tasks that can run at once; ECS rounds down: see DeploymentConfiguration in the ECS API reference."""
    return openwebui.most_tasks(spec) * spec.service.deployment.maximum_percent // 100


def _in_words(spec: Spec) -> str:
    percent, most = spec.service.deployment.maximum_percent, openwebui.most_tasks(spec)
    return f"{most} instances × {percent} % = {_tasks_while_deploying(spec)} tasks"


@rule(
    "S215",
    "error",
    "Each task takes an address of its own; where none is free it does not start, and a deployment stands still.",
    reference="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html",
    example="existing: {subnet_addresses: 15}",
    mend="existing: {subnet_addresses: 40}",
)
def subnet_addresses(deployment: Deployment) -> Iterator[Finding]:
    spec = deployment.spec
    free = spec.existing.subnet_addresses
    if free is not None and _tasks_while_deploying(spec) > free:
        message = f"{_in_words(spec)}, more than the {free} free addresses"
        hint = "lower autoscaling.max or service.deployment.maximum_percent, or name larger subnets"
        yield Finding(("existing", "subnet_addresses"), message, hint)


@rule(
    "S216",
    "error",
    "Fargate starts no task beyond the account's quota, and says so in the service's events alone.",
    reference="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html",
    example="aws: {fargate_vcpu_quota: 30}",
    mend="aws: {fargate_vcpu_quota: 64}",
)
def fargate_quota(deployment: Deployment) -> Iterator[Finding]:
    spec = deployment.spec
    quota, needed = spec.aws.fargate_vcpu_quota, _tasks_while_deploying(spec) * spec.service.vcpu
    if quota is not None and needed > quota:
        message = f"{_in_words(spec)} × {spec.service.vcpu:g} vCPU = {needed:g}, more than the quota of {quota:g}"
        hint = "lower autoscaling.max, service.vcpu or service.deployment.maximum_percent, or have the quota raised"
        yield Finding(("aws", "fargate_vcpu_quota"), message, hint)


@rule(
    "S218",
    "error",
    "Two subnets of one list are two availability zones; the same one twice is one, and AWS refuses it.",
    reference="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#subnets-load-balancer",
    example="existing: {private_subnets: [subnet-11111111, subnet-11111111]}",
    mend="existing: {private_subnets: [subnet-11111111, subnet-22222222]}",
)
def listed_once(deployment: Deployment) -> Iterator[Finding]:
    existing = deployment.spec.existing
    for path, ids in (
        (("existing", "private_subnets"), existing.private_subnets),
        (("existing", "files", "security_groups"), existing.files.security_groups),
        (("alarms", "notify"), deployment.spec.alarms.notify),
    ):
        for index, one in enumerate(ids):
            if one in ids[:index]:
                yield Finding((*path, index), f"{one} stands in the list already", "name another, or remove it")


@rule(
    "S227",
    "error",
    "S3 keeps such names from everybody.",
    reference="https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html",
    example="state: {bucket: 10.20.30.40}",
    mend="state: {bucket: terraform-states}",
)
def bucket_names(deployment: Deployment) -> Iterator[Finding]:
    spec = deployment.spec
    buckets: tuple[tuple[Path, str | None], ...] = (
        (("state", "bucket"), spec.state.bucket),
        (("existing", "access_log_bucket"), spec.existing.access_log_bucket),
    )
    for path, bucket in buckets:
        name = bucket or ""
        if _is_address(name):
            yield Finding(path, f"{name} is an address, which no bucket is called", "write the bucket's name")
        elif name.startswith(_BUCKET_STARTS) or name.endswith(_BUCKET_ENDS):
            yield Finding(path, f"{name} begins or ends as no bucket may", "write the bucket's name")


def _is_address(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).version == 4  # noqa: PLR2004 -- IPv4
    except ValueError:
        return False


@rule(
    "S228",
    "error",
    "AWS takes at most 50 tags on one thing.",
    reference="https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html",
    example="aws: {tags: {" + ", ".join(f"tag-{number}: x" for number in range(1, 48)) + "}}",
    mend="aws: {tags: {" + ", ".join(f"tag-{number}: x" for number in range(1, 47)) + "}}",
)
def number_of_tags(deployment: Deployment) -> Iterator[Finding]:
    own = deployment.spec.aws.tags
    number = len({*own, *_TAGS_OF_OURS})
    if number > _MOST_TAGS:
        message = f"{number} tags with {', '.join(_TAGS_OF_OURS)}; AWS takes {_MOST_TAGS}"
        yield Finding(("aws", "tags"), message, f"remove {number - _MOST_TAGS}")
