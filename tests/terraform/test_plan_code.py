"""Code of custom Terraform that runs, contacts or reads something in a plan, in HCL and in its JSON syntax."""

import json
import re
import time

import pytest

from owscale.terraform.config.parser import MAX_TOTAL_BYTES
from owscale.terraform.config.plan_code import PROVIDERS, VARIABLES, find_plan_code, is_terraform, leads_outside
from tests._support.cases import PROJECT

NAMED = {
    'data "external" "x" {\n  program = ["id"]\n}\n': 'data "external" "x" runs a program in every plan',
    "data external x {\n}\n": 'data "external" "x" runs a program in every plan',
    'data "http" "x" {\n}\n': 'data "http" "x" sends a request in every plan',
    'check "a" {\n  data "http" "x" {\n  }\n}\n': 'data "http" "x" sends a request in every plan',
    'data "aws_lambda_invocation" "x" {\n}\n': 'data "aws_lambda_invocation" "x" runs a Lambda function in every plan',
    'data "terraform_remote_state" "x" {\n}\n': "reads the state of another configuration in every plan",
    'data "local_file" "x" {\n}\n': 'data "local_file" "x" runs the unpinned provider local',
    'data "\\u0065xternal" "x" {\n}\n': "runs the unpinned provider \\u0065xternal",
    'resource "null_resource" "x" {\n}\n': 'resource "null_resource" "x" runs the unpinned provider null',
    'resource "terraform_data" "x" {\n  provisioner "local-exec" {\n    command = "id"\n  }\n}\n': (
        'provisioner "local-exec" of resource "terraform_data" "x" runs when it is applied'
    ),
    'removed {\n  from = aws_x.y\n  provisioner "local-exec" {\n    command = "id"\n  }\n}\n': (
        'provisioner "local-exec" of removed runs when it is applied'
    ),
    'ephemeral "aws_secretsmanager_secret_version" "x" {\n}\n': "is opened in every plan",
    'action "aws_lambda_invoke" "x" {\n}\n': "action is an unknown block",
    'module "x" {\n  source = "../x"\n}\n': 'module "x" downloads code from ../x',
    'module "x" {\n  source = "./a/../../x"\n}\n': "downloads code from ./a/../../x",
    'module "x" {\n  source = "./\\u002e\\u002e/x"\n}\n': "downloads code from",
    'module "x" {\n  source = "git::https://example.com/x"\n}\n': "downloads code from git::https://example.com/x",
    'module "x" {\n  source = "./${var.x}"\n}\n': "downloads code from ./${var.x}",
    'module "x" {\n}\n': "downloads code from an unknown source",
    'provider "aws" {\n  shared_config_files = ["x"]\n}\n': 'provider "aws" selects the servers and the credentials',
    'terraform {\n  required_providers {\n    aws = { source = "evil/aws" }\n  }\n}\n': (
        "required_providers aws downloads a provider from evil/aws"
    ),
    'terraform {\n  required_providers {\n    x = "1.0"\n  }\n}\n': "downloads a provider from hashicorp/x",
    'terraform {\n  backend "http" {\n  }\n}\n': "terraform backend sets the place of the state",
    "terraform {\n  cloud {\n  }\n}\n": "terraform cloud sets the place of the state",
    "terraform {\n  experiments = [x]\n}\n": "terraform experiments is not a setting that owscale checks",
    "locals {\n  a = provider::evil::run(1)\n}\n": "provider::evil runs code of a provider in every plan",
    'locals {\n  a = file("/etc/passwd")\n}\n': "file() in locals may read a file outside the folder",
    'locals {\n  a = file("~/.aws/credentials")\n}\n': "file() in locals may read",
    'locals {\n  a = file("${path.module}/../../x")\n}\n': "file() in locals may read",
    'locals {\n  a = "x ${"${filebase64("/x")}"}"\n}\n': "filebase64() in locals may read",
    "locals {\n  a = file(var.x)\n}\n": "file() in locals may read",
    'locals {\n  a = [for f in fileset("/", "*") : f]\n}\n': "fileset() in locals may read",
    'locals {\n  a = <<-EOT\n    %{ if templatefile("/x", {}) }x%{ endif }\n  EOT\n}\n': "templatefile() in",
    'resource "aws_x" "x" {\n  a = file(\n    # a comment\n    "/x")\n}\n': "file() in resource may read",
    'variable "x" {\n  validation {\n    condition = file("/x") == ""\n  }\n}\n': "file() in variable may read",
    'locals {\n  a = -file("/x")\n}\n': "file() in locals may read",
    'locals {\n  a = templatefile("a/b.tpl", {})\n}\n': "templatefile() in locals may read",
    'locals {\n  a = fileset("a", "../../*")\n}\n': "fileset() in locals may read",
    'locals {\n  a = fileset("a", var.x)\n}\n': "fileset() in locals may read",
    'locals {\n  a = file(".terraform/x")\n}\n': "file() in locals may read",
    'module "x" {\n  source = "./.terraform/x"\n}\n': 'module "x" downloads code from ./.terraform/x',
    "data external __is_block__ {\n}\n": 'data "external" "__is_block__" runs a program in every plan',
    'data "external" "__x" {\n}\n': 'data "external" "__x" runs a program in every plan',
    "module __x {\n}\n": 'module "__x" downloads code from an unknown source',
    "data {": "cannot be examined (not HCL",
    "\ufeffdata {": "cannot be examined (not HCL",
    "x" * 300_000: "cannot be examined (it has more than 256 KiB)",
    "[" * 100_000: "cannot be examined (not HCL",
}
HARMLESS = (
    "",
    'resource "aws_route53_record" "x" {\n  records = [module.load_balancer.dns_name]\n}\n',
    'data "aws_caller_identity" "x" {\n}\n',
    'module "x" {\n  source = "./modules/x"\n}\n',
    'locals {\n  a = file("${path.module}/wall.json")\n  b = fileset("a", "*.json")\n}\n',
    'locals {\n  a = "call file(x) and provider::x::y"\n  file = local.file.x\n}\n# data "external" "x" {}\n',
    'terraform {\n  required_providers {\n    aws = { source = "hashicorp/aws" }\n  }\n}\n',
    'resource "terraform_data" "x" {\n  input = 1\n}\n',
    "moved {\n  from = aws_x.a\n  to   = aws_x.b\n}\n",
    'import {\n  to = aws_x.a\n  id = "x"\n}\n',
    'variable "x" {\n  type = string\n}\noutput "x" {\n  value = var.x\n}\n',
)


