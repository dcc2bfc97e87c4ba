"""Resource addresses are an interface: if a template loses one, Terraform destroys the resource."""

import pytest

from owscale.errors import OwscaleError
from owscale.review.version import DeploymentVersion
from owscale.terraform.config.resolver import UNKNOWN_KEY
from owscale.terraform.config.root_module import RootModule, read_root_module
from tests._support.cases import cases
from tests._support.golden_addresses import committed_addresses, deployment_versions

_VERSIONS = [
    pytest.param(version, id=version.deployment.folder) for case in cases() for version in deployment_versions(case)
]


def lost_addresses(committed: set[str], root_module: RootModule) -> list[str]:
    """Return a message for each committed address that the root module has no more, and that was not moved."""
    return [
        f"{address} is lost: Terraform would destroy the resource. Add to the template that had it:\n"
        f"  moved {{\n    from = {_address_in_module(address)}\n    to   = <its new address>\n  }}\n"
        "or, if it is to be destroyed, describe that in CHANGELOG.md and remove the line from tests/addresses/."
        for address in sorted(committed - root_module.resources.keys())
        if root_module.current_address(address) not in root_module.resources
    ]


def _address_in_module(address: str) -> str:
    """Return the address as a block of the module refers to it."""
    return address.split(".", 2)[2] if address.startswith("module.") else address


@pytest.mark.parametrize("version", _VERSIONS)
def test_no_address_is_lost(version: DeploymentVersion) -> None:
    committed = committed_addresses(version.deployment.folder)
    messages = lost_addresses(committed, version.root_module)
    assert not messages, "\n".join(messages)
    new = sorted(version.root_module.resources.keys() - committed)
    assert not new, f"new addresses; `make golden` adds them to tests/addresses/: {new}"


def test_message_for_a_lost_address_has_a_moved_block() -> None:
    root_module = read_root_module({"main.tf": 'resource "aws_sns_topic" "b" {}\n'}, {})
    [message] = lost_addresses({"module.monitoring.aws_sns_topic.a"}, root_module)
    assert "moved {\n    from = aws_sns_topic.a\n" in message


def test_moved_address_is_not_lost() -> None:
    moved = "moved {\n  from = aws_sns_topic.a\n  to   = aws_sns_topic.b\n}\n"
    files = {
        "main.tf": 'module "m" {\n  source = "./modules/m"\n}\n',
        "modules/m/main.tf": f'{moved}resource "aws_sns_topic" "b" {{}}\n',
    }
    assert not lost_addresses({"module.m.aws_sns_topic.a"}, read_root_module(files, {}))
    assert lost_addresses({"module.m.aws_sns_topic.c"}, read_root_module(files, {}))


# --- Resolving HCL ------------------------------------------------------------------------------------------------

MAIN = """\
module "m" {
  source = "./modules/m"

  names = ["x", "y z"]
  rules = { office = { port = 1 }, vpn = { port = 2 } }
  size  = 3
}
"""


def read_module(text: str, main: str = MAIN) -> RootModule:
    return read_root_module({"main.tf": main, "modules/m/main.tf": text}, {"module.other.keys": ["001"]})


@pytest.mark.parametrize(
    ("for_each", "keys"),
    [
        ("var.rules", ['["office"]', '["vpn"]']),
        ("toset(var.names)", ['["x"]', '["y z"]']),
        ("toset(var.unset)", []),
        ("{ for name in local.names : name => name }", [f'["{UNKNOWN_KEY}"]']),
    ],
)
def test_for_each(for_each: str, keys: list[str]) -> None:
    root_module = read_module(
        f'variable "unset" {{\n  default = []\n}}\nresource "a" "b" {{\n  for_each = {for_each}\n}}\n'
    )
    assert list(root_module.resources) == [f"module.m.a.b{key}" for key in keys]


def test_keys_that_only_terraform_can_compute_are_passed_in() -> None:
    main = 'module "m" {\n  source = "./modules/m"\n  ids    = module.other.keys\n}\n'
    root_module = read_module('resource "a" "b" {\n  for_each = var.ids\n}\n', main)
    assert list(root_module.resources) == ['module.m.a.b["001"]']


