"""A document's environments, each validated: what every later stage works on."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from generator.diagnostics import Diagnostic
from generator.document import Document, Path
from generator.errors import Report
from generator.validation import ValidationError, validated

if TYPE_CHECKING:
    from generator.model import Spec

_DEFAULT_ENVIRONMENT = "production"
_ENVIRONMENT_NAME = re.compile("(?=.{1,64}$)[a-z0-9]+(?:-[a-z0-9]+)*")
_SAME_EVERYWHERE = ("name",)
_MOST_ENVIRONMENTS = 50
_MOST_ERRORS = 1000  # of one environment: a file with more is no spec, and each takes its time

SHAPE_CODES = {
    "S101": "A file that cannot be read, or is not YAML, describes nothing.",
    "S102": "A key that nobody reads is a typing error, or a wish that would silently not come true.",
    "S103": "Without it there is nothing to deploy, and no default would be safe.",
    "S104": "YAML keeps the last of two equal keys and drops the first without a word.",
    "S105": "A spec says everything in plain sight: anchors, tags and merges hide values from a reviewer.",
    "S106": "YAML versions disagree on what such a value means: `on` is true, `010` is 8, `1:30` is 90.",
    "S107": "A value of another kind would be guessed at, and guesses differ.",
    "S108": "AWS or Open WebUI does not take such a value.",
}
"""What can be wrong with the shape of a spec (S101 and S104 to S106 come from source.py)."""


class Deployment(NamedTuple):
    """One environment of one spec.

    `spec` is what holds after the environment's overrides; `document` knows where each key stands. `found` has what the
    rules say of the two, once they were asked.
    """

    environment: str
    spec: Spec
    document: Document
    found: tuple[Diagnostic, ...] | None = None

    @property
    def folder(self) -> str:
        """Its place under out/."""
        return f"{self.spec.name}/{self.environment}"


def deployments(document: Document, report: Report) -> list[Deployment]:
    """The environments of a document that are valid; what is wrong with the others goes to `report`."""
    valid: list[Deployment] = []
    found: dict[str, list[Diagnostic]] = {}
    doubtful = {_place(seen) for seen in report.of(document.file) if seen.code == "S106"}
    for environment, merged in _environments(document, report):
        try:
            valid.append(Deployment(environment, validated(merged.data), merged))
            found[environment] = []
        except ValidationError as invalid:
            from generator.model_errors import follows, translated  # noqa: PLC0415 -- only a mistake waits for it

            errors = [error for error in invalid.errors(include_url=False) if not follows(error)]
            told = [translated(merged, error) for error in errors[:_MOST_ERRORS]]
            found[environment] = [diagnostic for diagnostic in told if _place(diagnostic) not in doubtful]
    report.extend(each_once(found))
    return valid


def _place(diagnostic: Diagnostic) -> tuple[str, int, int]:
    return diagnostic.file, diagnostic.line, diagnostic.column


def each_once(found: Mapping[str, Collection[Diagnostic]]) -> Iterator[Diagnostic]:
    """What was found in the environments of one document, each once.

    What stands in the common part of the spec and is not wrong in every environment tells in which it is.
    """
    sets = {environment: frozenset(those) for environment, those in found.items()}
    for diagnostic in frozenset[Diagnostic]().union(*sets.values()):
        names = [environment for environment, those in sets.items() if diagnostic in those]
        if len(names) == len(found) or diagnostic.path.startswith("environments."):
            yield diagnostic
        else:
            yield diagnostic._replace(message=f"{diagnostic.message} (in {', '.join(names)})")


def _environments(document: Document, report: Report) -> Iterator[tuple[str, Document]]:
    """Each environment with its merged document. One that is wrong is there too, for what else is wrong with it."""
    common = document._replace(data={key: value for key, value in document.data.items() if key != "environments"})
    if "environments" not in document.data:
        yield _DEFAULT_ENVIRONMENT, common
        return
    environments = document.data["environments"]
    if not isinstance(environments, dict) or not environments:
        message = "must be a mapping with at least one environment"
        hint = "for example environments: {production: {}}"
        report.add(document.diagnostic("S107", ("environments",), message, hint))
        yield _DEFAULT_ENVIRONMENT, common
        return
    if len(environments) > _MOST_ENVIRONMENTS:
        message = f"has {len(environments)} entries; at most {_MOST_ENVIRONMENTS} are allowed"
        report.add(document.diagnostic("S108", ("environments",), message, "give each team a spec of its own"))
        environments = dict(islice(environments.items(), _MOST_ENVIRONMENTS))
    for environment, override in environments.items():
        path: Path = ("environments", environment)
        if not _ENVIRONMENT_NAME.fullmatch(environment):
            message = "an environment's name must be at most 64 lower-case letters and digits joined by single hyphens"
            told = document.diagnostic("S108", path, message, "for example production; the name becomes a folder")
            report.add(document.at_key(path, told))
        if override is not None and not isinstance(override, dict):
            message = "must be a mapping of the values that differ"
            report.add(document.diagnostic("S107", path, message, "write {} if none does"))
            yield environment, common
        else:
            for key in _SAME_EVERYWHERE:
                if override and key in override:
                    message = "is the same in every environment"
                    hint = "leave it out here; the environment's own name tells its folder apart"
                    told = document.diagnostic("S102", (*path, key), message, hint)
                    report.add(document.at_key((*path, key), told))
            yield environment, document.merged(path)
