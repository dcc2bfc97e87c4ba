"""What AWS refuses, some of it only an hour into an apply."""

import difflib
from collections.abc import Iterator
from itertools import pairwise

from generator.checks.rule import Finding, rule
from generator.deployment import Deployment
from generator.document import Path
from generator.facts import elasticache, fargate
from generator.facts.cloudwatch import alarm_settings
from generator.model import Spec
from generator.model.alarms import AlarmName, Timing


@rule("S201", "error", "Fargate takes some pairs of CPU and memory alone, and refuses the others at apply.")
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
        yield Finding(("service", "memory_gb"), message, hint)


def _sizes(fitting: tuple[float, ...]) -> str:
    steps = {after - before for before, after in pairwise(fitting)}
    if len(fitting) > 4 and len(steps) == 1:  # noqa: PLR2004 -- a longer list reads better as a range
        return f"{fitting[0]:g} to {fitting[-1]:g} GB in steps of {steps.pop():g}"
    return f"{', '.join(f'{size:g}' for size in fitting)} GB"


@rule("S202", "error", "Application Auto Scaling refuses such a target, or moves the count as soon as it exists.")
def instances_within_bounds(deployment: Deployment) -> Iterator[Finding]:
    spec = deployment.spec
    scaling = spec.autoscaling
    if not scaling.enabled:
        return
    if scaling.min > scaling.max:
        message = f"the fewest tasks ({scaling.min}) are more than the most ({scaling.max})"
        # The one that is written, where the other is a default.
        key = "min" if "min" in scaling.model_fields_set else "max"
        yield Finding(("autoscaling", key), message, "write a min that is not above max, or raise max")
    elif not scaling.min <= spec.service.instances <= scaling.max:
        message = f"{spec.service.instances} tasks are not between {scaling.min} and {scaling.max}"
        hint = "write a number between autoscaling.min and autoscaling.max, or move these"
        yield Finding(("service", "instances"), message, hint)


@rule("S203", "error", "ElastiCache refuses a node that does not exist, or that cannot run the engine.")
def redis_node_type(deployment: Deployment) -> Iterator[Finding]:
    redis, region = deployment.spec.redis, deployment.spec.aws.region
    path = ("redis", "node_type")
    node = elasticache.nodes().get(redis.node_type)
    if region not in _regions():
        near = difflib.get_close_matches(region, _regions(), n=1)
        hint = f"did you mean {near[0]}?" if near else "for example us-east-1"
        yield Finding(("aws", "region"), f"{region} is not a region with ElastiCache", hint)
    elif node is None:
        yield Finding(path, f"ElastiCache has no node type {redis.node_type}", elasticache.nearest(redis.node_type))
    elif not node["new_clusters_allowed"]:
        yield Finding(path, f"{redis.node_type} cannot be created any more", _node_instead(deployment.spec))
    elif node["data_tiering_required"]:
        message = f"{redis.node_type} needs data tiering, which the generator does not set up"
        yield Finding(path, message, _node_instead(deployment.spec))
    elif region not in node["regions"]:
        yield Finding(path, f"{redis.node_type} does not exist in {region}", _node_instead(deployment.spec))
    elif node["engines"].get(redis.engine) is None:
        engines = " and ".join(sorted(engine for engine, lowest in node["engines"].items() if lowest))
        hint = f"it runs {engines}; with {redis.engine}, {_node_instead(deployment.spec)}"
        yield Finding(path, f"{redis.node_type} does not run {redis.engine}", hint)
    elif redis.engine_version in elasticache.ENGINE_VERSIONS[redis.engine]:  # else see S204
        lowest = node["engines"][redis.engine]
        if elasticache.as_numbers(redis.engine_version) < elasticache.as_numbers(lowest):
            message = f"{redis.node_type} runs {redis.engine} from {lowest} on, not {redis.engine_version}"
            yield Finding(path, message, "raise redis.engine_version, or take an older node type")


def _regions() -> set[str]:
    return {region for node in elasticache.nodes().values() for region in node["regions"]}


