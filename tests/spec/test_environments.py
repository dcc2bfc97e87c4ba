"""The environments of a spec: merged values, errors, and the positions of errors."""

import re
from pathlib import Path

import pytest

from owscale.diagnostics.report import DiagnosticReport
from owscale.rules.runner import check_deployments
from owscale.spec import yaml_reader
from owscale.spec.deployment import Deployment
from owscale.spec.environments import load_environments
from tests._support.cases import GOLDEN, own_resources

pytestmark = pytest.mark.usefixtures("loader")

BASE = (GOLDEN / "minimal/spec.yaml").read_text().replace("small}", "small, nodes: 2}")
LINES = BASE.count("\n")
OWN_RESOURCES = own_resources("staging")
STAGING = f"""\
    state: {{key: staging.tfstate}}
    service: {{name: chat-staging}}
    existing: {OWN_RESOURCES}
"""  # what must differ


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    return tmp_path / "spec.yaml"


def load(spec: Path, text: str) -> tuple[list[Deployment], list[str]]:
    """Return the valid deployments of a text, and each diagnostic with its hint on one line."""
    spec.write_text(text)
    report = DiagnosticReport()
    document = yaml_reader.read_spec(spec, "spec.yaml", report)
    deployments = load_environments(document, report) if document else []
    check_deployments(deployments, report)
    return deployments, [str(diagnostic).replace("\n  hint: ", " -- ") for diagnostic in report]


# --- merging ------------------------------------------------------------------------------------------------------


def test_spec_without_environments_has_production(spec: Path) -> None:
    deployments, messages = load(spec, BASE)
    assert messages == []
    assert [(deployment.environment, deployment.folder) for deployment in deployments] == [
        ("production", "minimal/production")
    ]


def test_each_environment_is_a_deployment_in_file_order(spec: Path) -> None:
    deployments, messages = load(spec, f"{BASE}environments:\n  staging:\n{STAGING}  production:\n  test-2: {{}}\n")
    assert [deployment.folder for deployment in deployments] == [
        "minimal/staging",
        "minimal/production",
        "minimal/test-2",
    ]
    assert all(
        "(in production, test-2)" in line or "[S401]" in line or "[S402]" in line for line in messages
    )  # test-2 has the state, the name and the resources of production


def test_override_is_merged_onto_the_common_part(spec: Path) -> None:
    override = """\
environments:
  production: {}
  staging:
    state: {key: staging.tfstate, use_lockfile: true, dynamodb_table: locks}
    existing: {private_subnets: [subnet-33333333, subnet-44444444], service: old, OWN}
    service: {name: chat-staging, instances: 2}
    load_balancer:
      allow_from:
        office: {cidr: 10.9.0.0/16}
"""
    (production, staging), messages = load(spec, BASE + override.replace("OWN", OWN_RESOURCES[1:-1]))
    assert messages == []
    assert staging.spec.service.instances == 2
    assert staging.spec.state.bucket == "minimal-states"  # mappings are merged
    assert staging.spec.existing.vpc == "vpc-11111111"
    assert set(staging.spec.load_balancer.allow_from) == {"vpn", "office"}
    assert staging.spec.existing.private_subnets == ("subnet-33333333", "subnet-44444444")  # lists are replaced
    assert production.spec.service.instances == 3  # the override is for staging only
    assert production.spec.existing.service is None
    assert set(production.spec.load_balancer.allow_from) == {"vpn"}


def test_null_removes_an_optional_value(spec: Path) -> None:
    text = BASE.replace("cluster: chat", "cluster: chat\n  service: old")
    override = STAGING.replace("existing: {", "existing: {service: null, ")
    (production, staging), messages = load(spec, f"{text}environments:\n  production: {{}}\n  staging:\n{override}")
    assert messages == []
    assert production.spec.existing.service == "old"
    assert staging.spec.existing.service is None


def test_null_for_a_required_value_is_an_error(spec: Path) -> None:
    deployments, messages = load(spec, f"{BASE}environments:\n  production: {{existing: {{vpc: null}}}}\n")
    assert deployments == []
    place = f"spec.yaml:{LINES + 2}:32: environments.production.existing.vpc"
    hint = "write a value such as `vpc-0123456789abcdef0`. VPC of the deployment."
    assert messages == [f"{place}: must be text, not null [S107] -- {hint}"]


# --- errors in environments themselves ----------------------------------------------------------------------------


@pytest.mark.parametrize("environments", ["", " {}", " []", " [production]", " 3", " production"])
def test_environments_must_be_a_mapping_with_entries(spec: Path, environments: str) -> None:
    _, messages = load(spec, f"{BASE}environments:{environments}\n")
    assert len(messages) == 1
    assert re.fullmatch(
        rf"spec.yaml:{LINES + 1}:\d+: environments: must be a mapping with .*\[S107\] -- .*", messages[0]
    )


@pytest.mark.parametrize("override", ["3", "true", "[]", "text"])
def test_environment_must_be_a_mapping(spec: Path, override: str) -> None:
    _, messages = load(spec, f"{BASE}environments:\n  staging: {override}\n")
    assert len(messages) == 1
    assert "environments.staging: must be a mapping of the values that differ in this environment [S107]" in messages[0]


@pytest.mark.parametrize(
    "name", ["Production", "a_b", "-a", "a-", "a--b", "''", "..", "a/b", '"a b"', "é", "a.b", "a" * 65, '"a\\n"']
)
def test_environment_with_an_invalid_name_is_an_error(spec: Path, name: str) -> None:
    _, messages = load(spec, f"{BASE}environments:\n  {name}: {{}}\n")
    assert len(messages) == 1
    assert messages[0].startswith(f"spec.yaml:{LINES + 2}:3: environments.")
    assert (
        "name of an environment must be at most 64 lower-case letters and digits joined by single hyphens [S108]"
        in messages[0]
    )


