"""Limits of AWS: free addresses, quotas, duplicates in lists, bucket names and numbers of tags."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import TYPE_CHECKING

from owscale.console.text import plural
from owscale.domain.aws.tags import NAME_TAG, generated_tags
from owscale.domain.openwebui import capacity
from owscale.rules.registry import Finding, rule
from owscale.spec.deployment import Deployment
from owscale.spec.document import Path, dotted

if TYPE_CHECKING:
    from owscale.spec.models import Spec

_MAX_TAGS = 50
_RESERVED_BUCKET_PREFIXES = ("xn--", "sthree-", "amzn-s3-demo-")
_RESERVED_BUCKET_SUFFIXES = ("-s3alias", "--ol-s3", "--x-s3", "--table-s3", ".mrap")


def _max_tasks(spec: Spec) -> int:
    """Return how many tasks can run at once: during a deployment of the maximum number of tasks."""
    return capacity.tasks_while_deploying(spec, capacity.max_tasks(spec))


def _describe_max_tasks(spec: Spec) -> str:
    percent, instances = spec.service.deployment.maximum_percent, capacity.max_tasks(spec)
    return f"{plural(_max_tasks(spec), 'task')} ({plural(instances, 'instance')} × {percent} %)"


@rule(
    "S215",
    "error",
    checks="Checks that the subnets have a free address for every task that can run during a deployment.",
    rationale="Each task needs its own address; without a free one it does not start, and the deployment is stuck.",
    reference="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html",
    example="existing: {subnet_addresses: 15}",
    fixed_example="existing: {subnet_addresses: 40}",
)
def subnet_addresses(deployment: Deployment) -> Iterator[Finding]:
    spec = deployment.spec
    free = spec.existing.subnet_addresses
    if free is not None and _max_tasks(spec) > free:
        message = f"{_describe_max_tasks(spec)} can run at once, more than the {free} free addresses"
        instances = dotted(capacity.max_tasks_key(spec))
        hint = f"lower {instances} or service.deployment.maximum_percent, or use larger subnets"
        yield Finding(("existing", "subnet_addresses"), message, hint)


@rule(
    "S216",
    "error",
    checks="Checks that the Fargate quota of the account covers all tasks that can run during a deployment.",
    rationale="Beyond the quota Fargate starts no task, and only the events of the service report it.",
    reference="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html",
    example="aws: {fargate_vcpu_quota: 30}",
    fixed_example="aws: {fargate_vcpu_quota: 64}",
)
def fargate_quota(deployment: Deployment) -> Iterator[Finding]:
    spec = deployment.spec
    quota, vcpu = spec.aws.fargate_vcpu_quota, _max_tasks(spec) * spec.service.vcpu
    if quota is not None and vcpu > quota:
        calculation = f"{_describe_max_tasks(spec)} × {spec.service.vcpu:g} vCPU = {vcpu:g} vCPU"
        instances = dotted(capacity.max_tasks_key(spec))
        hint = f"lower {instances}, service.vcpu or service.deployment.maximum_percent, or request a higher quota"
        message = f"{calculation}, more than the quota of {quota:g} vCPU"
        yield Finding(("aws", "fargate_vcpu_quota"), message, hint)


@rule(
    "S218",
    "error",
    checks="Checks that no list of subnets, security groups or mail addresses has an item twice.",
    rationale="Each subnet must be in another availability zone, and AWS rejects a list with duplicates.",
    reference="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#subnets-load-balancer",
    example="existing: {private_subnets: [subnet-11111111, subnet-11111111]}",
    fixed_example="existing: {private_subnets: [subnet-11111111, subnet-22222222]}",
    other_keys=("alarms.notify",),
)
def duplicate_items(deployment: Deployment) -> Iterator[Finding]:
    existing = deployment.spec.existing
    for path, items in (
        (("existing", "private_subnets"), existing.private_subnets),
        (("existing", "files", "security_groups"), existing.files.security_groups),
        (("alarms", "notify"), deployment.spec.alarms.notify),
    ):
        for index, item in enumerate(items):
            if item in items[:index]:
                yield Finding((*path, index), f"{item} is already in the list", "remove it, or name another")


@rule(
    "S227",
    "error",
    checks="Checks that S3 allows the names in `state.bucket` and `existing.access_log_bucket`.",
    rationale="S3 rejects names that look like IP addresses, and reserves some prefixes and suffixes.",
    reference="https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html",
    example="state: {bucket: 10.20.30.40}",
    fixed_example="state: {bucket: terraform-states}",
    other_keys=("existing.access_log_bucket",),
)
def bucket_names(deployment: Deployment) -> Iterator[Finding]:
    spec = deployment.spec
    buckets: tuple[tuple[Path, str | None], ...] = (
        (("state", "bucket"), spec.state.bucket),
        (("existing", "access_log_bucket"), spec.existing.access_log_bucket),
    )
    hint = "write the name of an existing bucket"
    for path, bucket in buckets:
        name = bucket or ""
        if _is_ipv4_address(name):
            yield Finding(path, f"{name} is an IP address, and no bucket can have such a name", hint)
        elif name.startswith(_RESERVED_BUCKET_PREFIXES) or name.endswith(_RESERVED_BUCKET_SUFFIXES):
            yield Finding(path, f"{name} has a prefix or a suffix that S3 reserves", hint)


def _is_ipv4_address(name: str) -> bool:
    try:
        ipaddress.IPv4Address(name)
    except ValueError:
        return False
    return True


@rule(
    "S228",
    "error",
    checks="Checks that `aws.tags` and the tags that owscale adds are at most 50 together.",
    rationale="AWS allows at most 50 tags for a resource.",
    reference="https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html",
    example="aws: {tags: {" + ", ".join(f"tag-{number}: x" for number in range(1, 48)) + "}}",
    fixed_example="aws: {tags: {" + ", ".join(f"tag-{number}: x" for number in range(1, 47)) + "}}",
)
def number_of_tags(deployment: Deployment) -> Iterator[Finding]:
    own = (*generated_tags(deployment), NAME_TAG)
    tags = {*deployment.spec.aws.tags, *own}
    if len(tags) > _MAX_TAGS:
        message = f"{len(tags)} tags, including {', '.join(own)}; AWS allows {_MAX_TAGS}"
        yield Finding(("aws", "tags"), message, f"remove {plural(len(tags) - _MAX_TAGS, 'tag')}")
