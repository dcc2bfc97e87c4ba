"""Environments: what is merged, what is refused, and where it is said; and that no spec makes the program fail."""

import copy
import itertools
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator import checks, source
from generator.cli import main
from generator.deployment import Deployment, deployments
from generator.errors import Report
from tests.cases import GOLDEN

BASE = (GOLDEN / "minimal/spec.yaml").read_text().replace("small}", "small, nodes: 2}")
EVERYTHING: dict[str, Any] = yaml.safe_load((GOLDEN / "everything/spec.yaml").read_text())
LINES = BASE.count("\n")
OWN = "    state: {key: staging.tfstate}\n    service: {name: chat-staging}\n"


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    return tmp_path / "spec.yaml"


def read(spec: Path, text: str) -> tuple[list[Deployment], list[str]]:
    """The deployments that are valid, and each diagnostic with its hint on one line."""
    spec.write_text(text)
    report = Report()
    document = source.read(spec, "spec.yaml", report)
    found = deployments(document, report) if document else []
    checks.check(found, report)
    return found, [str(diagnostic).replace("\n  hint: ", " -- ") for diagnostic in report]


# --- what an environment is ---------------------------------------------------------------------------------------


def test_without_environments_there_is_production(spec: Path) -> None:
    found, said = read(spec, BASE)
    assert said == []
    assert [(deployment.environment, deployment.folder) for deployment in found] == [
        ("production", "minimal/production")
    ]


def test_each_environment_is_a_deployment_in_the_order_of_the_file(spec: Path) -> None:
    found, said = read(spec, f"{BASE}environments:\n  staging:\n{OWN}  production:\n  test-2: {{}}\n")
    assert [deployment.folder for deployment in found] == ["minimal/staging", "minimal/production", "minimal/test-2"]
    assert all("[S401]" in line or "[S402]" in line for line in said)  # test-2 takes all from the common part


def test_an_override_is_merged(spec: Path) -> None:
    override = """\
environments:
  production: {}
  staging:
    state: {key: staging.tfstate, use_lockfile: true, dynamodb_table: locks}
    existing: {private_subnets: [subnet-33333333, subnet-44444444], service: old}
    service: {name: chat-staging, instances: 2}
    load_balancer:
      allow_from:
        office: {cidr: 10.9.0.0/16}
"""
    (production, staging), said = read(spec, BASE + override)
    assert said == []
    assert staging.spec.service.instances == 2
    assert staging.spec.state.bucket == "minimal-states"  # mappings merge
    assert staging.spec.existing.vpc == "vpc-11111111"
    assert set(staging.spec.load_balancer.allow_from) == {"vpn", "office"}
    assert staging.spec.existing.private_subnets == ("subnet-33333333", "subnet-44444444")  # a list is replaced
    assert production.spec.service.instances == 3  # and production knows nothing of it
    assert production.spec.existing.service is None
    assert set(production.spec.load_balancer.allow_from) == {"vpn"}


def test_null_takes_an_optional_value_away(spec: Path) -> None:
    text = BASE.replace("cluster: chat", "cluster: chat\n  service: old")
    (production, staging), said = read(
        spec, f"{text}environments:\n  production: {{}}\n  staging:\n    existing: {{service: null}}\n{OWN}"
    )
    assert said == []
    assert production.spec.existing.service == "old"
    assert staging.spec.existing.service is None


def test_null_does_not_take_away_what_must_be_there(spec: Path) -> None:
    found, said = read(spec, f"{BASE}environments:\n  production: {{existing: {{vpc: null}}}}\n")
    assert found == []
    place = f"spec.yaml:{LINES + 2}:32: environments.production.existing.vpc"
    hint = "VPC of the deployment. For example vpc-0123456789abcdef0"
    assert said == [f"{place}: must be text, not nothing [S107] -- {hint}"]


# --- what is no environment ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("environments", ["", " {}", " []", " [production]", " 3", " production"])
def test_environments_that_are_none(spec: Path, environments: str) -> None:
    _, said = read(spec, f"{BASE}environments:{environments}\n")
    assert len(said) == 1
    assert re.fullmatch(rf"spec.yaml:{LINES + 1}:\d+: environments: must be a mapping with .*\[S107\] -- .*", said[0])


@pytest.mark.parametrize("override", ["3", "true", "[]", "text"])
def test_an_environment_that_is_no_mapping(spec: Path, override: str) -> None:
    _, said = read(spec, f"{BASE}environments:\n  staging: {override}\n")
    assert len(said) == 1
    assert "environments.staging: must be a mapping of the values that differ [S107]" in said[0]


@pytest.mark.parametrize(
    "name", ["Production", "a_b", "-a", "a-", "a--b", "''", "..", "a/b", '"a b"', "é", "a.b", "a" * 65, '"a\\n"']
)
def test_an_environment_with_an_odd_name(spec: Path, name: str) -> None:
    _, said = read(spec, f"{BASE}environments:\n  {name}: {{}}\n")
    assert len(said) == 1
    assert said[0].startswith(f"spec.yaml:{LINES + 2}:3: environments.")
    assert "name must be at most 64 lower-case letters and digits joined by single hyphens [S108]" in said[0]


