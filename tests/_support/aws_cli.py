"""Check commands of the AWS CLI against the models of the AWS APIs, from which the CLI is built."""

import functools
import itertools
import json
from dataclasses import dataclass
from typing import Any

import botocore.session
import jmespath
from awscli.shorthand import ShorthandParser
from botocore import xform_name
from botocore.validate import ParamValidator

from tests._support.shell import SUBSTITUTED

_SERVICES = {"s3api": "s3"}  # names in the CLI that differ from the models
_GLOBAL = {"--region": 1, "--profile": 1, "--query": 1, "--output": 1, "--no-paginate": 0}
# Commands without an API, with the number of their arguments: https://docs.aws.amazon.com/cli/latest/reference/
_CUSTOM_COMMANDS: dict[tuple[str, str], tuple[int, dict[str, int]]] = {
    ("configure", "list"): (0, {}),
    ("logs", "tail"): (1, {"--since": 1, "--follow": 0, "--filter-pattern": 1, "--log-stream-names": 9}),
    ("s3", "cp"): (2, {}),
    ("s3", "ls"): (1, {}),
    ("s3", "rm"): (1, {}),
}


@dataclass(frozen=True)
class _List:
    """The type of a list in a query."""

    item: Any


def check(words: list[str]) -> None:
    """Assert that the CLI accepts a command, and that its query names existing fields."""
    service, operation, rest = words[1], words[2], words[3:]
    if (service, operation) in _CUSTOM_COMMANDS:
        _check_custom(service, operation, rest)
        return
    if operation == "wait":
        names = _waiters(service)
        assert rest[0] in names, f"{service} can wait for {sorted(names)}"
        operation, rest = names[rest[0]], rest[1:]
    model = _operations(service).get(operation)
    assert model, f"{service} has no {operation}"
    members = {xform_name(name, "-"): (name, shape) for name, shape in model.input_shape.members.items()}
    arguments: dict[str, Any] = {}
    for option, values in _options(rest):
        if option in _GLOBAL:
            assert len(values) == _GLOBAL[option], words
            if option == "--query":
                _query_type(jmespath.compile(values[0]).parsed, model.output_shape)
            continue
        assert option.removeprefix("--") in members, f"{service} {operation} has no {option}: {sorted(members)}"
        name, shape = members[option.removeprefix("--")]
        arguments[name] = _value(shape, values)
    missing = set(model.input_shape.required_members) - arguments.keys() - set(model.idempotent_members)
    assert not missing, f"{service} {operation} lacks {missing}"
    for name, value in arguments.items():
        if value is not None:
            report = ParamValidator().validate(value, model.input_shape.members[name])
            assert not report.has_errors(), report.generate_report()


def _check_custom(service: str, operation: str, rest: list[str]) -> None:
    count, options = _CUSTOM_COMMANDS[service, operation]
    arguments = list(itertools.takewhile(lambda word: not word.startswith("--"), rest))
    assert len(arguments) == count, f"{service} {operation} takes {count} arguments before its options, not {arguments}"
    for option, values in _options(rest[count:]):
        maximum = (options | _GLOBAL).get(option)
        assert maximum is not None, f"{service} {operation} has no {option}"
        assert (bool(values) and len(values) <= maximum) or (not values and maximum == 0), (option, values)


def _options(words: list[str]) -> list[tuple[str, list[str]]]:
    """Return each option with its values."""
    options: list[tuple[str, list[str]]] = []
    for word in words:
        if word.startswith("--"):
            options.append((word, []))
        else:
            assert options, f"{word} belongs to no option"
            options[-1][1].append(word)
    return options


