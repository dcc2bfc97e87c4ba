"""Evaluate a root module and the modules that it calls, with attributes of resources from a plan."""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import PurePosixPath
from typing import Any

from owscale.terraform.config.expressions import (
    Environment,
    Expression,
    Node,
    compile_expression,
    identifier,
    is_node,
    literal_text,
    nodes,
    references,
)
from owscale.terraform.config.parser import labelled, parse_file, parse_tree, without_header
from owscale.terraform.config.policy_document import TYPE, policy_json
from owscale.terraform.config.type_constraints import compile_type
from owscale.terraform.config.values import (
    EVALUATION_ERRORS,
    UNKNOWN,
    BlockValue,
    InvalidExpressionError,
    UnsupportedExpressionError,
    elements,
    text_of,
)

_META_ARGUMENTS = {"count", "depends_on", "for_each", "provider"}
_META_BLOCKS = {"connection", "lifecycle", "provisioner"}
_NO_INSTANCE: Mapping[str, Any] = {}
Attributes = Callable[[str], Any]
"""Returns the attributes of the resource at an address, with UNKNOWN in them; UNKNOWN for an address without any."""


@dataclass(frozen=True)
class Failure:
    """The result in the place of a value of an argument, or of the instances of a resource, that cannot be computed.

    `is_unsupported` is true if owscale does not evaluate a part of the language; `reason` names that part.
    """

    address: str
    reason: str
    is_unsupported: bool


@dataclass(frozen=True)
class Argument:
    """An argument: its expression, and the nodes that it is compiled from."""

    node: Node
    expression: Expression

    @cached_property
    def references(self) -> frozenset[tuple[str, ...]]:
        """The names that the expression refers to, each with at most 3 parts."""
        return frozenset(references(self.node))


@dataclass(frozen=True)
class Body:
    """The arguments and the blocks of a block."""

    arguments: Mapping[str, Argument]
    blocks: tuple[tuple[str, tuple[str, ...], "Body"], ...]

    def of(self, *names: str) -> "Iterator[Body]":
        """Yield the blocks of a name, at any depth of names."""
        name, *inner = names
        for block, _, body in self.blocks:
            if block == name:
                yield from body.of(*inner) if inner else [body]

    def names(self) -> list[str]:
        """Return the names of arguments and blocks, without those that Terraform itself reads."""
        names = dict.fromkeys((*self.arguments, *(_block_name(block) for block in self.blocks)))
        return [name for name in names if name not in _META_ARGUMENTS | _META_BLOCKS]

    def provider_key(self, resource_type: str) -> str:
        """Return the name of the provider of a resource, with its alias."""
        if "provider" not in self.arguments:
            return resource_type.partition("_")[0]
        return ".".join(max(self.arguments["provider"].references, default=(str(self.arguments["provider"].node),)))

    def references(self, name: str) -> set[tuple[str, ...]]:
        """Return the names that an argument, or the blocks of a name, refer to, each with at most 3 parts."""
        found = set(self.arguments[name].references) if name in self.arguments else set()
        inner = [block for block in self.blocks if _block_name(block) == name]
        return found.union(*(block[2].references(each) for block in inner for each in block[2].names()))


