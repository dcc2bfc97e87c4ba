"""`owscale explain`: the catalogue a code at a time; a spec as it holds, with origins that are true."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator import source
from generator.catalogue import Entry, catalogue
from generator.cli import main
from generator.deployment import Deployment, deployments
from generator.effective import effective
from generator.errors import Report
from generator.facts.figures import figures
from generator.scalars import written
from tests.cases import GOLDEN, PROJECT, Case, cases

MINIMAL = GOLDEN / "minimal/spec.yaml"
STAGING = """\
environments:
  production: {}
  staging:
    state: {key: staging.tfstate}
    service: {name: chat-staging, instances: 1}
    autoscaling: {min: 1, max: 1}
    existing:
      private_subnets:
        - subnet-33333333
        - subnet-44444444
"""


@pytest.fixture(autouse=True)
def _at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PROJECT)


def explained(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    assert main(["explain", *map(str, arguments)]) == 0
    return capsys.readouterr().out


def read(path: Path) -> list[Deployment]:
    report = Report()
    document = source.read(path, path.name, report)
    assert document, list(report)
    found = deployments(document, report)
    assert not report.errors, list(report)
    return found


# --- a code -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("entry", catalogue(), ids=lambda entry: entry.code)
def test_a_code_is_explained_in_whole(entry: Entry, capsys: pytest.CaptureFixture[str]) -> None:
    said = explained(capsys, entry.code.lower())
    assert said.startswith(f"{entry.code} ({entry.severity}): {entry.why}\nSee {entry.reference}\n")
    for line in (*entry.example.splitlines(), *entry.mend.splitlines()):
        assert f"\n  {line}\n" in said


@pytest.mark.parametrize(
    ("typed", "hint"), [("S299", "did you mean S2"), ("214", "did you mean S214?"), ("redis", "there are S101, S102,")]
)
def test_an_unknown_code_is_usage(typed: str, hint: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", typed]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"{typed}: no such code\n  hint: {hint}")


def test_a_code_waits_for_no_library() -> None:
    code = "import sys; from generator.cli import main; main(['explain', 'S201']); print(sorted(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 -- our own code
    assert ran.stdout.startswith("S201 ")
    for library in ("jinja2", "pydantic", "yaml", "python_terraform", "generator.checks"):
        assert f"'{library}'" not in ran.stdout


# --- a spec -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_what_is_printed_is_the_spec_itself(case: Case, tmp_path: Path) -> None:
    for deployment in case.deployments():
        spec = tmp_path / "spec.yaml"
        spec.write_text("\n".join(effective(deployment)) + "\n")
        (again,) = read(spec)
        assert again.spec == deployment.spec
        assert again.folder == deployment.folder


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_every_value_has_its_origin(case: Case) -> None:
    for deployment in case.deployments():
        values = [line for line in effective(deployment) if not re.fullmatch(r'\s*[\w."/ @-]+:(?: \{\})?', line)]
        assert len(values) > 80
        for line in values:
            assert re.search(r"\S  +# (default|\S+:\d+( \(environments\.\w+\))?)$", line), line


def test_an_origin_is_where_the_file_says_so(tmp_path: Path) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(MINIMAL.read_text() + STAGING)
    texts = spec.read_text().splitlines()
    production, staging = read(spec)

    def origin(deployment: Deployment, key: str) -> str:
        (line,) = (line for line in effective(deployment) if line.strip().startswith(f"{key}  "))
        return line.partition("# ")[2]

    def at(text: str) -> str:
        return f"spec.yaml:{next(number for number, line in enumerate(texts, 1) if text in line)}"

    assert origin(production, "node_type: cache.t4g.small") == at("node_type")
    assert origin(production, "nodes: 1") == "default"
    assert origin(production, "instances: 3") == "default"
    assert origin(staging, "instances: 1") == f"{at('instances: 1')} (environments.staging)"
    assert origin(staging, "- subnet-44444444") == f"{at('subnet-44444444')} (environments.staging)"
    assert origin(staging, "vpc: vpc-11111111") == at("vpc-11111111")


def test_environments_are_printed_apart_or_one_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(MINIMAL.read_text() + STAGING)
    production, staging = explained(capsys, "--spec", spec).split("---\n")
    assert production.startswith("# minimal/production\nname: minimal")
    assert staging.startswith("# minimal/staging\nname: minimal")
    assert explained(capsys, "--spec", spec, "--env", "staging") == staging
    spec.write_text(staging)  # the figures too are comments
    (alone,) = read(spec)
    assert alone.folder == "minimal/staging"


def test_an_unknown_environment_is_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "--spec", str(MINIMAL), "--env", "productoin"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "--env productoin: no such environment\n  hint: did you mean production?\n"


def test_a_wrong_spec_is_reported_and_not_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(MINIMAL.read_text() + "alarms: {cpu: 85}\n")
    assert main(["explain", "--spec", str(spec)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "[S102]" in said.err


def test_the_figures_of_the_project() -> None:
    (deployment,) = cases()[0].deployments()
    assert dict(figures(deployment.spec)) == {
        "processes": "10 instances × 2 workers = 20 at the most",
        "database connections": "10 instances × 2 workers × (10 + 5 + 5) × 200 % = 800, of 1,600 with 50 reserved",
        "start-up window": "300 s for the container (start period), 360 s in all (grace period)",
        "drain window": "300 s for open answers (deregistration delay), then 120 s to stop (stop timeout)",
        "alarm cpu": "above 85 % in 5 of 5 periods of 60 s",
        "alarm memory": "above 90 % in 5 of 5 periods of 60 s",
        "alarm redis_cpu": "above 75 % in 5 of 5 periods of 60 s",
        "alarm response_time": "above 2 s in 5 of 5 periods of 60 s",
    }


def test_one_is_one(tmp_path: Path) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(MINIMAL.read_text() + STAGING + "alarms: {at_maximum: true, evaluation_periods: 1}\n")
    told = dict(figures(read(spec)[1].spec))
    assert told["processes"] == "1 instance × 1 worker = 1 at the most"
    assert told["database connections"].startswith("1 instance × 1 worker × (")
    assert told["alarm at_maximum"] == "from 1 on in 1 of 1 period of 60 s"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None)
@given(
    st.one_of(
        st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=20),
        st.sampled_from(
            ["on", "010", "1:30", "null", "true", "~", "", "7.1", "a: b", "a #b", "- a", "[", "=", "<<", "a:"]
        ),
        st.integers(-(2**63), 2**63 - 1),
        st.floats(min_value=1e-9, max_value=1e9),
        st.booleans(),
        st.none(),
    )
)
def test_a_scalar_is_read_as_it_was_written(tmp_path: Path, value: object) -> None:
    spec, report = tmp_path / "spec.yaml", Report()
    spec.write_text(f"value: {written(value)}  # a comment\nkeys:\n  {written(str(value))}: 1\n")
    document = source.read(spec, "spec.yaml", report)
    assert list(report) == []
    assert document
    assert document.data == {"value": value, "keys": {str(value): 1}}
