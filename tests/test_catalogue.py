"""What the catalogue says of each code is so: the example triggers it, and its mend does not."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from generator import checks, source
from generator.catalogue import Entry, catalogue
from generator.deployment import deployments
from generator.diagnostics import Diagnostic
from generator.errors import Report
from tests.cases import GOLDEN, PROJECT

MINIMAL = (GOLDEN / "minimal/spec.yaml").read_text()
ABOUT_YAML = {"S101", "S104", "S105", "S106"}  # a parsed example would have lost what it shows: it is appended as text
A_SECOND_SPEC = {"S403"}

every_entry = pytest.mark.parametrize("entry", catalogue(), ids=lambda entry: entry.code)


def said(*specs: Path) -> set[Diagnostic]:
    report = Report()
    documents = [document for path in specs if (document := source.read(path, path.name, report))]
    checks.check([found for document in documents for found in deployments(document, report)], report)
    return {found for found in report if not found.accepted}


def codes(part: str, code: str, folder: Path) -> set[str]:
    """The codes of the minimal spec together with a part of a spec; for errors and what `minimal` itself warns of."""
    first, second = folder / "a.yaml", folder / "b.yaml"
    first.write_text(MINIMAL)
    own = {found.code for found in said(first)}
    if code in ABOUT_YAML:
        second.write_text(f"{MINIMAL}{part}\n")
    else:
        second.write_text(yaml.safe_dump(merged(yaml.safe_load(MINIMAL), yaml.safe_load(part))))
    specs = (first, second) if code in A_SECOND_SPEC else (second,)
    return {found.code for found in said(*specs)} - (own - {code})


def merged(below: Any, above: Any) -> Any:
    if isinstance(below, dict) and isinstance(above, dict):
        return below | {key: merged(below.get(key), value) for key, value in above.items()}
    return above


@every_entry
def test_an_entry_is_whole(entry: Entry) -> None:
    assert entry.why.endswith("."), "a sentence"
    if entry.reference.startswith("docs/"):
        assert (PROJECT / entry.reference).is_file()
    else:
        assert entry.reference.startswith("https://"), "says where upstream it comes from"


@every_entry
def test_the_example_triggers_the_code_alone(entry: Entry, tmp_path: Path) -> None:
    assert codes(entry.example, entry.code, tmp_path) == {entry.code}


@every_entry
def test_the_mend_triggers_nothing(entry: Entry, tmp_path: Path) -> None:
    assert entry.mend != entry.example
    assert codes(entry.mend, entry.code, tmp_path) == set()
