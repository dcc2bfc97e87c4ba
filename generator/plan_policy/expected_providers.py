"""Compare the providers of a plan, and their arguments, with the rendered configuration."""

from collections.abc import Iterator, Mapping
from typing import Any

from owscale.plan_policy.expected_configuration import difference
from owscale.plan_policy.result import Violation
from owscale.plan_policy.same_value import is_same
from owscale.terraform.config.evaluation import EvaluatedRootModule, Failure
from owscale.terraform.plan.model import Plan, PlannedResource, ResourceChange

_BUILT_IN_PROVIDER = "terraform.io/builtin/terraform"


def check_providers(plan: Plan, configuration: EvaluatedRootModule) -> Iterator[Violation]:
    """Yield resources of providers that the configuration does not require, and providers with other arguments."""
    allowed = {_BUILT_IN_PROVIDER, *configuration.provider_sources.values()}
    for name, provider in plan.configuration.providers.items():
        if str(provider.get("full_name")) not in allowed:
            yield difference("", "configures a provider that the configuration of this deployment does not require")
        expressions = provider.get("expressions")
        planned = expressions if isinstance(expressions, Mapping) else {}
        expected = configuration.provider_arguments(name)
        for argument in sorted((planned.keys() | expected.keys()) - {"alias"}):
            if argument not in planned or argument not in expected:
                yield difference("", f"sets up the provider with other arguments: {argument}")
            elif not _is_same_setting(expected[argument], planned[argument]):
                yield difference("", f"sets up the provider with another {argument}")
    resources: tuple[ResourceChange | PlannedResource, ...] = (*plan.changes, *plan.drift, *plan.planned, *plan.state)
    for resource in resources:
        if resource.provider not in allowed or not _is_provider_of(resource, configuration.provider_sources):
            yield difference(resource.address, "would be managed by a provider that the configuration does not require")


def default_tags_of(configuration: EvaluatedRootModule) -> Mapping[str, Any]:
    """Return the tags that the provider adds to every resource."""
    match configuration.provider_arguments("aws").get("default_tags"):
        case [{"tags": dict() as tags}]:
            return tags
    return {}


def _is_same_setting(expected: Any, planned: Any) -> bool:
    """Whether an expression of the plan's configuration, if it is constant, has the expected value."""
    if isinstance(planned, list):
        blocks = expected if isinstance(expected, list) else []
        return len(blocks) == len(planned) and all(map(_is_same_block, blocks, planned))
    if not isinstance(planned, Mapping) or "constant_value" not in planned:
        return not isinstance(expected, Failure)
    return is_same(expected, planned["constant_value"], (), lambda _path, _value: False)


def _is_same_block(expected: Any, planned: Any) -> bool:
    if not isinstance(expected, Mapping) or not isinstance(planned, Mapping):
        return False
    return expected.keys() == planned.keys() and all(_is_same_setting(expected[key], planned[key]) for key in planned)


def _is_provider_of(resource: ResourceChange | PlannedResource, sources: Mapping[str, str]) -> bool:
    return not resource.type.startswith("aws_") or resource.provider == sources.get("aws")