def _value(shape: Any, values: list[str]) -> Any:
    """Return the value for the API; None where it depends on the output of another command."""
    if shape.type_name == "boolean":
        assert not values, f"a flag takes no value, not {values}"
        return True
    assert values, f"a value is missing for {shape.name}"
    if any(SUBSTITUTED in value or "$" in value for value in values):
        return None
    if shape.type_name == "list" and shape.member.type_name == "string":
        return values
    assert len(values) == 1, f"one value, not {values}"
    (value,) = values
    if value.startswith(("{", "[")):
        return json.loads(value)
    if shape.type_name in ("structure", "list", "map"):
        return _shorthand(shape, value)
    if shape.type_name in ("integer", "long"):
        return int(value)
    if getattr(shape, "enum", None):
        assert value in shape.enum, f"{value} is none of {shape.enum}"
    return value


def _shorthand(shape: Any, text: str) -> Any:
    """Parse `A=b,C={D=e}` as a structure, or as a list with one structure."""
    parsed = _typed(shape.member if shape.type_name == "list" else shape, ShorthandParser().parse(text))
    return [parsed] if shape.type_name == "list" else parsed


def _typed(shape: Any, value: Any) -> Any:
    """Return a value of the shorthand parser, whose values are texts, with the types of a shape."""
    match shape.type_name:
        case "structure":
            assert value.keys() <= shape.members.keys(), f"{shape.name} has {sorted(shape.members)}, not {list(value)}"
            return {name: _typed(shape.members[name], part) for name, part in value.items()}
        case "list":
            return [_typed(shape.member, part) for part in (value if isinstance(value, list) else [value])]
        case "boolean":
            return value == "true"
        case "integer" | "long":
            return int(value)
    return value


@functools.cache
def _operations(service: str) -> dict[str, Any]:
    model = botocore.session.get_session().get_service_model(_SERVICES.get(service, service))
    return {xform_name(name, "-"): model.operation_model(name) for name in model.operation_names}


@functools.cache
def _waiters(service: str) -> dict[str, str]:
    """Return the operation that each waiter of a service polls, by the name of the waiter."""
    loader = botocore.session.get_session().get_component("data_loader")
    waiters = loader.load_service_model(_SERVICES.get(service, service), "waiters-2")["waiters"]
    return {xform_name(name, "-"): xform_name(waiter["operation"], "-") for name, waiter in waiters.items()}


def _query_type(node: Any, data: Any) -> Any:  # noqa: C901, PLR0912 -- a case for each kind of node
    """Return the type of a query's result on data of a type; assert that every field that it names exists."""
    if getattr(data, "type_name", "") == "list":
        data = _List(data.member)
    kind, children = node["type"], node["children"]
    match kind:
        case "field":
            if getattr(data, "type_name", "") == "map":
                return data.value
            members: dict[str, Any] = data if isinstance(data, dict) else getattr(data, "members", {})
            assert node["value"] in members, f"{data} has no {node['value']}"
            return members[node["value"]]
        case "subexpression" | "index_expression" | "pipe":
            return functools.reduce(lambda result, child: _query_type(child, result), children, data)
        case "index" | "slice":
            assert isinstance(data, _List), f"{data} is not a list"
            return data.item if kind == "index" else data
        case "flatten":
            outer = _as_list(_query_type(children[0], data))
            inner = outer.item
            return inner if isinstance(inner, _List) else _as_list(inner) if _is_list(inner) else outer
        case "projection" | "filter_projection":
            projected = _as_list(_query_type(children[0], data))
            for condition in children[2:]:
                _query_type(condition, projected.item)
            return _List(_query_type(children[1], projected.item))
        case "multi_select_list":
            return _List([_query_type(child, data) for child in children])
        case "multi_select_dict":
            return {child["value"]: _query_type(child["children"][0], data) for child in children}
        case "identity":
            return data
        case "comparator":
            return [_query_type(child, data) for child in children]
        case "literal":
            return None
        case "function_expression" if node["value"] == "sort_by":
            values = _as_list(_query_type(children[0], data))
            _query_type(children[1]["children"][0], values.item)
            return values
    raise AssertionError(f"cannot check a query with {kind}")


def _is_list(data: Any) -> bool:
    return getattr(data, "type_name", "") == "list"


def _as_list(data: Any) -> _List:
    if isinstance(data, _List):
        return data
    assert _is_list(data), f"{data} is not a list"
    return _List(data.member)
