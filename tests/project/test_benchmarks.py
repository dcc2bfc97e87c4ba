"""The cases, goals and figures of the benchmarks; `make bench` does the measuring."""

import itertools
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from benchmarks import cases, chart, fleets, goals, instructions, publish, table
from benchmarks.bare import hashing, writing
from benchmarks.case import Case, CaseError
from benchmarks.result import CaseResult
from owscale.cli import main
from tests._support.cases import PROJECT

_CASES = {case.name: case for case in cases.all_cases()}


def results_of(seconds: dict[str, float], peak_mb: float = 50) -> dict[str, CaseResult]:
    return {name: CaseResult(_CASES[name], (time,), peak_mb, time, 0) for name, time in seconds.items()}


def is_met(case: str, bound: str, results: dict[str, CaseResult]) -> bool:
    (goal,) = (goal for goal in goals.GOALS if (goal.case, goal.bound) == (case, bound))
    figure = goal.measured(results)
    assert figure is not None
    return goal.is_met(figure)


# --- the deployments ----------------------------------------------------------------------------------------------


def test_fleet_has_valid_deployments(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fleets.write_specs(tmp_path, 12)
    assert main.main(["validate", "--spec", str(tmp_path / "spec")]) == 0
    assert capsys.readouterr().out.count(": valid") == 12


def test_change_value_changes_one_line_in_each_round(tmp_path: Path) -> None:
    fleets.write_specs(tmp_path, 1)
    path = tmp_path / "spec/chat-0000.yaml"
    texts = [path.read_text().splitlines()]
    for number in range(1, 12):
        fleets.change_value(tmp_path, number)
        texts.append(path.read_text().splitlines())
    for old, new in itertools.pairwise(texts):
        assert sum(old_line != new_line for old_line, new_line in zip(old, new, strict=True)) == 1


def test_change_template_replaces_its_comment(tmp_path: Path) -> None:
    templates = tmp_path / "lib/python3.11/site-packages/owscale/templates"
    path = templates / "modules/network/tasks.tf.j2"
    path.parent.mkdir(parents=True)
    path.write_text("resource\n")
    fleets.change_template(tmp_path, 1)
    fleets.change_template(tmp_path, 22)
    assert path.read_text() == "# Benchmark 22.\nresource\n"


def test_spec_with_errors_has_fifty(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fleets.write_spec_with_errors(tmp_path)
    assert main.main(["validate", "--spec", str(tmp_path / "spec")]) == 1
    assert capsys.readouterr().err.splitlines()[-1] == "50 errors"


def test_bare_loops_write_and_read_the_same_files(tmp_path: Path) -> None:
    texts = {"a/one.tf": b"1", "a/modules/two.tf": b"2", "b/three.tf": b"3"}
    for name, text in texts.items():
        path = tmp_path / "out" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)
    writing.pack(tmp_path / "out", tmp_path / "pack")
    assert writing.unpack(tmp_path / "pack", tmp_path / "again") == 3
    files = {
        path.relative_to(tmp_path / "again").as_posix(): path.read_bytes() for path in files_below(tmp_path / "again")
    }
    assert files == texts
    assert hashing.hash_files(str(tmp_path / "again")) == 3


def files_below(directory: Path) -> Iterator[Path]:
    return (path for path in directory.rglob("*") if path.is_file())


# --- the cases ----------------------------------------------------------------------------------------------------


def test_goals_and_counts_name_existing_cases() -> None:
    assert {name for goal in goals.GOALS for name in goal.needs} <= _CASES.keys()
    assert set(instructions.COUNTED) <= _CASES.keys()


@pytest.mark.parametrize(
    ("script", "exit_code", "expected"),
    [("exit 1", 0, ""), ("echo other", 0, "expected"), ("exit 0", 1, "")],
    ids=["fails", "prints something else", "does not fail"],
)
def test_case_that_does_other_work_is_an_error(tmp_path: Path, script: str, exit_code: int, expected: str) -> None:
    with pytest.raises(CaseError, match="a-case: expected exit code"):
        Case("a-case", "", ("/bin/sh", "-c", script), expected, exit_code).try_out(tmp_path)


def test_case_that_must_fail_is_measured_in_a_shell() -> None:
    assert _CASES["usage"].measured_command[-2:] == _CASES["usage"].command
    assert _CASES["help"].measured_command == _CASES["help"].command


# --- the goals ----------------------------------------------------------------------------------------------------


def test_ratio_to_the_floor() -> None:
    assert is_met("help", "≤ 0.3 F", results_of({"help": 0.03, "floor": 0.1}))
    assert not is_met("help", "≤ 0.3 F", results_of({"help": 0.031, "floor": 0.1}))


def test_growth_leaves_out_the_start_of_the_program() -> None:
    def is_growth_met(thousand: float) -> bool:
        times = {"check-rendered-1": 0.3, "check-rendered-100": 0.3 + 99 * 0.004, "check-rendered-1000": thousand}
        return is_met("check-rendered-1000", "a further deployment ≤ 1.2 × one of 100", results_of(times))

    assert is_growth_met(0.3 + 999 * 0.0047)
    assert not is_growth_met(0.3 + 999 * 0.0049)


def test_writing_is_compared_with_the_bare_loop() -> None:
    bound = "without 6 ms per deployment for rendering, ≤ 1.4 × the bare loop"
    assert is_met("generate-new-1000", bound, results_of({"generate-new-1000": 9.9, "bare-write-1000": 2.8}))
    assert not is_met("generate-new-1000", bound, results_of({"generate-new-1000": 10.0, "bare-write-1000": 2.8}))


def test_memory_and_time_per_deployment() -> None:
    results = results_of({"check-rendered-1000": 5.9}, peak_mb=101)
    assert is_met("check-rendered-1000", "≤ 6 ms per deployment", results)
    assert not is_met("check-rendered-1000", "≤ 100 MB peak memory", results)


def test_over_five_percent_more_instructions_are_a_regression() -> None:
    ratios = {"help": 0.315, "validate-50": 1.06, "new": 9.0}
    assert instructions.regressions(ratios, {"help": 0.3, "validate-50": 1.0}) == [
        "validate-50: 1.060 F of instructions, 6.0% above the accepted 1.000"
    ]


# --- the figures --------------------------------------------------------------------------------------------------


def test_results_table_has_a_row_per_case() -> None:
    text = table.results(results_of({"floor": 0.1, "help": 0.025}))
    assert "| `owscale --help` | 25 ms | ± 0.0 ms | 0.25 |  | 50 MB |" in text


def test_chart_has_a_line_per_series() -> None:
    svg = ET.fromstring(chart.svg(results_of({"check-rendered-1": 0.2, "check-rendered-100": 0.8, "help": 0.1})))  # noqa: S314 -- our own
    (line,) = svg.iter("{http://www.w3.org/2000/svg}polyline")
    (x_one, y_one), (x_hundred, y_hundred) = (map(float, point.split(",")) for point in line.get("points", "").split())
    assert x_one < x_hundred
    assert y_one > y_hundred, "a longer time is higher up"


def test_page_keeps_the_text_around_the_figures() -> None:
    page = f"before\n{publish.BEGIN}\nold\n{publish.END}\nafter\n"
    new_page = publish.replace_figures(page, "new")
    assert new_page == f"before\n{publish.BEGIN}\n\nnew\n\n{publish.END}\nafter\n"
    committed = (PROJECT / "docs/performance.md").read_text()
    assert 0 <= committed.find(publish.BEGIN) < committed.find(publish.END)
