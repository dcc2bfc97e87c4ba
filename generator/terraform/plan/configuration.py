"""The configuration inside a plan, and the source of an argument's value.

For an expression, a plan contains its constant value or the names that it refers to, but not the computation.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from owscale.domain.terraform import same_registry
from owscale.terraform.plan.json_node import JsonNode

REPETITIONS = ("count", "for_each")
_MAX_REFERENCES = 50  # in a chain through modules; a generated root module has 3
_INDEX = re.compile(r'\[(?:\d+|"(?:[^"\\]|\\.)*")\]')


@dataclass(frozen=True)
class ValueSource:
    """The origin of a value, if that is one attribute of one managed resource; else all fields are empty."""

    type: str = ""
    attribute: str = ""
    address: str = ""


UNCLEAR = ValueSource()


@dataclass(frozen=True)
class Declaration:
    """A resource or a data source as it is written: its expressions, `count` or `for_each`, and its provider."""

    expressions: Mapping[str, Any]
    repetition: Mapping[str, Any]
    provider_key: str
    has_provisioner: bool


@dataclass(frozen=True)
class Module:
    """A module as it is written: its resources and data sources, outputs, and calls of other modules.

    `resources` has the expressions of the managed resources by type and name, and `declarations` all resources by mode,
    type and name. `sensitive` has the names of the sensitive outputs.
    """

    resources: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    declarations: Mapping[tuple[str, str, str], Declaration] = field(default_factory=dict)
    outputs: Mapping[str, Any] = field(default_factory=dict)
    sensitive: frozenset[str] = frozenset()
    calls: Mapping[str, "Call"] = field(default_factory=dict)


@dataclass(frozen=True)
class Call:
    """A call of a module: the expressions for its variables, count and for_each, its source, and the module."""

    arguments: Mapping[str, Any]
    module: Module
    source: str = ""
    repetition: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Configuration:
    """The root module and the providers."""

    root: Module
    providers: Mapping[str, Mapping[str, Any]]

    def has(self, address: str) -> bool:
        """Whether the configuration contains the resource of an address of the state."""
        path, name = split_address(address)
        module = self._module(path)
        return module is not None and name in module.resources

    def provisioners(self) -> list[str]:
        """Return the addresses of the resources with a provisioner."""
        return sorted(_provisioners(self.root, ""))

    def is_set(self, address: str, argument: str) -> bool:
        """Whether the configuration sets the argument; else the provider computes it."""
        return argument in self.expressions(address)

    def expressions(self, address: str) -> Mapping[str, Any]:
        """Return the expressions of a resource's arguments and blocks."""
        path, name = split_address(address)
        module = self._module(path)
        return module.resources.get(name, {}) if module else {}

    def origin(self, address: str, argument: str) -> ValueSource:
        """Return the source of an argument's value."""
        path, _ = split_address(address)
        return self._origin(path, self.expressions(address).get(argument), _MAX_REFERENCES)

    def arguments(self, module_name: str) -> Mapping[str, Any]:
        """Return the expressions that the root module passes to one of its modules."""
        call = self.root.calls.get(module_name)
        return call.arguments if call else {}

    def _module(self, path: tuple[str, ...]) -> Module | None:
        module = self.root
        for name in path:
            call = module.calls.get(name)
            if call is None:
                return None
            module = call.module
        return module

    def _origin(self, path: tuple[str, ...], expression: object, max_references: int) -> ValueSource:
        module = self._module(path)
        reference = _only_reference(expression)
        if not reference or module is None or max_references == 0:
            return UNCLEAR
        match _INDEX.sub("", reference).split("."):
            case ["var", name] if path:
                caller = self._module(path[:-1])
                call = caller.calls.get(path[-1]) if caller else None
                return self._origin(path[:-1], call.arguments.get(name), max_references - 1) if call else UNCLEAR
            case ["module", name, output] if name in module.calls:
                value = module.calls[name].module.outputs.get(output)
                return self._origin((*path, name), value, max_references - 1)
            case [resource_type, name, attribute] if f"{resource_type}.{name}" in module.resources:
                prefix = "".join(f"module.{step}." for step in path)
                return ValueSource(resource_type, attribute, f"{prefix}{resource_type}.{name}")
        return UNCLEAR


