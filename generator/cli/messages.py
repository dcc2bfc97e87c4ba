"""Texts that several commands print."""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from owscale.cli.output import Output
from owscale.console.invocation import owscale_command
from owscale.console.text import printable
from owscale.output.drift import DriftKind, DriftResult, FileDrift
from owscale.workflow.project import ProjectPaths, project_paths

NOTHING_WRITTEN = "nothing was written"

_MAX_NAMES = 5


def find_project(spec: Path | None, out: Path | None, output: Output) -> ProjectPaths:
    """Return the paths of the project; a note names a project above the current directory."""
    paths = project_paths(spec, out)
    if paths.found_above:
        output.note(f"note: using the project in {paths.found_above}")
    return paths


def format_names(folders: Sequence[str]) -> str:
    """Return the names of deployments, or their number where there are many."""
    return ", ".join(folders) if len(folders) <= _MAX_NAMES else f"{len(folders):,} deployments"


def format_unmanaged(paths: ProjectPaths, result: DriftResult) -> str:
    """Return a line with the files beside the generated ones; empty if there are none.

    Terraform's own directory is named only where nothing is generated any more.
    """
    names = (name for path, name in result.unmanaged.items() if path != ".terraform" or result.is_orphaned)
    files = ", ".join(map(printable, names))
    return f"{paths.out / result.folder}: unmanaged: {files}\n" if files else ""


def format_plan_code(paths: ProjectPaths, result: DriftResult) -> str:
    """Return a line for each construct of custom Terraform that runs, contacts or reads something in a plan."""
    return "".join(f"{paths.out / result.folder}/{printable(line)}\n" for line in result.plan_code)


def show_drift(output: Output, paths: ProjectPaths, drift: FileDrift, *, diff: bool) -> None:
    """Print how a file differs from the expected one; with `diff`, also a diff of the lines that a run would change."""
    if drift.kind is DriftKind.BLOCKED:
        output.status(drift.reason, hint=drift.hint)
        return
    reason = f": {drift.reason}" if drift.reason else ""
    output.status(f"{paths.out / drift.path}: {drift.kind}{reason}")
    if diff:
        output.status(drift.diff)


def drift_hints(kinds: Collection[DriftKind]) -> Iterator[str]:
    """Yield the hints for kinds of drift; the hint for a blocked file is printed with that file."""
    generate, force = owscale_command("generate"), owscale_command("generate", "--force")
    is_outdated = not {DriftKind.MODIFIED, DriftKind.BLOCKED}.issuperset(kinds)
    if DriftKind.MODIFIED in kinds:
        yield (
            "move each local edit into the spec or a template, or add its file to `keep:`, "
            f"then run `{generate}`; or discard the edits with `{force}`"
        )
    elif is_outdated:
        yield f"run `{generate}` and commit the result"
