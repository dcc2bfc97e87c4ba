"""Rule: the plan has the resources, providers and values of the deployment's configuration.

owscale renders the configuration from the spec, so a plan file may come from anywhere. docs/plan-check.md describes the
comparison and its limits.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import zip_longest
from typing import Any

from owscale.plan_policy.context import PolicyContext
from owscale.plan_policy.expected_configuration import check_configuration, difference
from owscale.plan_policy.expected_providers import check_providers, default_tags_of
from owscale.plan_policy.result import Note, Violation
from owscale.plan_policy.same_value import IsUnset, Path, is_empty, is_same, is_zero
from owscale.plan_policy.spec_keys import spec_key_of
from owscale.terraform.config.evaluation import (
    EvaluatedRootModule,
    Failure,
    Instance,
    evaluate_root_module,
    failure_of,
    root_arguments,
)
from owscale.terraform.config.values import EVALUATION_ERRORS, UNKNOWN, contains_unknown
from owscale.terraform.plan.configuration import split_address
from owscale.terraform.plan.model import Plan, ResourceChange, Values, contains_true

NOT_COMPARED: Mapping[tuple[str, str], str] = {
    ("aws_elasticache_replication_group", "auth_token_wo"): "write-only: no plan contains its value",
    ("aws_secretsmanager_secret_version", "secret_string_wo"): "write-only: no plan contains its value",
}
"""Arguments that are not compared, each with the reason: by resource type and name."""

# Planned values of arguments that the configuration does not set, read from the provider's plans of a first create.
# The values of `aws_s3_bucket` and `aws_sns_topic` are new in provider 6, and from its documentation.
_PROVIDER_DEFAULTS: Mapping[Path, Any] = {
    ("aws_cloudwatch_metric_alarm", "actions_enabled"): True,
    ("aws_ecs_service", "scheduling_strategy"): "REPLICA",
    ("aws_ecs_task_definition", "volume", "efs_volume_configuration", "root_directory"): "/",
    ("aws_iam_role", "max_session_duration"): 3600,
    ("aws_iam_role", "path"): "/",
    ("aws_lb", "client_keep_alive"): 3600,
    ("aws_lb", "desync_mitigation_mode"): "defensive",
    ("aws_lb", "enable_http2"): True,
    ("aws_lb", "xff_header_processing_mode"): "append",
    ("aws_lb_listener", "default_action", "redirect", "host"): "#{host}",
    ("aws_lb_listener", "default_action", "redirect", "path"): "/#{path}",
    ("aws_lb_listener", "default_action", "redirect", "query"): "#{query}",
    ("aws_lb_target_group", "health_check", "enabled"): True,
    ("aws_lb_target_group", "health_check", "port"): "traffic-port",
    ("aws_s3_bucket", "bucket_namespace"): "global",
    ("aws_s3_bucket_lifecycle_configuration", "transition_default_minimum_object_size"): "all_storage_classes_128K",
    ("aws_sns_topic", "maximum_message_size"): 262144,
    ("aws_sns_topic_subscription", "confirmation_timeout_in_minutes"): 1,
}


def require_expected_values(context: PolicyContext) -> Iterator[Violation | Note]:
    """Yield a violation for each difference, and a note for each argument that cannot be compared."""
    plan = context.plan
    attributes = _PlannedAttributes(plan)
    root = evaluate_root_module(context.files, attributes.find, plan.variables)
    yield from check_providers(plan, root)
    if all(change.kind in ("delete", "forget") for change in plan.managed()):
        return  # a destroy has no planned values
    yield from check_configuration(plan.configuration, root.code)
    instances = list(root.instances())
    default_tags = default_tags_of(root)
    for instance in instances:
        if isinstance(instance, Failure):
            yield _failed(instance.address, instance)
        elif change := attributes.changes.get(instance.address):
            planned = attributes.find(instance.address)
            if change.kind in ("delete", "forget"):
                yield difference(instance.address, "would be removed, and the configuration of this deployment has it")
                continue
            yield from _compare(context, instance, planned, change.before)
            if change.managed and instance.path not in context.own_files:
                yield from _check_unset(instance, change, planned, default_tags, context.spec.aws.region)
        elif instance.address in attributes.data:
            yield from _compare(context, instance, attributes.data[instance.address], {})
        elif plan.complete and instance.mode == "managed":  # an incomplete plan is refused as a whole
            yield difference(instance.address, "is not planned, and the configuration of this deployment has it")
    yield from _check_others(plan, instances)
    yield from _check_imports_and_moves(plan, root)
    yield from _check_outputs(plan, root)


def _check_others(plan: Plan, instances: list[Instance | Failure]) -> Iterator[Violation]:
    """Yield the planned resources that the configuration does not have."""
    expected = {instance.address for instance in instances}
    failed = tuple(f"{each.address}{end}" for each in instances if isinstance(each, Failure) for end in (".", "["))
    for change in plan.changes:
        is_expected = change.address in expected or change.address.startswith(failed)
        if not is_expected and not change.deposed and change.kind not in ("delete", "forget"):
            yield difference(change.address, "is planned, and the configuration of this deployment does not have it")


def _check_imports_and_moves(plan: Plan, root: EvaluatedRootModule) -> Iterator[Violation]:
    """Yield imports and moves that no block of the configuration causes.

    Terraform itself moves an object whose resource gets or loses count.
    """
    block_names = {name for directory in root.code.directories.values() for name in directory.block_names}
    for change in plan.managed():
        if change.imported and "import" not in block_names:
            yield difference(change.address, "is imported, and the configuration of this deployment imports nothing")
        is_same_resource = split_address(change.previous_address) == split_address(change.address)
        if change.moved and not is_same_resource and "moved" not in block_names:
            yield difference(change.address, "is moved, and the configuration of this deployment moves nothing")


def _check_outputs(plan: Plan, root: EvaluatedRootModule) -> Iterator[Violation | Note]:
    """Yield outputs of the root module with another value than in the configuration."""
    for name in root.root.code.outputs:
        address, planned = f"output.{name}", plan.outputs.get(name)
        try:
            expected = root.root.output(name)
        except EVALUATION_ERRORS as error:
            yield _failed(address, failure_of(address, error), "value")
            continue
        is_unknown = planned is None and (contains_unknown(expected) or is_empty(expected))
        if not is_unknown and not is_same(expected, planned, (), lambda _path, _value: False):
            yield difference(address, "would get another value than the configuration of this deployment gives")


class _PlannedAttributes:
    """The attributes of resources and data sources after the apply, where the plan has a value."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._merged: dict[str, Any] = {}

    def find(self, address: str) -> Any:
        """Return the attributes of a resource; UNKNOWN for one that the plan does not have."""
        if address not in self._merged:
            self._merged[address] = self._attributes(address)
        return self._merged[address]

    def _attributes(self, address: str) -> Any:
        if change := self.changes.get(address):
            return _with_unknown(change.after, change.unknown)
        return self.data.get(address, UNKNOWN)

    @cached_property
    def changes(self) -> Mapping[str, ResourceChange]:
        """The changes of resources, and of data sources that the apply reads."""
        return {change.address: change for change in self._plan.changes if not change.deposed}

    @cached_property
    def data(self) -> Mapping[str, Values]:
        """The data sources that the plan has read."""
        return {resource.address: resource.values for resource in self._plan.state if resource.mode == "data"}