@pytest.mark.parametrize(("text", "message"), NAMED.items(), ids=range(len(NAMED)))
def test_construct_is_named(text: str, message: str) -> None:
    found = find_plan_code({"own.tf": text.encode()})
    assert any(message in str(code) for code in found), found
    assert all(code.file == "own.tf" for code in found)


@pytest.mark.parametrize("text", HARMLESS, ids=range(len(HARMLESS)))
def test_harmless_terraform_is_not_named(text: str) -> None:
    assert find_plan_code({"own.tf": text.encode()}) == []


JSON = {
    'data "external" "x" runs': {"data": [{"external": [{"x": {"program": ["id"]}}]}]},
    'provisioner "local-exec" of resource "terraform_data" "x"': {
        "resource": {"terraform_data": {"x": {"provisioner": [{"local-exec": {"command": "id"}}]}}}
    },
    'data "external" "__comments__" runs': {"data": {"external": {"__comments__": {}}}},
    'module "__x" downloads code from git::x': {"module": {"__x": {"source": "git::x"}}},
    'provisioner "local-exec" of resource "terraform_data" "__x"': {
        "resource": {"terraform_data": {"__x": {"provisioner": {"local-exec": {"command": "id"}}}}}
    },
    "templatefile() in locals": {"locals": {"a": '${templatefile /* */ ("x", {})}'}},
    "downloads code from git::x": {"module": {"x": {"source": "git::x"}}},
    "downloads a provider from evil/aws": {"terraform": [{"required_providers": [{"aws": {"source": "evil/aws"}}]}]},
    "provider:: runs code of a provider": {"locals": {"a": "${provider/**/::/**/evil::x()}"}},
    "provider::my-own runs": {"locals": {"a": "${provider\n::my-own::x()}"}},
    "file() in locals": {"locals": {"a": "${file(var.x)}"}},
    "provider::x runs": {"output": {"a": {"value": "${provider::x::y()}"}}},
    "cannot be examined (not a mapping)": [{"data": {"external": {"x": {}}}}],
}


