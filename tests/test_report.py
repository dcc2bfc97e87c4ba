"""How a report is told: text with and without a terminal, JSON, annotations, SARIF."""

import io
import json
import os
import re
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from generator.catalogue import catalogue
from generator.cli import main
from generator.diagnostics import Diagnostic, Related
from generator.errors import Report
from generator.report import as_github, as_text
from generator.report.as_text import Look
from generator.report.excerpt import excerpt
from tests.cases import PROJECT

ERRORS = PROJECT / "tests/errors"
MANY = ERRORS / "many-errors/spec.yaml"
ACCEPTED = ERRORS / "S351-accepted/spec.yaml"
WARNED = ERRORS / "S213-redis-cpu/spec.yaml"
MACHINE_FORMATS = ("json", "github", "sarif")
SGR = re.compile("\x1b\\[[0-9;]*m")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def owscale(*arguments: str | Path) -> int:
    return main([str(argument) for argument in arguments])


def told(*diagnostics: Diagnostic, text: str = "", look: Look | None = None) -> list[str]:
    report = Report()
    report.texts |= {"spec.yaml": text} if text else {}
    report.extend(diagnostics)
    return as_text.rendered(report, look or Look(source=bool(text))).splitlines()


def caret(line: str, start: int, length: int, room: int = 95) -> str:
    """What stands above the carets, counted in the columns of a terminal."""
    shown, marks = excerpt(line, start, length, room)
    columns = "".join(
        char + ("\0" if unicodedata.east_asian_width(char) in "WF" else "")
        for char in shown
        if not unicodedata.combining(char)
    )
    return "".join(c for c, mark in zip(columns, marks.ljust(len(columns)), strict=False) if mark == "^").replace(
        "\0", ""
    )


# --- text ---------------------------------------------------------------------------------------------------------


def test_a_pipe_gets_a_line_for_each_problem(capsys: pytest.CaptureFixture[str]) -> None:
    owscale("validate", "--spec", WARNED)
    said = capsys.readouterr().err
    assert "\x1b" not in said
    assert "redis_cpu_percent: 90" not in said
    assert "\n  with: " in said


def test_a_terminal_shows_the_line_with_a_caret_under_the_whole_value() -> None:
    problem = Diagnostic("spec.yaml", 2, 14, "S201", "service.memory_gb", "is wrong", "write 4", length=3)
    assert told(problem, text="service:\n  memory_gb: 3.5 # a comment\n") == [
        "spec.yaml:2:14: service.memory_gb: is wrong [S201]",
        "  2 |   memory_gb: 3.5 # a comment",
        "    |              ^^^",
        "  hint: write 4",
    ]


@pytest.mark.parametrize(
    ("key", "marked"),
    [
        ("name: Wrong", "Wrong"),
        ('name: "Wrong one"', '"Wrong one"'),
        ("name: Wrong  # why", "Wrong"),
        ("colour: {a: b}", "colour"),
        ("'odd key': 1", "'odd key'"),
        ("name: 010", "010"),
    ],
)
def test_the_caret_is_as_long_as_what_it_marks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], key: str, marked: str
) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(key + "\n")
    owscale("validate", "--spec", spec, "--color", "always")
    lines = SGR.sub("", capsys.readouterr().err).splitlines()
    shown = [(lines[index - 1], line) for index, line in enumerate(lines) if re.fullmatch(r" +\| +\^+", line)]
    assert marked in {above[line.index("^") : len(line)] for above, line in shown}


@pytest.mark.parametrize(
    ("color", "surroundings", "terminal", "expected"),
    [
        ("auto", {}, True, (True, True)),
        ("auto", {"NO_COLOR": "1"}, True, (True, False)),
        ("auto", {"NO_COLOR": ""}, True, (True, True)),
        ("auto", {"TERM": "dumb"}, True, (True, False)),
        ("auto", {}, False, (False, False)),
        ("never", {}, True, (True, False)),
        ("never", {}, False, (False, False)),
        ("always", {"NO_COLOR": "1"}, False, (True, True)),
    ],
)
def test_when_there_is_source_and_colour(
    monkeypatch: pytest.MonkeyPatch,
    color: str,
    surroundings: dict[str, str],
    terminal: bool,
    expected: tuple[bool, bool],
) -> None:
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in surroundings.items():
        monkeypatch.setenv(name, value)
    look = as_text.look(color, Terminal() if terminal else io.StringIO())
    assert (look.source, look.color) == expected


