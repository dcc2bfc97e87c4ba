"""Find the directory under out/ of each deployment, also after its spec or its environment was renamed.

The Terraform state identifies a deployment. Its directory is moved as a whole: files that owscale does not write, such
as the files of `keep` and the working directory of Terraform, belong to it too.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from owscale.diagnostics.report import DiagnosticReport
from owscale.fs import observed
from owscale.output.directory import read_single_file
from owscale.output.drift import DriftResult, recorded_deployments
from owscale.output.expected import ExpectedFiles
from owscale.output.transaction import INTERRUPTED_MOVES
from owscale.rules.checked import CheckedDeployment
from owscale.spec.deployment import Deployment, StateLocation
from owscale.spec.environments import load_environments
from owscale.spec.renames import renamed_folders
from owscale.spec.yaml_reader import find_specs, read_spec
from owscale.workflow.project import ProjectPaths

_BACKEND = "backend.tf"
_ARGUMENT = re.compile(rb'^ *(bucket|key) *= *"([A-Za-z0-9_./-]+)"\r?$', re.MULTILINE)
"""The arguments that the template of the backend writes: S3Bucket and S3Key contain no other characters."""

_KEYS_OF_A_SPEC = {"environments", "existing", "name", "state"}


class OutputDirectories(NamedTuple):
    """The directories under out/ and the deployments that they belong to.

    `sources` has the present directory of each deployment that is not in its folder yet; None if another deployment
    still occupies the folder.
    `orphans` are the directories that no spec describes.
    `state_owners` has, for an orphan, the deployment that now uses its Terraform state; None if that is unknown.
    `successors` has, for an orphan, the deployment with another name and state that its spec and environment describe
    now.
    `failures` are directories that cannot be read.
    """

    sources: Mapping[str, str | None]
    orphans: tuple[ExpectedFiles, ...] = ()
    state_owners: Mapping[str, str | None] = {}
    successors: Mapping[str, str] = {}
    failures: tuple[DriftResult, ...] = ()


class Neighbours(NamedTuple):
    """The deployments of a single spec and of the specs beside it, and the errors of these specs."""

    deployments: tuple[Deployment, ...]
    report: DiagnosticReport


def find_directories(paths: ProjectPaths, checked: Iterable[CheckedDeployment]) -> OutputDirectories:
    """Return the directories of all deployments; all specs have to be valid."""
    deployments = {item.deployment.folder: item.deployment for item in checked}
    specs = frozenset(paths.relative(deployment.document.source) for deployment in deployments.values())
    states = {folder: deployment.state_location for folder, deployment in deployments.items()}
    in_place = {folder: state for folder, state in states.items() if read_state_location(paths.out, folder) == state}
    found = list(recorded_deployments(paths.out, specs, in_place, INTERRUPTED_MOVES))
    recorded = {each.folder: each for each in found if isinstance(each, ExpectedFiles)}
    states_on_disk = in_place | {folder: read_state_location(paths.out, folder) for folder in recorded}
    renames = _possible(paths.out, renamed_folders(states_on_disk, states))
    vacated = set(renames.values())
    sources = {folder: None for folder in deployments if folder in vacated} | renames
    orphans = tuple(each for folder, each in sorted(recorded.items()) if folder not in deployments.keys() | vacated)
    failures = tuple(each for each in found if isinstance(each, DriftResult) and each.folder not in deployments)
    new = {
        (paths.relative(deployment.document.source), deployment.environment): folder
        for folder, deployment in deployments.items()
        if folder not in in_place and folder not in sources and folder not in recorded
    }
    successors = {
        each.folder: new[key] for each in orphans if (key := (each.spec, each.folder.rpartition("/")[2])) in new
    }
    owners = dict(_state_owners(paths, orphans, deployments.values()))
    return OutputDirectories(sources, orphans, owners, successors, failures)


def read_state_location(out: Path, folder: str) -> StateLocation | None:
    """Return the state that the generated backend of a directory names; None if it names none."""
    content = read_single_file(out, folder, _BACKEND)
    if content is None:
        return None
    arguments = {name.decode(): value.decode() for name, value in _ARGUMENT.findall(content)}
    return StateLocation(**arguments) if arguments.keys() == {"bucket", "key"} else None


def _possible(out: Path, renames: dict[str, str]) -> dict[str, str]:
    """Return the renames whose new directory is free, or becomes free by another rename."""
    while blocked := [new for new in renames if observed.target_kind(out / new) and new not in renames.values()]:
        renames = {new: old for new, old in renames.items() if new not in blocked}
    return renames


def _state_owners(
    paths: ProjectPaths, orphans: Iterable[ExpectedFiles], deployments: Iterable[Deployment]
) -> Iterator[tuple[str, str | None]]:
    """Yield the owner of each orphan's state, if it has one or it cannot be determined."""
    owners: dict[StateLocation, str] | None = None
    is_complete = True
    for orphan in orphans:
        if owners is None:
            beside = find_neighbours(paths.spec)
            is_complete = not beside.report.errors
            owners = {each.state_location: each.folder for each in (*beside.deployments, *deployments)}
        state = read_state_location(paths.out, orphan.folder)
        if state and state in owners:
            yield orphan.folder, owners[state]
        elif state is None or not is_complete:
            yield orphan.folder, None


def find_neighbours(spec: Path) -> Neighbours:
    """Return the specs beside a single spec; none if `spec` is a directory, whose specs are all in the run.

    YAML files of other programs, which have no key of a spec, are left out.
    """
    report = DiagnosticReport()
    if observed.target_kind(spec) == observed.DIRECTORY:
        return Neighbours((), report)
    deployments: list[Deployment] = []
    for file in find_specs(spec.parent):
        document = read_spec(file, str(file), report)
        if document and not _KEYS_OF_A_SPEC.isdisjoint(document.data):
            deployments += load_environments(document, report)
    return Neighbours(tuple(deployments), report)