@pytest.mark.parametrize("name", ["p", "production", "test-2", "2", "a" * 64])
def test_names_of_environments(spec: Path, name: str) -> None:
    found, said = read(spec, f"{BASE}environments:\n  {name}: {{}}\n")
    assert said == []
    assert [deployment.environment for deployment in found] == [name]


def test_the_name_cannot_be_overridden(spec: Path) -> None:
    _, said = read(spec, f"{BASE}environments:\n  staging: {{name: other}}\n")
    place = f"spec.yaml:{LINES + 2}:13: environments.staging.name"
    hint = "leave it out here; the environment's own name tells its folder apart"
    assert said == [f"{place}: is the same in every environment [S102] -- {hint}"]


@pytest.mark.parametrize(
    "environments", ["[]", "{}", "3", "{Production: {}}", "{staging: 3}", "{staging: {name: other}}"]
)
def test_what_is_wrong_with_the_rest_is_told_all_the_same(spec: Path, environments: str) -> None:
    _, said = read(spec, f"{BASE.replace('nodes: 2', 'nodes: 7')}environments: {environments}\n")
    assert len(said) == 2
    assert "redis.nodes: must be at most 6, not 7 [S108]" in said[0]


# --- where it is said ---------------------------------------------------------------------------------------------

TWO = f"environments:\n  production: {{}}\n  staging:\n{OWN}"


def test_a_mistake_in_an_override_is_told_there(spec: Path) -> None:
    found, said = read(spec, f"{BASE}{TWO}    redis: {{nodes: 7, nodetype: x}}\n")
    assert [deployment.environment for deployment in found] == ["production"]
    assert said == [
        f"spec.yaml:{LINES + 6}:20: environments.staging.redis.nodes: must be at most 6, not 7 [S108]",
        f"spec.yaml:{LINES + 6}:23: environments.staging.redis.nodetype: unknown key [S102] -- did you mean node_type?",
    ]


def test_a_mistake_in_the_common_part_is_told_once(spec: Path) -> None:
    _, said = read(spec, BASE.replace("nodes: 2", "nodes: 7").replace("service: {", "service: {size: 2, ") + TWO)
    assert [line.split(": ", 1)[1].partition(" -- ")[0] for line in said] == [
        "service.size: unknown key [S102]",
        "redis.nodes: must be at most 6, not 7 [S108]",
    ]


def test_a_broken_rule_in_the_common_part_is_told_once(spec: Path) -> None:
    _, said = read(spec, BASE.replace("v0.12.4", "main") + TWO)
    assert len(said) == 1
    assert "app.image: the tag main is no version, and may move [S302]" in said[0]


def test_mistakes_in_one_environment_do_not_hide_those_in_another(spec: Path) -> None:
    wrong = "environments:\n  production:\n    redis: {nodes: 7}\n  staging:\n    app: {image: 3}\n" + OWN
    _, said = read(spec, BASE + wrong)
    assert [line.split(": ")[1] for line in said] == [
        "environments.production.redis.nodes",
        "environments.staging.app.image",
    ]


def test_a_wrong_shape_in_one_environment_does_not_hide_a_broken_rule_in_another(spec: Path) -> None:
    _, said = read(spec, f"{BASE}{TWO.replace('{}', '{redis: {nodes: 7}}')}    app: {{image: chat:main}}\n")
    assert [line.split(": ")[1] for line in said] == [
        "environments.production.redis.nodes",
        "environments.staging.app.image",
    ]


def test_what_is_wrong_in_some_environments_alone_says_in_which(spec: Path) -> None:
    text = BASE.replace("  cluster: chat\n", "")
    _, said = read(spec, f"{text}environments:\n  a: {{existing: {{cluster: x}}}}\n  b: {{}}\n  c: {{}}\n")
    assert any("existing.cluster: is missing (in b, c) [S103]" in line for line in said)


def test_a_rule_that_an_override_breaks_says_in_which_environment(spec: Path) -> None:
    _, said = read(spec, f"{BASE}{TWO}    autoscaling: {{max: 60}}\n")
    assert len(said) == 1
    assert "existing.database.max_connections: 60 instances" in said[0]
    assert "(in staging) [S301]" in said[0]


def test_a_default_that_breaks_a_rule_is_called_one(spec: Path) -> None:
    _, said = read(spec, BASE.replace("{name: chat}", "{name: chat, vcpu: 0.5}"))
    assert len(said) == 1
    assert "service.memory_gb: 0.5 vCPU cannot have 8 GB (the default) [S201]" in said[0]


def test_an_entry_that_is_wrong_is_no_missing_entry_too(spec: Path) -> None:
    _, said = read(spec, BASE.replace("subnet-22222222", "22222222"))
    assert len(said) == 1
    assert "existing.private_subnets[1]: must be text, not a number [S107]" in said[0]


def test_a_doubtful_value_is_told_once(spec: Path) -> None:
    _, said = read(spec, BASE.replace("cluster: chat", "cluster: on"))
    assert len(said) == 1
    assert "[S106]" in said[0]


