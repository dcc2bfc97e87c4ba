"""The addresses that are read from the HCL are those that Terraform plans."""

from generator.addresses import root as read
from generator.facts.elasticache import node_numbers
from tests.terraform.conftest import Plan, Root

_STUB = "module.secrets."  # the mocked plan replaces what it declares (conftest.py)


def test_addresses_are_terraforms(root: Root, plan: Plan) -> None:
    files = {path.relative_to(root.folder).as_posix(): path.read_text() for path in root.folder.rglob("*.tf")}
    files = {path: text for path, text in files.items() if ".terraform" not in path}
    found = read(files, {"module.redis.node_ids": node_numbers(root.deployment.spec.redis.nodes)})
    assert {address for address in found.resources if not address.startswith(_STUB)} == {
        address for address in plan.after if not address.startswith(_STUB)
    }
