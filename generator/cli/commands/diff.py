"""`owscale diff`: list the changes since a git revision, and their effects, for a reviewer."""

import tempfile
from pathlib import Path
from typing import NamedTuple

from owscale.cli.commands._specs import load_valid_deployments
from owscale.cli.output import CommandResult, Output
from owscale.review import format_json, format_text
from owscale.review.comparison import compare_deployments
from owscale.review.version import DeploymentVersion
from owscale.spec.yaml_reader import find_specs
from owscale.workflow.git import Repository
from owscale.workflow.project import ProjectPaths
from owscale.workflow.revisions import Revision, versions, versions_at


class DiffOptions(NamedTuple):
    """Options of `owscale diff`."""

    paths: ProjectPaths
    strict: bool
    base: str
    head: str | None
    output_format: str


def run(options: DiffOptions, output: Output) -> CommandResult:
    """Compare the specs of two revisions, or of a revision and the working tree."""
    repository = Repository(options.paths.spec)
    base, head = repository.commit(options.base), repository.commit(options.head or "HEAD")
    fork = repository.merge_base(base, head)
    with tempfile.TemporaryDirectory() as directory:
        before = _at_revision(Revision(repository, options.base, fork), options, Path(directory, "base"), output)
        if options.head:
            after = _at_revision(Revision(repository, options.head, head), options, Path(directory, "head"), output)
        else:
            after = _in_working_tree(options, output, is_new=not before)
        changes = list(compare_deployments(before, after))
    if options.output_format == "json":
        return CommandResult(text=f"{format_json.format_json(changes, options.base)}\n")
    format_changes = format_text.format_markdown if options.output_format == "markdown" else format_text.format_text
    return CommandResult(text="\n".join(format_changes(changes, options.base)).rstrip() + "\n")


def _at_revision(
    revision: Revision, options: DiffOptions, directory: Path, output: Output
) -> dict[str, DeploymentVersion]:
    extracted = versions_at(revision, options.paths, directory)
    for note in extracted.notes:
        output.status(note)
    return extracted.versions


def _in_working_tree(options: DiffOptions, output: Output, *, is_new: bool) -> dict[str, DeploymentVersion]:
    spec = options.paths.spec
    if not is_new and not (spec.exists() and find_specs(spec)):
        return {}  # every spec was removed, which is a change too
    deployments = load_valid_deployments(options.paths, output, strict=options.strict)
    return versions([checked.deployment for checked in deployments], options.paths)