@dataclass
class Directory:
    """The code of one module."""

    variables: dict[str, Body] = field(default_factory=dict)
    locals: dict[str, Argument] = field(default_factory=dict)
    outputs: dict[str, Body] = field(default_factory=dict)
    calls: dict[str, Body] = field(default_factory=dict)
    resources: dict[tuple[str, str, str], Body] = field(default_factory=dict)
    paths: dict[tuple[str, str, str], str] = field(default_factory=dict)
    in_json: list[str] = field(default_factory=list)
    providers: dict[str, Body] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    block_names: set[str] = field(default_factory=set)
    has_json: bool = False

    def add(self, path: str, body: Body) -> None:
        """Add the blocks of a file."""
        for name, labels, block in body.blocks:
            self.block_names.add(name)
            match name, labels:
                case "variable", (label,):
                    self.variables[label] = block
                case "output", (label,):
                    self.outputs[label] = block
                case "module", (label,):
                    self.calls[label] = block
                case "provider", (label,):
                    alias = block.arguments.get("alias")
                    self.providers[f"{label}.{literal_text(alias.node)}" if alias else label] = block
                case "resource" | "data", (resource_type, label):
                    self.resources[name, resource_type, label] = block
                    self.paths[name, resource_type, label] = path
                case "locals", ():
                    self.locals |= block.arguments
                case "terraform", ():
                    for required in block.of("required_providers"):
                        self.sources |= {name: _source(name, each) for name, each in required.arguments.items()}

    def add_json(self, blocks: Mapping[str, Any]) -> None:
        """Add the resources, modules and required providers of a file in JSON, which is not evaluated."""
        self.has_json = True
        self.block_names |= blocks.keys()
        self.in_json += (".".join(labels) for labels, _ in labelled(blocks.get("resource"), 2))
        self.in_json += (f"module.{label}" for (label,), _ in labelled(blocks.get("module"), 1))
        for _, settings in labelled(blocks.get("terraform"), 0):
            for (name,), required in labelled(settings.get("required_providers"), 1):
                self.sources[name] = _address(name, required.get("source"))


@dataclass(frozen=True)
class Instance:
    """An instance of a resource or a data source, and the values of its arguments, or a Failure for each."""

    address: str
    mode: str
    type: str
    path: str
    arguments: Mapping[str, Any]
    ignored: frozenset[str]
    body: Body
    module: "EvaluatedModule"


def read_directories(files: Mapping[str, str]) -> dict[str, Directory]:
    """Return the modules in the `.tf` files, by directory. Raises OwscaleError for a file that is not HCL."""
    directories: dict[str, Directory] = {}
    for path, text in files.items():
        if path.endswith((".tf", ".tf.json")):
            directory = directories.setdefault(str(PurePosixPath(path).parent), Directory())
            if path.endswith(".tf"):
                directory.add(path, _file_body(path, without_header(text)))
            else:
                directory.add_json(parse_file(path, text))
    return directories


@cache
def _file_body(path: str, text: str) -> Body:
    """Return the blocks of a file, cached: parsing takes longest."""
    return _body(nodes(parse_tree(path, text))[0])


def _body(node: Node) -> Body:
    arguments, blocks = {}, []
    for child in nodes(node):
        name, *parts = nodes(child)
        if child.data == "attribute":
            arguments[identifier(name)] = Argument(parts[0], compile_expression(parts[0]))
        else:
            *labels, body = parts
            texts = (literal_text(label) if is_node(label, "string") else identifier(label) for label in labels)
            blocks.append((identifier(name), tuple(texts), _body(body)))
    return Body(arguments, tuple(blocks))


def _source(name: str, argument: Argument) -> str:
    """Return the address of a required provider.

    https://developer.hashicorp.com/terraform/language/providers/requirements#source-addresses
    """
    value = argument.expression(Environment(EvaluatedModule(Code({}, lambda _address: UNKNOWN, {}), ""), _NO_INSTANCE))
    return _address(name, value.get("source") if isinstance(value, Mapping) else None)


def _address(name: str, source: str | None) -> str:
    parts = (source or name).lower().split("/")
    return "/".join((("registry.terraform.io", "hashicorp")[: 3 - len(parts)] + tuple(parts))[-3:])


@dataclass(frozen=True)
class Code:
    """The modules by directory, the attributes of resources, and the values of the root module's variables."""

    directories: Mapping[str, Directory]
    attributes: Attributes
    variables: Mapping[str, Any]

    def module_directory(self, directory: str, call: Body) -> str:
        """Return the directory of a module that is called from another one; empty if it is in no file."""
        source = source_of(call)
        path = os.path.normpath(f"{directory}/{source}")
        return path if source.startswith(".") and path in self.directories else ""


def source_of(call: Body) -> str:
    """Return the source of a module that is called; empty if it is not a literal."""
    (literal,) = nodes(call.arguments["source"].node) if "source" in call.arguments else (None,)
    return literal_text(literal) if literal and is_node(literal, "string") else ""


