"""`owscale doctor`: list the prerequisites of owscale, their status on this machine, and how to get missing ones."""

from pathlib import Path
from typing import NamedTuple

from owscale.cli.exit_codes import FAILURE, SUCCESS
from owscale.cli.messages import find_project
from owscale.cli.output import CommandResult, Output
from owscale.console.json_text import json_document
from owscale.console.text import plural, printable
from owscale.workflow.machine import Prerequisite, examine


class DoctorOptions(NamedTuple):
    """Options of `owscale doctor`."""

    spec: Path | None
    out: Path | None
    terraform: str
    output_format: str


def run(options: DoctorOptions, output: Output) -> CommandResult:
    """Examine the machine, and return a line for each prerequisite."""
    prerequisites = list(examine(lambda: find_project(options.spec, options.out, output), options.terraform))
    failed = [each for each in prerequisites if each.status == "failed"]
    if options.output_format == "json":
        text = json_document({"passed": not failed, "prerequisites": [each._asdict() for each in prerequisites]}) + "\n"
    else:
        text = _format_text(prerequisites)
    return CommandResult(FAILURE if failed else SUCCESS, text)


def _format_text(prerequisites: list[Prerequisite]) -> str:
    width = max(len(each.name) for each in prerequisites)
    lines = []
    for each in prerequisites:
        lines.append(f"{each.status:<7}  {each.name:<{width}}  {each.evidence}")
        if each.hint:
            lines.append(f"{'':<7}  {'':<{width}}  hint: {each.hint}")
    counts = [sum(each.status == status for each in prerequisites) for status in ("failed", "missing")]
    lines.append(f"{plural(len(prerequisites), 'prerequisite')}: {counts[0]} failed, {counts[1]} missing")
    return "".join(f"{printable(line)}\n" for line in lines)
