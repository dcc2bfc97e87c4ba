"""Writes a CDK Terrain program from a plan: run in CDK Terrain's environment, whose classes it looks at.

    python program.py PLAN ROOT > main.py

The program has a stack a deployment, and in it every resource and data source of the plan that ROOT has as well, with
the arguments that ROOT gives and the values that the plan has for them. References are plain texts of Terraform, which
are less work than CDK Terrain's own.
"""

import importlib
import inspect
import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

_PROVIDER = "cdktn_provider_aws"
_STRUCT = re.compile(r"'([A-Za-z0-9]+)'")
_NAMES = ("webui3-scaled", "gravity-ai-chat")
_HEAD = """\
import sys

import cdktn
from constructs import Construct
{imports}


class Chat(cdktn.TerraformStack):
    def __init__(self, scope: Construct, name: str) -> None:
        super().__init__(scope, name)
        cdktn.S3Backend(
            self,
            bucket="gg-ai-terraform-states",
            key=f"production/{{name}}/terraform.tfstate",
            region="us-east-1",
            dynamodb_table="terraform-state-locks",
        )
        provider.AwsProvider(
            self,
            "aws",
            region="us-east-1",
            default_tags=[provider.AwsProviderDefaultTags(tags={{"Deployment": name, "ManagedBy": "terraform"}})],
        )
"""
_TAIL = """

app = cdktn.App(skip_validation=True)  # it would want to know which Terraform takes write-only arguments
for number in range(int(sys.argv[1])):
    Chat(app, f"chat-{number:04}")
app.synth()
print(f"{sys.argv[1]} stacks written")
"""

Values = Mapping[str, Any]


def program(plan: Values, root: Path) -> str:
    """The program's text; it takes the number of deployments as its one argument."""
    values = dict(_values(plan))
    modules, body = {"provider"}, []
    for address, module, resource in _configured(plan["configuration"]["root_module"], ()):
        folder = root / "modules" / module
        kind = "resource" if resource["mode"] == "managed" else "data"
        told = "".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.tf")))
        if not resource["type"].startswith("aws_") or f'{kind} "{resource["type"]}" "{resource["name"]}"' not in told:
            continue
        library = ("data_" if kind == "data" else "") + resource["type"]
        library = library if kind == "data" else library.removeprefix("aws_")
        modules.add(library)
        for number, known in enumerate(values.get(address, [])):
            written = {key: what for key, what in resource.get("expressions", {}).items() if key in told}
            body.append(_call(library, f"{module}-{library}-{resource['name']}-{number}", written, known))
    imports = "\n".join(f"from {_PROVIDER} import {name}" for name in sorted(modules))
    return _HEAD.format(imports=imports) + "".join(body) + _TAIL


def _values(plan: Values) -> Iterator[tuple[str, list[Values]]]:
    """What is known of each resource and data source, an item an instance, by its address without a key."""
    known: dict[str, list[Values]] = {}
    for mode, part in (("data", plan["prior_state"]["values"]), ("managed", plan["planned_values"])):
        for each in (each for each in _resources(part["root_module"]) if each["mode"] == mode):
            known.setdefault(re.sub(r"\[[^]]*\]", "", each["address"]), []).append(each["values"])
    yield from known.items()


def _resources(module: Values) -> Iterator[Values]:
    yield from module.get("resources", [])
    for child in module.get("child_modules", []):
        yield from _resources(child)


def _configured(module: Values, path: tuple[str, ...]) -> Iterator[tuple[str, str, Values]]:
    """Every block of the configuration: its address, its module, and what is written in it."""
    prefix = "".join(f"module.{name}." for name in path)
    for resource in module.get("resources", []):
        yield f"{prefix}{resource['address']}", "/".join(path), resource
    for name, call in module.get("module_calls", {}).items():
        yield from _configured(call["module"], (*path, name))


def _call(library: str, identifier: str, written: Values, known: Values) -> str:
    """One resource as a call of its class, formatted as a person would."""
    classes = importlib.import_module(f"{_PROVIDER}.{library}")
    name = _class(library)
    arguments = dict(_arguments(library, classes, name, written, known))
    lines = "".join(f"            {key}={value},\n" for key, value in arguments.items())
    return f'        {library}.{name}(\n            self,\n            "{identifier}",\n{lines}        )\n'


def _class(library: str) -> str:
    return "".join(word.capitalize() for word in library.split("_"))


def _arguments(library: str, classes: Any, name: str, written: Values, known: Values) -> Iterator[tuple[str, str]]:
    """The arguments that are written and that the class knows, each with its value as Python."""
    parameters = inspect.signature(getattr(classes, name).__init__).parameters
    for key, expression in written.items():
        if key not in parameters:
            continue
        wanted = str(parameters[key].annotation)
        value = known.get(key)
        if structs := [each for each in _STRUCT.findall(wanted) if hasattr(classes, each)]:
            blocks = expression if isinstance(expression, list) else [expression]
            values = value if isinstance(value, list) else [{}] * len(blocks)
            told = []
            for block, of_block in zip(blocks * len(values), values, strict=False):
                inner = _arguments(library, classes, structs[0], block, of_block)
                told.append(f"{library}.{structs[0]}({', '.join(f'{name}={item}' for name, item in inner)})")
            yield key, f"[{', '.join(told)}]" if "Sequence" in wanted else told[0]
        elif value is not None:
            yield key, _literal(value)
        elif "references" in expression and "Mapping" not in wanted and "float" not in wanted and "int" not in wanted:
            reference = f'"${{{expression["references"][0]}}}"'
            yield key, f"[{reference}]" if "Sequence" in wanted else reference


def _literal(value: Any) -> str:
    """A value as Python; texts with the deployment's name in them are made of the stack's."""
    if isinstance(value, str):
        text = repr(value)
        if any(name in value for name in _NAMES):
            text = "f" + text.replace("{", "{{").replace("}", "}}")
            for name in _NAMES:
                text = text.replace(name, "{name}")
        return text
    if isinstance(value, list):
        return f"[{', '.join(map(_literal, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_literal(key)}: {_literal(item)}' for key, item in value.items())}}}"
    return repr(value)


if __name__ == "__main__":
    print(program(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")), Path(sys.argv[2])), end="")
