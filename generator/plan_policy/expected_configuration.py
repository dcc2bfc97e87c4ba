"""Compare the configuration inside a plan (modules, arguments, outputs) with the rendered configuration.

A plan has no expressions, only the constants and the names in them. For a value that is known only after the apply,
these names are all that can be compared.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from owscale.console.invocation import owscale_command
from owscale.plan_policy.result import Violation
from owscale.terraform.config.evaluation import Body, Code, Directory, source_of
from owscale.terraform.plan.configuration import REPETITIONS, Configuration, Module, references

_REASON = "the plan was made from other code, or changed afterwards"
_META_ARGUMENTS = {"providers", "source", "version"}
_MODES = {"resource": "managed", "data": "data"}


def difference(address: str, problem: str, spec_key: str = "") -> Violation:
    """Return the violation of a plan that differs from the configuration of the deployment."""
    hint = f"run `{owscale_command('generate')}`, then `{owscale_command('tf', 'plan')}`"
    return Violation(address, "other value", problem, _REASON, hint, spec_key)


def check_configuration(configuration: Configuration, code: Code) -> Iterator[Violation]:
    """Yield the differences between the configuration of a plan and the rendered one."""
    yield from _check_module(configuration.root, ".", "", code)


def _check_module(planned: Module, directory: str, prefix: str, code: Code) -> Iterator[Violation]:
    module = code.directories.get(directory, Directory())
    yield from _check_resources(planned, module, prefix)
    yield from _check_outputs(planned, module, prefix)
    yield from _check_set(
        (f"{prefix}module.{name}" for name in planned.calls), _addresses(module.calls, prefix), module
    )
    for name, body in module.calls.items():
        address, call = f"{prefix}module.{name}", planned.calls.get(name)
        if call is None:
            continue
        yield from _check_arguments(address, call.arguments, body)
        yield from _check_repetition(address, call.repetition, body)
        source = source_of(body)
        if source.startswith(".") and call.source != source:
            yield difference(address, "has another source than in the configuration of this deployment")
        if called := code.module_directory(directory, body):
            yield from _check_module(call.module, called, f"{address}.", code)


def _addresses(calls: Mapping[str, Body], prefix: str) -> set[str]:
    return {f"{prefix}module.{name}" for name in calls}


def _check_set(planned: Iterable[str], expected: set[str], module: Directory) -> Iterator[Violation]:
    """Yield the addresses that only one of the configurations has; any address is allowed if a file is in JSON."""
    for address in sorted({*planned} ^ expected):
        if address in expected:
            yield difference(address, "is not in the plan, and the configuration of this deployment has it")
        elif not module.has_json:
            yield difference(address, "is in the plan, and the configuration of this deployment does not have it")


def _check_resources(planned: Module, module: Directory, prefix: str) -> Iterator[Violation]:
    expected = {(_MODES[block], *names): body for (block, *names), body in module.resources.items()}
    addresses = {key: _address(prefix, *key) for key in (*planned.declarations, *expected)}
    written = {addresses[key] for key in planned.declarations if key[0] in _MODES.values()}
    yield from _check_set(written, {addresses[key] for key in expected}, module)
    for key in sorted(planned.declarations.keys() & expected.keys()):
        address, declaration, body = addresses[key], planned.declarations[key], expected[key]
        yield from _check_arguments(address, declaration.expressions, body)
        yield from _check_repetition(address, declaration.repetition, body)
        # In a module, the key of a provider has the address of the module before it.
        if declaration.provider_key.rpartition(":")[2] != body.provider_key(key[1]):
            yield difference(address, "has another provider than in the configuration of this deployment")


def _address(prefix: str, mode: str, resource_type: str, name: str) -> str:
    return f"{prefix}{'data.' if mode == 'data' else ''}{resource_type}.{name}"


def _check_outputs(planned: Module, module: Directory, prefix: str) -> Iterator[Violation]:
    names = (f"{prefix}output.{name}" for name in planned.outputs)
    yield from _check_set(names, {f"{prefix}output.{name}" for name in module.outputs}, module)
    for name in sorted(planned.outputs.keys() & module.outputs.keys()):
        address, body = f"{prefix}output.{name}", module.outputs[name]
        yield from _check_names(address, {"value": planned.outputs[name]}, body, {"value"})
        if ("sensitive" in body.arguments) != (name in planned.sensitive):
            yield difference(address, "is not as sensitive as in the configuration of this deployment")


def _check_repetition(address: str, planned: Mapping[str, Any], body: Body) -> Iterator[Violation]:
    """Compare count and for_each. A plan lacks an expression of literals and functions, such as `toset(["a"])`."""
    written = body.arguments.keys() & set(REPETITIONS)
    invisible = {name for name in written - planned.keys() if not body.references(name)}
    for name in sorted(planned.keys() ^ (written - invisible)):
        problem = f"has {name}" if name in planned else f"has no {name}"
        yield difference(address, f"{problem}, unlike the configuration of this deployment")
    yield from _check_names(address, planned, body, {*written})


def _check_arguments(address: str, planned: Mapping[str, Any], body: Body) -> Iterator[Violation]:
    names = {name for name in body.names() if name not in _META_ARGUMENTS}
    for name in sorted(planned.keys() ^ names):
        problem = f"sets {name}" if name in planned else f"does not set {name}"
        yield difference(address, f"{problem}, unlike the configuration of this deployment")
    yield from _check_names(address, planned, body, names)


def _check_names(address: str, planned: Mapping[str, Any], body: Body, names: set[str]) -> Iterator[Violation]:
    for name in sorted(planned.keys() & names):
        if not _are_same(body.references(name), references(planned[name])):
            yield difference(address, f"computes {name} from other values than the configuration of this deployment")


def _are_same(expected: set[tuple[str, ...]], planned: set[tuple[str, ...]]) -> bool:
    """Whether the names are the same; a plan also lists the prefixes of each name."""
    return expected <= planned and all(any(name[: len(each)] == each for name in expected) for each in planned)
