"""Entries of the catalogue: their example triggers the code, and the fixed example does not."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from owscale.diagnostics.model import Diagnostic
from owscale.diagnostics.report import DiagnosticReport
from owscale.rules.catalogue import CatalogueEntry, catalogue
from owscale.rules.runner import check_deployments
from owscale.spec import yaml_reader
from owscale.spec.environments import load_environments
from tests._support.cases import GOLDEN, PROJECT

MINIMAL = (GOLDEN / "minimal/spec.yaml").read_text()
YAML_SYNTAX_CODES = {"S101", "S104", "S105", "S106"}
"""Codes whose example is appended as text: parsed and written again, it would lose the error."""
SECOND_SPEC_CODES = {"S403"}
"""Codes whose example is part of a second spec."""

for_every_entry = pytest.mark.parametrize("entry", catalogue(), ids=lambda entry: entry.code)


def diagnose(*specs: Path) -> set[Diagnostic]:
    """Return the diagnostics of the specs that they do not accept."""
    report = DiagnosticReport()
    documents = [document for path in specs if (document := yaml_reader.read_spec(path, path.name, report))]
    deployments = [deployment for document in documents for deployment in load_environments(document, report)]
    check_deployments(deployments, report)
    return {diagnostic for diagnostic in report if not diagnostic.accepted}


def codes_of_example(example: str, code: str, folder: Path) -> set[str]:
    """Return the codes that the example adds to the codes of the minimal spec."""
    first, second = folder / "a.yaml", folder / "b.yaml"
    first.write_text(MINIMAL)
    codes_of_minimal = {diagnostic.code for diagnostic in diagnose(first)}
    if code in YAML_SYNTAX_CODES:
        second.write_text(f"{MINIMAL}{example}\n")
    else:
        second.write_text(yaml.safe_dump(merge(yaml.safe_load(MINIMAL), yaml.safe_load(example))))
    specs = (first, second) if code in SECOND_SPEC_CODES else (second,)
    return {diagnostic.code for diagnostic in diagnose(*specs)} - (codes_of_minimal - {code})


def merge(base: Any, override: Any) -> Any:
    if isinstance(base, dict) and isinstance(override, dict):
        return base | {key: merge(base.get(key), value) for key, value in override.items()}
    return override


@for_every_entry
def test_entry_is_complete(entry: CatalogueEntry) -> None:
    assert entry.checks.startswith("Checks that ")
    for sentence in (entry.checks, entry.rationale):
        assert sentence.endswith(".")
        assert "\n" not in sentence
    assert entry.checks.count(". ") == 0, "one sentence"
    if entry.reference.startswith("docs/"):
        assert (PROJECT / entry.reference).is_file()
    else:
        assert entry.reference.startswith("https://"), "names its source"


@for_every_entry
def test_example_triggers_only_its_code(entry: CatalogueEntry, tmp_path: Path) -> None:
    assert codes_of_example(entry.example, entry.code, tmp_path) == {entry.code}


@for_every_entry
def test_fixed_example_triggers_nothing(entry: CatalogueEntry, tmp_path: Path) -> None:
    assert entry.fixed_example != entry.example
    assert codes_of_example(entry.fixed_example, entry.code, tmp_path) == set()
