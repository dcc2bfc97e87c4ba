"""The stages from specs to files, in their order: read specs, validate, apply rules, build context, render, compare.

`owscale generate` runs all of them and then writes; other commands run a part.
"""

import functools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from owscale.console.invocation import owscale_command
from owscale.diagnostics.report import DiagnosticReport
from owscale.errors import OwscaleError
from owscale.fs import observed
from owscale.fs.hashing import content_digest
from owscale.output.drift import DriftResult, detect_drift
from owscale.output.expected import ExpectedFile, ExpectedFiles
from owscale.output.journal import IncompleteRun
from owscale.render.file_list import CopiedFile, RenderedFile, plan_files
from owscale.render.overrides import Overrides, load_overrides
from owscale.render.renderer import Renderer
from owscale.render.template_loader import TEMPLATES, read_templates
from owscale.rules.runner import CheckedDeployment, check_deployments
from owscale.spec.deployment import Deployment
from owscale.spec.document import Document
from owscale.spec.environments import load_environments
from owscale.spec.text_file import missing_file_hint
from owscale.spec.yaml_reader import SPEC_SUFFIXES, find_specs, read_spec
from owscale.workflow.directories import OutputDirectories, find_directories
from owscale.workflow.project import SPEC_DIRECTORY, ProjectPaths

if TYPE_CHECKING:
    from owscale.render.sandbox.renderer import SandboxedRenderer
    from owscale.terraform.config.plan_code import PlanCode

    TemplateRenderer = Renderer | SandboxedRenderer


_TERRAFORM_FILES = (".tf", ".tf.json", ".terraform.lock.hcl")


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
    if not files or (not observed.target_kind(spec) and spec.suffix not in SPEC_SUFFIXES):
        raise _missing_spec_error(spec)
    for file in files:
        document = read_spec(file, str(file), report)
        if document:
            yield document


def _missing_spec_error(spec: Path) -> OwscaleError:
    if observed.target_kind(spec) == observed.DIRECTORY:
        words = ["init", str(spec.parent)] if spec.name == SPEC_DIRECTORY and spec.parent != Path() else ["init"]
        init = owscale_command(*words, takes_paths=False)
        hint = f"write one as {spec}/spec.yaml; `{init}` writes a commented one to start from"
        return OwscaleError(f"{spec}: no spec found", hint=hint)
    if spec != ProjectPaths().spec:
        return OwscaleError(f"{spec}: no such file or directory", hint=missing_file_hint(spec))
    init = owscale_command("init", takes_paths=False)
    hint = f"run `{init}` to write a first spec here, or change to the directory of the project"
    return OwscaleError("no spec found in spec/ of this directory or of a directory above it", hint=hint)


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
    own_renderer = _own_renderer(renderer, overrides)
    planned = plan_files(checked, overrides, spec_path, renderer.templates)
    files = {file.path: _render(file, spec_path, renderer, own_renderer) for file in planned}
    spec_digest = content_digest(json.dumps(deployment.document.data, sort_keys=True).encode())
    return ExpectedFiles(deployment.folder, spec_path, spec_digest, files, keep=deployment.spec.keep)


def _render(
    file: RenderedFile | CopiedFile, spec_path: str, shipped: "TemplateRenderer", own: "TemplateRenderer | None"
) -> ExpectedFile:
    match file:
        case RenderedFile(_, template, source, context, is_own):
            renderer = own if own and is_own else shipped
            header = f"Generated from {spec_path} by {source}. Do not edit."
            text = renderer.render(template, header, context)
            digest = renderer.source_digest(template)
            if not is_own:
                return ExpectedFile(text.encode(), source, digest)
            render_shipped = functools.partial(_render_shipped, shipped, template, header, context)
            return ExpectedFile(text.encode(), source, digest, is_own=True, render_shipped=render_shipped)
        case CopiedFile(path, source, content):
            header = f"# Copied from {source}. Do not edit.\n\n" if path.endswith((".tf", ".tfvars")) else ""
            return ExpectedFile(header.encode() + content, source, content_digest(content), is_own=True)


def _render_shipped(renderer: "TemplateRenderer", template: str, header: str, context: Mapping[str, Any]) -> bytes:
    return renderer.render(template, header, context).encode()


@functools.cache
def _renderer(templates: Path) -> "TemplateRenderer":
    """Return one renderer for all deployments: reading the templates takes longer than rendering a deployment.

    Templates of a git revision are not part of this owscale, so they are rendered in the sandbox.
    """
    if templates == TEMPLATES:
        return Renderer(templates)
    from owscale.render.sandbox.renderer import SandboxedRenderer  # noqa: PLC0415 -- few runs need it

    return SandboxedRenderer(read_templates(templates))


def _own_renderer(shipped: "TemplateRenderer", overrides: Overrides) -> "TemplateRenderer | None":
    """Return the renderer of the custom templates of a deployment; None where it has none."""
    if not overrides.templates:
        return None
    from owscale.render.sandbox.renderer import SandboxedRenderer  # noqa: PLC0415 -- few runs need it

    return SandboxedRenderer(shipped.texts, overrides.templates, overrides.templates_shown)


def find_plan_code(paths: ProjectPaths, expected: ExpectedFiles, result: DriftResult) -> "list[PlanCode]":
    """Return what custom Terraform of a deployment runs in a plan; without any, nothing is imported or parsed."""
    own = (path for path, file in expected.generated.items() if file.is_own)
    if not any(path.endswith(_TERRAFORM_FILES) for path in (*own, *result.unmanaged)):
        return []
    from owscale.workflow.own_terraform import plan_code  # noqa: PLC0415 -- its parser takes longest to import

    present = result.moved_from or expected.folder
    return plan_code(f"{paths.out}/{present}", expected, result.unmanaged)


def compare_output(
    checked: Sequence[CheckedDeployment], paths: ProjectPaths, incomplete: IncompleteRun, *, find_orphans: bool
) -> Iterator[DriftResult]:
    """Compare each directory under out/ with its expected files, in the order of their names.

    A deployment that cannot be rendered or read gets a result with its failure. With `find_orphans`, renamed
    deployments are compared with their present directories, and the directories that no spec describes come last; that
    needs all specs to be valid.
    """
    specs = frozenset(paths.relative(item.deployment.document.source) for item in checked)
    directories = find_directories(paths, checked) if find_orphans else OutputDirectories({})
    for item in sorted(checked, key=lambda item: item.deployment.folder):
        try:
            expected = expected_files(item, paths)
            result = detect_drift(paths.out, expected, incomplete.files, sources=directories.sources, specs=specs)
            yield result._replace(plan_code=tuple(map(str, find_plan_code(paths, expected, result))))
        except OwscaleError as error:
            yield DriftResult(item.deployment.folder, failure=str(error))
    for orphan in directories.orphans:
        try:
            result = detect_drift(paths.out, orphan, incomplete.files)
            yield result._replace(
                state_owner=directories.state_owners.get(orphan.folder, ""),
                successor=directories.successors.get(orphan.folder, ""),
            )
        except OwscaleError as error:
            yield DriftResult(orphan.folder, failure=str(error))
    yield from directories.failures