@dataclass(frozen=True)
class ModuleCall:
    """The block that calls a module."""

    caller: "EvaluatedModule"
    name: str
    body: Body
    environment: Environment


class EvaluatedModule:
    """A module in its place in the tree of modules, in which expressions are evaluated, each at most once."""

    def __init__(
        self,
        code: Code,
        directory: str,
        prefix: str = "",
        call: "ModuleCall | None" = None,
    ) -> None:
        self._code = code
        self._directory = directory
        self._prefix = prefix
        self.call = call
        self._called: dict[str, dict[Any, EvaluatedModule]] = {}
        self._resolved: dict[tuple[str, ...], Any] = {}
        self._environment = Environment(self, _NO_INSTANCE)

    @cached_property
    def code(self) -> Directory:
        """The code of the module."""
        return self._code.directories.get(self._directory, Directory())

    def resolve(self, parts: tuple[str, ...]) -> Any:
        """Return the value of a name; a name that refers to itself is invalid, in Terraform too."""
        if parts not in self._resolved:
            self._resolved[parts] = InvalidExpressionError("a cycle")
            try:
                self._resolved[parts] = self._compute(parts)
            except EVALUATION_ERRORS as error:
                self._resolved[parts] = error
        value = self._resolved[parts]
        if isinstance(value, Exception):
            raise value
        return value

    def _compute(self, parts: tuple[str, ...]) -> Any:
        match parts:
            case "var", name:
                return self._variable(name)
            case "local", name if name in self.code.locals:
                return self.code.locals[name].expression(self._environment)
            case "module", name if name in self.code.calls:
                return _by_key({key: Outputs(module) for key, module in self.called(name).items()})
            case "data", resource_type, name:
                return self._resource("data", resource_type, name)
            case "ephemeral", *_:
                return UNKNOWN  # no plan contains an ephemeral value
            case resource_type, name:
                return self._resource("resource", resource_type, name)
        raise UnsupportedExpressionError(f"the name {parts[0]}")

    def output(self, name: str) -> Any:
        """Return the value of an output."""
        key = ("output", name, "")
        if key not in self._resolved:
            body = self.code.outputs.get(name)
            if body is None:
                raise InvalidExpressionError(f"no output {name}")
            self._resolved[key] = body.arguments["value"].expression(self._environment)
        return self._resolved[key]

    def _variable(self, name: str) -> Any:
        body = self.code.variables.get(name)
        if body is None:
            raise UnsupportedExpressionError(f"the variable {name}")
        if self.call:
            argument = self.call.body.arguments.get(name)
            is_set = argument is not None
            value = argument.expression(self.call.environment) if argument else None
        else:
            is_set, value = name in self._code.variables, self._code.variables.get(name)
        default, constraint = body.arguments.get("default"), body.arguments.get("type")
        nullable = "nullable" not in body.arguments or body.arguments["nullable"].expression(self._environment)
        if value is None and default and not (is_set and nullable):
            value = default.expression(self._environment)
        return compile_type(constraint.node, self._environment)(value) if constraint else value

    def called(self, name: str) -> dict[Any, "EvaluatedModule"]:
        """Return the instances of a module that this one calls, by key."""
        if name not in self._called:
            body = self.code.calls[name]
            directory = self._code.module_directory(self._directory, body)
            if not directory:
                raise UnsupportedExpressionError("a module of another source")
            for key, index, environment in self._instances(body):
                call = ModuleCall(self, name, body, environment)
                module = EvaluatedModule(self._code, directory, f"{self._prefix}module.{name}{index}.", call)
                self._called.setdefault(name, {})[key] = module
        return self._called.get(name, {})

    def modules(self) -> Iterator["EvaluatedModule | Failure"]:
        """Yield this module and those that it calls, at any depth."""
        yield self
        for name in self.code.calls:
            try:
                called = self.called(name)
            except EVALUATION_ERRORS as error:
                yield failure_of(f"{self._prefix}module.{name}", error)
            else:
                for module in called.values():
                    yield from module.modules()

    def instances(self) -> Iterator[Instance | Failure]:
        """Yield the instances of the resources and data sources of this module."""
        for name in self.code.in_json:
            yield Failure(f"{self._prefix}{name}", "Terraform in JSON", is_unsupported=True)
        for (block, resource_type, name), body in self.code.resources.items():
            written = f"{self._prefix}{'data.' if block == 'data' else ''}{resource_type}.{name}"
            mode = "data" if block == "data" else "managed"
            path = self.code.paths[block, resource_type, name]
            try:
                for _, index, environment in self._instances(body):
                    address = f"{written}{index}"
                    arguments = self.evaluate_arguments(address, body, environment)
                    yield Instance(address, mode, resource_type, path, arguments, _ignored_changes(body), body, self)
            except EVALUATION_ERRORS as error:
                yield failure_of(written, error)

    def _instances(self, body: Body) -> list[tuple[Any, str, Environment]]:
        """Return the key of each instance, its index in the address, and the environment of its arguments."""
        environment = self._environment
        if "count" in body.arguments:
            count = body.arguments["count"].expression(environment)
            numbers = range(int(count)) if count is not UNKNOWN else ()
            return [(n, index_text(n), environment.with_names(count={"index": n})) for n in numbers]
        if "for_each" not in body.arguments:
            return [(None, "", environment)]
        return [
            (key, index_text(key), environment.with_names(each={"key": key, "value": value}))
            for key, value in _pairs(body.arguments["for_each"].expression(environment))
        ]

    def _resource(self, block: str, resource_type: str, name: str) -> Any:
        body = self.code.resources.get((block, resource_type, name))
        if body is None:
            raise UnsupportedExpressionError(f"the name {resource_type}.{name}")
        prefix = f"{self._prefix}{'data.' if block == 'data' else ''}{resource_type}.{name}"
        return _by_key(
            {
                key: self._attributes_of(f"{prefix}{index}", resource_type, body, environment)
                for key, index, environment in self._instances(body)
            }
        )

    def _attributes_of(self, address: str, resource_type: str, body: Body, environment: Environment) -> Any:
        planned = self._code.attributes(address)
        if resource_type != TYPE or (planned is not UNKNOWN and planned.get("json") is UNKNOWN):
            return planned
        # With the policy text of the plan, the plan would be compared with itself.
        return {"json": policy_json(evaluate_body(body, environment))}

    def evaluate_arguments(self, address: str, body: Body, environment: Environment | None = None) -> dict[str, Any]:
        """Return the value of each argument and block, or its Failure."""
        arguments = {}
        for name in body.names():
            try:
                arguments[name] = evaluate_argument(body, name, environment or self._environment)
            except EVALUATION_ERRORS as error:
                arguments[name] = failure_of(address, error)
        return arguments