def _node_instead(spec: Spec) -> str:
    """A node type of much the same memory, and then name, that the region and the engine have."""
    wanted = elasticache.nodes()[spec.redis.node_type]["memory_gib"]
    fitting = [
        (
            round(abs(node["memory_gib"] / wanted - 1), 1),
            -difflib.SequenceMatcher(None, name, spec.redis.node_type).ratio(),
            name,
        )
        for name, node in elasticache.nodes().items()
        if node["new_clusters_allowed"]
        and not node["data_tiering_required"]
        and spec.aws.region in node["regions"]
        and node["engines"].get(spec.redis.engine)
    ]
    return f"the nearest in memory is {min(fitting)[-1]}" if fitting else "choose another region or engine"


@rule("S204", "error", "ElastiCache refuses an engine version that it does not have.")
def redis_version(deployment: Deployment) -> Iterator[Finding]:
    redis = deployment.spec.redis
    versions = elasticache.ENGINE_VERSIONS[redis.engine]
    if redis.engine_version not in versions:
        message = f"there is no {redis.engine} {redis.engine_version} to create"
        quoted = ", ".join(f'"{version}"' for version in versions)
        yield Finding(("redis", "engine_version"), message, f"{redis.engine} has {quoted}")


@rule("S205", "error", "An ARN of another region or account names something that this deployment cannot use.")
def arns_agree(deployment: Deployment) -> Iterator[Finding]:
    spec = deployment.spec
    if spec.aws.region not in _regions():
        return  # the region is wrong, not the ARNs: see S203
    for path, arn in _arns(deployment.document.data):
        _, _, service, region, account, *_ = arn.split(":")
        if region not in ("", spec.aws.region):
            message = f"this {service} ARN is of {region}, the deployment of {spec.aws.region}"
            yield Finding(path, message, "name the one of the deployment's region, or correct aws.region")
        if spec.aws.account_id and account not in ("", "aws", spec.aws.account_id):
            message = f"this {service} ARN is of account {account}, the deployment of {spec.aws.account_id}"
            yield Finding(path, message, "name the one of the deployment's account, or correct aws.account_id")


_ARNS_FROM_ANYWHERE = {("state",), ("app", "environment"), ("aws", "tags")}
"""The state may live elsewhere, and what others read is theirs to judge."""


