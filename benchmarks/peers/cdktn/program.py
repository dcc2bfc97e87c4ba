"""Writes a CDK Terrain program from a plan: run in CDK Terrain's environment for Python, whose classes it looks at.

    python program.py PLAN ROOT python > main.py

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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_PROVIDER = "cdktn_provider_aws"
_STRUCT = re.compile(r"'([A-Za-z0-9]+)'")
_NAMES = ("webui3-scaled", "gravity-ai-chat")

_PYTHON = """\
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
        tags = provider.AwsProviderDefaultTags(tags={{"Deployment": name, "ManagedBy": "terraform"}})
        provider.AwsProvider(self, "aws", region="us-east-1", default_tags=[tags])
{body}

app = cdktn.App(skip_validation=True)  # it would want to know which Terraform takes write-only arguments
for number in range(int(sys.argv[1])):
    Chat(app, f"chat-{{number:04}}")
app.synth()
print(f"{{sys.argv[1]}} stacks written")
"""

_JAVASCRIPT = """\
"use strict";
const cdktn = require("cdktn");
{imports}

class Chat extends cdktn.TerraformStack {{
  constructor(scope, name) {{
    super(scope, name);
    new cdktn.S3Backend(this, {{
      bucket: "gg-ai-terraform-states",
      key: `production/${{name}}/terraform.tfstate`,
      region: "us-east-1",
      dynamodbTable: "terraform-state-locks",
    }});
    const tags = {{ tags: {{ Deployment: name, ManagedBy: "terraform" }} }};
    new provider.AwsProvider(this, "aws", {{ region: "us-east-1", defaultTags: [tags] }});
{body}  }}
}}

const app = new cdktn.App({{ skipValidation: true }}); // as in Python
for (let number = 0; number < Number(process.argv[2]); number++) {{
  new Chat(app, `chat-${{String(number).padStart(4, "0")}}`);
}}
app.synth();
console.log(`${{process.argv[2]}} stacks written`);
"""

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Struct:
    """A resource, a data source or a block of one: its class, and the arguments of that."""

    library: str
    name: str
    arguments: Values


def described(plan: Values, root: Path) -> Iterator[tuple[str, Struct]]:
    """Every resource and data source of a stack, with its identifier there."""
    values = dict(_values(plan))
    for address, module, resource in configured(plan["configuration"]["root_module"], ()):
        kind = "resource" if resource["mode"] == "managed" else "data"
        told = "".join(path.read_text(encoding="utf-8") for path in sorted((root / "modules" / module).glob("*.tf")))
        if not resource["type"].startswith("aws_") or f'{kind} "{resource["type"]}" "{resource["name"]}"' not in told:
            continue
        library = resource["type"].removeprefix("aws_") if kind == "resource" else f"data_{resource['type']}"
        classes = importlib.import_module(f"{_PROVIDER}.{library}")
        name = "".join(word.capitalize() for word in library.split("_"))
        written = {key: what for key, what in resource.get("expressions", {}).items() if key in told}
        for number, known in enumerate(values.get(address, [])):
            arguments = dict(_arguments(library, classes, name, written, known))
            yield f"{module}-{library}-{resource['name']}-{number}", Struct(library, name, arguments)


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


def configured(module: Values, path: tuple[str, ...]) -> Iterator[tuple[str, str, Values]]:
    """Every block of the configuration: its address, its module, and what is written in it."""
    prefix = "".join(f"module.{name}." for name in path)
    for resource in module.get("resources", []):
        yield f"{prefix}{resource['address']}", "/".join(path), resource
    for name, call in module.get("module_calls", {}).items():
        yield from configured(call["module"], (*path, name))


def _arguments(library: str, classes: Any, name: str, written: Values, known: Values) -> Iterator[tuple[str, Any]]:
    """The arguments that are written and that the class knows, each with its value."""
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
                inner = dict(_arguments(library, classes, structs[0], block, of_block))
                told.append(Struct(library, structs[0], inner))
            yield key, told if "Sequence" in wanted else told[0]
        elif value is not None:
            yield key, value
        elif "references" in expression and "Mapping" not in wanted and "float" not in wanted and "int" not in wanted:
            reference = f"${{{expression['references'][0]}}}"
            yield key, [reference] if "Sequence" in wanted else reference


def in_python(found: list[tuple[str, Struct]]) -> str:
    """The program, which takes the number of deployments as its one argument."""
    libraries = sorted({"provider", *(struct.library for _, struct in found)})
    imports = "\n".join(f"from {_PROVIDER} import {library}" for library in libraries)
    body = []
    for identifier, struct in found:
        lines = "".join(f"            {key}={python(value)},\n" for key, value in struct.arguments.items())
        opening = f'        {struct.library}.{struct.name}(\n            self,\n            "{identifier}",\n'
        body.append(f"{opening}{lines}        )\n")
    return _PYTHON.format(imports=imports, body="".join(body))


def in_javascript(found: list[tuple[str, Struct]]) -> str:
    """The same for Node.js."""
    libraries = sorted({"provider", *(struct.library for _, struct in found)})
    path = "@cdktn/provider-aws/lib"
    imports = "\n".join(f'const {each} = require("{path}/{each.replace("_", "-")}");' for each in libraries)
    body = []
    for identifier, struct in found:
        lines = "".join(f"      {_camel(key)}: {javascript(value)},\n" for key, value in struct.arguments.items())
        body.append(f'    new {struct.library}.{struct.name}(this, "{identifier}", {{\n{lines}    }});\n')
    return _JAVASCRIPT.format(imports=imports, body="".join(body))


def python(value: Any) -> str:
    """A value as Python; texts with the deployment's name in them are made of the stack's."""
    match value:
        case Struct(library, name, arguments):
            return f"{library}.{name}({', '.join(f'{key}={python(item)}' for key, item in arguments.items())})"
        case str() if any(name in value for name in _NAMES):
            return "f" + _named(repr(value).replace("{", "{{").replace("}", "}}"), "{name}")
        case list():
            return f"[{', '.join(map(python, value))}]"
        case dict():
            return f"{{{', '.join(f'{python(key)}: {python(item)}' for key, item in value.items())}}}"
    return repr(value)


def javascript(value: Any) -> str:
    """A value as JavaScript, likewise."""
    match value:
        case Struct():
            return f"{{ {', '.join(f'{_camel(key)}: {javascript(item)}' for key, item in value.arguments.items())} }}"
        case str() if any(name in value for name in _NAMES):
            escaped = value.replace("\\", "\\\\").replace("`", "\\`").replace("${", "\\${")
            return f"`{_named(escaped, '${name}')}`"
        case list():
            return f"[{', '.join(map(javascript, value))}]"
        case dict():
            return f"{{ {', '.join(f'{json.dumps(key)}: {javascript(item)}' for key, item in value.items())} }}"
    return json.dumps(value)


def _named(text: str, name: str) -> str:
    for each in _NAMES:
        text = text.replace(each, name)
    return text


def _camel(key: str) -> str:
    first, *others = key.split("_")
    return first + "".join(word.capitalize() for word in others)


if __name__ == "__main__":
    everything = list(described(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")), Path(sys.argv[2])))
    print({"python": in_python, "javascript": in_javascript}[sys.argv[3]](everything), end="")