def _with_unknown(value: Any, unknown: Any) -> Any:
    """Return a planned value with UNKNOWN in the places that `after_unknown` marks."""
    if unknown is True:
        return UNKNOWN
    if not contains_true(unknown):
        return value
    if isinstance(unknown, Mapping):
        known = value if isinstance(value, Mapping) else {}
        return {key: _with_unknown(known.get(key), unknown.get(key)) for key in {*known, *unknown}}
    items = value if isinstance(value, list) else []
    return [_with_unknown(item, mark) for item, mark in zip_longest(items, unknown)]


def _check_unset(
    instance: Instance, change: ResourceChange, planned: Values, default_tags: Mapping[str, Any], region: str
) -> Iterator[Violation]:
    """Yield arguments with a value that comes neither from the configuration nor from the provider."""
    may_be_unset = _may_be_unset(instance, change.before, is_own=False)
    tags = planned.get("tags")
    all_tags = {**default_tags, **tags} if isinstance(tags, Mapping) else default_tags
    for name in sorted(planned.keys() - instance.arguments.keys()):
        value = planned[name]
        if name == "tags_all":
            is_allowed = contains_unknown(value) or value == all_tags
        elif name == "region":  # of every resource since provider 6; the default is the region of the provider
            is_allowed = contains_unknown(value) or value in (None, region)
        else:
            is_allowed = may_be_unset((instance.type, name), value)
        if not is_allowed:
            yield difference(instance.address, f"would set {name}, which the configuration of this deployment does not")


def _may_be_unset(instance: Instance, before: Values, *, is_own: bool) -> IsUnset:
    """Return the test of a value that the configuration does not set: a provider default, or the value before."""
    if is_own or instance.mode == "data":
        return lambda _path, _value: True  # defaults are known only for the resources of the templates

    def may_be_unset(path: Path, value: Any) -> bool:
        if contains_unknown(value) or value in _values_at(before, path[1:]):
            return True
        if path in _PROVIDER_DEFAULTS:
            return bool(value == _PROVIDER_DEFAULTS[path])
        return is_empty(value) or is_zero(value)

    return may_be_unset


def _values_at(value: Any, path: Path) -> list[Any]:
    """Return the values of an argument in all blocks on its path."""
    if not path:
        return [value]
    if isinstance(value, list):
        return [found for item in value for found in _values_at(item, path)]
    return _values_at(value.get(path[0]), path[1:]) if isinstance(value, Mapping) else []


def _compare(context: PolicyContext, instance: Instance, planned: Values, before: Values) -> Iterator[Violation | Note]:
    may_be_unset = _may_be_unset(instance, before, is_own=instance.path in context.own_files)
    for name, value in instance.arguments.items():
        expected = before[name] if name in instance.ignored and name in before else value
        if isinstance(expected, Failure):
            yield _failed(instance.address, expected, name)
        elif (instance.type, name) not in NOT_COMPARED and not is_same(
            expected, planned.get(name), (instance.type, name), may_be_unset
        ):
            problem = f"would set {name} to another value than the spec gives"
            if planned.get(name) is UNKNOWN:
                problem = f"would leave {name} unknown, which the spec gives"
            keys = {spec_key_of(argument, context.spec) for argument in root_arguments(instance, name)}
            yield difference(instance.address, problem, keys.pop() if len(keys) == 1 else "")


def _failed(address: str, failure: Failure, name: str = "") -> Violation | Note:
    what = f"the argument {name}" if name else "the resource"
    if failure.is_unsupported:
        return Note(address, f"{what} is not compared with the spec: owscale does not evaluate {failure.reason}")
    return difference(address, f"{what} cannot be computed from the other values of the plan ({failure.reason})")