@dataclass(frozen=True)
class EvaluatedRootModule:
    """A root module: its instances, and the addresses of its required providers by their local names."""

    root: EvaluatedModule
    code: Code
    provider_sources: Mapping[str, str]

    def provider_arguments(self, name: str) -> Mapping[str, Any]:
        """Return the arguments of a provider in the root module, each with its value or its Failure."""
        body = self.root.code.providers.get(name)
        return self.root.evaluate_arguments(f"provider.{name}", body) if body else {}

    def instances(self) -> Iterator[Instance | Failure]:
        """Yield the instances of all resources and data sources; a Failure where their number is not known."""
        for module in self.root.modules():
            if isinstance(module, Failure):
                yield module
            else:
                yield from module.instances()


def evaluate_root_module(
    files: Mapping[str, str], attributes: Attributes, variables: Mapping[str, Any]
) -> EvaluatedRootModule:
    """Evaluate the `.tf` files of a root module. Raises OwscaleError with the path of a file that is not HCL."""
    directories = read_directories(files)
    sources = {name: source for directory in directories.values() for name, source in directory.sources.items()}
    code = Code(directories, attributes, variables)
    return EvaluatedRootModule(EvaluatedModule(code, "."), code, sources)


class Outputs(Mapping[str, Any]):
    """The outputs of a module, each evaluated when it is read, because modules refer to each other."""

    def __init__(self, module: EvaluatedModule) -> None:
        self.module = module

    def __getitem__(self, name: str) -> Any:
        return self.module.output(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self.module.code.outputs)

    def __len__(self) -> int:
        return len(self.module.code.outputs)