def test_colour_changes_no_word() -> None:
    problem = Diagnostic(
        "spec.yaml",
        1,
        1,
        "S353",
        "a",
        "is wrong",
        "mend it",
        "warning",
        1,
        (Related("spec.yaml", 1, 4, "b"),),
        "so be it",
    )
    colored = told(problem, text="a: 1", look=Look(source=True, color=True))
    assert "\x1b[" in colored[0]
    assert [SGR.sub("", line) for line in colored] == told(problem, text="a: 1")


def test_no_source_where_there_is_none() -> None:
    whole_file = Diagnostic("spec.yaml", 0, 0, "S101", "", "cannot be read")
    assert told(whole_file, text="a: 1") == ["spec.yaml: cannot be read [S101]"]
    elsewhere = Diagnostic("other.yaml", 3, 1, "S101", "", "is not UTF-8")
    assert told(elsewhere, text="a: 1") == ["other.yaml:3:1: is not UTF-8 [S101]"]


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("a: wrong", "wrong"),
        ("\ta:\twrong\t# tabs", "wrong"),
        ("日本: wrong", "wrong"),
        ("日本: {鍵: 値}", "鍵"),
        ("\uff21\uff22: wrong", "wrong"),  # full-width letters
        ("cafe\N{COMBINING ACUTE ACCENT}: wrong", "wrong"),
        ("# \N{RIGHT-TO-LEFT OVERRIDE}x\x07\x1b[31m: wrong", "wrong"),
        ("a: wrong\r", "wrong"),
        ("x" * 500 + ": wrong", "wrong"),
        ("wrong" + " x" * 500, "wrong"),
        ("字" * 300 + " wrong " + "字" * 300, "wrong"),
    ],
)
def test_the_caret_stands_under_the_word(line: str, word: str) -> None:
    assert caret(line, line.index(word), len(word)) == word


def test_a_line_of_windows_ends_before_its_carriage_return() -> None:
    assert excerpt("a: wrong\r", 3, 5, 95) == ("a: wrong", "   ^^^^^")


@pytest.mark.parametrize("start", [0, 3, 40, 250, 498, 500, 900])
@pytest.mark.parametrize("line", ["x" * 500, "字" * 500, "\t" * 500, "short", ""])
def test_a_long_line_is_a_window_around_the_caret(line: str, start: int) -> None:
    shown, carets = excerpt(line, start, 400, 60)
    columns = sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in shown)
    assert columns <= 60
    assert len(carets) <= max(columns, 1) + 1
    assert carets.strip()[0] == "^"
    assert shown.startswith("…") == (len(line) > 60 and start >= 40)


@pytest.mark.parametrize("char", ["\x1b", "\x07", "\r", "\n", "\x7f", "\x9b", "\N{RIGHT-TO-LEFT OVERRIDE}", "\u2028"])
def test_no_control_character_reaches_the_terminal(char: str) -> None:
    odd = f"a{char}b"
    problem = Diagnostic(
        f"{odd}.yaml", 1, 1, "S353", odd, odd, odd, "warning", 1, (Related(odd, 1, 1, odd),), accepted=odd
    )
    for text in (*told(problem), *told(problem, look=Look(source=True))):
        assert char not in text
    assert len(told(problem)) == 4  # its head, with, hint, reason
    report = Report()
    report.add(problem)
    assert char not in as_github.rendered(report).removesuffix("\n")


def test_the_failure_itself_steers_no_terminal(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "a\x1b[31m").mkdir()
    assert owscale("validate", "--spec", tmp_path / "a\x1b[31m") == 1
    said = capsys.readouterr().err
    assert "\x1b" not in said
    assert "\n  hint: " in said


# --- the places ---------------------------------------------------------------------------------------------------


def test_a_value_by_default_says_so(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PROJECT)
    owscale("validate", "--spec", "tests/errors/S202-instances-outside/spec.yaml", "--format", "json")
    (problem,) = json.loads(capsys.readouterr().out)["diagnostics"]
    assert [(other["path"], other["is_default"]) for other in problem["also"]] == [
        ("autoscaling.min", True),
        ("autoscaling.max", True),
    ]


