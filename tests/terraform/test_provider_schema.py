"""The generated Terraform has only names that the schema of its AWS provider has, and none that is deprecated.

Version 5 is checked against its binary, and version 6 against the recorded schema, because no registry has its binary.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from owscale.domain.terraform import AWS_PROVIDERS
from owscale.spec.deployment import Deployment
from owscale.terraform.config.parser import labelled, mappings, parse_file
from owscale.terraform.runner import Terraform
from tests._support.cases import Case, altered, cases
from tests._support.provider_schema import (
    FLAGS,
    FOLDER,
    MODES,
    Block,
    Schema,
    read_schema,
    schema_of_binary,
    template_types,
)
from tests._support.shared_provider import shared_provider

pytestmark = pytest.mark.xdist_group("provider schema")  # the binary prints its schema once

VERSIONS = {5: "5.100.0", 6: "6.69.1"}
_META = {"connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioner"}
_PREFIX = {"data": "data.", "ephemeral": "ephemeral.", "resource": ""}
_COMMENT = re.compile(r"^\s*#.*", re.MULTILINE)
_ADDRESS = r"(?P<mode>data\.|ephemeral\.|)(?P<type>aws_\w+)\.(?P<name>\w+)"
_PATH = r"(?P<path>(?:(?:\[[^\]]*\])?\.\w+)*)"
_READ = re.compile(rf"(?<![\w.\"]){_ADDRESS}(?:\)?\[\*\])?{_PATH}")
_LOOP = re.compile(rf"for (?:\w+, )?(?P<item>\w+) in {_ADDRESS}{_PATH}\s*:")
_SELF = re.compile(rf"\bself{_PATH}")


def _deployments() -> list[Any]:
    return [
        pytest.param(case, deployment, version, id=f"{deployment.folder}-{version}")
        for case in cases()
        for deployment in case.deployments()
        for version in AWS_PROVIDERS
    ]


@pytest.fixture(scope="session")
def binary_schema(terraform: str, tmp_path_factory: pytest.TempPathFactory) -> Schema:  # noqa: ARG001 -- the binary must be there
    """Return the schema from the binary of provider 5, for the types of the templates."""
    folder = tmp_path_factory.mktemp("schema")
    (case, *_) = cases()
    [deployment] = case.deployments()
    for name in ("versions.tf", ".terraform.lock.hcl"):
        (folder / name).write_bytes((case.out / deployment.folder / name).read_bytes())
    runner = Terraform(folder)
    with shared_provider():  # its binary is not hashed then
        assert runner.init("-backend=false").code == 0
        document = json.loads(runner.run("providers", "schema", "-json").stdout)
    return schema_of_binary(document, template_types())


@pytest.fixture(scope="session")
def schemas(binary_schema: Schema) -> Mapping[int, Schema]:
    return {5: binary_schema, 6: read_schema(VERSIONS[6])}


def test_schema_from_packages_is_that_of_the_binary(binary_schema: Schema) -> None:
    recorded = read_schema(VERSIONS[5])
    for mode in ("resource", "data"):  # bindings of release 5 have no ephemeral resources
        assert recorded[mode].keys() == binary_schema[mode].keys()
        for name, block in binary_schema[mode].items():
            assert recorded[mode][name] == block, name


def test_fmt_changes_nothing(terraform: str) -> None:  # noqa: ARG001 -- the binary must be there
    """The other golden trees are formatted in test_roots.py, where they need their provider."""
    [case] = [case for case in cases() if case.name == "provider-6"]
    output = Terraform(case.out).run("fmt", "-check", "-diff", "-recursive")
    assert (output.code, output.stdout) == (0, "")


def test_recorded_schemas_are_those_of_the_constraints() -> None:
    assert {path.stem.removeprefix("aws-") for path in FOLDER.iterdir()} == set(VERSIONS.values())
    for major, provider in AWS_PROVIDERS.items():
        assert provider.constraint == f"~> {VERSIONS[major].rpartition('.')[0]}"


def test_recorded_schema_has_every_type_of_the_templates() -> None:
    recorded = read_schema(VERSIONS[6])
    assert {mode: sorted(recorded[mode]) for mode in MODES} == template_types()


@pytest.mark.parametrize(("case", "deployment", "version"), _deployments())
def test_every_name_is_in_the_schema(
    case: Case, deployment: Deployment, version: int, schemas: Mapping[int, Schema]
) -> None:
    assert list(find_problems(rendered(case, deployment, version), schemas[version])) == []


@pytest.mark.parametrize(("case", "deployment", "version"), _deployments())
def test_no_argument_has_an_unused_write_only_form(
    case: Case, deployment: Deployment, version: int, schemas: Mapping[int, Schema]
) -> None:
    """A secret that can stay out of the state stays out of it."""
    for path, text in rendered(case, deployment, version).items():
        for mode, resource_type, name, body in declarations(path, text):
            for argument in body:
                assert f"{argument}_wo" not in schemas[version][mode][resource_type], f"{path}: {name}.{argument}"


@pytest.mark.parametrize(("case", "deployment", "version"), _deployments())
def test_no_ephemeral_resource_has_a_condition(case: Case, deployment: Deployment, version: int) -> None:
    """Terraform 1.11 writes a plan with one, and crashes when it shows that plan as JSON."""
    for path, text in rendered(case, deployment, version).items():
        for (_, name), body in labelled(parse_file(path, text).get("ephemeral"), 2):
            assert "lifecycle" not in body, f"{path}: ephemeral {name}"


CHANGES = {
    "unknown argument auth_tocken_wo": ("auth_token_wo  ", "auth_tocken_wo "),
    "missing description": ('description          = "Sessions', '# description = "Sessions'),
    "deprecated name": ("current.region", "current.name"),
    "unknown attribute members": ("this.member_clusters", "this.members"),
    "unknown argument log_delivery": ("log_delivery_configuration {", "log_delivery {"),
    "unknown argument kind": ("    log_type         =", '    kind = "a"\n    log_type ='),
    "missing log_type": ("    log_type         =", "    # log_type ="),
    "unknown attribute vpc": ("self.vpc_id ==", "self.vpc =="),
    "unknown attribute id": (": version.version_id", ": version.id"),
    "unknown type aws_secret": ('data "aws_secretsmanager_secret_versions"', 'data "aws_secret"'),
    "unknown attribute ar": (
        "(aws_cloudwatch_metric_alarm.redis_cpu)[*].arn",
        "(aws_cloudwatch_metric_alarm.redis_cpu)[*].ar",
    ),
    "deprecated arn": ("redis_url.version_id}", "redis_url.arn}"),
    "deprecated expected_bucket_owner": ("  rule {\n    id ", '  expected_bucket_owner = "1"\n  rule {\n    id '),
}
"""Changes of the golden case of provider 6, by the error that each causes."""


@pytest.mark.parametrize(("problem", "change"), CHANGES.items(), ids=CHANGES)
def test_wrong_name_is_found(problem: str, change: tuple[str, str]) -> None:
    """The check fails for each kind of name."""
    case = next(case for case in cases() if case.name == "provider-6")
    texts = [rendered(case, deployment, 6) for deployment in case.deployments()]
    changed = [{path: text.replace(*change) for path, text in files.items()} for files in texts]
    assert changed != texts
    found = [each for files in changed for each in find_problems(files, read_schema(VERSIONS[6]))]
    assert found
    assert {text.rpartition(": ")[2] for text in found} == {problem}


_rendered: dict[tuple[str, int], dict[str, str]] = {}


def rendered(case: Case, deployment: Deployment, version: int) -> dict[str, str]:
    """Return the Terraform of a deployment with a version of the provider, by path, without custom files."""
    key = deployment.folder, version
    if key not in _rendered:
        _rendered[key] = _render(case, deployment, version)
    return _rendered[key]


def _render(case: Case, deployment: Deployment, version: int) -> dict[str, str]:
    section = altered(deployment.spec.terraform, aws_provider=version)
    changed = deployment._replace(spec=altered(deployment.spec, terraform=section))
    texts = {path.removeprefix(f"{deployment.folder}/"): text for path, text in case.texts([changed]).items()}
    custom = case.spec.parent / "extra"
    return {path: text for path, text in texts.items() if path.endswith(".tf") and not (custom / path).exists()}


def find_problems(files: Mapping[str, str], schema: Schema) -> Iterator[str]:
    """Yield each name that the schema does not have, each deprecated name, and each required one that is missing."""
    for path, text in files.items():
        for mode, resource_type, name, body in declarations(path, text):
            place = f"{path}: {_PREFIX[mode]}{resource_type}.{name}"
            block = schema[mode].get(resource_type)
            if block is None:
                yield f"{path}: unknown type {resource_type}"
                continue
            for problem in _check_block(body, block):
                yield f"{place}: {problem}"
            for read in _SELF.finditer(_block_text(text, mode, resource_type, name)):
                for problem in _check_path(read["path"], block):
                    yield f"{place}: {problem}"
        for problem in _check_references(_COMMENT.sub("", text), schema):
            yield f"{path}: {problem}"


def declarations(path: str, text: str) -> Iterator[tuple[str, str, str, Mapping[str, Any]]]:
    """Yield the mode, the type, the name and the body of each resource of the AWS provider."""
    blocks = parse_file(path, text)
    for mode in MODES:
        for (resource_type, name), body in labelled(blocks.get(mode), 2):
            if resource_type.startswith("aws_"):
                yield mode, resource_type, name, {key: value for key, value in body.items() if key not in _META}


def _block_text(text: str, mode: str, resource_type: str, name: str) -> str:
    """Return the source text of a declaration."""
    _, _, rest = _COMMENT.sub("", text).partition(f'{mode} "{resource_type}" "{name}" {{\n')
    return rest.partition("\n}\n")[0]


def _check_block(body: Mapping[str, Any], block: Block) -> Iterator[str]:
    for name, value in body.items():
        entry = block.get(name)
        flags = _flags(entry)
        if name == FLAGS or entry is None or "computed" in flags:
            yield f"unknown argument {name}"
        elif "deprecated" in flags:
            yield f"deprecated {name}"
        elif isinstance(entry, dict):
            for nested in mappings(value):
                yield from (problem for problem in _check_block(nested, entry))
    yield from (f"missing {name}" for name in block if "required" in _flags(block[name]) and name not in (FLAGS, *body))


def _flags(entry: Any) -> list[str]:
    return str(entry.get(FLAGS, "") if isinstance(entry, dict) else entry or "").split()


def _check_references(text: str, schema: Schema) -> Iterator[str]:
    """Yield problems of the attributes that expressions read from resources, also within `for` and after `[*]`."""
    for read in _READ.finditer(text):
        block = _block_of(read, schema)
        if block is None:
            yield f"unknown type {read['type']}"
        else:
            yield from _check_path(read["path"], block)
    for loop in _LOOP.finditer(text):
        block = _block_of(loop, schema)
        for name in re.findall(r"\w+", loop["path"]):
            block = block.get(name) if isinstance(block, dict) else None
        body = text[loop.end() : text.find("\n\n", loop.end())]
        for item in re.finditer(rf"(?<![\w.]){loop['item']}{_PATH}", body):
            if isinstance(block, dict):
                yield from _check_path(item["path"], block)


def _block_of(match: re.Match[str], schema: Schema) -> Block | None:
    return schema[match["mode"].rstrip(".") or "resource"].get(match["type"])


def _check_path(path: str, block: Block) -> Iterator[str]:
    """Yield the problem of a chain of attributes, such as `[0].uid`."""
    entry: Any = block
    for name in re.findall(r"\.(\w+)", path):
        if not isinstance(entry, dict):
            return  # a key of a map
        entry = entry.get(name)
        if entry is None:
            yield f"unknown attribute {name}"
            return
        if "deprecated" in _flags(entry):
            yield f"deprecated {name}"
