"""Split a document into its environments and validate each of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from owscale.diagnostics.merge import merge_across_environments
from owscale.diagnostics.model import Diagnostic
from owscale.diagnostics.report import DiagnosticReport
from owscale.spec.deployment import Deployment
from owscale.spec.document import Document, Path
from owscale.spec.validation import ValidationError, validate

_DEFAULT_ENVIRONMENT = "production"
_ENVIRONMENT_NAME = re.compile("(?=.{1,64}$)[a-z0-9]+(?:-[a-z0-9]+)*")
_MAX_ENVIRONMENTS = 50
_MAX_ERRORS = 1000  # of one environment: translating more takes long, and no spec has so many keys


def load_environments(document: Document, report: DiagnosticReport) -> list[Deployment]:
    """Return a deployment for each valid environment of a document; report the errors of the others."""
    deployments: list[Deployment] = []
    errors: dict[str, list[Diagnostic]] = {}
    # An ambiguous value has its error already, and may have the wrong type only because of the guess at its meaning.
    ambiguous = {_position(diagnostic) for diagnostic in report.for_file(document.file) if diagnostic.code == "S106"}
    for environment, merged in _split_environments(document, report):
        try:
            deployments.append(Deployment(environment, validate(merged.data), merged))
            errors[environment] = []
        except ValidationError as error:
            diagnostics = _translate(merged, error)
            errors[environment] = [each for each in diagnostics if _position(each) not in ambiguous]
    report.extend(merge_across_environments(errors))
    return deployments


def _translate(document: Document, error: ValidationError) -> list[Diagnostic]:
    from owscale.spec.validation_errors import is_secondary_error, translate_error  # noqa: PLC0415 -- not needed for a valid spec

    details = [detail for detail in error.errors(include_url=False) if not is_secondary_error(detail)]
    return [translate_error(document, detail) for detail in details[:_MAX_ERRORS]]


def _position(diagnostic: Diagnostic) -> tuple[int, int]:
    return diagnostic.line, diagnostic.column


def _split_environments(document: Document, report: DiagnosticReport) -> Iterator[tuple[str, Document]]:
    """Yield each environment with its merged document.

    An environment whose entry has an error is included, so that its other errors are reported in the same run.
    """
    common = document.without(("environments",))
    if "environments" not in document.data:
        yield _DEFAULT_ENVIRONMENT, common
        return
    environments = document.data["environments"]
    if not isinstance(environments, dict) or not environments:
        message = "must be a mapping with at least one environment"
        hint = "write `environments: {production: {}}`, or remove the key"
        report.add(document.diagnostic("S107", ("environments",), message, hint))
        yield _DEFAULT_ENVIRONMENT, common
        return
    if len(environments) > _MAX_ENVIRONMENTS:
        message = f"has {len(environments)} entries; the maximum is {_MAX_ENVIRONMENTS}"
        hint = "move some of them to another spec, such as one spec for each team"
        report.add(document.diagnostic("S108", ("environments",), message, hint))
        environments = dict(islice(environments.items(), _MAX_ENVIRONMENTS))
    for environment, override in environments.items():
        path: Path = ("environments", environment)
        report.extend(_entry_errors(document, path, override))
        yield environment, common if _is_wrong_type(override) else document.merged(path)


def _entry_errors(document: Document, path: Path, override: object) -> Iterator[Diagnostic]:
    """Yield the errors in the name and the type of an environment, and in keys that it cannot override."""
    if not _ENVIRONMENT_NAME.fullmatch(str(path[-1])):
        message = "the name of an environment must be at most 64 lower-case letters and digits joined by single hyphens"
        hint = "choose a name such as production; it becomes a folder under out/"
        yield document.at_key(path, document.diagnostic("S108", path, message, hint))
    if _is_wrong_type(override):
        message = "must be a mapping of the values that differ in this environment"
        yield document.diagnostic("S107", path, message, "write `{}` if no value differs")
    elif isinstance(override, dict) and "name" in override:
        message = "cannot be overridden in an environment"
        hint = "remove it; the folder under out/ has the name of the environment as well"
        name = (*path, "name")
        yield document.at_key(name, document.diagnostic("S102", name, message, hint))


def _is_wrong_type(override: object) -> bool:
    return override is not None and not isinstance(override, dict)
