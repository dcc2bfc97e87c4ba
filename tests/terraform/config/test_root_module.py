"""The root module as it is read from HCL, compared with Terraform's plan."""

from owscale.domain.aws.elasticache import node_numbers
from owscale.terraform.config.root_module import read_root_module
from tests.terraform.conftest import Plan, Root

_REPLACED_MODULE = "module.secrets."  # tests/terraform/conftest.py replaces it for the mocked plan


def test_addresses_are_those_of_the_plan(root: Root, plan: Plan) -> None:
    files = {path.relative_to(root.folder).as_posix(): path.read_text() for path in root.folder.rglob("*.tf")}
    files = {path: text for path, text in files.items() if ".terraform" not in path}
    keys = {"module.redis.node_ids": node_numbers(root.deployment.spec.redis.nodes)}
    addresses = read_root_module(files, keys).resources
    assert {address for address in addresses if not address.startswith(_REPLACED_MODULE)} == {
        address for address in plan.after if not address.startswith(_REPLACED_MODULE)
    }