def digests(text: str, main: str = MAIN) -> dict[str, str]:
    [resource] = read_module(text, main).resources.values()
    return dict(resource.arguments)


def test_digest_of_an_argument_covers_all_its_sources() -> None:
    text = """\
locals {
  double = var.size * 2
}
data "d" "e" {
  size = local.double
}
resource "a" "b" {
  far   = data.d.e.size
  near  = var.size
  other = var.names
  rule  = var.rules.vpn.port
}
"""
    before, after = digests(text), digests(text, MAIN.replace("size  = 3", "size  = 4"))
    assert {name for name in before if before[name] != after[name]} == {"far", "near"}
    after = digests(text, MAIN.replace("port = 1", "port = 9"))
    assert before == after, "another key of the same map"
    after = digests(text, MAIN.replace("port = 2", "port = 9"))
    assert {name for name in before if before[name] != after[name]} == {"rule"}


def test_outputs_of_other_modules_are_followed() -> None:
    main = (
        'module "m" {\n  source = "./modules/m"\n  id     = module.n.id\n}\nmodule "n" {\n  source = "./modules/n"\n}\n'
    )

    def argument(value: int) -> str:
        files = {
            "main.tf": main,
            "modules/m/main.tf": 'resource "a" "b" {\n  id = var.id\n}\n',
            "modules/n/outputs.tf": f'output "id" {{\n  value = {value}\n}}\n',
        }
        return read_root_module(files, {}).resources["module.m.a.b"].arguments["id"]

    assert argument(1) != argument(2)
    assert argument(1) == argument(1)


def test_circular_references_end() -> None:
    assert digests('locals {\n  a = local.b\n  b = local.a\n}\nresource "a" "b" {\n  x = local.a\n}\n')


def test_prevent_destroy() -> None:
    text = 'resource "a" "b" {\n  lifecycle {\n    prevent_destroy = true\n  }\n}\nresource "a" "c" {}\n'
    assert [resource.prevent_destroy for resource in read_module(text).resources.values()] == [True, False]


def test_error_for_text_that_is_not_hcl_names_the_file() -> None:
    with pytest.raises(OwscaleError, match=r"^modules/m/main\.tf: not HCL: "):
        read_module("resource {{{\n")


def test_modules_in_modules() -> None:
    files = {
        "main.tf": 'module "m" {\n  source = "./modules/m"\n  size = 1\n}\n',
        "modules/m/main.tf": 'module "deep" {\n  source = "../deep"\n  size = var.size\n}\n',
        "modules/deep/main.tf": 'resource "a" "b" {\n  size = var.size\n}\n',
    }
    resources = read_root_module(files, {}).resources
    assert list(resources) == ["module.m.module.deep.a.b"]
    changed = read_root_module(files | {"main.tf": files["main.tf"].replace("1", "2")}, {}).resources
    assert resources["module.m.module.deep.a.b"].arguments != changed["module.m.module.deep.a.b"].arguments


@pytest.mark.parametrize(
    ("count", "indexes"), [("2", ["[0]", "[1]"]), ("0", []), ("var.on ? 1 : 0", [f"[{UNKNOWN_KEY}]"])], ids=str
)
def test_count(count: str, indexes: list[str]) -> None:
    root_module = read_module(f'resource "a" "b" {{\n  count = {count}\n}}\n')
    assert list(root_module.resources) == [f"module.m.a.b{index}" for index in indexes]


def test_argument_of_one_instance() -> None:
    def ports(vpn: int) -> dict[str, str]:
        main = MAIN.replace("port = 2", f"port = {vpn}")
        root_module = read_module('resource "a" "b" {\n  for_each = var.rules\n  port = each.value.port\n}\n', main)
        return {address: resource.arguments["port"] for address, resource in root_module.resources.items()}

    before, after = ports(2), ports(9)
    assert before['module.m.a.b["office"]'] == after['module.m.a.b["office"]']
    assert before['module.m.a.b["vpn"]'] != after['module.m.a.b["vpn"]']


def test_provider_and_backend() -> None:
    text = 'provider "aws" {\n  region = "x"\n}\nterraform {\n  backend "s3" {\n    key = "k"\n  }\n}\n'
    assert read_root_module({"main.tf": text}, {}).settings.keys() == {'provider "aws"', 'backend "s3"'}
