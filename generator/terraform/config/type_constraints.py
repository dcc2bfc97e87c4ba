"""Convert values to the types of variables: https://developer.hashicorp.com/terraform/language/expressions/type-constraints."""

from collections.abc import Callable, Mapping
from typing import Any

from owscale.terraform.config.expressions import Environment, Node, compile_expression, identifier, nodes
from owscale.terraform.config.values import UNKNOWN, elements, make_set, text_of

Conversion = Callable[[Any], Any]


def compile_type(node: Node, environment: Environment) -> Conversion:
    """Return the function that converts a value to a type; `environment` evaluates the defaults of `optional`."""
    node = _term(node)
    if node.data == "identifier":
        return _known(_PRIMITIVES.get(identifier(node), _same))
    if node.data != "function_call":
        return _same
    name, arguments = nodes(node)
    inner = nodes(arguments)
    match identifier(name):
        case "list":
            convert = compile_type(inner[0], environment)
            return _known(lambda value: [convert(item) for item in elements(value)])
        case "set":
            convert = compile_type(inner[0], environment)
            return _known(lambda value: make_set(convert(item) for item in elements(value)))
        case "map":
            convert = compile_type(inner[0], environment)
            return _known(lambda value: {key: convert(item) for key, item in value.items()})
        case "object":
            return _known(_object(_term(inner[0]), environment))
        case "optional":
            return _optional(inner, environment)
    return _same


def _term(node: Node) -> Node:
    while node.data == "expr_term":
        node = nodes(node)[0]
    return node


def _known(convert: Conversion) -> Conversion:
    return lambda value: value if value is UNKNOWN or value is None else convert(value)


def _same(value: Any) -> Any:
    return value


def _number(value: Any) -> Any:
    return float(value) if isinstance(value, str) else value


def _bool(value: Any) -> Any:
    return value == "true" if isinstance(value, str) else value


_PRIMITIVES: dict[str, Conversion] = {"string": text_of, "number": _number, "bool": _bool}


def _object(node: Node, environment: Environment) -> Conversion:
    pairs = [nodes(pair) for pair in nodes(node)]
    attributes = {identifier(key): compile_type(value, environment) for key, value in pairs}

    def convert(value: Mapping[str, Any]) -> Any:
        return {name: convert_attribute(value.get(name)) for name, convert_attribute in attributes.items()}

    return convert


def _optional(inner: list[Node], environment: Environment) -> Conversion:
    convert = compile_type(inner[0], environment)
    default = compile_expression(inner[1])(environment) if len(inner) > 1 else None
    return lambda value: convert(default if value is None else value)
