"""The stages from specs to files, in their order: read specs, validate, apply rules, build context, render, compare.

`owscale generate` runs all of them and then writes; other commands run a part.
"""

import functools
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from owscale.diagnostics.report import DiagnosticReport
from owscale.errors import OwscaleError
from owscale.fs.hashing import content_digest
from owscale.output.drift import DriftResult, detect_drift, find_orphaned_deployments
from owscale.output.expected import ExpectedFile, ExpectedFiles
from owscale.output.journal import IncompleteRun
from owscale.render.file_list import CopiedFile, RenderedFile, plan_files
from owscale.render.overrides import load_overrides
from owscale.render.renderer import Renderer
from owscale.render.template_loader import TEMPLATES
from owscale.rules.runner import CheckedDeployment, check_deployments
from owscale.spec.deployment import Deployment
from owscale.spec.document import Document
from owscale.spec.environments import load_environments
from owscale.spec.yaml_reader import find_specs, read_spec
from owscale.workflow.project import ProjectPaths


class LoadedSpecs(NamedTuple):
    """The deployments of the specs without errors, and the diagnostics of all specs."""

    deployments: list[CheckedDeployment]
    report: DiagnosticReport


def load_specs(spec: Path) -> LoadedSpecs:
    """Read, validate and check the specs at a path. Raises OwscaleError where there is none."""
    report = DiagnosticReport()
    documents = read_specs(spec, report)
    deployments = validate_environments(documents, report)
    checked = apply_rules(deployments, report)
    return LoadedSpecs(checked, report)


def read_specs(spec: Path, report: DiagnosticReport) -> Iterator[Document]:
    """Yield the data of each spec, with positions; an unreadable spec is reported and left out."""
    files = find_specs(spec)
    if not files:
        raise OwscaleError(
            f"{spec}: no spec found", hint="write one with `owscale init`, or name another directory with `--spec`"
        )
    for file in files:
        document = read_spec(file, str(file), report)
        if document:
            yield document


def validate_environments(documents: Iterable[Document], report: DiagnosticReport) -> list[Deployment]:
    """Return a deployment for each valid environment of each spec; an invalid one is reported and left out."""
    return [deployment for document in documents for deployment in load_environments(document, report)]


def apply_rules(deployments: Iterable[Deployment], report: DiagnosticReport) -> list[CheckedDeployment]:
    """Run the rules, and return the deployments of the specs without errors."""
    checked = check_deployments(deployments, report)
    invalid_files = report.files_with_errors
    return [item for item in checked if item.deployment.document.file not in invalid_files]


def expected_files(checked: CheckedDeployment, paths: ProjectPaths, templates: Path = TEMPLATES) -> ExpectedFiles:
    """Build the context of a deployment and render its files."""
    deployment = checked.deployment
    spec_path = paths.relative(deployment.document.source)
    overrides = load_overrides(deployment, spec_path)
    renderer = _renderer(templates)
    if overrides.templates:
        renderer = Renderer(templates, overrides.templates, overrides.templates_shown)
    planned = plan_files(checked, overrides, spec_path, renderer.templates)
    files = {file.path: _render(file, spec_path, renderer) for file in planned}
    spec_digest = content_digest(json.dumps(deployment.document.data, sort_keys=True).encode())
    return ExpectedFiles(deployment.folder, spec_path, spec_digest, files, keep=deployment.spec.keep)


def _render(file: RenderedFile | CopiedFile, spec_path: str, renderer: Renderer) -> ExpectedFile:
    match file:
        case RenderedFile(_, template, source, context):
            text = renderer.render(template, f"Generated from {spec_path} by {source}. Do not edit.", context)
            return ExpectedFile(text.encode(), source, renderer.source_digest(template))
        case CopiedFile(path, source, content):
            header = f"# Copied from {source}. Do not edit.\n\n" if path.endswith((".tf", ".tfvars")) else ""
            return ExpectedFile(header.encode() + content, source, content_digest(content))


@functools.cache
def _renderer(templates: Path) -> Renderer:
    """Return one renderer for all deployments: reading the templates takes longer than rendering a deployment."""
    return Renderer(templates)


def compare_output(
    checked: Sequence[CheckedDeployment], paths: ProjectPaths, incomplete: IncompleteRun, *, find_orphans: bool
) -> Iterator[DriftResult]:
    """Compare each directory under out/ with its expected files, in the order of their names.

    A deployment that cannot be rendered or read gets a result with its failure. With `find_orphans`, the directories
    that no spec describes come last; that needs all specs to be valid.
    """
    for item in sorted(checked, key=lambda item: item.deployment.folder):
        try:
            yield detect_drift(paths.out, expected_files(item, paths), incomplete.files)
        except OwscaleError as error:
            yield DriftResult(item.deployment.folder, failure=str(error))
    if find_orphans:
        specs = frozenset(paths.relative(item.deployment.document.source) for item in checked)
        current = frozenset(item.deployment.folder for item in checked)
        for orphan in find_orphaned_deployments(paths.out, specs, current):
            try:
                yield detect_drift(paths.out, orphan, incomplete.files)
            except OwscaleError as error:
                yield DriftResult(orphan.folder, failure=str(error))
