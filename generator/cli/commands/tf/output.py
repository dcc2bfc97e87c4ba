"""`owscale tf output`: print the outputs of a deployment, such as the DNS name of its load balancer."""

import json
from typing import Any, NamedTuple

from owscale.cli.commands.tf._session import open_session
from owscale.cli.output import CommandResult, Output
from owscale.console.json_text import json_document
from owscale.console.text import printable
from owscale.errors import OwscaleError
from owscale.terraform.outputs import read_outputs
from owscale.workflow.project import ProjectPaths


class TfOutputOptions(NamedTuple):
    """Options of `owscale tf output`."""

    paths: ProjectPaths
    env: str | None
    lock_timeout: float
    terraform: str
    output_format: str


def run(options: TfOutputOptions, output: Output) -> CommandResult:
    """Print the outputs, without the values of sensitive ones."""
    session = open_session(options.paths, options.env, options.lock_timeout, output, options.terraform)
    session.init()
    result = session.terraform.run("output", "-json", "-no-color")
    if result.code:
        raise session.error("terraform output failed", result.stderr)
    outputs = read_outputs(result.stdout, f"terraform output in {session.root}")
    values: dict[str, Any] = {name: "(sensitive)" if o.sensitive else o.value for name, o in sorted(outputs.items())}
    if not values:
        raise OwscaleError(
            f"{session.root}: no outputs; nothing was applied yet", hint=f"run `{session.backend.plan_command}`"
        )
    if options.output_format == "json":
        return CommandResult(text=json_document(values) + "\n")
    width = max(map(len, values))
    lines = []
    for name, value in values.items():
        text = value if isinstance(value, str) else json.dumps(value)
        lines.append(f"{printable(name):<{width}}  {printable(text)}\n")
    return CommandResult(text="".join(lines))
