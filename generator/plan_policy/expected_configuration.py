"""The configuration inside a plan: its modules, arguments and outputs are those of the rendered configuration.

A plan has no expressions, only the constants and the names in them. For a value that is known only after the apply,
these names are all that can be compared.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from owscale.console.invocation import owscale_command
from owscale.plan_policy.result import Violation
from owscale.terraform.config.evaluation import Body, Code, Directory
from owscale.terraform.plan.configuration import Configuration, Module, references

_REASON = "the plan was made from other code, or changed afterwards"
_META_ARGUMENTS = {"providers", "source", "version"}


def difference(address: str, problem: str, spec_key: str = "") -> Violation:
    """Return the violation of a plan that differs from the configuration of the deployment."""
    hint = f"run `{owscale_command('generate')}`, then `{owscale_command('tf', 'plan')}`"
    return Violation(address, "other value", problem, _REASON, hint, spec_key)


def check_configuration(configuration: Configuration, code: Code) -> Iterator[Violation]:
    """Yield the differences between the configuration of a plan and the rendered one."""
    yield from _check_module(configuration.root, ".", "", code)


def _check_module(planned: Module, directory: str, prefix: str, code: Code) -> Iterator[Violation]:
    module = code.directories.get(directory, Directory())
    for name, expressions in planned.resources.items():
        resource_type, _, label = name.partition(".")
        body = module.resources.get(("resource", resource_type, label))
        if body:  # the rule on values reports the other ones
            yield from _check_arguments(f"{prefix}{name}", expressions, body)
    for name, body in module.outputs.items():
        output = {"value": planned.outputs[name]} if name in planned.outputs else {}
        yield from _check_names(f"{prefix}output.{name}", output, body, {"value"})
    for name, body in module.calls.items():
        address = f"{prefix}module.{name}"
        call = planned.calls.get(name)
        if call is None:
            yield difference(address, "is not in the plan, and the configuration of this deployment has it")
            continue
        yield from _check_arguments(address, call.arguments, body)
        if source := code.module_directory(directory, body):
            yield from _check_module(call.module, source, f"{address}.", code)


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
