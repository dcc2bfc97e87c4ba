"""The fixtures under tests/errors/: a wrong spec for each code, and the whole report of `owscale validate`."""

import re
from pathlib import Path

import pytest

from owscale.cli.main import main
from owscale.diagnostics.report import DiagnosticReport
from owscale.rules.catalogue import catalogue
from owscale.rules.runner import check_deployments
from owscale.spec.environments import load_environments
from owscale.spec.validation import key_of_path
from owscale.spec.yaml_reader import read_spec
from tests._support.cases import PROJECT

FIXTURES = sorted(path.parent for path in PROJECT.glob("tests/errors/*/expected.txt"))
CODES = {entry.code: entry.severity for entry in catalogue()}
PYDANTIC = re.compile(r"Input should|type=|input_value|For further information|pydantic|validation error")
DETAIL_PREFIXES = ("  with: ", "  hint: ", "  reason: ")
FIRST_LINE = re.compile(r"(?:(?P<place>\S+:\d+:\d+)|\S+): .*\[(?P<code>S\d{3})\]")

every_fixture = pytest.mark.parametrize("fixture", FIXTURES, ids=lambda fixture: fixture.name)


@pytest.fixture(autouse=True)
def _in_the_project_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PROJECT)


def target(fixture: Path) -> str:
    """Return the `--spec` argument: the spec, or the directory of a fixture with several specs."""
    specs = list(fixture.glob("*.yaml"))
    return (specs[0] if len(specs) == 1 else fixture).relative_to(PROJECT).as_posix()


def code_of(fixture: Path) -> str:
    return fixture.name.partition("-")[0]


def is_warning(fixture: Path) -> bool:
    """Whether the spec is valid: it has a warning, or an error that it accepts."""
    return CODES.get(code_of(fixture)) == "warning" or fixture.name.endswith("-accepted")


@every_fixture
def test_report_is_the_expected_one(fixture: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out = tmp_path / "out"
    code = main(["validate", "--spec", target(fixture), "--out", str(out)])
    stderr = capsys.readouterr().err.replace(f"{out.as_posix()}/", "out/")
    expected = fixture / "expected.txt"
    command = f"owscale validate --spec {target(fixture)} 2> {expected.relative_to(PROJECT).as_posix()}"
    assert stderr == expected.read_text(encoding="utf-8"), f"if the new report is right: {command}"
    assert code == (0 if is_warning(fixture) else 1)
    assert not out.exists()


@pytest.mark.parametrize("fixture", [f for f in FIXTURES if not is_warning(f)], ids=lambda fixture: fixture.name)
def test_generate_writes_nothing_for_a_wrong_spec(
    fixture: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    assert main(["generate", "--spec", target(fixture), "--out", str(out)]) == 1
    assert capsys.readouterr().out == ""
    assert not out.exists()


@every_fixture
def test_report_has_no_words_of_python_or_pydantic(fixture: Path) -> None:
    text = (fixture / "expected.txt").read_text(encoding="utf-8")
    assert "Traceback" not in text
    assert not PYDANTIC.search(text)


@every_fixture
def test_fixture_has_only_its_own_code(fixture: Path) -> None:
    lines = [
        line
        for line in (fixture / "expected.txt").read_text(encoding="utf-8").splitlines()
        if not line.startswith(DETAIL_PREFIXES)
    ]
    matches = [FIRST_LINE.fullmatch(line) for line in lines[:-1]]
    codes = [match["code"] for match in matches if match]
    assert len(codes) == len(lines) - 1
    # Some rules need a value with a warning of its own, such as several workers; then the fixture accepts the warning.
    accepted = {match["code"] for match in matches if match and ": accepted: " in match[0]}
    codes = [code for code in codes if code not in accepted - {code_of(fixture)}]
    if fixture.name == "many-errors":
        assert len(set(codes)) >= 5
    else:
        assert set(codes) == {code_of(fixture)}


def test_report_is_sorted_by_position() -> None:
    text = (PROJECT / "tests/errors/many-errors/expected.txt").read_text(encoding="utf-8")
    positions = [tuple(map(int, match)) for match in re.findall(r"^\S+?:(\d+):(\d+): ", text, re.MULTILINE)]
    assert len(positions) >= 8
    assert positions == sorted(positions)


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_a_fixture_and_a_section_in_the_reference(code: str) -> None:
    assert any(code_of(fixture) == code for fixture in FIXTURES), f"write tests/errors/{code}-…/spec.yaml"
    assert f"\n## {code}\n" in (PROJECT / "docs/diagnostics.md").read_text(encoding="utf-8"), "fix it with: make docs"


def test_every_fixture_belongs_to_a_code_and_has_a_report() -> None:
    folders = [folder for folder in (PROJECT / "tests/errors").iterdir() if folder.is_dir()]
    assert sorted(folders) == FIXTURES, "each fixture needs an expected.txt"
    assert {code_of(folder) for folder in folders} == {*CODES, "many"}


def test_report_does_not_repeat_a_secret(capsys: pytest.CaptureFixture[str]) -> None:
    main(["validate", "--spec", "tests/errors/S304-secret/spec.yaml"])
    assert "sk-0123456789" not in capsys.readouterr().err


@every_fixture
def test_each_diagnostic_says_what_to_do_next(fixture: Path) -> None:
    lines = (fixture / "expected.txt").read_text(encoding="utf-8").splitlines()
    starts = [number for number, line in enumerate(lines) if FIRST_LINE.match(line)]
    for start, end in zip(starts, (*starts[1:], len(lines)), strict=True):
        details = [line for line in lines[start + 1 : end] if line.startswith(DETAIL_PREFIXES)]
        is_accepted = any(line.startswith("  reason: ") for line in details)
        assert is_accepted or any(line.startswith("  hint: ") for line in details), lines[start]
        assert not any("for limits and meaning" in line for line in details), "the message knows the limit: say it"


@every_fixture
def test_explain_of_a_key_lists_the_rule_about_it(fixture: Path) -> None:
    entries = {entry.code: entry for entry in catalogue() if entry.code >= "S2"}
    report = DiagnosticReport()
    documents = [read_spec(file, file.name, report) for file in sorted(fixture.glob("*.yaml"))]
    deployments = [item for document in documents if document for item in load_environments(document, report)]
    check_deployments(deployments, report)
    for diagnostic in report:
        for path in (diagnostic.path, *(other.path for other in diagnostic.related)):
            key = key_of_path(tuple(re.findall(r"\"[^\"]*\"|[^.\[\]\"]+", path)))
            keys = entries[diagnostic.code].keys if diagnostic.code in entries else (key,)
            is_named = any(f"{own}.".startswith(f"{key}.") or f"{key}.".startswith(f"{own}.") for own in keys)
            assert is_named, f"add {key} to other_keys of {diagnostic.code}"