def parse_configuration(node: JsonNode) -> Configuration:
    """Return the configuration of a plan."""
    providers = {name: _provider(provider.mapping()) for name, provider in node["provider_config"].entries()}
    return Configuration(_module(node["root_module"]), providers)


def _provider(provider: Mapping[str, Any]) -> Mapping[str, Any]:
    name = provider.get("full_name")
    return {**provider, "full_name": same_registry(name)} if isinstance(name, str) else provider


def split_address(address: str) -> tuple[tuple[str, ...], str]:
    """Return the names of the modules and the name of the resource in an address of the state, without indexes."""
    parts = _INDEX.sub("", address).split(".")
    path = []
    while parts[:1] == ["module"] and parts[1:]:
        path.append(parts[1])
        parts = parts[2:]
    return tuple(path), ".".join(parts)


def constant(expression: object) -> object:
    """Return the value of a constant expression; None for any other."""
    return expression.get("constant_value") if isinstance(expression, dict) else None


def references(expression: object) -> set[tuple[str, ...]]:
    """Return the names that an expression or a block refers to, each with at most 3 parts and without indexes."""
    if isinstance(expression, list):
        return {name for item in expression for name in references(item)}
    if not isinstance(expression, dict):
        return set()
    names = expression.get("references")
    if isinstance(names, list):
        return {tuple(name.partition("[")[0].split(".")[:3]) for name in names if isinstance(name, str)}
    return {name for item in expression.values() for name in references(item)}


def _only_reference(expression: object) -> str:
    """Return the name that an expression refers to; empty if it is not exactly one.

    The references of an expression also list the prefixes of that name, after it.
    """
    if not isinstance(expression, dict) or expression.keys() != {"references"}:
        return ""
    references = expression["references"]
    if not isinstance(references, list) or not all(isinstance(name, str) for name in references) or not references:
        return ""
    longest: str = references[0]
    is_only = all(longest == name or longest.startswith((f"{name}.", f"{name}[")) for name in references)
    return longest if is_only else ""


def _module(node: JsonNode) -> Module:
    declarations = {
        (resource["mode"].text(), resource["type"].required(), resource["name"].required()): Declaration(
            resource["expressions"].mapping(),
            _repetition(resource),
            resource["provider_config_key"].text(),
            bool(resource["provisioners"]),
        )
        for resource in node["resources"].items()
    }
    return Module(
        resources={
            f"{resource_type}.{name}": each.expressions
            for (mode, resource_type, name), each in declarations.items()
            if mode == "managed"
        },
        declarations=declarations,
        outputs={name: output["expression"].any() for name, output in node["outputs"].entries()},
        sensitive=frozenset(name for name, output in node["outputs"].entries() if output["sensitive"].flag()),
        calls={
            name: Call(call["expressions"].mapping(), _module(call["module"]), call["source"].text(), _repetition(call))
            for name, call in node["module_calls"].entries()
        },
    )


def _repetition(node: JsonNode) -> dict[str, Any]:
    """Return the expressions of count and for_each, those that a resource or a call of a module has."""
    expressions = {name: node[f"{name}_expression"].any() for name in REPETITIONS}
    return {name: expression for name, expression in expressions.items() if expression is not None}


def _provisioners(module: Module, prefix: str) -> Iterator[str]:
    for (mode, resource_type, name), declaration in module.declarations.items():
        if declaration.has_provisioner:
            yield f"{prefix}{'data.' if mode == 'data' else ''}{resource_type}.{name}"
    for name, call in module.calls.items():
        yield from _provisioners(call.module, f"{prefix}module.{name}.")
