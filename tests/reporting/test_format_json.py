"""Diagnostics as JSON."""

import json
from pathlib import Path
from typing import Any

import pytest

from owscale.cli.main import main
from tests._support.cases import PROJECT

ERRORS = PROJECT / "tests/errors"
MANY = ERRORS / "many-errors/spec.yaml"
ACCEPTED = ERRORS / "S351-accepted/spec.yaml"


def validate(capsys: pytest.CaptureFixture[str], spec: Path) -> Any:
    main(["validate", "--spec", str(spec), "--output-format", "json"])
    return json.loads(capsys.readouterr().out)


def test_fields_of_a_diagnostic(capsys: pytest.CaptureFixture[str]) -> None:
    many = validate(capsys, MANY)
    assert (many["errors"], many["warnings"], many["accepted"]) == (11, 0, 0)
    assert len(many["diagnostics"]) == 11
    duplicate = next(diagnostic for diagnostic in many["diagnostics"] if diagnostic["code"] == "S104")
    assert duplicate == {
        "file": str(MANY),
        "line": 20,
        "column": 47,
        "length": 5,
        "code": "S104",
        "severity": "error",
        "path": "redis.nodes",
        "message": "duplicate key; the first one is on line 20",
        "hint": "remove one of them",
        "related": [
            {"file": str(MANY), "line": 20, "column": 37, "length": 5, "path": "redis.nodes", "is_default": False}
        ],
        "accepted": "",
    }


def test_accepted_warning_has_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    accepted = validate(capsys, ACCEPTED)
    assert (accepted["errors"], accepted["warnings"], accepted["accepted"]) == (0, 0, 1)
    assert accepted["diagnostics"][0]["severity"] == "warning"
    assert accepted["diagnostics"][0]["accepted"] == "two workers fit in 8 GB of memory"


def test_related_default_values_are_marked(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PROJECT)
    (diagnostic,) = validate(capsys, Path("tests/errors/S202-instances-outside/spec.yaml"))["diagnostics"]
    assert [(related["path"], related["is_default"]) for related in diagnostic["related"]] == [
        ("autoscaling.min", True),
        ("autoscaling.max", True),
    ]


def test_error_of_an_override_has_its_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = tmp_path / "spec.yaml"
    text = (ERRORS / "S351-workers/spec.yaml").read_text().replace("workers: 2", "workers: 1")
    override = "environments:\n  staging:\n    autoscaling: {min: 5, max: 4}\n"
    spec.write_text(f"{text}autoscaling: {{min: 2, max: 10}}\n{override}")
    (diagnostic,) = validate(capsys, spec)["diagnostics"]
    (related,) = diagnostic["related"]
    line = spec.read_text().splitlines().index("    autoscaling: {min: 5, max: 4}") + 1
    assert (diagnostic["line"], diagnostic["column"], diagnostic["path"]) == (
        line,
        24,
        "environments.staging.autoscaling.min",
    )
    assert (related["line"], related["column"], related["path"]) == (line, 32, "environments.staging.autoscaling.max")
