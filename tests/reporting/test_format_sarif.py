"""Diagnostics as SARIF."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from owscale.cli.main import main
from owscale.rules.catalogue import catalogue
from tests._support.cases import PROJECT

ERRORS = PROJECT / "tests/errors"
ACCEPTED = ERRORS / "S351-accepted/spec.yaml"


def _object(**properties: Any) -> dict[str, Any]:
    """Return the schema of an object without other properties; those that begin with an underscore are optional."""
    named = {name.removeprefix("_").replace("schema", "$schema"): part for name, part in properties.items()}
    required = [name for name in named if f"_{name}" not in properties]
    return {"type": "object", "properties": named, "required": required, "additionalProperties": False}


# The part of the schema of SARIF 2.1.0 that the documents use: properties, types, bounds and enumerations.
TEXT = {"type": "string", "minLength": 1}
NUMBER = {"type": "integer", "minimum": 1}
MESSAGE = _object(text=TEXT)
LEVEL = {"enum": ["none", "note", "warning", "error"]}
LOCATION = {
    "physicalLocation": _object(
        artifactLocation=_object(uri=TEXT | {"pattern": "^[A-Za-z0-9/:%._~-]+$"}),
        _region=_object(startLine=NUMBER, startColumn=NUMBER, endColumn=NUMBER),
    ),
    "_logicalLocations": {"type": "array", "items": _object(fullyQualifiedName=TEXT)},
}
RULE = _object(
    id=TEXT,
    shortDescription=MESSAGE,
    fullDescription=MESSAGE,
    help=MESSAGE,
    defaultConfiguration=_object(level=LEVEL),
)
RESULT = _object(
    ruleId=TEXT,
    ruleIndex={"type": "integer", "minimum": 0},
    level=LEVEL,
    message=MESSAGE,
    locations={"type": "array", "items": _object(**LOCATION), "minItems": 1},
    _relatedLocations={"type": "array", "items": _object(**LOCATION, message=MESSAGE), "uniqueItems": True},
    _suppressions={
        "type": "array",
        "items": _object(kind={"enum": ["inSource", "external"]}, justification=TEXT),
        "uniqueItems": True,
    },
)
DRIVER = _object(name=TEXT, version=TEXT, rules={"type": "array", "items": RULE, "uniqueItems": True})
RUN = _object(
    tool=_object(driver=DRIVER),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    results={"type": "array", "items": RESULT},
)
SARIF = _object(schema=TEXT, version={"const": "2.1.0"}, runs={"type": "array", "items": RUN, "minItems": 1})


def validate(capsys: pytest.CaptureFixture[str], spec: Path) -> Any:
    main(["validate", "--spec", str(spec), "--output-format", "sarif"])
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("name", ["many-errors", "S101-empty", "S351-accepted", "S213-redis-cpu", "S403-one-folder"])
def test_document_conforms_to_the_standard(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    sarif = validate(capsys, ERRORS / name)
    jsonschema.validate(sarif, SARIF)
    (run,) = sarif["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [entry.code for entry in catalogue()]
    assert run["results"]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])


def test_files_are_uris(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    (tmp_path / "é %.yaml").write_text("")
    monkeypatch.chdir(tmp_path)
    for spec, uri in ((Path("é %.yaml"), "%C3%A9%20%25.yaml"), (tmp_path / "é %.yaml", "/%C3%A9%20%25.yaml")):
        (result,) = validate(capsys, spec)["runs"][0]["results"]
        location = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert location.endswith(uri)
        assert location.startswith("file:///") == spec.is_absolute()


def test_region_covers_the_value_and_accepted_warnings_are_suppressed(capsys: pytest.CaptureFixture[str]) -> None:
    (result,) = validate(capsys, ACCEPTED)["runs"][0]["results"]
    region = result["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 15, "startColumn": 12, "endColumn": 13}
    assert result["suppressions"] == [{"kind": "inSource", "justification": "two workers fit in 8 GB of memory"}]
    assert result["level"] == "warning"
