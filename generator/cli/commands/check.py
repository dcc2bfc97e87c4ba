"""`owscale check`: compare out/ with the files that the specs and templates generate."""

import os
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from owscale.cli.commands._drift_report import DriftReport
from owscale.cli.exit_codes import FAILURE
from owscale.cli.messages import drift_hints
from owscale.cli.output import CommandResult, Output
from owscale.console.text import plural
from owscale.errors import SpecError, format_message
from owscale.output.journal import read_incomplete_run
from owscale.output.lock import lock_output
from owscale.workflow.pipeline import LoadedSpecs, compare_output, load_specs
from owscale.workflow.project import ProjectPaths
from owscale.workflow.terraform_data import data_error, note_index, tracked_data


class CheckOptions(NamedTuple):
    """Options of `owscale check`."""

    paths: ProjectPaths
    strict: bool
    lock_timeout: float
    diff: bool
    staged: bool


class _Index(NamedTuple):
    """Paths that a check of the index cannot see in the staged files, relative to the directory of the output.

    `untracked` are files that are not in git, `terraform_data` are files of Terraform itself that are in git.
    """

    untracked: list[Path]
    terraform_data: list[Path]


def run(options: CheckOptions, output: Output) -> CommandResult:
    """Compare the output with the specs, in the work tree or, with `staged`, in the index of git."""
    if not options.staged:
        return _check(options, output)
    from owscale.workflow.git import Repository  # noqa: PLC0415 -- a check of the work tree needs no git
    from owscale.workflow.staged import staged_project  # noqa: PLC0415 -- a check of the work tree needs no git

    repository = Repository(options.paths.spec)
    out = Path(os.path.realpath(options.paths.out))
    is_inside = repository.contains(out)
    untracked = repository.untracked(out) if is_inside else []
    data = tracked_data(out) if is_inside else []
    index = _Index([file.relative_to(out) for file in untracked], [path.relative_to(out) for path in data])
    with staged_project(repository, options.paths) as paths:
        result = _check(options._replace(paths=paths), output, index)
    result.is_cacheable = False  # the record names files of a temporary directory
    return result


def _check(options: CheckOptions, output: Output, index: _Index | None = None) -> CommandResult:
    """Compare every deployment; an error in one spec or one deployment hides nothing of the others."""
    paths = options.paths
    specs = load_specs(paths.spec)
    output.show_diagnostics(specs.report, lists_accepted=False)
    with (
        lock_output(paths.out, exclusive=False, timeout_seconds=options.lock_timeout, status=output.status),
        DriftReport(output, paths, len(specs.deployments)) as drift,
    ):
        incomplete = read_incomplete_run(paths.out)
        if incomplete:
            output.status(f"{paths.out}: {incomplete}")
        results = compare_output(specs.deployments, paths, incomplete, find_orphans=not specs.report.errors)
        for result in drift.count(results):
            for difference in sorted(result.differences, key=lambda each: each.review_order):
                drift.show(difference, diff=options.diff)
    drift.show_moved()
    is_unchanged = drift.unchanged and not drift.kinds
    text = drift.unmanaged + (f"{plural(drift.unchanged, 'file')} up to date\n" if is_unchanged else "")
    new = [paths.out / file for file in _new_files(specs, drift, index.untracked)] if index else []
    for file in new:
        output.status(f"{file}: not in git")
    data = [paths.out / path for path in (index.terraform_data if index else _tracked_data(paths, drift))]
    data = [path for path in data if any(path.is_relative_to(paths.out / folder) for folder in drift.folders)]
    for error in map(data_error, data):
        output.status(error.message, hint=error.hint)
    summaries = (_summarize(paths, drift), _summarize_new(new), _summarize_data(data), drift.failure)
    failure = [message for message in summaries if message]
    try:
        specs.report.raise_on_errors(strict=options.strict)
    except SpecError as error:
        return CommandResult(FAILURE, text, failure="\n".join((*failure, str(error))))
    if failure:
        return CommandResult(FAILURE, text, failure="\n".join(filter(None, (*failure, specs.report.summary))))
    return CommandResult(text=text, is_cacheable=all(map(note_index, _repositories(paths, drift))))


def _summarize(paths: ProjectPaths, drift: DriftReport) -> str:
    """Return the number of differences with hints; empty if there are none."""
    number = drift.kinds.total()
    if not number:
        return ""
    total, verb = plural(number + drift.unchanged, "file"), "differs" if number == 1 else "differ"
    return format_message(f"{number:,} of {total} in {paths.out}/ {verb} from the specs", *drift_hints(drift.kinds))


def _new_files(specs: LoadedSpecs, drift: DriftReport, untracked: list[Path]) -> Iterator[Path]:
    """Yield the untracked files in the folders of deployments, without those that the user keeps there."""
    keep = {item.deployment.folder: item.deployment.spec.keep for item in specs.deployments}
    for folder in drift.folders:
        for file in untracked:
            if file.is_relative_to(folder):
                name = file.relative_to(folder).as_posix()
                if not any(fnmatchcase(name, pattern) for pattern in keep.get(folder, ())):
                    yield file


def _summarize_new(files: list[Path]) -> str:
    if not files:
        return ""
    verb = "is" if len(files) == 1 else "are"
    hint = "`git add` each file of the commit; list the others in .gitignore, or under `keep:` in the spec"
    return format_message(f"{plural(len(files), 'file')} in the folders of deployments {verb} not in git", hint)


def _tracked_data(paths: ProjectPaths, drift: DriftReport) -> list[Path]:
    """Return the paths of Terraform itself that are in git, relative to the directory of the output."""
    found = {path for repository in _repositories(paths, drift) for path in tracked_data(repository)}
    return sorted(path.relative_to(paths.out) for path in found)


def _repositories(paths: ProjectPaths, drift: DriftReport) -> set[Path]:
    """Return folders, one in each repository that can have files of Terraform itself; usually there is none."""
    folders = {paths.out / name for name in drift.folders_with_terraform_data}
    return {
        next((part for part in (folder, folder.parent) if os.path.lexists(part / ".git")), paths.out)
        for folder in folders
    }


def _summarize_data(data: list[Path]) -> str:
    number = plural(len(data), "path")
    return (
        f"{number} of Terraform itself in the folders of deployments {'is' if len(data) == 1 else 'are'} in git"
        if data
        else ""
    )