def evaluate_body(body: Body, environment: Environment) -> dict[str, Any]:
    """Return the values of all arguments and blocks of a body."""
    return BlockValue((name, evaluate_argument(body, name, environment)) for name in body.names())


def evaluate_argument(body: Body, name: str, environment: Environment) -> Any:
    """Return the value of an argument, or of all blocks of a name."""
    if name in body.arguments:
        return body.arguments[name].expression(environment)
    values: list[Any] = []
    for block in body.blocks:
        if block[0] == name:
            values.append(evaluate_body(block[2], environment))
        elif block[0] == "dynamic" and _block_name(block) == name:
            dynamic = block[2].arguments
            iterator = identifier(dynamic["iterator"].node) if "iterator" in dynamic else name
            for key, value in _pairs(dynamic["for_each"].expression(environment)):
                inner = environment.with_names(**{iterator: {"key": key, "value": value}})
                values += [evaluate_body(content, inner) for content in block[2].of("content")]
    return values


def root_arguments(instance: Instance, name: str) -> Iterator[str]:
    """Yield `module.argument` for each argument in the root module that an argument of a resource comes from."""
    yield from _root_arguments(instance.module, instance.body.references(name))


def _root_arguments(module: EvaluatedModule, remaining: set[tuple[str, ...]]) -> Iterator[str]:
    seen: set[tuple[str, ...]] = set()
    while remaining:
        reference = remaining.pop()
        if reference in seen:
            continue
        seen.add(reference)
        kind, target, *_ = reference
        if kind == "local" and target in module.code.locals:
            remaining |= module.code.locals[target].references
        elif kind == "var" and module.call and target in module.call.body.arguments:
            caller = module.call.caller
            if caller.call is None:
                yield f"{module.call.name}.{target}"
            yield from _root_arguments(caller, set(module.call.body.arguments[target].references))


def _block_name(block: tuple[str, tuple[str, ...], Body]) -> str:
    name, labels, _ = block
    return labels[0] if name == "dynamic" and labels else name


def _ignored_changes(body: Body) -> frozenset[str]:
    """Return the arguments under `ignore_changes`."""
    lists = (lifecycle.arguments.get("ignore_changes") for lifecycle in body.of("lifecycle"))
    return frozenset(
        identifier(item)
        for argument in lists
        if argument
        for item in argument.node.iter_subtrees()
        if item.data == "identifier"
    )


def failure_of(address: str, error: Exception) -> Failure:
    """Return an error of the evaluation as a `Failure`, without any value of the plan."""
    is_unsupported = isinstance(error, UnsupportedExpressionError)
    # The message of any other exception may contain a value of the plan.
    reason = str(error) if is_unsupported or isinstance(error, InvalidExpressionError) else "a value of another type"
    return Failure(address, reason, is_unsupported)


def index_text(key: str | int | None) -> str:
    """Return an index, as addresses have it: a key of for_each, a number of count, or "" for neither."""
    if key is None or isinstance(key, int):
        return "" if key is None else f"[{key}]"
    escaped = key.replace("\\", "\\\\").replace('"', '\\"').replace("${", "$${").replace("%{", "%%{")
    return f'["{escaped}"]'


def _pairs(value: Any) -> list[tuple[str, Any]]:
    if value is UNKNOWN:
        raise UnsupportedExpressionError("a for_each of unknown keys")
    if isinstance(value, Mapping):
        return sorted(value.items())
    return [(text_of(item) if isinstance(item, str) else str(item), item) for item in elements(value)]


def _by_key(instances: Mapping[Any, Any]) -> Any:
    """Return the one instance, the list of instances by count, or the mapping by the keys of for_each."""
    keys = list(instances)
    if keys == [None]:
        return instances[None]
    return list(instances.values()) if keys and isinstance(keys[0], int) else dict(instances)
