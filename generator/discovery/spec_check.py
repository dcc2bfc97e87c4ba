"""Run the schema and the rules on the text of a spec."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from owscale.diagnostics.model import Diagnostic
from owscale.diagnostics.report import DiagnosticReport
from owscale.rules.registry import PLACEHOLDER_CODE
from owscale.rules.runner import check_deployments
from owscale.spec.deployment import Deployment
from owscale.spec.document import Document
from owscale.spec.environments import load_environments
from owscale.spec.text_file import UnreadableError
from owscale.spec.yaml_parser import YamlParser


class CheckedText(NamedTuple):
    """The diagnostics of a spec, without placeholders, and its deployment if the schema accepts it."""

    diagnostics: tuple[Diagnostic, ...]
    placeholders: tuple[Diagnostic, ...]
    deployment: Deployment | None

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """The diagnostics that stop `generate`."""
        return tuple(each for each in self.diagnostics if each.severity == "error")


def check_text(text: str, file: str) -> CheckedText:
    """Check the text of a spec, which is in no file yet."""
    report = DiagnosticReport()
    parser = YamlParser(text, file)
    deployments: list[Deployment] = []
    try:
        data = parser.parse()
    except UnreadableError as error:
        report.add(error.diagnostic)
    else:
        report.extend(parser.diagnostics)
        deployments = load_environments(Document(file, Path(file), data, parser.locations), report)
        check_deployments(deployments, report)
    placeholders = tuple(each for each in report if each.code == PLACEHOLDER_CODE)
    others = tuple(each for each in report if each.code != PLACEHOLDER_CODE)
    return CheckedText(others, placeholders, deployments[0] if deployments else None)
