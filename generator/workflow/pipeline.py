"""The stages of `owscale generate`, in their order.

Read specs, validate, apply rules, build the context, render, compare, write.

Other commands run a part of them.
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from owscale.diagnostics.report import DiagnosticReport
from owscale.errors import OwscaleError
from owscale.fs import observed
from owscale.fs.hashing import content_digest
from owscale.output.drift import DriftResult, detect_drift
from owscale.output.expected import ExpectedFiles
from owscale.output.journal import IncompleteRun
from owscale.output.signals import defer_signals
from owscale.output.transaction import Transaction
from owscale.render.template_files import TEMPLATES
from owscale.rules.checked import CheckedDeployment
from owscale.rules.runner import check_deployments
from owscale.rules.suppressions import accepts_shared_resources
from owscale.spec.deployment import Deployment
from owscale.spec.document import Document
from owscale.spec.environments import load_environments
from owscale.spec.yaml_reader import SPEC_SUFFIXES, find_specs, read_spec
from owscale.workflow.directories import OutputDirectories, find_directories, find_neighbours
from owscale.workflow.project import ProjectPaths, missing_spec_error

if TYPE_CHECKING:
    from owscale.terraform.config.plan_code import PlanCode

# The endings that `terraform.config.plan_code.is_terraform` accepts; the import of that module is slow.
_TERRAFORM_FILES = (".tf", ".tofu", ".json", ".hcl", ".tfvars")


class LoadedSpecs(NamedTuple):
    """The deployments of the specs without errors, and the diagnostics of all specs."""

    deployments: list[CheckedDeployment]
    report: DiagnosticReport


def load_specs(spec: Path) -> LoadedSpecs:
    """Read, validate and check the specs at a path. Raises OwscaleError if there is none.

    The files of a deployment must not depend on which specs a command names. So if a single spec accepts that it shares
    resources with others, the specs beside it are read too, and their errors are reported.
    """
    report = DiagnosticReport()
    documents = read_specs(spec, report)
    deployments = validate_environments(documents, report)
    others: list[Deployment] = []
    if any(map(accepts_shared_resources, deployments)):
        beside = find_neighbours(spec)
        report.include(beside.report)
        others = [each for each in beside.deployments if each.document.file != deployments[0].document.file]
    return LoadedSpecs(apply_rules(deployments, report, others), report)


def read_specs(spec: Path, report: DiagnosticReport) -> Iterator[Document]:
    """Yield the data of each spec, with positions; an unreadable spec is reported and left out."""
    files = find_specs(spec)
    if not files or (not observed.target_kind(spec) and spec.suffix not in SPEC_SUFFIXES):
        raise missing_spec_error(spec)
    for file in files:
        document = read_spec(file, str(file), report)
        if document:
            yield document


def validate_environments(documents: Iterable[Document], report: DiagnosticReport) -> list[Deployment]:
    """Return a deployment for each valid environment of each spec; an invalid one is reported and left out."""
    return [deployment for document in documents for deployment in load_environments(document, report)]


def apply_rules(
    deployments: Iterable[Deployment], report: DiagnosticReport, beside: Iterable[Deployment] = ()
) -> list[CheckedDeployment]:
    """Run the rules, and return the deployments of the specs without errors; those `beside` are not in the run."""
    checked = check_deployments(deployments, report, beside)
    invalid_files = report.files_with_errors
    return [item for item in checked if item.deployment.document.file not in invalid_files]


def expected_files(checked: CheckedDeployment, paths: ProjectPaths, templates: Path = TEMPLATES) -> ExpectedFiles:
    """Build the context of a deployment and render its files."""
    from owscale.render.file_list import build_contexts, plan_files  # noqa: PLC0415 -- only rendering needs Jinja
    from owscale.render.files import render_files, renderer_of  # noqa: PLC0415 -- only rendering needs Jinja
    from owscale.render.overrides import load_overrides  # noqa: PLC0415 -- only rendering needs Jinja

    deployment = checked.deployment
    spec_path = paths.relative(deployment.document.source)
    overrides = load_overrides(deployment, spec_path)
    renderer = renderer_of(templates)
    contexts = build_contexts(checked, spec_path)
    planned = plan_files(contexts, overrides, renderer.templates)
    files = render_files(planned, overrides, spec_path, renderer)
    spec_digest = content_digest(json.dumps(deployment.document.data, sort_keys=True).encode())
    return ExpectedFiles(deployment.folder, spec_path, spec_digest, files, keep=deployment.spec.keep)


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


class WrittenOutput(NamedTuple):
    """The directories that were written, and whether a signal kept the run from writing the others."""

    folders: list[str]
    is_interrupted: bool


def write_output(transaction: Transaction, compared: Collection[str], step: Callable[[], object]) -> WrittenOutput:
    """Write the staged changes, each deployment followed by a `step`. A signal takes effect between two deployments.

    `compared` are the directories that this run compared.
    """
    with defer_signals() as is_interrupted:
        folders = transaction.commit(compared, is_interrupted, step)
    return WrittenOutput(folders, is_interrupted())


def find_plan_code(paths: ProjectPaths, expected: ExpectedFiles, result: DriftResult) -> "list[PlanCode]":
    """Return the code of custom Terraform that runs in a plan; without custom files, import and parse nothing."""
    own = (path for path, file in expected.generated.items() if file.is_own)
    if not any(path.endswith(_TERRAFORM_FILES) for path in (*own, *result.unmanaged)):
        return []
    from owscale.workflow.own_terraform import plan_code  # noqa: PLC0415 -- its parser takes longest to import

    present = result.moved_from or expected.folder
    return plan_code(f"{paths.out}/{present}", expected, result.unmanaged)