@pytest.mark.parametrize(("message", "document"), JSON.items(), ids=JSON)
def test_construct_in_the_json_syntax_is_named(message: str, document: object) -> None:
    assert message in " ".join(map(str, find_plan_code({"own.tf.json": json.dumps(document).encode()})))


@pytest.mark.parametrize("text", ["{", '{"data": {}, "data": {"http": {"x": {}}}}', "[" * 100_000, "\xff"])
def test_json_that_cannot_be_read_is_named(text: str) -> None:
    [code] = find_plan_code({"own.tf.json": text.encode("latin-1")})
    assert "cannot be examined" in str(code)


@pytest.mark.parametrize(
    "repeated",
    ["file/**//**/", "file/*", "file//\n", "file(", 'file("x"', 'fileset("a","b"', "file ", "provider  ", "file#"],
)
def test_no_expression_takes_long(repeated: str) -> None:
    text = json.dumps({"locals": {"a": f"${{file{'/**/' * 100}{repeated * (200_000 // len(repeated))}"}})
    start = time.process_time()
    find_plan_code({"own.tf.json": text.encode()})
    assert time.process_time() - start < 2


def test_line_and_digest_tell_constructs_apart() -> None:
    text = 'locals {}\n\ndata "external" "x" {\n  program = ["%s"]\n}\n'
    first, second = (find_plan_code({"a.tf": (text % program).encode()})[0] for program in ("id", "env"))
    assert (first.line, first.name) == (second.line, second.name) == (3, 'data "external" "x"')
    assert first.digest != second.digest


def test_link_and_lock_file_are_named() -> None:
    [lock, link] = find_plan_code({"x.tf": None, ".terraform.lock.hcl": b""})
    assert str(link) == "x.tf: x.tf is a symbolic link, which Terraform follows"
    assert "selects the providers to download" in str(lock)


@pytest.mark.parametrize(
    "path",
    ["override.tf", "x.tofu", "x.tofu.json", "x.tftest.hcl", "tests/x.tftest.json", "x.auto.tfvars", "a/b/.evil.tf"],
)
def test_every_kind_of_file_that_is_read_without_being_named_is_examined(path: str) -> None:
    assert is_terraform(path)
    [code] = find_plan_code({path: b"{"})
    assert "cannot be examined" in str(code) or "is a test" in str(code)


def test_all_files_together_have_a_limit() -> None:
    """Parsing takes about 20 seconds for each MiB; the text is the same, so that it is parsed once here."""
    text = ("# x\n" * 1000).encode()
    files = {f"{number:05}.tf": text for number in range(MAX_TOTAL_BYTES // len(text) + 2)}
    found = find_plan_code(files)
    assert [code.file for code in found] == sorted(files)[MAX_TOTAL_BYTES // len(text) :]
    assert "all files together have more than 4 MiB" in str(found[0])


def test_reason_quotes_only_a_little_of_the_file() -> None:
    [code] = find_plan_code({"x.tf": b"locals {\n  a = " + b"!" * 200_000 + b"true\n}\n"})
    assert len(str(code)) < 400


def test_variables_are_those_of_the_templates() -> None:
    text = (PROJECT / "templates/variables.tf.j2").read_text()
    assert set(re.findall(r'variable "(\w+)"', text)) == VARIABLES
    found = find_plan_code({"terraform.tfvars": b'aws_profile = ""\nmine = 1\n', "modules/x/terraform.tfvars": b"{"})
    assert [str(code) for code in found] == ["terraform.tfvars:1: aws_profile is set in place of the spec"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cat ../../x", True),
        ('file("${path.module}/..")', True),
        ("cd $(dirname $0)", True),
        ("dirname(abspath(path.module))", True),
        ("for more ...", False),
        ("f(x...)", False),
        ("a..b", False),
    ],
)
def test_path_out_of_the_folder_is_found(text: str, expected: bool) -> None:
    assert leads_outside(text.encode()) is expected


def test_providers_are_those_of_the_templates() -> None:
    texts = [path.read_text() for path in (PROJECT / "templates").rglob("versions.tf.j2")]
    assert set(PROVIDERS.values()) == {
        line.split('"')[1] for text in texts for line in text.splitlines() if line.strip().startswith("source")
    }
