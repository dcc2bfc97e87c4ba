"""Diagnostics as text, with and without a terminal."""

import io
import re
from pathlib import Path

import pytest

from owscale.cli.main import main
from owscale.diagnostics.model import Diagnostic, Related
from owscale.diagnostics.report import DiagnosticReport
from owscale.reporting import format_text
from owscale.reporting.format_text import TextStyle
from tests._support.cases import PROJECT

ERRORS = PROJECT / "tests/errors"
SGR = re.compile("\x1b\\[[0-9;]*m")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def format_lines(*diagnostics: Diagnostic, text: str = "", style: TextStyle | None = None) -> list[str]:
    report = DiagnosticReport()
    report.texts |= {"spec.yaml": text} if text else {}
    report.extend(diagnostics)
    return format_text.format_report(report, style or TextStyle(source=bool(text))).splitlines()


def test_pipe_gets_no_source_lines(capsys: pytest.CaptureFixture[str]) -> None:
    main(["validate", "--spec", str(ERRORS / "S213-redis-cpu/spec.yaml")])
    stderr = capsys.readouterr().err
    assert "\x1b" not in stderr
    assert "redis_cpu_percent: 90" not in stderr
    assert "\n  with: " in stderr


def test_terminal_shows_the_line_with_carets_under_the_value() -> None:
    problem = Diagnostic("spec.yaml", 2, 14, "S201", "service.memory_gb", "is wrong", "write 4", length=3)
    assert format_lines(problem, text="service:\n  memory_gb: 3.5 # a comment\n") == [
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
def test_carets_mark_the_whole_key_or_value(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], key: str, marked: str
) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(key + "\n")
    main(["validate", "--spec", str(spec), "--color", "always"])
    lines = SGR.sub("", capsys.readouterr().err).splitlines()
    carets = [(lines[index - 1], line) for index, line in enumerate(lines) if re.fullmatch(r" +\| +\^+", line)]
    assert marked in {source[line.index("^") : len(line)] for source, line in carets}


@pytest.mark.parametrize(
    ("color", "variables", "is_terminal", "expected"),
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
def test_style_depends_on_the_terminal_and_the_environment(
    monkeypatch: pytest.MonkeyPatch,
    color: str,
    variables: dict[str, str],
    is_terminal: bool,
    expected: tuple[bool, bool],
) -> None:
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    style = format_text.text_style(color, Terminal() if is_terminal else io.StringIO())
    assert (style.source, style.color) == expected


def test_colour_changes_no_text() -> None:
    problem = Diagnostic(
        "spec.yaml",
        1,
        1,
        "S353",
        "a",
        "is wrong",
        "change it",
        "warning",
        1,
        (Related("spec.yaml", 1, 4, "b"),),
        "it is intended",
    )
    colored = format_lines(problem, text="a: 1", style=TextStyle(source=True, color=True))
    assert "\x1b[" in colored[0]
    assert [SGR.sub("", line) for line in colored] == format_lines(problem, text="a: 1")


def test_no_source_line_without_a_line_or_a_text() -> None:
    whole_file = Diagnostic("spec.yaml", 0, 0, "S101", "", "cannot be read")
    assert format_lines(whole_file, text="a: 1") == ["spec.yaml: cannot be read [S101]"]
    elsewhere = Diagnostic("other.yaml", 3, 1, "S101", "", "is not UTF-8")
    assert format_lines(elsewhere, text="a: 1") == ["other.yaml:3:1: is not UTF-8 [S101]"]


@pytest.mark.parametrize("char", ["\x1b", "\x07", "\r", "\n", "\x7f", "\x9b", "\N{RIGHT-TO-LEFT OVERRIDE}", "\u2028"])
def test_control_characters_are_replaced(char: str) -> None:
    odd = f"a{char}b"
    problem = Diagnostic(
        f"{odd}.yaml", 1, 1, "S353", odd, odd, odd, "warning", 1, (Related(odd, 1, 1, odd),), accepted=odd
    )
    for text in (*format_lines(problem), *format_lines(problem, style=TextStyle(source=True))):
        assert char not in text
    assert len(format_lines(problem)) == 4  # the diagnostic, with, hint, reason


def test_control_characters_of_a_failure_are_replaced(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "a\x1b[31m").mkdir()
    assert main(["validate", "--spec", str(tmp_path / "a\x1b[31m")]) == 1
    stderr = capsys.readouterr().err
    assert "\x1b" not in stderr
    assert "\n  hint: " in stderr
