"""All formats of diagnostics: their place on stdout, their imports, and --strict."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from owscale.cli.main import main
from owscale.diagnostics.report import DiagnosticReport
from owscale.reporting import format_document
from tests._support.cases import PROJECT

ERRORS = PROJECT / "tests/errors"
MANY = ERRORS / "many-errors/spec.yaml"
ACCEPTED = ERRORS / "S351-accepted/spec.yaml"
WITH_WARNING = ERRORS / "S213-redis-cpu/spec.yaml"
MACHINE_FORMATS = ("json", "github", "sarif")


def owscale(*arguments: str | Path) -> int:
    return main([str(argument) for argument in arguments])


@pytest.mark.parametrize("output_format", MACHINE_FORMATS)
@pytest.mark.parametrize("command", ["validate", "generate", "check"])
def test_document_is_alone_on_stdout(
    command: str, output_format: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    owscale(command, "--spec", ACCEPTED, "--out", tmp_path / "out", "--output-format", output_format)
    printed = capsys.readouterr()
    if output_format == "github":
        assert [line[:9] for line in printed.out.splitlines()] == ["::notice "]
    else:
        json.loads(printed.out)
    assert printed.err.splitlines()[-1] == "0 warnings, 1 accepted"


def test_document_is_printed_without_a_spec(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert owscale("validate", "--spec", tmp_path, "--output-format", "json") == 1
    printed = capsys.readouterr()
    assert json.loads(printed.out) == {"diagnostics": [], "errors": 0, "warnings": 0, "accepted": 0}
    assert "no spec found" in printed.err


@pytest.mark.parametrize("command", ["validate", "generate", "check"])
def test_strict_fails_on_a_warning(command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert owscale(command, "--spec", WITH_WARNING, "--out", out, "--strict") == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    consequence = "; nothing was written" if command == "generate" else ""
    assert printed.err.splitlines()[-1] == (f"1 warning; --strict fails on warnings that are not accepted{consequence}")
    assert not out.exists()


def test_strict_passes_an_accepted_warning(capsys: pytest.CaptureFixture[str]) -> None:
    assert owscale("validate", "--spec", ACCEPTED, "--strict") == 0
    assert capsys.readouterr().err.splitlines()[-1] == "0 warnings, 1 accepted"


def test_summary_counts_warnings_and_accepted_ones(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(ACCEPTED.read_text().replace("workers: 2", "workers: 2\n  threads: 20"))
    assert owscale("validate", "--spec", spec) == 0
    assert capsys.readouterr().err.splitlines()[-1] == "1 warning, 1 accepted"


def test_only_one_format_is_imported() -> None:
    code = (
        "import sys; from owscale.cli.main import main\n"
        f"main(['validate', '--spec', {str(MANY)!r}])\n"
        "print(*sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 -- our own code
    modules = set(ran.stdout.split())
    assert "owscale.reporting.format_text" in modules
    assert not modules & {f"owscale.reporting.format_{name}" for name in MACHINE_FORMATS}


def test_unknown_format_is_a_bug() -> None:
    with pytest.raises(ValueError, match="xml is not a format"):
        format_document(DiagnosticReport(), "xml")
