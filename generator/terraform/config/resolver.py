"""Resolve the arguments of resources to the values that they come from."""

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from owscale.terraform.config.parser import Block, Scope, mappings, unquote

_REFERENCE = re.compile(
    r"\b(?:(?P<kind>var|local)\.(?P<name>\w+)(?P<path>(?:\.\w+)*)"
    r"|(?P<each>each\.value)(?P<each_path>(?:\.\w+)*)"
    r"|module\.(?P<module>\w+)\.(?P<output>\w+)"
    r"|data\.(?P<type>\w+)\.(?P<data>\w+))"
)
_TOSET = re.compile(r"\$\{toset\((.*)\)\}")
_INTERPOLATION = re.compile(r"\$\{(.*)\}")
UNKNOWN_KEY = "*"
"""The placeholder in addresses for the keys of a `for_each` that only Terraform can compute."""


@dataclass(frozen=True)
class Resource:
    """A resource: its address, its file, and for each argument a digest of everything that the value comes from.

    `ignored_arguments` has the names in `ignore_changes`: Terraform sets these arguments only when it creates the
    resource. `all` means every argument.
    """

    address: str
    file: str
    arguments: Mapping[str, str]
    prevent_destroy: bool
    ignored_arguments: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _ModuleCall:
    """A module as it is called, in which an expression is evaluated.

    `prefix` begins the addresses of its resources, `arguments` is the body of the `module` block in the caller, and
    `each_value` the value of `each` for one instance of a resource.
    """

    directory: str = "."
    prefix: str = ""
    arguments: Block = field(default_factory=dict)
    caller: "_ModuleCall | None" = None
    each_value: Any = None


_ROOT = _ModuleCall()


