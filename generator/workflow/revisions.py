"""Deployments as the specs and templates of a git revision describe them."""

import functools
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from owscale import __version__
from owscale.cost import price_file
from owscale.diagnostics.report import DiagnosticReport
from owscale.domain.shared_resources import SharedResources
from owscale.errors import OwscaleError, SpecError, TemplateError
from owscale.fs.confined import ConfinedWriter
from owscale.output.expected import ExpectedFiles
from owscale.render.template_files import TEMPLATES
from owscale.review.version import DeploymentVersion
from owscale.rules.runner import check_deployment
from owscale.rules.suppressions import accepts_shared_resources
from owscale.spec.deployment import Deployment
from owscale.spec.yaml_reader import SPEC_SUFFIXES, find_specs, read_spec
from owscale.workflow.git import MAX_BYTES, MAX_FILES, Repository
from owscale.workflow.pipeline import expected_files, validate_environments
from owscale.workflow.project import ProjectPaths


class Revision(NamedTuple):
    """A commit of a repository, or a tree; `name` is the revision as the user wrote it, for messages."""

    repository: Repository
    name: str
    commit: str


class Extraction:
    """The files of a revision in an empty directory; one `ConfinedWriter` writes all of them."""

    def __init__(self, revision: Revision, directory: Path) -> None:
        self._revision = revision
        self._directory = directory
        self._writer = ConfinedWriter(directory, revision.name, max_files=MAX_FILES, max_bytes=MAX_BYTES)

    def add(self, path: str, *, suffixes: tuple[str, ...] = ()) -> Path:
        """Write the files at or below a path of the repository, and return their path in the directory.

        With `suffixes`, only files directly in the path with one of the suffixes are written.
        """
        self._revision.repository.extract(self._revision.commit, path, self._writer, suffixes=suffixes)
        return self._directory / path

    def add_specs(self, spec: Path) -> Path:
        """Write a spec or a directory of specs with its price file, and return its path in the directory.

        The specs beside a single spec are written too, because it may share resources with them.
        """
        repository = self._revision.repository
        extracted = self.add(repository.path_of(spec), suffixes=SPEC_SUFFIXES)
        folder = spec
        if not extracted.is_dir():
            folder = spec.parent
            self.add(repository.path_of(folder), suffixes=SPEC_SUFFIXES)
        self.add(repository.path_of(folder / price_file.NAME))
        return extracted


class RevisionVersions(NamedTuple):
    """The deployments of a revision by their folder, and notes for the user on how they were read."""

    versions: dict[str, DeploymentVersion]
    notes: tuple[str, ...] = ()


def versions_at(revision: Revision, paths: ProjectPaths, directory: Path) -> RevisionVersions:
    """Extract a revision into an empty directory and return its deployments; none if it has no spec.

    Raises OwscaleError if this owscale cannot read a spec of the revision.
    """
    extraction = Extraction(revision, directory)
    spec = extraction.add_specs(paths.spec)
    if not spec.exists():
        return RevisionVersions({}, (f"{revision.name}: has no {paths.spec}, so every deployment is new",))
    repository, out = revision.repository, paths.out.resolve()
    out = out.relative_to(repository.top.resolve()) if repository.contains(out) else Path("out")
    deployments = _load(spec, revision.name, directory)
    for deployment in deployments:
        parent = deployment.document.source.relative_to(directory).parent
        for folder in filter(None, (deployment.spec.custom.extra, deployment.spec.custom.templates)):
            extraction.add((parent / folder).as_posix())
    return _with_templates(revision, ProjectPaths(spec, directory / out), deployments, extraction)


def versions(
    deployments: Iterable[Deployment], paths: ProjectPaths, templates: Path = TEMPLATES
) -> dict[str, DeploymentVersion]:
    """Return the deployments by their folder, each with a function that renders variants of it."""
    deployments = list(deployments)
    render = functools.partial(render_variant, paths, templates, beside=deployments)
    return {deployment.folder: DeploymentVersion(deployment, render) for deployment in deployments}


def render_variant(
    paths: ProjectPaths, templates: Path, deployment: Deployment, beside: Iterable[Deployment] = ()
) -> ExpectedFiles:
    """Check and render a deployment that may differ from the one in its file, such as by a single key.

    `beside` are the deployments of the same version, with the one in the file.
    """
    others: Iterable[Deployment] = ()
    if accepts_shared_resources(deployment):
        others = (each for each in beside if each.folder != deployment.folder)
    return expected_files(check_deployment(deployment, SharedResources((deployment, *others))), paths, templates)


def _load(spec: Path, name: str, directory: Path) -> list[Deployment]:
    """Return the deployments of a revision, without running the present rules on them."""
    report = DiagnosticReport()
    documents = (read_spec(file, f"{name}:{file.relative_to(directory)}", report) for file in find_specs(spec))
    deployments = validate_environments(filter(None, documents), report)
    try:
        report.raise_on_errors()
    except SpecError as error:
        diagnostics = "\n".join(map(str, report))
        message = f"{diagnostics}\n{error} at {name}: owscale {__version__} cannot read that spec"
        raise OwscaleError(message, hint="compare with a later revision, whose spec has no error") from error
    return deployments


def _with_templates(
    revision: Revision, paths: ProjectPaths, deployments: list[Deployment], extraction: Extraction
) -> RevisionVersions:
    """Use the templates of the revision if the repository has them and they fit this owscale; else the current ones."""
    if not revision.repository.contains(TEMPLATES):
        return RevisionVersions(versions(deployments, paths))
    with_old_templates = versions(deployments, paths, extraction.add(revision.repository.path_of(TEMPLATES)))
    try:
        for version in with_old_templates.values():
            version.files  # noqa: B018 -- renders them
    except TemplateError:
        note = f"{revision.name}: its templates need an older owscale; the comparison uses the current templates"
        return RevisionVersions(versions(deployments, paths), (note,))
    return RevisionVersions(with_old_templates)