def _arns(node: object, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every ARN that the deployment itself uses."""
    match node:
        case dict():
            for key, value in node.items():
                if (*path, key) not in _ARNS_FROM_ANYWHERE:
                    yield from _arns(value, (*path, key))
        case list():
            for index, value in enumerate(node):
                yield from _arns(value, (*path, index))
        case str() if node.startswith("arn:"):
            yield path, node


@rule("S206", "error", "CloudWatch refuses such an alarm.")
def alarm_periods(deployment: Deployment) -> Iterator[Finding]:
    spec = deployment.spec
    for name, alarm in alarm_settings(spec).items():
        period, periods, datapoints = alarm["period_seconds"], alarm["evaluation_periods"], alarm["datapoints"]
        if period % 60:
            message = f"a period is a multiple of 60 seconds, not {period}"
            yield Finding(_timing(spec, name, "period_seconds"), message, f"write {max(60, round(period / 60) * 60)}")
        longest = 86_400 if period < 3_600 else 604_800  # noqa: PLR2004 -- an hour; see PutMetricAlarm, EvaluationPeriods
        if period * periods > longest:
            message = f"{periods} periods of {period} s are more than the {longest} s that an alarm looks back"
            hint = f"write evaluation_periods: {longest // period} or less"
            yield Finding(_timing(spec, name, "evaluation_periods", "period_seconds"), message, hint)
        if datapoints > periods:
            message = f"{datapoints} datapoints of {periods} periods can never be reached"
            yield Finding(_timing(spec, name, "datapoints"), message, f"write {periods} or less")


def _timing(spec: Spec, name: AlarmName, *keys: str) -> Path:
    """The first of `keys` that the alarm has of its own; else the one of all alarms, where it is told once."""
    own = spec.alarms.timing.get(name, Timing())
    written = next((key for key in keys if getattr(own, key) is not None), None)
    return ("alarms", "timing", name, written) if written else ("alarms", keys[0])


@rule("S207", "error", "Elastic Load Balancing refuses the target group.")
def target_group(deployment: Deployment) -> Iterator[Finding]:
    balancer = deployment.spec.load_balancer
    check, slow_start = balancer.health_check, balancer.slow_start_seconds
    if check.timeout_seconds >= check.interval_seconds:
        message = (
            f"a check may not take {check.timeout_seconds} s when the next begins after {check.interval_seconds} s"
        )
        hint = f"write {check.interval_seconds - 1} or less, or raise interval_seconds"
        yield Finding(("load_balancer", "health_check", "timeout_seconds"), message, hint)
    if 0 < slow_start < 30:  # noqa: PLR2004 -- see ModifyTargetGroupAttributes, slow_start.duration_seconds
        message = f"slow start takes 0 or 30 to 900 seconds, not {slow_start}"
        yield Finding(("load_balancer", "slow_start_seconds"), message, "write 30, or 0 for none")
    if slow_start and balancer.algorithm != "round_robin":
        message = f"{balancer.algorithm} does not go with a slow start, which is {slow_start} s"
        yield Finding(("load_balancer", "algorithm"), message, "write slow_start_seconds: 0, or algorithm: round_robin")
    if deployment.spec.existing.certificate_arn and balancer.http_port == balancer.https_port:
        message = f"HTTP and HTTPS cannot both listen on port {balancer.http_port}"
        key = "https_port" if "https_port" in balancer.model_fields_set else "http_port"  # the one that is written
        yield Finding(("load_balancer", key), message, "HTTP redirects to HTTPS; give it a port of its own")


@rule("S208", "error", "Elastic Load Balancing and CloudWatch keep the prefix for themselves.")
def reserved_names(deployment: Deployment) -> Iterator[Finding]:
    if deployment.spec.service.name.startswith("internal-"):
        message = "a load balancer's name cannot begin with internal-"
        yield Finding(("service", "name"), message, "leave internal- out: AWS puts it before the name by itself")
    for key in deployment.spec.aws.tags:
        if key.lower().startswith("aws:"):
            message = "tags that begin with aws: are AWS's own"
            yield Finding(("aws", "tags", key), message, "choose another prefix", on_key=True)


@rule("S209", "error", "Secrets Manager takes 0 or 7 to 30 days.")
def recovery_window(deployment: Deployment) -> Iterator[Finding]:
    days = deployment.spec.secrets.recovery_window_days
    if 0 < days < 7:  # noqa: PLR2004 -- see DeleteSecret, RecoveryWindowInDays
        message = f"a deleted secret can be kept for 7 to 30 days or not at all, not for {days}"
        yield Finding(("secrets", "recovery_window_days"), message, "write 7, or 0 to delete at once")


@rule("S210", "warning", "The alarm fires while autoscaling still works as intended, and people learn to ignore it.")
def alarm_above_target(deployment: Deployment) -> Iterator[Finding]:
    scaling, alarms = deployment.spec.autoscaling, deployment.spec.alarms
    if not scaling.enabled:
        return
    for key, target in (("cpu_percent", scaling.cpu_percent), ("memory_percent", scaling.memory_percent)):
        threshold = getattr(alarms, key)
        if target is not None and threshold <= target:
            message = f"the alarm at {threshold} % is not above the {target} % that autoscaling holds"
            yield Finding(("alarms", key), message, f"write more than {target}")


@rule("S211", "error", "Without a lock, two applies at once corrupt the state.")
def state_lock(deployment: Deployment) -> Iterator[Finding]:
    state = deployment.spec.state
    if not state.dynamodb_table and not state.use_lockfile:
        yield Finding(("state",), "has no lock", "write use_lockfile: true, or name a dynamodb_table")
