"""The JSON text of a plan, read into its types."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from generator.plan.configuration import configuration
from generator.plan.model import Change, Plan, Resource
from generator.plan.shape import Node, NotAPlanError

_KNOWN = {
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

_DEEPEST = 200  # levels: a real plan has some twenty
_TOO_DEEP = NotAPlanError("not a plan: its JSON is nested deeper than that of any plan")


def read(text: str) -> Plan:
    """The plan. Raises NotAPlanError for a text that is none."""
    root = Node(_parsed(text), "")
    version = root["format_version"].required()
    if "planned_values" not in root.mapping():  # a state and a configuration have a version too
        raise NotAPlanError("not a plan: planned_values is missing")
    return Plan(
        format_version=version,
        complete=root["complete"].flag(),
        errored=root["errored"].flag(),
        changes=tuple(_change(node) for node in root["resource_changes"].items()),
        drift=tuple(_change(node) for node in root["resource_drift"].items()),
        deferred=tuple(_change(node["resource_change"]) for node in root["deferred_changes"].items()),
        state=tuple(_resources(root["prior_state"]["values"]["root_module"])),
        planned=tuple(_resources(root["planned_values"]["root_module"])),
        configuration=configuration(root["configuration"]),
        more=tuple(sorted(key for key, value in root.mapping().items() if key not in _KNOWN and value)),
    )


def _parsed(text: str) -> Any:
    try:
        parsed = json.loads(text, object_pairs_hook=_each_once, parse_constant=_refused)
    except RecursionError:
        raise _TOO_DEEP from None
    except json.JSONDecodeError as wrong:
        # The message of the decoder says what it wanted, and never what stands there.
        raise NotAPlanError(f"not JSON: {wrong.msg} in line {wrong.lineno}, column {wrong.colno}") from None
    except ValueError:  # a number of thousands of digits
        raise NotAPlanError("not JSON: a number is too long") from None
    level = [parsed]
    for _ in range(_DEEPEST):
        level = [item for each in level for item in _within(each)]
    if level:
        raise _TOO_DEEP
    return parsed


def _within(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotAPlanError("not a plan: a key stands twice in one mapping, and readers disagree on which counts")
    return found


def _refused(_: str) -> None:
    raise NotAPlanError("not JSON: there is no NaN and no Infinity in it")


def _change(node: Node) -> Change:
    change = node["change"]
    importing = change["importing"]
    return Change(
        address=node["address"].required(),
        module=node["module_address"].text(),
        mode=node["mode"].required(),
        type=node["type"].required(),
        name=node["name"].required(),
        actions=tuple(action.text() for action in change["actions"].items()),
        before=change["before"].mapping(),
        after=change["after"].mapping(),
        # The whole may be unknown, which says no more of each argument than that.
        unknown=_unknown(change["after_unknown"]),
        previous_address=node["previous_address"].text(),
        imported=importing.any() is not None,
        import_id=importing["id"].text(),
        replace_for=_replace_for(change["replace_paths"]),
        reason=node["action_reason"].text(),
        deposed=bool(node["deposed"].text()),
    )


def _unknown(node: Node) -> dict[str, Any]:
    if isinstance(node.any(), bool):
        raise NotAPlanError("not a plan: after_unknown must tell of each argument")
    return node.mapping()


def _replace_for(paths: Node) -> tuple[str, ...]:
    """The arguments that cannot change in place: the first step of each path, the rest may be somebody's own key."""
    first = [next(path.items(), None) for path in paths.items()]
    return tuple(sorted({step.text() for step in first if step is not None}))


def _resources(module: Node) -> Iterator[Resource]:
    address = module["address"].text()
    for node in module["resources"].items():
        yield Resource(
            address=node["address"].required(),
            module=address,
            mode=node["mode"].required(),
            type=node["type"].required(),
            name=node["name"].required(),
            values=node["values"].mapping(),
        )
    for child in module["child_modules"].items():
        yield from _resources(child)
