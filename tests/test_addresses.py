"""Resource addresses are an interface: a template that loses one makes Terraform destroy what runs."""

import pytest

from generator.addresses import EACH, Root, root
from generator.changes import Side
from generator.errors import OwscaleError
from tests.cases import cases
from tests.golden_addresses import committed, sides

_EVERY = [pytest.param(side, id=side.deployment.folder) for case in cases() for side in sides(case)]


def lost(listed: set[str], now: Root) -> list[str]:
    """What is wrong, and how to mend it, of each listed address that is there no more."""
    return [
        f"{address} is gone, and Terraform would destroy what it names. Add to the template that had it:\n"
        f"  moved {{\n    from = {_inside(address)}\n    to   = <its new address>\n  }}\n"
        "or, if it is meant to be destroyed, say so in CHANGELOG.md and take the line out of tests/addresses/."
        for address in sorted(listed - now.resources.keys())
        if now.now(address) not in now.resources
    ]


def _inside(address: str) -> str:
    """The address as a block of the module itself writes it."""
    return address.split(".", 2)[2] if address.startswith("module.") else address


@pytest.mark.parametrize("side", _EVERY)
def test_no_address_is_lost(side: Side) -> None:
    listed = committed(side.deployment.folder)
    assert not (problems := lost(listed, side.root)), "\n".join(problems)
    new = sorted(side.root.resources.keys() - listed)
    assert not new, f"new addresses: make golden adds them to tests/addresses/: {new}"


def test_a_lost_address_is_told_with_its_moved_block() -> None:
    now = root({"main.tf": 'resource "aws_sns_topic" "b" {}\n'}, {})
    [problem] = lost({"module.monitoring.aws_sns_topic.a"}, now)
    assert "moved {\n    from = aws_sns_topic.a\n" in problem


def test_a_moved_address_is_not_lost() -> None:
    moved = "moved {\n  from = aws_sns_topic.a\n  to   = aws_sns_topic.b\n}\n"
    files = {
        "main.tf": 'module "m" {\n  source = "./modules/m"\n}\n',
        "modules/m/main.tf": f'{moved}resource "aws_sns_topic" "b" {{}}\n',
    }
    assert not lost({"module.m.aws_sns_topic.a"}, root(files, {}))
    assert lost({"module.m.aws_sns_topic.c"}, root(files, {}))


# --- what is read from HCL ----------------------------------------------------------------------------------------

MAIN = """\
module "m" {
  source = "./modules/m"

  names = ["x", "y z"]
  rules = { office = { port = 1 }, vpn = { port = 2 } }
  size  = 3
}
"""


def module(text: str, main: str = MAIN) -> Root:
    return root({"main.tf": main, "modules/m/main.tf": text}, {"module.other.keys": ["001"]})


@pytest.mark.parametrize(
    ("for_each", "keys"),
    [
        ("var.rules", ['["office"]', '["vpn"]']),
        ("toset(var.names)", ['["x"]', '["y z"]']),
        ("toset(var.unset)", []),
        ("{ for name in local.names : name => name }", [f'["{EACH}"]']),
    ],
)
def test_for_each(for_each: str, keys: list[str]) -> None:
    found = module(f'variable "unset" {{\n  default = []\n}}\nresource "a" "b" {{\n  for_each = {for_each}\n}}\n')
    assert list(found.resources) == [f"module.m.a.b{key}" for key in keys]


def test_keys_that_only_terraform_knows_are_handed_in() -> None:
    main = 'module "m" {\n  source = "./modules/m"\n  ids    = module.other.keys\n}\n'
    found = module('resource "a" "b" {\n  for_each = var.ids\n}\n', main)
    assert list(found.resources) == ['module.m.a.b["001"]']


def digests(text: str, main: str = MAIN) -> dict[str, str]:
    [resource] = module(text, main).resources.values()
    return dict(resource.arguments)


def test_an_argument_changes_with_what_it_comes_from() -> None:
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
        return root(files, {}).resources["module.m.a.b"].arguments["id"]

    assert argument(1) != argument(2)
    assert argument(1) == argument(1)


def test_values_that_go_round_come_to_an_end() -> None:
    assert digests('locals {\n  a = local.b\n  b = local.a\n}\nresource "a" "b" {\n  x = local.a\n}\n')


def test_prevent_destroy() -> None:
    text = 'resource "a" "b" {\n  lifecycle {\n    prevent_destroy = true\n  }\n}\nresource "a" "c" {}\n'
    assert [each.prevent_destroy for each in module(text).resources.values()] == [True, False]


def test_what_is_not_hcl_is_told_with_its_file() -> None:
    with pytest.raises(OwscaleError, match=r"^modules/m/main\.tf: is not HCL: "):
        module("resource {{{\n")


def test_modules_in_modules() -> None:
    files = {
        "main.tf": 'module "m" {\n  source = "./modules/m"\n  size = 1\n}\n',
        "modules/m/main.tf": 'module "deep" {\n  source = "../deep"\n  size = var.size\n}\n',
        "modules/deep/main.tf": 'resource "a" "b" {\n  size = var.size\n}\n',
    }
    found = root(files, {}).resources
    assert list(found) == ["module.m.module.deep.a.b"]
    other = root(files | {"main.tf": files["main.tf"].replace("1", "2")}, {}).resources
    assert found["module.m.module.deep.a.b"].arguments != other["module.m.module.deep.a.b"].arguments


@pytest.mark.parametrize(
    ("count", "indexes"), [("2", ["[0]", "[1]"]), ("0", []), ("var.on ? 1 : 0", [f"[{EACH}]"])], ids=str
)
def test_count(count: str, indexes: list[str]) -> None:
    found = module(f'resource "a" "b" {{\n  count = {count}\n}}\n')
    assert list(found.resources) == [f"module.m.a.b{index}" for index in indexes]


def test_an_argument_of_one_instance() -> None:
    def ports(vpn: int) -> dict[str, str]:
        main = MAIN.replace("port = 2", f"port = {vpn}")
        found = module('resource "a" "b" {\n  for_each = var.rules\n  port = each.value.port\n}\n', main)
        return {address: each.arguments["port"] for address, each in found.resources.items()}

    before, after = ports(2), ports(9)
    assert before['module.m.a.b["office"]'] == after['module.m.a.b["office"]']
    assert before['module.m.a.b["vpn"]'] != after['module.m.a.b["vpn"]']


def test_provider_and_backend() -> None:
    text = 'provider "aws" {\n  region = "x"\n}\nterraform {\n  backend "s3" {\n    key = "k"\n  }\n}\n'
    assert root({"main.tf": text}, {}).settings.keys() == {'provider "aws"', 'backend "s3"'}
