"""The configuration that a plan was made from, and where the value of an argument comes from.

A plan has of an expression its constant value, or the names that it refers to; never how it computes.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from generator.plan.shape import Node

_DEEPEST = 50  # references through modules: a real one goes through three
_INDEX = re.compile(r'\[(?:\d+|"(?:[^"\\]|\\.)*")\]')


@dataclass(frozen=True)
class Origin:
    """What a value comes from in the end: an attribute of a managed resource, or something else.

    `type` and `attribute` are empty where it is no managed resource.
    """

    type: str = ""
    attribute: str = ""
    address: str = ""


UNCLEAR = Origin()


@dataclass(frozen=True)
class Module:
    """A module as it is written: expressions of its resources, outputs, and the calls of other modules."""

    resources: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    provisioned: frozenset[str] = frozenset()
    outputs: Mapping[str, Any] = field(default_factory=dict)
    calls: Mapping[str, "Call"] = field(default_factory=dict)


@dataclass(frozen=True)
class Call:
    """A call of a module: what its variables get, and the module."""

    arguments: Mapping[str, Any]
    module: Module


@dataclass(frozen=True)
class Configuration:
    """The root module and the providers."""

    root: Module
    providers: Mapping[str, Mapping[str, Any]]

    def has(self, address: str) -> bool:
        """Whether a resource is still written down, by its address in the state."""
        path, name = split(address)
        module = self._module(path)
        return module is not None and name in module.resources

    def provisioners(self) -> list[str]:
        """The resources that run commands of their own."""
        return sorted(_provisioners(self.root, ""))

    def written(self, address: str, argument: str) -> bool:
        """Whether the configuration gives the argument; else the provider computes it."""
        path, name = split(address)
        module = self._module(path)
        return module is not None and argument in module.resources.get(name, {})

    def origin(self, address: str, argument: str) -> Origin:
        """Where the value of an argument comes from, if that is one attribute of one managed resource."""
        path, name = split(address)
        module = self._module(path)
        expression = module.resources.get(name, {}).get(argument) if module else None
        return self._origin(path, expression, _DEEPEST)

    def arguments(self, call: str) -> Mapping[str, Any]:
        """What the root hands to one of its modules."""
        found = self.root.calls.get(call)
        return found.arguments if found else {}

    def _module(self, path: tuple[str, ...]) -> Module | None:
        module = self.root
        for name in path:
            call = module.calls.get(name)
            if call is None:
                return None
            module = call.module
        return module

    def _origin(self, path: tuple[str, ...], expression: object, depth: int) -> Origin:
        module = self._module(path)
        reference = _only_reference(expression)
        if not reference or module is None or depth == 0:
            return UNCLEAR
        match _INDEX.sub("", reference).split("."):
            case ["var", name] if path:
                above = self._module(path[:-1])
                call = above.calls.get(path[-1]) if above else None
                return self._origin(path[:-1], call.arguments.get(name), depth - 1) if call else UNCLEAR
            case ["module", name, output] if name in module.calls:
                inner = module.calls[name].module.outputs.get(output)
                return self._origin((*path, name), inner, depth - 1)
            case [kind, name, attribute] if f"{kind}.{name}" in module.resources:
                prefix = "".join(f"module.{each}." for each in path)
                return Origin(kind, attribute, f"{prefix}{kind}.{name}")
        return UNCLEAR


def configuration(node: Node) -> Configuration:
    """The configuration as a plan has it."""
    providers = {name: provider.mapping() for name, provider in node["provider_config"].entries()}
    return Configuration(_module(node["root_module"]), providers)


def split(address: str) -> tuple[tuple[str, ...], str]:
    """An address of the state as the modules that lead to it and the resource's own name, without indexes."""
    parts = _INDEX.sub("", address).split(".")
    path = []
    while parts[:1] == ["module"] and parts[1:]:
        path.append(parts[1])
        parts = parts[2:]
    return tuple(path), ".".join(parts)


def constant(expression: object) -> object:
    """The value of an expression that is one; None for any other."""
    return expression.get("constant_value") if isinstance(expression, dict) else None


def _only_reference(expression: object) -> str:
    """The one name that an expression refers to. Its references list the parts of that name too, longest first."""
    if not isinstance(expression, dict) or expression.keys() != {"references"}:
        return ""
    references = expression["references"]
    if not isinstance(references, list) or not all(isinstance(each, str) for each in references) or not references:
        return ""
    longest: str = references[0]
    return (
        longest if all(longest == each or longest.startswith((f"{each}.", f"{each}[")) for each in references) else ""
    )


def _module(node: Node) -> Module:
    managed = [each for each in node["resources"].items() if each["mode"].text() == "managed"]
    named = {f"{each['type'].required()}.{each['name'].required()}": each for each in managed}
    return Module(
        resources={name: each["expressions"].mapping() for name, each in named.items()},
        provisioned=frozenset(name for name, each in named.items() if each["provisioners"]),
        outputs={name: output["expression"].any() for name, output in node["outputs"].entries()},
        calls={
            name: Call(call["expressions"].mapping(), _module(call["module"]))
            for name, call in node["module_calls"].entries()
        },
    )


def _provisioners(module: Module, prefix: str) -> Iterator[str]:
    yield from (f"{prefix}{name}" for name in module.provisioned)
    for name, call in module.calls.items():
        yield from _provisioners(call.module, f"{prefix}module.{name}.")