def test_the_override_that_did_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = tmp_path / "spec.yaml"
    text = (ERRORS / "S351-workers/spec.yaml").read_text().replace("workers: 2", "workers: 1")
    override = "environments:\n  staging:\n    autoscaling: {min: 5, max: 4}\n"
    spec.write_text(f"{text}autoscaling: {{min: 2, max: 10}}\n{override}")
    owscale("validate", "--spec", spec, "--format", "json")
    (problem,) = json.loads(capsys.readouterr().out)["diagnostics"]
    (other,) = problem["also"]
    line = spec.read_text().splitlines().index("    autoscaling: {min: 5, max: 4}") + 1
    assert (problem["line"], problem["column"], problem["path"]) == (line, 24, "environments.staging.autoscaling.min")
    assert (other["line"], other["column"], other["path"]) == (line, 32, "environments.staging.autoscaling.max")


# --- documents for programs ---------------------------------------------------------------------------------------


def document(capsys: pytest.CaptureFixture[str], form: str, spec: Path, *arguments: str) -> Any:
    owscale("validate", "--spec", spec, "--format", form, *arguments)
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("form", MACHINE_FORMATS)
@pytest.mark.parametrize("command", ["validate", "generate", "check"])
def test_a_document_has_stdout_to_itself(
    command: str, form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    owscale(command, "--spec", ACCEPTED, "--out", tmp_path / "out", "--format", form)
    said = capsys.readouterr()
    if form == "github":
        assert [line[:9] for line in said.out.splitlines()] == ["::notice "]
    else:
        json.loads(said.out)
    assert said.err.splitlines()[-1] == "0 warnings, 1 accepted."


def test_a_document_is_there_when_there_is_no_spec(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert owscale("validate", "--spec", tmp_path, "--format", "json") == 1
    said = capsys.readouterr()
    assert json.loads(said.out) == {"diagnostics": [], "errors": 0, "warnings": 0, "accepted": 0}
    assert "no spec here" in said.err


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    many = document(capsys, "json", MANY)
    assert (many["errors"], many["warnings"], many["accepted"]) == (11, 0, 0)
    assert len(many["diagnostics"]) == 11
    duplicate = next(found for found in many["diagnostics"] if found["code"] == "S104")
    assert duplicate == {
        "file": str(MANY),
        "line": 20,
        "column": 47,
        "length": 5,
        "code": "S104",
        "severity": "error",
        "path": "redis.nodes",
        "message": "duplicate key: it stands on line 20 already",
        "hint": "keep one of them",
        "also": [
            {"file": str(MANY), "line": 20, "column": 37, "length": 5, "path": "redis.nodes", "is_default": False}
        ],
        "accepted": "",
    }


def test_json_of_what_is_accepted(capsys: pytest.CaptureFixture[str]) -> None:
    accepted = document(capsys, "json", ACCEPTED)
    assert (accepted["errors"], accepted["warnings"], accepted["accepted"]) == (0, 0, 1)
    assert accepted["diagnostics"][0]["severity"] == "warning"
    assert accepted["diagnostics"][0]["accepted"] == "two workers fit in 8 GB of memory"


def test_annotations_escape_what_github_reads_as_syntax() -> None:
    report = Report()
    report.add(Diagnostic("a,b:c%.yaml", 3, 7, "S301", "app.workers", "needs 200 %: too, much", "write 1"))
    report.add(Diagnostic("spec.yaml", 0, 0, "S101", "", "is empty"))
    report.add(Diagnostic("z.yaml", 1, 1, "S353", "a", "is one", severity="warning"))
    report.add(Diagnostic("z.yaml", 2, 1, "S353", "a", "is one", severity="warning", accepted="so\n::error::be it"))
    assert as_github.rendered(report).splitlines() == [
        "::error file=a%2Cb%3Ac%25.yaml,line=3,col=7,title=S301::app.workers: needs 200 %25: too, much%0Ahint: write 1",
        "::error file=spec.yaml,title=S101::is empty",
        "::warning file=z.yaml,line=1,col=1,title=S353::a: is one",
        "::notice file=z.yaml,line=2,col=1,title=S353::a: is one%0Areason: so\N{REPLACEMENT CHARACTER}::error::be it",
    ]


def _object(**properties: Any) -> dict[str, Any]:
    """An object with all of these, and nothing but these and the optional ones, which begin with an underscore."""
    named = {name.removeprefix("_").replace("schema", "$schema"): part for name, part in properties.items()}
    needed = [name for name in named if f"_{name}" not in properties]
    return {"type": "object", "properties": named, "required": needed, "additionalProperties": False}


# The part of the schema of SARIF 2.1.0 that our documents use, copied by hand: properties, types, bounds, enumerations.
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
RULE = _object(id=TEXT, shortDescription=MESSAGE, help=MESSAGE, defaultConfiguration=_object(level=LEVEL))
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


@pytest.mark.parametrize("name", ["many-errors", "S101-empty", "S351-accepted", "S213-redis-cpu", "S403-one-folder"])
def test_sarif_has_the_structure_of_the_standard(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    sarif = document(capsys, "sarif", ERRORS / name)
    jsonschema.validate(sarif, SARIF)
    (run,) = sarif["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [entry.code for entry in catalogue()]
    assert run["results"]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])


def test_sarif_names_files_as_uris(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    (tmp_path / "é %.yaml").write_text("")
    monkeypatch.chdir(tmp_path)
    for spec, uri in ((Path("é %.yaml"), "%C3%A9%20%25.yaml"), (tmp_path / "é %.yaml", "/%C3%A9%20%25.yaml")):
        (result,) = document(capsys, "sarif", spec)["runs"][0]["results"]
        found = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert found.endswith(uri)
        assert found.startswith("file:///") == spec.is_absolute()


def test_sarif_covers_the_token_and_suppresses_what_is_accepted(capsys: pytest.CaptureFixture[str]) -> None:
    (result,) = document(capsys, "sarif", ACCEPTED)["runs"][0]["results"]
    region = result["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 15, "startColumn": 12, "endColumn": 13}
    assert result["suppressions"] == [{"kind": "inSource", "justification": "two workers fit in 8 GB of memory"}]
    assert result["level"] == "warning"


# --- --strict -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["validate", "generate", "check"])
def test_strict_makes_a_failure_of_a_warning(command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert owscale(command, "--spec", WARNED, "--out", out, "--strict") == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines()[-1] == (
        f"1 warning; --strict fails on those not accepted. {out.as_posix()}/ was not changed."
    )
    assert not out.exists()


def test_strict_lets_pass_what_is_accepted(capsys: pytest.CaptureFixture[str]) -> None:
    assert owscale("validate", "--spec", ACCEPTED, "--strict") == 0
    assert capsys.readouterr().err.splitlines()[-1] == "0 warnings, 1 accepted."


def test_the_summary_counts_both(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(ACCEPTED.read_text().replace("workers: 2", "workers: 2\n  threads: 20"))
    assert owscale("validate", "--spec", spec) == 0
    assert capsys.readouterr().err.splitlines()[-1] == "1 warning, 1 accepted."


# --- around it ----------------------------------------------------------------------------------------------------


def test_no_format_is_imported_for_another() -> None:
    code = (
        f"import sys; from generator import cli; cli.main(['validate', '--spec', {str(MANY)!r}])\nprint(*sys.modules)"
    )
    environment = os.environ | {"PYTHONPATH": str(PROJECT)}
    ran = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)  # noqa: S603 -- our own code
    loaded = set(ran.stdout.split())
    assert "generator.report.as_text" in loaded
    assert not loaded & {"generator.report.as_json", "generator.report.as_sarif", "generator.report.as_github"}


def test_the_hooks_look_at_what_they_are_for() -> None:
    hooks = {hook["id"]: hook for hook in yaml.safe_load((PROJECT / ".pre-commit-hooks.yaml").read_text())}
    assert {name: hook["entry"] for name, hook in hooks.items()} == {
        "owscale-validate": "owscale validate",
        "owscale-check": "owscale check",
    }
    assert all(hook["language"] == "python" and hook["pass_filenames"] is False for hook in hooks.values())
    for name, wanted in (
        ("spec/spec.yaml", {"owscale-validate", "owscale-check"}),
        ("spec/a/b.yml", {"owscale-validate", "owscale-check"}),
        ("out/spec/a.yaml", {"owscale-check"}),
        ("spec/extra/a.tf", {"owscale-check"}),
        ("README.md", set()),
    ):
        assert {id_ for id_, hook in hooks.items() if re.search(hook["files"], name)} == wanted, name
