"""What is said of a wrong spec: a fixture for each code under tests/errors/, compared whole."""

import re
from pathlib import Path

import pytest

from generator.catalogue import catalogue
from generator.cli import main
from tests.cases import PROJECT

FIXTURES = sorted(path.parent for path in PROJECT.glob("tests/errors/*/expected.txt"))
CODES = {entry.code: entry.severity for entry in catalogue()}
PYDANTIC = re.compile(r"Input should|type=|input_value|For further information|pydantic|validation error")
DETAILS = ("  with: ", "  hint: ", "  reason: ")
REPORTED = re.compile(r"(?:(?P<place>\S+:\d+:\d+)|\S+): .*\[(?P<code>S\d{3})\]")

every_fixture = pytest.mark.parametrize("fixture", FIXTURES, ids=lambda fixture: fixture.name)


@pytest.fixture(autouse=True)
def _at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PROJECT)


def target(fixture: Path) -> str:
    """The spec as typed; the folder where the fixture needs several."""
    specs = list(fixture.glob("*.yaml"))
    return (specs[0] if len(specs) == 1 else fixture).relative_to(PROJECT).as_posix()


def code_of(fixture: Path) -> str:
    return fixture.name.partition("-")[0]


def is_warning(fixture: Path) -> bool:
    return CODES.get(code_of(fixture)) == "warning"


@every_fixture
def test_the_whole_report(fixture: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out = tmp_path / "out"
    code = main(["validate", "--spec", target(fixture), "--out", str(out)])
    said = capsys.readouterr().err.replace(f"{out.as_posix()}/", "out/")
    expected = fixture / "expected.txt"
    mend = f"owscale validate --spec {target(fixture)} 2> {expected.relative_to(PROJECT).as_posix()}"
    assert said == expected.read_text(encoding="utf-8"), f"if this is what it should say: {mend}"
    assert code == (0 if is_warning(fixture) else 1)
    assert not out.exists()


@pytest.mark.parametrize("fixture", [f for f in FIXTURES if not is_warning(f)], ids=lambda fixture: fixture.name)
def test_nothing_is_generated_from_a_wrong_spec(
    fixture: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    assert main(["generate", "--spec", target(fixture), "--out", str(out)]) == 1
    assert capsys.readouterr().out == ""
    assert not out.exists()


@every_fixture
def test_no_word_of_python_or_pydantic(fixture: Path) -> None:
    text = (fixture / "expected.txt").read_text(encoding="utf-8")
    assert "Traceback" not in text
    assert not PYDANTIC.search(text)


@every_fixture
def test_a_fixture_shows_one_thing(fixture: Path) -> None:
    lines = [
        line
        for line in (fixture / "expected.txt").read_text(encoding="utf-8").splitlines()
        if not line.startswith(DETAILS)
    ]
    matches = [REPORTED.fullmatch(line) for line in lines[:-1]]
    codes = [match["code"] for match in matches if match]
    assert len(codes) == len(lines) - 1
    if fixture.name == "S312-websockets-off":  # polling goes wrong with several workers, and they have a warning
        codes.remove("S351")
    if fixture.name == "many-errors":
        assert len(set(codes)) >= 5
    else:
        assert set(codes) == {code_of(fixture)}


def test_many_errors_stand_in_the_order_of_their_places() -> None:
    text = (PROJECT / "tests/errors/many-errors/expected.txt").read_text(encoding="utf-8")
    places = [tuple(map(int, match)) for match in re.findall(r"^\S+?:(\d+):(\d+): ", text, re.MULTILINE)]
    assert len(places) >= 8
    assert places == sorted(places)


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_a_fixture_and_a_line_in_the_reference(code: str) -> None:
    assert any(code_of(fixture) == code for fixture in FIXTURES), f"write tests/errors/{code}-…/spec.yaml"
    assert f"\n## {code}\n" in (PROJECT / "docs/diagnostics.md").read_text(encoding="utf-8"), "mend it with: make docs"


def test_every_fixture_is_of_a_code_and_has_its_report() -> None:
    folders = [folder for folder in (PROJECT / "tests/errors").iterdir() if folder.is_dir()]
    assert sorted(folders) == FIXTURES, "each needs an expected.txt"
    assert {code_of(folder) for folder in folders} == {*CODES, "many"}


def test_no_secret_is_repeated(capsys: pytest.CaptureFixture[str]) -> None:
    main(["validate", "--spec", "tests/errors/S304-secret/spec.yaml"])
    assert "sk-0123456789" not in capsys.readouterr().err
