"""Evaluate the expressions of HCL: each one is compiled once to a function of the names that it can refer to.

The language: https://developer.hashicorp.com/terraform/language/expressions.
"""

import operator
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from lark import Token, Tree

from owscale.terraform.config.functions import FUNCTIONS, LAZY_FUNCTIONS, PARTIAL_FUNCTIONS
from owscale.terraform.config.values import (
    UNKNOWN,
    InvalidExpressionError,
    UnsupportedExpressionError,
    attribute,
    contains_unknown,
    element,
    elements,
    text_of,
)

Node = Tree[Token]


class Names(Protocol):
    """The names that expressions of a module can refer to."""

    def resolve(self, parts: tuple[str, ...]) -> Any:
        """Return the value of `var.x`, `local.x`, `module.x`, `data.type.name`, or `type.name`."""


class Environment:
    """The module of an expression, and the names that are local to it: `each`, `count`, variables of a `for`."""

    __slots__ = ("local", "module")

    def __init__(self, module: Names, local: Mapping[str, Any]) -> None:
        self.module = module
        self.local = local

    def with_names(self, **names: Any) -> "Environment":
        """Return an environment with more local names."""
        return Environment(self.module, {**self.local, **names})


Expression = Callable[[Environment], Any]
_Step = Callable[[Any, Environment], Any]

# How many parts of a traversal name an object. A traversal that begins with any other name begins with a resource type.
_PARTS = {"var": 2, "local": 2, "module": 2, "data": 3, "ephemeral": 3, "path": 2, "terraform": 2}
_RESOURCE_PARTS = 2

_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "%": operator.mod,
    "&&": lambda left, right: left and right,
    "||": lambda left, right: left or right,
}
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


def compile_expression(node: Node) -> Expression:
    """Return the function that evaluates an expression; an unsupported one raises when it is evaluated."""
    compiler = _COMPILERS.get(node.data)
    if compiler is None:
        return _unsupported(str(node.data).replace("_", " "))
    return compiler(node)


def references(node: Node) -> Iterator[tuple[str, ...]]:
    """Yield the first parts of every name that an expression refers to, at most 3, such as `("var", "name")`."""
    bound = {identifier(name) for intro in node.find_data("for_intro") for name in nodes(intro)[:-1]}
    for name in _names(node, ()):
        if name[0] not in bound:
            yield name[:3]


