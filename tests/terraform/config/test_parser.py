"""The labels of blocks in every form that Terraform accepts, compared with Terraform itself."""

import json
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from owscale.errors import OwscaleError
from owscale.terraform.config.plan_code import find_plan_code
from owscale.terraform.config.root_module import read_root_module
from owscale.terraform.runner import Terraform

FORMS = {
    "quoted.tf": 'resource "terraform_data" "quoted" {\n}\n',
    "identifiers.tf": "resource terraform_data identifiers {\n  input = 1\n}\n",
    "mixed.tf": 'resource terraform_data "mixed" {}\nresource "terraform_data" mixed-2 {}\n',
    "escaped.tf": 'resource "terraform\\u005fdata" "esc\\u0061ped" {}\n',
    "blocks.tf": (
        'module m {\n  source = "./m"\n  size = 2\n}\nvariable v {\n  default = [1]\n}\noutput o {\n  value = 1\n}\n'
    ),
    "m/main.tf": "variable size {}\nresource terraform_data counted {\n  count = 2\n  input = var.size\n}\n",
    "object.tf.json": json.dumps({"resource": {"terraform_data": {"json": {"input": "${var.v}"}}}}),
    "list.tf.json": json.dumps({"//": "x", "resource": [{"terraform_data": [{"json_list": [{"//": "x"}]}]}]}),
    "overridden.tf": 'resource "terraform_data" "overridden" {\n  input            = 1\n  triggers_replace = 1\n}\n',
    "x_override.tf": "resource terraform_data overridden {\n  input = 2\n}\n",
}
ADDRESSES = {
    *(f"terraform_data.{name}" for name in ("quoted", "identifiers", "mixed", "mixed-2", "escaped", "json")),
    *("terraform_data.json_list", "terraform_data.overridden"),
    *("module.m.terraform_data.counted[0]", "module.m.terraform_data.counted[1]"),
}
REFUSED = {
    "one label": "resource terraform_data {\n}\n",
    "no label": "resource {\n}\n",
    "three labels": "resource a b c {\n}\n",
    "an interpolation": 'resource "terraform_data" "${"x"}" {\n}\n',
    "a heredoc": "resource <<E x {}\nterraform_data\nE\n",
}


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)


@pytest.mark.usefixtures("terraform")
def test_addresses_of_every_form_are_those_of_terraform(tmp_path: Path) -> None:
    write(tmp_path, FORMS)
    terraform = Terraform(tmp_path)
    assert terraform.init().code == 0
    assert terraform.run("plan", "-input=false", "-out=plan").code == 0
    plan = json.loads(terraform.run("show", "-json", "plan").stdout)
    assert {change["address"] for change in plan["resource_changes"]} == ADDRESSES
    resources = read_root_module(FORMS, {}).resources
    assert resources.keys() == ADDRESSES
    overridden = resources["terraform_data.overridden"]
    assert overridden.arguments.keys() == {"input", "triggers_replace"}, "an override file changes single arguments"
    without = {name: text for name, text in FORMS.items() if name != "x_override.tf"}
    assert read_root_module(without, {}).resources["terraform_data.overridden"].arguments != overridden.arguments
    changed = FORMS | {"blocks.tf": FORMS["blocks.tf"].replace("[1]", "[2]").replace("size = 2", "size = 3")}
    changed_resources = read_root_module(changed, {}).resources
    assert {address for address in ADDRESSES if resources[address] != changed_resources[address]} == {
        "terraform_data.json",
        "module.m.terraform_data.counted[0]",
        "module.m.terraform_data.counted[1]",
    }


@pytest.mark.usefixtures("terraform")
@pytest.mark.parametrize("form", REFUSED)
def test_form_that_terraform_refuses_is_no_bug_of_owscale(tmp_path: Path, form: str) -> None:
    write(tmp_path, {"main.tf": REFUSED[form]})
    validate = subprocess.run(["terraform", "validate"], cwd=tmp_path, capture_output=True, check=False)  # noqa: S607 -- the terraform on PATH
    assert validate.returncode == 1
    with suppress(OwscaleError):
        read_root_module({"main.tf": REFUSED[form]}, {})


DATA = {
    "identifiers": "data external x {\n}\n",
    "quoted": 'data "external" "x" {\n}\n',
    "mixed": 'data external "x" {\n}\n',
    "escaped": 'data "extern\\u0061l" "x" {\n}\n',
    "unicode": "data external é {\n}\n",
    "comment": 'data /* a */ "external" /* b */ x {\n}\n',
    "on one line": "data external x { program = [] }\n",
}


@pytest.mark.parametrize("form", DATA)
def test_every_form_of_a_label_is_examined(form: str) -> None:
    assert find_plan_code({"own.tf": DATA[form].encode()})


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ('provider "aws" {\n  region = "a"\n}\n', 'provider aws {\n  region = "a"\n}\n'),
        (
            'terraform {\n  backend "s3" {\n    bucket = "a"\n  }\n}\n',
            'terraform {\n  backend s3 {\n    bucket = "a"\n  }\n}\n',
        ),
    ],
)
def test_settings_have_one_name_in_every_form(first: str, second: str) -> None:
    assert read_root_module({"a.tf": first}, {}).settings == read_root_module({"a.tf": second}, {}).settings


def test_terraform_of_a_deployment_has_a_limit() -> None:
    with pytest.raises(OwscaleError, match=r"more than the limit of 4 MiB"):
        read_root_module({"a.tf": "# x\n" * (2 * 1024 * 1024)}, {})