@pytest.mark.parametrize("name", ["p", "production", "test-2", "2", "a" * 64])
def test_valid_names_of_environments_are_accepted(spec: Path, name: str) -> None:
    deployments, messages = load(spec, f"{BASE}environments:\n  {name}: {{}}\n")
    assert messages == []
    assert [deployment.environment for deployment in deployments] == [name]


def test_override_of_the_name_is_an_error(spec: Path) -> None:
    _, messages = load(spec, f"{BASE}environments:\n  staging: {{name: other}}\n")
    place = f"spec.yaml:{LINES + 2}:13: environments.staging.name"
    hint = "remove it; the folder under out/ has the name of the environment as well"
    assert messages == [f"{place}: cannot be overridden in an environment [S102] -- {hint}"]


@pytest.mark.parametrize(
    "environments", ["[]", "{}", "3", "{Production: {}}", "{staging: 3}", "{staging: {name: other}}"]
)
def test_wrong_environments_do_not_hide_errors_in_the_common_part(spec: Path, environments: str) -> None:
    _, messages = load(spec, f"{BASE.replace('nodes: 2', 'nodes: 7')}environments: {environments}\n")
    assert len(messages) == 2
    assert "redis.nodes: must be at most 6, not 7 [S108]" in messages[0]


# --- positions of errors ------------------------------------------------------------------------------------------

TWO = f"environments:\n  production: {{}}\n  staging:\n{STAGING}"


def test_error_in_an_override_has_the_position_of_the_override(spec: Path) -> None:
    deployments, messages = load(spec, f"{BASE}{TWO}    redis: {{nodes: 7, nodetype: x}}\n")
    assert [deployment.environment for deployment in deployments] == ["production"]
    hint = "write 6 or less"
    assert messages == [
        f"spec.yaml:{LINES + 7}:20: environments.staging.redis.nodes: must be at most 6, not 7 [S108] -- {hint}",
        f"spec.yaml:{LINES + 7}:23: environments.staging.redis.nodetype: unknown key [S102] -- did you mean node_type?",
    ]


def test_error_in_the_common_part_is_reported_once(spec: Path) -> None:
    _, messages = load(spec, BASE.replace("nodes: 2", "nodes: 7").replace("service: {", "service: {size: 2, ") + TWO)
    assert [line.split(": ", 1)[1].partition(" -- ")[0] for line in messages] == [
        "service.size: unknown key [S102]",
        "redis.nodes: must be at most 6, not 7 [S108]",
    ]


def test_rule_violation_in_the_common_part_is_reported_once(spec: Path) -> None:
    _, messages = load(spec, BASE.replace("v0.12.4", "main") + TWO)
    assert len(messages) == 1
    assert re.search(r": app\.image: .*\[S302\]", messages[0])


def test_errors_in_one_environment_do_not_hide_errors_in_another(spec: Path) -> None:
    wrong = "environments:\n  production:\n    redis: {nodes: 7}\n  staging:\n    app: {image: 3}\n" + STAGING
    _, messages = load(spec, BASE + wrong)
    assert [line.split(": ")[1] for line in messages] == [
        "environments.production.redis.nodes",
        "environments.staging.app.image",
    ]


def test_schema_error_in_one_environment_does_not_hide_a_rule_violation_in_another(spec: Path) -> None:
    _, messages = load(spec, f"{BASE}{TWO.replace('{}', '{redis: {nodes: 7}}')}    app: {{image: chat:main}}\n")
    assert [line.split(": ")[1] for line in messages] == [
        "environments.production.redis.nodes",
        "environments.staging.app.image",
    ]


def test_error_in_some_environments_names_them(spec: Path) -> None:
    text = BASE.replace("  cluster: chat\n", "")
    _, messages = load(spec, f"{text}environments:\n  a: {{existing: {{cluster: x}}}}\n  b: {{}}\n  c: {{}}\n")
    assert any("existing.cluster: is missing (in b, c) [S103]" in line for line in messages)


def test_rule_violation_caused_by_an_override_names_the_environment(spec: Path) -> None:
    _, messages = load(spec, f"{BASE}{TWO}    autoscaling: {{max: 60}}\n")
    assert len(messages) == 1
    assert "existing.database.max_connections: " in messages[0]
    assert "(in staging) [S301]" in messages[0]


def test_rule_violation_by_a_default_says_so(spec: Path) -> None:
    _, messages = load(spec, BASE.replace("{name: chat}", "{name: chat, vcpu: 0.5}"))
    assert len(messages) == 1
    assert re.search(r": service\.memory_gb: .*\(the default\) \[S201\]", messages[0])


def test_wrong_entry_is_not_reported_as_a_missing_entry_too(spec: Path) -> None:
    _, messages = load(spec, BASE.replace("subnet-22222222", "22222222"))
    assert len(messages) == 1
    assert "existing.private_subnets[1]: must be text, not a number [S107]" in messages[0]


def test_ambiguous_value_is_reported_once(spec: Path) -> None:
    _, messages = load(spec, BASE.replace("cluster: chat", "cluster: on"))
    assert len(messages) == 1
    assert "[S106]" in messages[0]


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        ('"[key]": 1', '"[key]": unknown key [S102]'),  # pydantic marks an invalid key like this
        ('secrets: {"[key]": 1}', 'secrets."[key]": unknown key [S102]'),
    ],
)
def test_key_that_looks_like_the_mark_of_pydantic_is_unknown(spec: Path, section: str, expected: str) -> None:
    _, messages = load(spec, f"{BASE}{section}\n")
    assert len(messages) == 1
    assert expected in messages[0]