def _names(node: Node, attributes: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the names in a node; `attributes` follow the node in its chain of attributes."""
    if node.data == "get_attr_expr_term":
        term, attribute_node = nodes(node)
        yield from _names(term, (identifier(attribute_node), *attributes))
    elif node.data == "expr_term" and len(node.children) == 1:
        yield from _names(nodes(node)[0], attributes)
    elif node.data == "identifier":
        if attributes:
            yield (identifier(node), *attributes)
    else:
        for child in nodes(node):
            yield from _names(child, ())


def nodes(node: Node) -> list[Node]:
    """Return the children of a node without tokens, line ends and comments."""
    return [child for child in node.children if isinstance(child, Tree) and child.data != "new_line_or_comment"]


def is_node(child: object, kind: str) -> bool:
    """Whether a child is a node of a kind."""
    return isinstance(child, Tree) and child.data == kind


def identifier(child: object) -> str:
    """Return the text of the last token in a node: of `name`, and of `.name`."""
    while isinstance(child, Tree):
        child = child.children[-1]
    return str(child)


def literal_text(node: Node) -> str:
    """Return a string without interpolation, such as a label."""
    return "".join(_unescape(str(part.children[0])) for part in nodes(node))


def _unsupported(what: str) -> Expression:
    def evaluate(_environment: Environment) -> Any:
        raise UnsupportedExpressionError(what)

    return evaluate


def _constant(value: Any) -> Expression:
    return lambda _environment: value


def _term(node: Node) -> Expression:
    return compile_expression(nodes(node)[0])


def _number(node: Node) -> Expression:
    text = identifier(node)
    return _constant(int(text) if text.isdecimal() else float(text))


def _literal(node: Node) -> Expression:
    return _constant({"true": True, "false": False}.get(identifier(node)))


def _conditional(node: Node) -> Expression:
    condition, then, otherwise = map(compile_expression, nodes(node))

    def evaluate(environment: Environment) -> Any:
        value = condition(environment)
        if value is UNKNOWN:
            return UNKNOWN
        return (then if value in (True, "true") else otherwise)(environment)

    return evaluate


def _binary(node: Node) -> Expression:
    left, term = nodes(node)
    sign, right = nodes(term)
    symbol = identifier(sign).strip()  # with the line end before it, where the expression goes on in the next line
    operate = _OPERATORS[symbol]
    first, second = compile_expression(left), compile_expression(right)
    decides = {"&&": False, "||": True}.get(symbol)

    def evaluate(environment: Environment) -> Any:
        one, other = first(environment), second(environment)
        if decides is not None and decides in (one, other):
            return decides
        if contains_unknown(one) or contains_unknown(other):
            return UNKNOWN
        try:
            return operate(one, other)
        except (TypeError, ZeroDivisionError) as error:
            raise InvalidExpressionError("operands of the wrong type") from error

    return evaluate


def _unary(node: Node) -> Expression:
    operand = compile_expression(nodes(node)[-1])
    negates = str(node.children[0]) == "!"

    def evaluate(environment: Environment) -> Any:
        value = operand(environment)
        if value is UNKNOWN:
            return UNKNOWN
        return not value if negates else -value

    return evaluate


def _string(node: Node) -> Expression:
    parts = [part.children[0] for part in nodes(node)]
    if not any(isinstance(part, Tree) for part in parts):
        return _constant("".join(_unescape(str(part)) for part in parts))
    expressions = [
        _interpolation(part) if isinstance(part, Tree) else _constant(_unescape(str(part))) for part in parts
    ]
    if len(expressions) == 1:
        return expressions[0]  # "${x}" is x, of any type

    def evaluate(environment: Environment) -> Any:
        values = [expression(environment) for expression in expressions]
        return UNKNOWN if any(value is UNKNOWN for value in values) else "".join(map(text_of, values))

    return evaluate


def _interpolation(node: Node) -> Expression:
    return compile_expression(nodes(node)[0]) if node.data == "interpolation" else _unsupported("a template directive")


def _unescape(text: str) -> str:
    if text.startswith(("$${", "%%{")):
        return text[1:]
    return _ESCAPE.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    return chr(int(code, 16)) if code else _ESCAPES.get(match[3], match[3])


def _heredoc(node: Node) -> Expression:
    first, *lines = identifier(node).rstrip("\n").split("\n")
    text = "".join(f"{line}\n" for line in lines[:-1])
    if "${" in text or "%{" in text:
        return _unsupported("a heredoc with a template")
    return _constant(textwrap.dedent(text) if first.startswith("<<-") else text)


def _tuple(node: Node) -> Expression:
    items = [compile_expression(item) for item in nodes(node)]
    return lambda environment: [item(environment) for item in items]


def _object(node: Node) -> Expression:
    pairs = [(_object_key(key), compile_expression(value)) for key, value in map(nodes, nodes(node))]

    def evaluate(environment: Environment) -> Any:
        entries = [(key(environment), value(environment)) for key, value in pairs]
        return UNKNOWN if any(key is UNKNOWN for key, _ in entries) else {text_of(key): value for key, value in entries}

    return evaluate


def _object_key(node: Node) -> Expression:
    """Return the name in `name = value`, which is no reference, unless it is in parentheses."""
    (term,) = nodes(node)
    inner = term.children[0] if term.data == "expr_term" and len(term.children) == 1 else term
    if is_node(inner, "identifier") or is_node(inner, "keyword"):
        return _constant(identifier(inner))
    return compile_expression(term)


def _call(node: Node) -> Expression:
    name = "::".join(identifier(child) for child in nodes(node) if child.data == "identifier")
    parts = next((child for child in nodes(node) if child.data == "arguments"), None)
    arguments = [compile_expression(argument) for argument in nodes(parts)] if parts else []
    expands = parts is not None and any(str(child) == "..." for child in parts.children)
    if lazy := LAZY_FUNCTIONS.get(name):
        return lambda environment: lazy([lambda each=each: each(environment) for each in arguments])  # type: ignore[misc]  # the default binds the loop's variable
    function = FUNCTIONS.get(name)
    if function is None:
        return _unsupported(f"the function {name}")
    is_partial = name in PARTIAL_FUNCTIONS

    def evaluate(environment: Environment) -> Any:
        values = [argument(environment) for argument in arguments]
        if expands and values[-1] is not UNKNOWN:
            values = [*values[:-1], *elements(values[-1])]
        if any(value is UNKNOWN if is_partial else contains_unknown(value) for value in values):
            return UNKNOWN
        try:
            return function(*values)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, re.error) as error:
            raise InvalidExpressionError(f"{name} fails") from error

    return evaluate


def _traversal(node: Node) -> Expression:
    """Compile a name, or a chain of attributes, indexes and splats on a name or on any other expression."""
    steps: list[tuple[str, Node]] = []
    while (node.data == "expr_term" and len(node.children) == 1) or node.data in _STEPS:
        if node.data == "expr_term":
            node = nodes(node)[0]
        else:
            node, step = nodes(node)
            steps.insert(0, (str(step.data), step))
    if node.data != "identifier":
        return _with_steps(compile_expression(node), steps)
    head = identifier(node)
    names = []
    for kind, step in steps:
        if kind != "get_attr":
            break
        names.append(identifier(step))
    count = _PARTS.get(head, _RESOURCE_PARTS)
    parts = (head, *names)[:count]

    def evaluate(environment: Environment) -> Any:
        return environment.module.resolve(parts)

    def evaluate_local(environment: Environment) -> Any:
        try:
            return environment.local[head]
        except KeyError:
            raise UnsupportedExpressionError(f"the name {head}") from None

    from_module = _with_steps(evaluate, steps[count - 1 :]) if len(parts) == count else evaluate_local
    from_local = _with_steps(evaluate_local, steps)
    return lambda environment: (from_local if head in environment.local else from_module)(environment)


def _with_steps(expression: Expression, steps: list[tuple[str, Node]]) -> Expression:
    if not steps:
        return expression
    (kind, node), *others = steps
    if kind in ("full_splat", "attr_splat"):
        return _splat(expression, node, others)
    step = _step(kind, node)
    return _with_steps(lambda environment: step(expression(environment), environment), others)


def _step(kind: str, node: Node) -> _Step:
    if kind == "get_attr":
        name = identifier(node)
        return lambda value, _environment: attribute(value, name)
    if kind == "short_index":
        number = int(identifier(node))
        return lambda value, _environment: element(value, number)
    index = compile_expression(nodes(node)[0])
    return lambda value, environment: element(value, index(environment))


def _splat(expression: Expression, node: Node, others: list[tuple[str, Node]]) -> Expression:
    inner = [(str(step.data), step) for step in nodes(node)]
    full = node.data == "full_splat"
    steps = [_step(kind, step) for kind, step in [*inner, *others]] if full else [_step(*step) for step in inner]

    def apply(value: Any, environment: Environment) -> Any:
        for step in steps:
            value = step(value, environment)
        return value

    def evaluate(environment: Environment) -> Any:
        value = expression(environment)
        if value is UNKNOWN:
            return UNKNOWN
        items = value if isinstance(value, list) else [] if value is None else [value]
        return [apply(item, environment) for item in items]

    return evaluate if full else _with_steps(evaluate, others)


def _for(node: Node) -> Expression:
    intro, *rest = nodes(node)
    *variables, source = nodes(intro)
    names = [identifier(variable) for variable in variables]
    collection = compile_expression(source)
    condition = compile_expression(nodes(rest.pop())[-1]) if rest[-1].data == "for_cond" else _constant(True)
    results = [compile_expression(each) for each in rest]
    groups = any(str(child) == "..." for child in node.children)

    def evaluate(environment: Environment) -> Any:
        value = collection(environment)
        if value is UNKNOWN:
            return UNKNOWN
        found = []
        for key, item in _items(value):
            scope = environment.with_names(**dict(zip(names, (key, item) if len(names) > 1 else (item,), strict=True)))
            keep = condition(scope)
            if keep is UNKNOWN:
                return UNKNOWN
            if keep:
                found.append([result(scope) for result in results])
        if len(results) == 1:
            return [result for (result,) in found]
        if any(key is UNKNOWN for key, _ in found):
            return UNKNOWN
        if not groups:
            return {text_of(key): item for key, item in found}
        grouped: dict[str, list[Any]] = {}
        for key, item in found:
            grouped.setdefault(text_of(key), []).append(item)
        return grouped

    return evaluate


def _items(value: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(value, Mapping):
        yield from sorted(value.items())
    else:
        is_set = getattr(value, "is_set", False)
        yield from ((item if is_set else index, item) for index, item in enumerate(elements(value)))


_STEPS = {"get_attr_expr_term", "index_expr_term", "attr_splat_expr_term", "full_splat_expr_term"}
_COMPILERS: dict[str, Callable[[Node], Expression]] = {
    "expr_term": _term,
    "int_lit": _number,
    "float_lit": _number,
    "literal_value": _literal,
    "string": _string,
    "heredoc_template": _heredoc,
    "heredoc_template_trim": _heredoc,
    "conditional": _conditional,
    "binary_op": _binary,
    "unary_op": _unary,
    "tuple": _tuple,
    "object": _object,
    "function_call": _call,
    "for_tuple_expr": _for,
    "for_object_expr": _for,
    "identifier": _traversal,
    **dict.fromkeys(_STEPS, _traversal),
}
