"""`owscale explain`: the entry of a code; the effective configuration with the origin of each value."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from owscale.cli.main import main
from owscale.diagnostics.report import DiagnosticReport
from owscale.domain.summary import summary_rows
from owscale.rules import stored_catalogue
from owscale.rules.catalogue import CatalogueEntry, catalogue
from owscale.spec import yaml_reader
from owscale.spec.deployment import Deployment
from owscale.spec.document import dotted
from owscale.spec.effective_config import effective_config
from owscale.spec.effects.table import EFFECTS
from owscale.spec.environments import load_environments
from owscale.spec.key_reference import key_references
from owscale.spec.scalars import format_scalar
from owscale.spec.validation import key_of_path
from tests._support.cases import GOLDEN, PROJECT, Case, cases

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
      database:
        url_secret_arn: arn:aws:secretsmanager:eu-west-1:111122223333:secret:staging-database-AbCdEf
        security_group: sg-44444444
      files: {access_point: fsap-44444444}
"""


@pytest.fixture(autouse=True)
def _working_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PROJECT)


def explained(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    assert main(["explain", *map(str, arguments)]) == 0
    return capsys.readouterr().out


def read(path: Path) -> list[Deployment]:
    report = DiagnosticReport()
    document = yaml_reader.read_spec(path, path.name, report)
    assert document, list(report)
    deployments = load_environments(document, report)
    assert not report.errors, list(report)
    return deployments


# --- a code -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("entry", catalogue(), ids=lambda entry: entry.code)
def test_code_is_explained_completely(entry: CatalogueEntry, capsys: pytest.CaptureFixture[str]) -> None:
    text = explained(capsys, entry.code.lower())
    heading = f"{entry.code} ({entry.severity}): {entry.checks}\nWhy: {entry.rationale}\nSee {entry.reference}"
    assert text.startswith(heading)
    assert (" in the repository of owscale\n" in text) == entry.reference.startswith("docs/")
    for line in (*entry.example.splitlines(), *entry.fixed_example.splitlines()):
        assert f"\n  {line}\n" in text


@pytest.mark.parametrize(
    ("topic", "hint"),
    [
        ("S299", "did you mean S"),
        ("214", "did you mean S214?"),
        ("S2O1", "did you mean S201?"),
        ("s2l4", "did you mean S214?"),
        ("redis.nodetype", "did you mean redis.node_type?"),
        ("nodetype", "did you mean redis.node_type?"),
        ("qqq", "write a code such as S301, or a key such as redis.nodes"),
        ("", "write a code such as S301, or a key such as redis.nodes"),
        ("redis.nodes.x", "did you mean redis.nodes?"),
        ("environments.staging.qqq", "did you mean environments?"),
    ],
)
def test_unknown_topic_is_a_usage_error(topic: str, hint: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", topic]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(f"{topic}: no such code or key\n  hint: {hint}")


def test_code_is_explained_without_a_library() -> None:
    code = "import sys; from owscale.cli.main import main; main(['explain', 'S201']); print(sorted(sys.modules))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 -- our own code
    assert result.stdout.startswith("S201 ")
    for module in ("jinja2", "pydantic", "yaml", "python_terraform", "typing", "pathlib", "owscale.rules.catalogue"):
        assert f"'{module}'" not in result.stdout, "run `make` if owscale/_generated/ is outdated"


# --- a key --------------------------------------------------------------------------------------------------------


def test_key_is_explained_completely(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(MINIMAL.read_text() + STAGING)
    lines = spec.read_text().splitlines()
    common, staging = (number for number, line in enumerate(lines, 1) if line.strip().startswith("service: "))
    assert (
        explained(capsys, "service.instances", "--spec", spec)
        == f"""\
service.instances: Number of tasks. With autoscaling, the number at the first apply.
Type: whole number, 1 to 100
Default: 3
Example: service: {{instances: 3}}
Environments: each can set its own value, as environments.<name>.service.instances

Change of a deployment that exists:
  nothing (while autoscaling is on): Autoscaling sets the number of tasks; use `autoscaling.min` and `autoscaling.max`.
  nothing (while autoscaling is turned on): Autoscaling sets the number of tasks from this apply on; use \
`autoscaling.min` and `autoscaling.max`.
  connections cut (lowered): ECS stops tasks at once. Their WebSockets are closed, and browsers reconnect to \
another task.
    See https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
  in place (otherwise): ECS starts tasks at once, without a deployment.
    See https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html

Diagnostics:
  S202 (error)    Checks that `autoscaling.min`, `service.instances` and `autoscaling.max` are in ascending order.
  S351 (warning)  Checks that a task has one worker.
  S406 (error)    Checks that a database has enough connections for all deployments on it together.
  S407 (error)    Checks that a server has enough connections for its databases, if one security group means one server.

In your specs:
  {spec}:{staging} (environments.staging)  1
"""
    )
    text = explained(capsys, "service", "--spec", spec)
    assert f"\n  {spec}:{common}" in text
    assert f"\n  {spec}:{staging} (environments.staging)  {{name: chat-staging, instances: 1}}\n" in text
    assert "\n  service.instances  " in text


@pytest.mark.parametrize(
    ("name", "fact"),
    [
        ("aws.tags", "Default: empty"),
        ("existing.peers", "Default: empty"),
        ("redis.engine", "Default: redis"),
        ("autoscaling", "Default: each key below has its own"),
        ("existing.private_subnets", "Example: existing: {private_subnets: [subnet-0123456789abcdef0, …]}"),
    ],
)
def test_default_and_example_suit_the_kind_of_key(name: str, fact: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert fact in explained(capsys, name).splitlines()


@pytest.mark.parametrize("name", key_references())
def test_every_key_is_explained(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    text = explained(capsys, name)
    assert text.startswith(f"{name}: ")
    assert "\nType: " in text
    assert ("\nChange of a deployment that exists:\n  " in text) == (name in EFFECTS)
    assert "In your specs" not in text


def test_size_is_explained_with_the_measured_users(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec, text = tmp_path / "spec.yaml", MINIMAL.read_text()
    spec.write_text(text.replace("v0.12.4}", "v0.12.4, environment: {RAG_EMBEDDING_ENGINE: openai}}"))
    line = r"\nUsers:\n  minimal/production  \d+ users of each task by measurement: "
    for key in ("app.workers", "service.vcpu", "service.instances"):
        assert re.search(line, explained(capsys, key, "--spec", str(spec)))
    assert "Users:" not in explained(capsys, "redis.nodes", "--spec", str(spec))
    spec.write_text(text)  # a local embedding model was not measured
    assert "Users:" not in explained(capsys, "app.workers", "--spec", str(spec))


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_every_key_of_a_spec_is_found_by_its_path(case: Case) -> None:
    catalogue = stored_catalogue.load()
    for deployment in case.deployments():
        for path in filter(None, deployment.document.locations):
            (key,) = catalogue.find_keys(dotted(path))
            assert key == key_of_path(path)


@pytest.mark.parametrize("word", ["environments.staging.redis.nodes", "redis.nodes", "nodes"])
def test_key_may_be_written_as_in_a_spec(word: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert explained(capsys, word).startswith("redis.nodes: ")


def test_name_of_several_keys_explains_each(capsys: pytest.CaptureFixture[str]) -> None:
    text = explained(capsys, "cpu_percent")
    assert text.startswith("autoscaling.cpu_percent: ")
    assert "\n\nalarms.cpu_percent: " in text


def test_unreadable_spec_is_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text("a: [")
    assert f"  {spec}  cannot be read; `owscale validate` prints the errors\n" in explained(
        capsys, "redis.nodes", "--spec", spec
    )


# --- a spec -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_effective_configuration_is_the_same_spec(case: Case, tmp_path: Path) -> None:
    for deployment in case.deployments():
        spec = tmp_path / "spec.yaml"
        spec.write_text("\n".join(effective_config(deployment)) + "\n")
        (copy,) = read(spec)
        assert copy.spec == deployment.spec
        assert copy.folder == deployment.folder


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_every_value_has_an_origin(case: Case) -> None:
    for deployment in case.deployments():
        values = [line for line in effective_config(deployment) if not re.fullmatch(r'\s*[\w."/ @-]+:(?: \{\})?', line)]
        assert len(values) > 80
        for line in values:
            assert re.search(r"\S  +# (default|\S+:\d+( \(environments\.\w+\))?)$", line), line


def test_origin_is_the_line_of_the_value(tmp_path: Path) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(MINIMAL.read_text() + STAGING)
    texts = spec.read_text().splitlines()
    production, staging = read(spec)

    def origin(deployment: Deployment, key: str) -> str:
        (line,) = (line for line in effective_config(deployment) if line.strip().startswith(f"{key}  "))
        return line.partition("# ")[2]

    def at(text: str) -> str:
        return f"spec.yaml:{next(number for number, line in enumerate(texts, 1) if text in line)}"

    assert origin(production, "node_type: cache.t4g.small") == at("node_type")
    assert origin(production, "nodes: 1") == "default"
    assert origin(production, "instances: 3") == "default"
    assert origin(staging, "instances: 1") == f"{at('instances: 1')} (environments.staging)"
    assert origin(staging, "- subnet-44444444") == f"{at('subnet-44444444')} (environments.staging)"
    assert origin(staging, "vpc: vpc-11111111") == at("vpc-11111111")


def test_environments_are_printed_as_documents_or_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(MINIMAL.read_text() + STAGING)
    production, staging = explained(capsys, "--spec", spec).split("---\n")
    assert production.startswith("# minimal/production\nname: minimal")
    assert staging.startswith("# minimal/staging\nname: minimal")
    assert explained(capsys, "--spec", spec, "--env", "staging") == staging
    spec.write_text(staging)  # the derived values are comments
    (copy,) = read(spec)
    assert copy.folder == "minimal/staging"


def test_unknown_environment_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "--spec", str(MINIMAL), "--env", "productoin"]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == "--env productoin: no such environment\n  hint: did you mean production?\n"


def test_invalid_spec_is_reported_and_not_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(MINIMAL.read_text() + "alarms: {cpu: 85}\n")
    assert main(["explain", "--spec", str(spec)]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "[S102]" in printed.err


def test_derived_values_of_this_project() -> None:
    (deployment,) = cases()[0].deployments()
    assert dict(summary_rows(deployment.spec)) == {
        "processes": "10 instances × 2 workers = at most 20",
        "database connections": "10 instances × 2 workers × (2 × (10 + 5) + 5) × 200 % = 1,400 of 1,600 (50 reserved)",
        "start-up window": "300 s for the container (start period), 360 s in total (grace period)",
        "drain window": "300 s for open requests (deregistration delay), then 120 s to stop (stop timeout)",
        "alarm cpu": "above 85 % in 5 of 5 periods of 60 s",
        "alarm memory": "above 90 % in 5 of 5 periods of 60 s",
        "alarm redis_cpu": "above 75 % in 5 of 5 periods of 60 s",
        "alarm response_time": "above 2 s in 5 of 5 periods of 60 s",
    }


def test_derived_values_are_in_the_singular(tmp_path: Path) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(MINIMAL.read_text() + STAGING + "alarms: {at_maximum: true, evaluation_periods: 1}\n")
    rows = dict(summary_rows(read(spec)[1].spec))
    assert rows["processes"] == "1 instance × 1 worker = at most 1"
    assert rows["database connections"].startswith("1 instance × 1 worker × (")
    assert rows["alarm at_maximum"] == "1 or more in 1 of 1 period of 60 s"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
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
def test_scalar_is_read_as_it_was_written(tmp_path: Path, value: object) -> None:
    spec, report = tmp_path / "spec.yaml", DiagnosticReport()
    spec.write_text(f"value: {format_scalar(value)}  # a comment\nkeys:\n  {format_scalar(str(value))}: 1\n")
    document = yaml_reader.read_spec(spec, "spec.yaml", report)
    assert list(report) == []
    assert document
    assert document.data == {"value": value, "keys": {str(value): 1}}