@dataclass(frozen=True)
class Resolver:
    """Follows references through the modules of a root module.

    `keys` has the keys of `for_each` expressions that no literal contains, by the expression in the root module.
    """

    scopes: Mapping[str, Scope]
    keys: Mapping[str, Sequence[str]]

    def resources(self) -> Iterator[Resource]:
        """Yield the resources of all modules."""
        for module in self._modules():
            for (resource_type, name), (file, body) in self._scope(module).resources.items():
                is_protected = any(block.get("prevent_destroy") is True for block in mappings(body.get("lifecycle")))
                ignored = frozenset(_ignored_arguments(body))
                for index, each_value in self._instances(body, module):
                    arguments = self._arguments(body, replace(module, each_value=each_value))
                    address = f"{module.prefix}{resource_type}.{name}{index}"
                    yield Resource(address, file, arguments, is_protected, ignored)

    def settings(self) -> Iterator[Resource]:
        """Yield the provider and the backend blocks of the root module."""
        for name, (file, body) in self._scope(_ROOT).settings.items():
            yield Resource(name, file, self._arguments(body, _ROOT), prevent_destroy=False)

    def moved(self) -> Iterator[tuple[str, str]]:
        """Yield the addresses before and after each `moved` block."""
        for module in self._modules():
            for block in self._scope(module).moved:
                before, after = (_strip_interpolation(str(block[name])) for name in ("from", "to"))
                yield f"{module.prefix}{before}", f"{module.prefix}{after}"

    def removed_from_state(self) -> Iterator[str]:
        """Yield the addresses of `removed` blocks that leave the object in AWS."""
        for module in self._modules():
            for block in self._scope(module).removed:
                if any(lifecycle.get("destroy") is False for lifecycle in mappings(block.get("lifecycle"))):
                    yield module.prefix + _strip_interpolation(str(block["from"]))

    def _scope(self, module: _ModuleCall) -> Scope:
        return self.scopes.get(module.directory, Scope())

    def _modules(self, module: _ModuleCall = _ROOT) -> Iterator[_ModuleCall]:
        """Yield a module, then the modules that it calls, at any depth."""
        yield module
        for name in self._scope(module).modules:
            yield from self._modules(self._called_module(name, module))

    def _called_module(self, name: str, caller: _ModuleCall) -> _ModuleCall:
        call = self._scope(caller).modules.get(name, {})
        directory = os.path.normpath(f"{caller.directory}/{unquote(str(call.get('source', '')))}")
        index = f'["{UNKNOWN_KEY}"]' if "for_each" in call or "count" in call else ""
        return _ModuleCall(directory, f"{caller.prefix}module.{name}{index}.", call, caller)

    def _arguments(self, body: Block, module: _ModuleCall) -> dict[str, str]:
        return {name: self._digest(value, module) for name, value in body.items() if name not in ("for_each", "count")}

    def _instances(self, body: Block, module: _ModuleCall) -> list[tuple[str, Any]]:
        """Return for each instance its index in the address, and the value of `each`."""
        if "count" in body:
            count = body["count"]
            indexes = range(count) if isinstance(count, int) else [UNKNOWN_KEY]
            return [(f"[{index}]", None) for index in indexes]
        if "for_each" not in body:
            return [("", None)]
        value = body["for_each"]
        while isinstance(value, str):
            expression = _strip_interpolation(_TOSET.sub(r"${\1}", value))
            if expression in self.keys:
                value = list(self.keys[expression])
            elif expression.startswith("var.") and module.caller:
                value, module = self._variable(expression.removeprefix("var."), module)
            else:
                return [(f'["{UNKNOWN_KEY}"]', None)]
        items = value.items() if isinstance(value, dict) else ((key, key) for key in value or ())
        return [(f'["{unquote(str(key))}"]', each_value) for key, each_value in items]

    def _variable(self, name: str, module: _ModuleCall) -> tuple[Any, _ModuleCall]:
        """Return the argument or else the default of a variable, and the module in which that is evaluated."""
        if module.caller and name in module.arguments:
            return module.arguments[name], module.caller
        return self._scope(module).variables.get(name, {}).get("default"), _ROOT

    def _digest(self, value: Any, module: _ModuleCall, followed: frozenset[str] = frozenset()) -> str:
        """Return the digest of a value and of all variables, locals, outputs and data sources that it refers to.

        `followed` has the references on the way here: a reference that leads back to itself is not followed again.
        """
        text = json.dumps(value, sort_keys=True)
        parts = [text]
        for reference in _REFERENCE.finditer(text):
            name = f"{module.prefix}:{reference[0]}"
            if name not in followed:
                parts.append(self._reference_digest(reference, module, followed | {name}))
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def _reference_digest(self, reference: re.Match[str], module: _ModuleCall, followed: frozenset[str]) -> str:
        scope = self._scope(module)
        if reference["kind"] == "local":
            return self._digest(scope.locals.get(reference["name"]), module, followed)
        if reference["kind"] == "var":
            value, defining_module = self._variable(reference["name"], module)
            return self._digest(_attribute(value, reference["path"]), defining_module, followed)
        if reference["each"]:
            value = _attribute(module.each_value, reference["each_path"])
            return self._digest(value, module.caller or module, followed)
        if reference["data"]:
            return self._digest(scope.data.get((reference["type"], reference["data"])), module, followed)
        called = self._called_module(str(reference["module"]), module)
        return self._digest(self._scope(called).outputs.get(str(reference["output"])), called, followed)


def _ignored_arguments(body: Block) -> Iterator[str]:
    for block in mappings(body.get("lifecycle")):
        names = block.get("ignore_changes", [])
        yield from (_strip_interpolation(str(name)) for name in ([names] if isinstance(names, str) else names))


def _strip_interpolation(text: str) -> str:
    """Return the expression of `${expression}`."""
    return _INTERPOLATION.sub(r"\1", text)


def _attribute(value: Any, path: str) -> Any:
    """Return the value at `.key.key`, as far as the values on the way are mappings."""
    for key in path.split(".")[1:]:
        value = value.get(key) if isinstance(value, dict) else value
    return value