@pytest.mark.parametrize("image", ["arn:x", "arn:aws:ecs:x", "arn:1/b:v0.12.4"])
def test_an_image_that_begins_like_an_arn_is_no_arn(spec: Path, image: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = (GOLDEN / "minimal/spec.yaml").read_text()
    spec.write_text(text.replace("ghcr.io/open-webui/open-webui:v0.12.4", f'"{image}"'))
    assert main(["validate", "--spec", str(spec)]) in (0, 1)
    assert "[S205]" not in capsys.readouterr().err


@pytest.mark.parametrize("text", ["arn:", "arn:aws", "arn:aws:bedrock:us-east-1:444455556666:inference-profile/x"])
def test_an_arn_that_open_webui_alone_reads_may_be_any(spec: Path, text: str) -> None:
    image = "image: ghcr.io/open-webui/open-webui:v0.12.4"
    found, said = read(spec, BASE.replace(image, f'{image}, environment: {{MODEL: "{text}"}}'))
    assert said == []
    assert len(found) == 1


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ('"[key]": 1', '"[key]": unknown key [S102]'),  # the mark that pydantic puts after a key that is wrong
        ('secrets: {"[key]": 1}', 'secrets."[key]": unknown key [S102]'),
    ],
)
def test_a_key_that_looks_like_pydantics_mark(spec: Path, section: str, said: str) -> None:
    _, found = read(spec, f"{BASE}{section}\n")
    assert len(found) == 1
    assert said in found[0]


# --- no spec makes the program fail -------------------------------------------------------------------------------

DIAGNOSTIC = re.compile(r"^\S*spec\.yaml(:\d+:\d+)?: .*\[S\d{3}\]$", re.MULTILINE)
JARGON = re.compile(r"Input should|type=|Traceback|pydantic")
ODD_TEXT = st.sampled_from(
    [
        "",
        " ",
        "${x}",
        "%{if}",
        "a\nb",
        "ü",
        "😀",
        "\u202e",
        "'",
        '"',
        "\\",
        "[key]",
        "arn:",
        "arn:aws:sns",
        "0",
        "#",
        "*",
    ]
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-10, 10),
    st.sampled_from([2**31, 2**63, -(2**63), 10**30, 60, 90, 3600, 86400, 0.5, 1.5, 1e300, 1e-7]),
    ODD_TEXT,
    st.text(max_size=20),
)
VALUES = st.one_of(
    SCALARS,
    st.lists(SCALARS, max_size=3),
    st.dictionaries(st.one_of(ODD_TEXT, st.text(max_size=8)), SCALARS, max_size=3),
)
KEYS = st.one_of(ODD_TEXT, st.text(max_size=8), st.sampled_from(["name", "cidr", "port", "environments", "enabled"]))
Path_ = tuple[str | int, ...]


def paths(node: object, path: Path_ = ()) -> list[Path_]:
    """The path of every node below `node`."""
    match node:
        case dict():
            entries: list[tuple[str | int, object]] = list(node.items())
        case list():
            entries = list(enumerate(node))
        case _:
            return []
    return [below for key, value in entries for below in ((*path, key), *paths(value, (*path, key)))]


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, Any]:
    """A valid spec with one to three of its nodes deleted, renamed, moved or replaced."""
    spec = copy.deepcopy(EVERYTHING)
    for _ in range(draw(st.integers(1, 3))):
        *above, last = draw(st.sampled_from(paths(spec)))
        parent: Any = spec
        for segment in above:
            parent = parent[segment]
        match draw(st.sampled_from(["delete", "replace", "rename", "copy"])):
            case "delete" if len(parent) > 1:
                del parent[last]
            case "rename" if isinstance(parent, dict):
                parent[draw(KEYS)] = parent.pop(last)
            case "copy":  # of another place: of a right kind by chance
                node: Any = spec
                for segment in draw(st.sampled_from(paths(EVERYTHING))):
                    node = node[segment] if _has(node, segment) else node
                parent[last] = copy.deepcopy(node)
            case _:
                parent[last] = draw(VALUES)
    return spec


def _has(node: object, segment: str | int) -> bool:
    if isinstance(node, list):
        return isinstance(segment, int) and segment < len(node)
    return isinstance(node, dict) and segment in node


NUMBERS = itertools.count()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=mutated())
def test_any_spec_is_either_rendered_or_explained(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], data: dict[str, Any]
) -> None:
    folder = tmp_path / str(next(NUMBERS))
    folder.mkdir()
    spec = folder / "spec.yaml"
    spec.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")
    code = main(["validate", "--spec", str(spec)])
    said = capsys.readouterr().err
    assert code in (0, 1), said
    assert not JARGON.search(said), said
    if code == 1:
        assert DIAGNOSTIC.search(said), said
    else:
        assert main(["generate", "--spec", str(spec), "--out", str(folder / "out")]) == 0, capsys.readouterr().err
        assert any((folder / "out").rglob("main.tf"))
    capsys.readouterr()
