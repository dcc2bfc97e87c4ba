"""The grammar of the AWS CLI, from the models of the AWS APIs that it is made of."""

import functools
import itertools
import json
from dataclasses import dataclass
from typing import Any

import botocore.session
import jmespath
from botocore import xform_name
from botocore.validate import ParamValidator

from tests.documents.shell import SUBSTITUTED

_SERVICES = {"s3api": "s3"}  # that the CLI calls otherwise than the models
_GLOBAL = {"--region": 1, "--profile": 1, "--query": 1, "--output": 1, "--no-paginate": 0}
# https://docs.aws.amazon.com/cli/latest/reference/: what the CLI has of its own, with the number of plain words.
_OWN: dict[tuple[str, str], tuple[int, dict[str, int]]] = {
    ("configure", "list"): (0, {}),
    ("logs", "tail"): (1, {"--since": 1, "--follow": 0, "--filter-pattern": 1, "--log-stream-names": 9}),
    ("s3", "cp"): (2, {}),
    ("s3", "ls"): (1, {}),
    ("s3", "rm"): (1, {}),
}


@dataclass(frozen=True)
class _Many:
    """The type of a list in a query."""

    of: Any


def check(words: list[str]) -> None:
    """Asserts that the CLI takes a command, and that its query can find something."""
    service, operation, rest = words[1], words[2], words[3:]
    if (service, operation) in _OWN:
        _check_own(service, operation, rest)
        return
    if operation == "wait":
        names = _waiters(service)
        assert rest[0] in names, f"{service} waits for {sorted(names)}"
        operation, rest = names[rest[0]], rest[1:]
    model = _operations(service).get(operation)
    assert model, f"{service} has no {operation}"
    members = {xform_name(name, "-"): (name, shape) for name, shape in model.input_shape.members.items()}
    given: dict[str, Any] = {}
    for option, values in _options(rest):
        if option in _GLOBAL:
            assert len(values) == _GLOBAL[option], words
            if option == "--query":
                _typed(jmespath.compile(values[0]).parsed, model.output_shape)
            continue
        assert option.removeprefix("--") in members, f"{service} {operation} has no {option}: {sorted(members)}"
        name, shape = members[option.removeprefix("--")]
        given[name] = _value(shape, values)
    missing = set(model.input_shape.required_members) - given.keys()
    assert not missing, f"{service} {operation} lacks {missing}"
    for name, value in given.items():
        if value is not None:
            report = ParamValidator().validate(value, model.input_shape.members[name])
            assert not report.has_errors(), report.generate_report()


def _check_own(service: str, operation: str, rest: list[str]) -> None:
    count, own = _OWN[service, operation]
    plain = list(itertools.takewhile(lambda word: not word.startswith("--"), rest))
    assert len(plain) == count, f"{service} {operation} takes {count} words before its options, not {plain}"
    for option, values in _options(rest[count:]):
        allowed = (own | _GLOBAL).get(option)
        assert allowed is not None, f"{service} {operation} has no {option}"
        assert (bool(values) and len(values) <= allowed) or (not values and allowed == 0), (option, values)


def _options(words: list[str]) -> list[tuple[str, list[str]]]:
    found: list[tuple[str, list[str]]] = []
    for word in words:
        if word.startswith("--"):
            found.append((word, []))
        else:
            assert found, f"{word} belongs to no option"
            found[-1][1].append(word)
    return found


def _value(shape: Any, values: list[str]) -> Any:
    """The value as the API gets it; None where only AWS knows it."""
    if shape.type_name == "boolean":
        assert not values, f"a switch takes no value, and got {values}"
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
    """`A=b,C=d` as a structure, or as a list of one; without values that are lists themselves."""
    one = shape.member if shape.type_name == "list" else shape
    read: dict[str, Any] = {}
    for pair in text.split(","):
        name, equals, value = pair.partition("=")
        assert equals, f"{pair} is no name with a value"
        assert name in one.members, f"{one.name} has no {name}: {sorted(one.members)}"
        member = one.members[name]
        read[name] = {"boolean": value == "true", "list": [value], "string": value}[member.type_name]
    return [read] if shape.type_name == "list" else read


@functools.cache
def _operations(service: str) -> dict[str, Any]:
    model = botocore.session.get_session().get_service_model(_SERVICES.get(service, service))
    return {xform_name(name, "-"): model.operation_model(name) for name in model.operation_names}


@functools.cache
def _waiters(service: str) -> dict[str, str]:
    """The operation that each waiter of a service asks."""
    loader = botocore.session.get_session().get_component("data_loader")
    waiters = loader.load_service_model(_SERVICES.get(service, service), "waiters-2")["waiters"]
    return {xform_name(name, "-"): xform_name(waiter["operation"], "-") for name, waiter in waiters.items()}


def _typed(node: Any, of: Any) -> Any:  # noqa: C901, PLR0912 -- a case for each kind of node
    """The type of what a query finds; asserts that every field that it names is there."""
    if getattr(of, "type_name", "") == "list":
        of = _Many(of.member)
    kind, children = node["type"], node["children"]
    match kind:
        case "field":
            if getattr(of, "type_name", "") == "map":
                return of.value
            members: dict[str, Any] = of if isinstance(of, dict) else getattr(of, "members", {})
            assert node["value"] in members, f"{of} has no {node['value']}"
            return members[node["value"]]
        case "subexpression" | "index_expression" | "pipe":
            return functools.reduce(lambda found, child: _typed(child, found), children, of)
        case "index" | "slice":
            assert isinstance(of, _Many), f"{of} is no list"
            return of.of if kind == "index" else of
        case "flatten":
            found = _listed(_typed(children[0], of))
            inner = found.of
            return inner if isinstance(inner, _Many) else _listed(inner) if _is_list(inner) else found
        case "projection" | "filter_projection":
            found = _listed(_typed(children[0], of))
            for condition in children[2:]:
                _typed(condition, found.of)
            return _Many(_typed(children[1], found.of))
        case "multi_select_list":
            return _Many([_typed(child, of) for child in children])
        case "multi_select_dict":
            return {child["value"]: _typed(child["children"][0], of) for child in children}
        case "identity":
            return of
        case "comparator":
            return [_typed(child, of) for child in children]
        case "literal":
            return None
    raise AssertionError(f"this test does not know {kind}")


def _is_list(found: Any) -> bool:
    return getattr(found, "type_name", "") == "list"


def _listed(found: Any) -> _Many:
    if isinstance(found, _Many):
        return found
    assert _is_list(found), f"{found} is no list"
    return _Many(found.member)
