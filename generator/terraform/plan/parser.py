"""Parse the JSON text of a plan."""

import json
import math
from collections.abc import Iterable, Iterator
from typing import Any

from owscale.domain.terraform import same_registry
from owscale.errors import PlanFormatError
from owscale.terraform.plan.configuration import parse_configuration
from owscale.terraform.plan.json_node import JsonNode
from owscale.terraform.plan.model import Plan, PlannedResource, ResourceChange

_KNOWN_PARTS = {
    "applyable",
    "checks",
    "complete",
    "configuration",
    "deferred_changes",
    "errored",
    "format_version",
    "output_changes",
    "planned_values",
    "prior_state",
    "relevant_attributes",
    "resource_changes",
    "resource_drift",
    "terraform_version",
    "timestamp",
    "variables",
}

_MAX_DEPTH = 200  # levels of nesting; a real plan has about 20
_TOO_DEEP = PlanFormatError("not a plan: its JSON is nested deeper than that of any plan")


def parse_plan(text: str) -> Plan:
    """Return the plan. Raises PlanFormatError for any other text."""
    return plan_of(_parse_json(text))


def plan_of(document: Any) -> Plan:
    """Return the plan that a JSON document contains. Raises PlanFormatError for any other document."""
    root = JsonNode(document, "")
    version = root["format_version"].required()
    if "planned_values" not in root.mapping():  # a state and a configuration have a format_version too
        raise PlanFormatError("not a plan: planned_values is missing")
    return Plan(
        format_version=version,
        complete=root["complete"].flag(),
        errored=root["errored"].flag(),
        changes=tuple(_change(node) for node in root["resource_changes"].items()),
        drift=tuple(_change(node) for node in root["resource_drift"].items()),
        deferred=tuple(_change(node["resource_change"]) for node in root["deferred_changes"].items()),
        state=tuple(_resources(root["prior_state"]["values"]["root_module"])),
        planned=tuple(_resources(root["planned_values"]["root_module"])),
        configuration=parse_configuration(root["configuration"]),
        variables={name: variable["value"].any() for name, variable in root["variables"].entries()},
        outputs={name: output["value"].any() for name, output in root["planned_values"]["outputs"].entries()},
        failed_conditions=tuple(_failed_conditions(root["checks"])),
        unknown_parts=tuple(sorted(_unknown_parts(root))),
    )


def _unknown_parts(root: JsonNode) -> Iterator[str]:
    yield from (key for key, value in root.mapping().items() if key not in _KNOWN_PARTS and value)
    if any(node["change"]["generated_config"] for node in root["resource_changes"].items()):
        yield "generated_config"


def _failed_conditions(checks: JsonNode) -> Iterator[str]:
    """Yield the addresses of resources and outputs whose conditions do not hold; a `check` block is only a warning.

    https://developer.hashicorp.com/terraform/internals/json-format#checks-representation
    """
    for check in checks.items():
        if check["address"]["kind"].text() != "check" and check["status"].text() in ("error", "fail"):
            yield check["address"]["to_display"].text()


def _parse_json(text: str) -> Any:
    try:
        document = json.loads(
            text, object_pairs_hook=_reject_duplicate_keys, parse_constant=_reject_constant, parse_float=_float
        )
    except RecursionError:
        raise _TOO_DEEP from None
    except json.JSONDecodeError as error:
        # The decoder's message names the expected token, and contains no part of the text.
        raise PlanFormatError(f"not JSON: {error.msg} in line {error.lineno}, column {error.colno}") from None
    except ValueError:  # an integer of more than 4,300 digits
        raise PlanFormatError("not JSON: a number is too long") from None
    level = [document]
    for _ in range(_MAX_DEPTH):
        level = [child for value in level for child in _children(value)]
    if level:
        raise _TOO_DEEP
    return document


def _children(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _reject_duplicate_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping = dict(pairs)
    if len(mapping) != len(pairs):
        raise PlanFormatError("not a plan: a mapping has the same key twice, and readers disagree on which one counts")
    return mapping


def _float(text: str) -> float:
    number = float(text)
    if math.isinf(number):  # Python reads 1e400 so
        raise PlanFormatError("not JSON: a number is too large")
    return number


def _reject_constant(_: str) -> None:
    raise PlanFormatError("not JSON: NaN and Infinity are not allowed")


def _change(node: JsonNode) -> ResourceChange:
    change = node["change"]
    importing = change["importing"]
    return ResourceChange(
        address=node["address"].required(),
        module=node["module_address"].text(),
        mode=node["mode"].required(),
        type=node["type"].required(),
        name=node["name"].required(),
        actions=tuple(action.text() for action in change["actions"].items()),
        before=change["before"].mapping(),
        after=change["after"].mapping(),
        unknown=_unknown(change["after_unknown"]),
        previous_address=node["previous_address"].text(),
        imported=importing.any() is not None,
        import_id=importing["id"].text(),
        replace_for=_replace_for(change["replace_paths"]),
        reason=node["action_reason"].text(),
        deposed_key=node["deposed"].text(),
        index=_index(node["index"]),
        provider=same_registry(node["provider_name"].text()),
        sensitive=(change["before_sensitive"].any(), change["after_sensitive"].any()),
    )


def _index(node: JsonNode) -> str | int | None:
    """Return the key of for_each or the number of count; None for a resource with neither."""
    index = node.any()
    if index is not None and (isinstance(index, bool) or not isinstance(index, str | int)):
        raise PlanFormatError("not a plan: an index must be a text or a whole number")
    return index


def _unknown(node: JsonNode) -> dict[str, Any]:
    # True for the whole resource would not show which arguments are unknown.
    if isinstance(node.any(), bool):
        raise PlanFormatError("not a plan: after_unknown must be a mapping of arguments")
    return node.mapping()


def _replace_for(paths: JsonNode) -> tuple[str, ...]:
    """Return the arguments that force a replacement: the first step of each path; later steps may be keys of a user."""
    first_steps = [next(path.items(), None) for path in paths.items()]
    return tuple(sorted({step.text() for step in first_steps if step is not None}))


def _resources(module: JsonNode) -> Iterator[PlannedResource]:
    """Yield the resources of a module and of its child modules."""
    address = module["address"].text()
    for node in module["resources"].items():
        yield PlannedResource(
            address=node["address"].required(),
            module=address,
            mode=node["mode"].required(),
            type=node["type"].required(),
            name=node["name"].required(),
            values=node["values"].mapping(),
            provider=same_registry(node["provider_name"].text()),
            index=_index(node["index"]),
            deposed_key=node["deposed_key"].text(),
        )
    for child in module["child_modules"].items():
        yield from _resources(child)
