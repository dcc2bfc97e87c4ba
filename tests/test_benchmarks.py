"""The benchmarks measure what they say they do, and judge it right. The measuring itself is `make bench`."""

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from benchmarks import cases, chart, fleets, goals, instructions, publishing, table
from benchmarks.bare import hashing, writing
from benchmarks.case import Case, CaseError
from benchmarks.measured import Measured
from benchmarks.peers.cdktn import program
from benchmarks.peers.kapitan import project
from generator import cli
from tests.cases import PROJECT

_FILES = sorted((PROJECT / "benchmarks").rglob("*.py"))
_OWN = {case.name: case for case in cases.own()}


def _measured(seconds: dict[str, float], peak_mb: float = 50) -> dict[str, Measured]:
    return {name: Measured(_OWN[name], (time,), peak_mb, time, 0) for name, time in seconds.items()}


def _judged(what: str, bound: str, measured: dict[str, Measured]) -> bool:
    (goal,) = (goal for goal in goals.GOALS if (goal.what, goal.bound) == (what, bound))
    figure = goal.measured(measured)
    assert figure is not None
    return goal.met(figure)


@pytest.mark.parametrize("path", _FILES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_no_file_outgrows_one_idea(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 250


# --- the deployments ----------------------------------------------------------------------------------------------


def test_fleet_is_of_valid_deployments_that_differ(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fleets.specs(tmp_path, 12)
    assert cli.main(["validate", "--spec", str(tmp_path / "spec")]) == 0
    assert capsys.readouterr().out.count(": valid") == 12


def test_change_is_of_one_value_each_time_another(tmp_path: Path) -> None:
    fleets.specs(tmp_path, 1)
    path = tmp_path / "spec/chat-0000.yaml"
    texts = [path.read_text().splitlines()]
    for number in range(1, 12):
        fleets.change_value(tmp_path, number)
        texts.append(path.read_text().splitlines())
    for before, after in itertools.pairwise(texts):
        assert sum(one != other for one, other in zip(before, after, strict=True)) == 1


def test_template_is_another_each_time_and_grows_no_more(tmp_path: Path) -> None:
    templates = tmp_path / "lib/python3.11/site-packages/generator/templates"
    path = templates / "modules/network/tasks.tf.j2"
    path.parent.mkdir(parents=True)
    path.write_text("resource\n")
    fleets.change_template(tmp_path, 1)
    fleets.change_template(tmp_path, 22)
    assert path.read_text() == "# Benchmark 22.\nresource\n"


def test_mistaken_spec_has_fifty_errors(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fleets.mistaken(tmp_path)
    assert cli.main(["validate", "--spec", str(tmp_path / "spec")]) == 1
    assert capsys.readouterr().err.splitlines()[-1].startswith("50 errors.")


def test_bare_loops_write_and_read_the_same_files(tmp_path: Path) -> None:
    texts = {"a/one.tf": b"1", "a/modules/two.tf": b"2", "b/three.tf": b"3"}
    for name, text in texts.items():
        path = tmp_path / "out" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)
    writing.pack(tmp_path / "out", tmp_path / "pack")
    assert writing.unpack(tmp_path / "pack", tmp_path / "again") == 3
    found = {p.relative_to(tmp_path / "again").as_posix(): p.read_bytes() for p in _below(tmp_path / "again")}
    assert found == texts
    assert hashing.hashed(str(tmp_path / "again")) == 3


def _below(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


# --- the cases ----------------------------------------------------------------------------------------------------


def test_goals_name_cases_that_there_are() -> None:
    of_peers = {"kapitan-1", "kapitan-100", "cdktn-1"}
    assert {name for goal in goals.GOALS for name in goal.needs} - of_peers <= _OWN.keys()
    assert set(instructions.COUNTED) <= _OWN.keys()


@pytest.mark.parametrize(
    ("script", "exit_code", "expected"),
    [("exit 1", 0, ""), ("echo other", 0, "wanted"), ("exit 0", 1, "")],
    ids=["fails", "says something else", "does not fail"],
)
def test_case_that_does_something_else_is_refused(tmp_path: Path, script: str, exit_code: int, expected: str) -> None:
    with pytest.raises(CaseError, match="a-case: expected exit code"):
        Case("a-case", "", ("/bin/sh", "-c", script), expected, exit_code).try_out(tmp_path)


def test_case_that_has_to_fail_is_measured_within_a_shell() -> None:
    assert _OWN["usage"].measured_command[-2:] == _OWN["usage"].command
    assert _OWN["help"].measured_command == _OWN["help"].command


# --- the goals ----------------------------------------------------------------------------------------------------


def test_ratio_to_the_floor() -> None:
    assert _judged("help", "≤ 0.3 F", _measured({"help": 0.03, "floor": 0.1}))
    assert not _judged("help", "≤ 0.3 F", _measured({"help": 0.031, "floor": 0.1}))


def test_growth_leaves_the_start_of_the_program_out() -> None:
    def grown(thousand: float) -> bool:
        times = {"check-rendered-1": 0.3, "check-rendered-100": 0.3 + 99 * 0.004, "check-rendered-1000": thousand}
        return _judged("check-rendered-1000", "one more costs ≤ 1.2 × what it does at 100", _measured(times))

    assert grown(0.3 + 999 * 0.0047)
    assert not grown(0.3 + 999 * 0.0049)


def test_writing_is_beside_the_bare_loop_and_rendering() -> None:
    bound = "≤ 1.4 × the bare loop that writes, and 6 ms each for rendering"
    assert _judged("generate-new-1000", bound, _measured({"generate-new-1000": 9.9, "bare-write-1000": 2.8}))
    assert not _judged("generate-new-1000", bound, _measured({"generate-new-1000": 10.0, "bare-write-1000": 2.8}))


def test_memory_and_time_of_one() -> None:
    measured = _measured({"check-rendered-1000": 5.9}, peak_mb=101)
    assert _judged("check-rendered-1000", "≤ 6 ms each", measured)
    assert not _judged("check-rendered-1000", "≤ 100 MB at its peak", measured)


def test_faster_than_a_peer_is_at_least() -> None:
    measured = _measured({"generate-changed": 0.2})
    kapitan = Case("kapitan-1", "kapitan", ("kapitan",))
    bound = "≥ 10 times faster than Kapitan"
    assert _judged("generate-changed", bound, measured | {"kapitan-1": Measured(kapitan, (2.1,), 1, 2.1, 0)})
    assert not _judged("generate-changed", bound, measured | {"kapitan-1": Measured(kapitan, (1.9,), 1, 1.9, 0)})


def test_more_instructions_are_a_regression_from_five_percent_on() -> None:
    found = {"help": 0.315, "validate-50": 1.06, "new": 9.0}
    assert instructions.regressions(found, {"help": 0.3, "validate-50": 1.0}) == [
        "validate-50: 1.060 F of instructions, 6.0% above the accepted 1.000"
    ]


# --- what is told -------------------------------------------------------------------------------------------------


def test_table_has_what_was_skipped_and_why() -> None:
    told = table.results(_measured({"floor": 0.1, "help": 0.025}), {"Kapitan": "it could not be installed"})
    assert "| `owscale --help` | 25 ms | ± 0.0 ms | 0.25 |  | 50 MB |" in told
    assert "| Kapitan | skipped: it could not be installed |" in told


def test_goal_whose_peer_is_missing_is_told_as_not_measured() -> None:
    told = table.goals(_measured({"floor": 0.1, "generate-changed": 0.15}))
    assert "| ≤ 1.6 F | 1.5 F | yes |" in told
    assert "| ≥ 10 times faster than Kapitan | not measured |" in told


def test_chart_has_a_line_for_each_series() -> None:
    svg = ET.fromstring(chart.svg(_measured({"check-rendered-1": 0.2, "check-rendered-100": 0.8, "help": 0.1})))  # noqa: S314 -- our own
    (line,) = svg.iter("{http://www.w3.org/2000/svg}polyline")
    (x_one, y_one), (x_hundred, y_hundred) = (map(float, point.split(",")) for point in line.get("points", "").split())
    assert x_one < x_hundred
    assert y_one > y_hundred, "more time stands higher"


def test_page_keeps_what_stands_around_the_figures() -> None:
    page = f"before\n{publishing.BEGIN}\nold\n{publishing.END}\nafter\n"
    put = publishing.put(page, "new")
    assert put == f"before\n{publishing.BEGIN}\n\nnew\n\n{publishing.END}\nafter\n"
    committed = (PROJECT / "docs/performance.md").read_text()
    assert 0 <= committed.find(publishing.BEGIN) < committed.find(publishing.END)


# --- the peers ----------------------------------------------------------------------------------------------------


def test_template_for_kapitan_takes_its_names_from_the_inventory() -> None:
    told = {"service": {"name": "chat"}, "redis": {}}
    assert project.translated("name = {{ service.name | hcl }}\n", "main.tf", told).splitlines() == [
        "{% set service = inventory.parameters.service %}",
        "{% filter hcl_laid_out %}",
        "# Generated from {{ inventory.parameters.origin }} by templates/main.tf.j2. Do not edit.",
        "",
        "name = {{ service.name | hcl }}",
        "{% endfilter %}",
    ]


def test_inventory_says_once_what_deployments_have_in_common() -> None:
    first = {"region": "a", "service": {"name": "one", "vcpu": 2}, "names": ["one"]}
    second = {"region": "a", "service": {"name": "two", "vcpu": 2}, "names": ["two"]}
    common = project.common([first, second])
    assert common == {"region": "a", "service": {"vcpu": 2}}
    assert project.beside(second, common) == {"service": {"name": "two"}, "names": ["two"]}


def test_program_for_cdk_terrain_names_each_stack_by_its_deployment() -> None:
    value = {"name": "webui3-scaled-cpu", "size": [2, True], "${not_a_name}": "`"}
    assert program.python(value) == "{'name': f'{name}-cpu', 'size': [2, True], '${not_a_name}': '`'}"
    assert program.javascript(value) == '{ "name": `${name}-cpu`, "size": [2, true], "${not_a_name}": "`" }'


def test_program_for_cdk_terrain_names_arguments_as_each_language_does() -> None:
    arguments = {"load_balancer_type": "application", "tags": {"some_key": "webui3-scaled"}}
    found = [("id", program.Struct("lb", "Lb", arguments))]
    assert "load_balancer_type='application',\n            tags={'some_key': f'{name}'},\n" in program.in_python(found)
    assert 'loadBalancerType: "application",\n      tags: { "some_key": `${name}` },\n' in program.in_javascript(found)


def test_plan_behind_the_program_has_every_resource_of_the_output() -> None:
    plan = json.loads((PROJECT / "tests/plans/no-peer/plan.json").read_text())
    planned = {resource["type"] for _, _, resource in program.configured(plan["configuration"]["root_module"], ())}
    written = {
        line.split('"')[1]
        for path in (PROJECT / "out/gravity-ai-chat/production/modules").rglob("*.tf")
        for line in path.read_text().splitlines()
        if line.startswith(('resource "', 'data "'))
    }
    assert written <= planned
