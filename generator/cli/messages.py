"""Texts that several commands print."""

import shlex
from collections.abc import Sequence

from owscale.cli.output import Output
from owscale.console.text import printable
from owscale.output.drift import DriftKind, DriftResult, FileDrift
from owscale.workflow.project import ProjectPaths

NOTHING_WRITTEN = "nothing was written"

INSTALL_BOTO3 = "install boto3 with `pipx inject owscale boto3`, or in a checkout of owscale with `make .venv/.aws`"
"""The hint where boto3 is missing. owscale is not on a package index, so no index has its extra `aws`."""

_MAX_NAMES = 5


def owscale_command(paths: ProjectPaths, *words: str) -> str:
    """Return a command line of owscale for the same specs and output, to paste into a shell."""
    default = ProjectPaths()
    options = [("--spec", paths.spec, default.spec), ("--out", paths.out, default.out)]
    flags = [word for flag, path, usual in options if path != usual for word in (flag, str(path))]
    return shlex.join(("owscale", *words, *flags))


def format_names(folders: Sequence[str]) -> str:
    """Return the names of deployments, or their number where there are many."""
    return ", ".join(folders) if len(folders) <= _MAX_NAMES else f"{len(folders):,} deployments"


def format_unmanaged(paths: ProjectPaths, result: DriftResult) -> str:
    """Return a line with the files beside the generated ones; empty where there are none."""
    files = ", ".join(map(printable, result.unmanaged.values()))
    return f"{paths.out / result.folder}: unmanaged: {files}\n" if files else ""


def format_plan_code(paths: ProjectPaths, result: DriftResult) -> str:
    """Return a line for each construct of own Terraform that runs, contacts or reads something in a plan."""
    return "".join(f"{paths.out / result.folder}/{printable(line)}\n" for line in result.plan_code)


def show_drift(output: Output, paths: ProjectPaths, drift: FileDrift, *, diff: bool) -> None:
    """Print how a file differs from the expected one; with `diff`, also what writing it would change."""
    if drift.kind is DriftKind.BLOCKED:
        output.status(drift.reason)
        return
    reason = f": {drift.reason}" if drift.reason else ""
    output.status(f"{paths.out / drift.path}: {drift.kind}{reason}")
    if diff:
        output.status(drift.diff)


def modified_hint(paths: ProjectPaths) -> str:
    """Return the hint for files that were modified locally."""
    force = owscale_command(paths, "generate", "--force")
    return f"change the spec or a template, add the file to `keep:`, or discard the edit with `{force}`"
