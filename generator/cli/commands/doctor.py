"""`owscale doctor`: show what owscale needs on this machine, what is missing, and how to get it."""

from pathlib import Path
from typing import NamedTuple

from owscale.cli.exit_codes import FAILURE, SUCCESS
from owscale.cli.messages import find_project
from owscale.cli.output import CommandResult, Output
from owscale.console.json_text import json_document
from owscale.console.text import plural, printable
from owscale.workflow.machine import Finding, examine


class DoctorOptions(NamedTuple):
    """Options of `owscale doctor`."""

    spec: Path | None
    out: Path | None
    terraform: str
    output_format: str


def run(options: DoctorOptions, output: Output) -> CommandResult:
    """Examine the machine, and return a line for each subject."""
    findings = list(examine(lambda: find_project(options.spec, options.out, output), options.terraform))
    failed = [finding for finding in findings if finding.status == "failed"]
    if options.output_format == "json":
        text = json_document({"passed": not failed, "findings": [finding._asdict() for finding in findings]}) + "\n"
    else:
        text = _format_text(findings)
    return CommandResult(FAILURE if failed else SUCCESS, text)


def _format_text(findings: list[Finding]) -> str:
    width = max(len(finding.subject) for finding in findings)
    lines = []
    for finding in findings:
        lines.append(f"{finding.status:<7}  {finding.subject:<{width}}  {finding.evidence}")
        if finding.hint:
            lines.append(f"{'':<7}  {'':<{width}}  hint: {finding.hint}")
    counts = [sum(finding.status == status for finding in findings) for status in ("failed", "missing")]
    lines.append(f"{plural(len(findings), 'subject')}: {counts[0]} failed, {counts[1]} missing")
    return "".join(f"{printable(line)}\n" for line in lines)
