"""Deployments as the specs and templates of a git revision describe them."""

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from owscale import __version__
from owscale.cost import price_file
from owscale.diagnostics.report import DiagnosticReport
from owscale.errors import OwscaleError, SpecError, TemplateError
from owscale.output.expected import ExpectedFiles
from owscale.render.template_loader import TEMPLATES
from owscale.review.version import DeploymentVersion
from owscale.rules.runner import CheckedDeployment, check_deployments, run_rules
from owscale.spec.deployment import Deployment
from owscale.spec.yaml_reader import find_specs, read_spec
from owscale.workflow.git import Repository
from owscale.workflow.pipeline import expected_files, validate_environments
from owscale.workflow.project import ProjectPaths


class Revision(NamedTuple):
    """A commit of a repository; `name` is the revision as the user wrote it, for messages."""

    repository: Repository
    name: str
    commit: str

    def extract(self, path: Path, directory: Path) -> Path:
        """Write the files at or below a path into a directory, and return their path there."""
        return self.repository.extract(self.commit, path, directory)


class RevisionVersions(NamedTuple):
    """The deployments of a revision by their folder, and notes for the user on how they were read."""

    versions: dict[str, DeploymentVersion]
    notes: tuple[str, ...] = ()


def versions_at(revision: Revision, paths: ProjectPaths, directory: Path) -> RevisionVersions:
    """Extract a revision into an empty directory and return its deployments; none where it has no spec.

    Raises OwscaleError where this owscale cannot read a spec of the revision.
    """
    spec = revision.extract(paths.spec, directory)
    if not spec.exists():
        return RevisionVersions({}, (f"{revision.name}: has no {paths.spec}, so every deployment is new",))
    if spec.is_file():
        revision.extract(paths.spec.with_name(price_file.NAME), directory)
    repository, out = revision.repository, paths.out.resolve()
    out = out.relative_to(repository.top.resolve()) if repository.contains(out) else Path("out")
    checked = _load(spec, revision.name, directory)
    for deployment in (item.deployment for item in checked):
        _extract_custom_files(revision, deployment, directory)
    return _with_templates(revision, ProjectPaths(spec, directory / out), checked, directory)


def versions(
    checked: Sequence[CheckedDeployment], paths: ProjectPaths, templates: Path = TEMPLATES
) -> dict[str, DeploymentVersion]:
    """Return the deployments by their folder, each with a function that renders variants of it."""
    render = functools.partial(render_variant, paths, templates)
    return {item.deployment.folder: DeploymentVersion(item.deployment, render) for item in checked}


def render_variant(paths: ProjectPaths, templates: Path, deployment: Deployment) -> ExpectedFiles:
    """Render a deployment that may differ from the one in its file, such as one with a single key changed."""
    return expected_files(CheckedDeployment(deployment, run_rules(deployment)), paths, templates)


def _load(spec: Path, name: str, directory: Path) -> list[CheckedDeployment]:
    report = DiagnosticReport()
    documents = (read_spec(file, f"{name}:{file.relative_to(directory)}", report) for file in find_specs(spec))
    deployments = validate_environments(filter(None, documents), report)
    try:
        report.raise_on_errors()
    except SpecError as error:
        diagnostics = "\n".join(map(str, report))
        message = f"{diagnostics}\n{error} at {name}: owscale {__version__} cannot read that spec"
        raise OwscaleError(message, hint="compare with a later revision, whose spec has no error") from error
    return check_deployments(deployments, DiagnosticReport())  # today's rules do not apply to the past


def _extract_custom_files(revision: Revision, deployment: Deployment, directory: Path) -> None:
    parent = deployment.document.source.relative_to(directory).parent
    for folder in filter(None, (deployment.spec.custom.extra, deployment.spec.custom.templates)):
        revision.extract(revision.repository.top / parent / folder, directory)


def _with_templates(
    revision: Revision, paths: ProjectPaths, checked: list[CheckedDeployment], directory: Path
) -> RevisionVersions:
    """Use the templates of the revision where the repository has them and they fit this owscale; else the current."""
    if not revision.repository.contains(TEMPLATES):
        return RevisionVersions(versions(checked, paths))
    with_old_templates = versions(checked, paths, revision.extract(TEMPLATES, directory))
    try:
        for version in with_old_templates.values():
            version.files  # noqa: B018 -- renders them
    except TemplateError:
        note = f"{revision.name}: its templates need an older owscale; the comparison uses the current templates"
        return RevisionVersions(versions(checked, paths), (note,))
    return RevisionVersions(with_old_templates)
