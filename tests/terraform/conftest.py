"""Each generated root in the real Terraform: initialized with the real provider, planned with a mocked one."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from generator.deployment import Deployment
from generator.model import Spec
from generator.terraform import Result, Terraform
from tests.cases import cases

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Root:
    """A copy of a generated root, initialized without its backend."""

    deployment: Deployment
    folder: Path
    terraform: Terraform
    init: Result


class Plan:
    """The planned values of every managed resource, by address."""

    def __init__(self, changes: list[dict[str, Any]]) -> None:
        managed = {change["address"]: change["change"] for change in changes if change["mode"] == "managed"}
        self.after: dict[str, dict[str, Any]] = {address: change["after"] for address, change in managed.items()}
        self.actions: dict[str, list[str]] = {address: change["actions"] for address, change in managed.items()}

    def __getitem__(self, address: str) -> dict[str, Any]:
        return self.after[address]

    def __contains__(self, address: str) -> bool:
        return address in self.after

    def under(self, address: str) -> dict[str, dict[str, Any]]:
        """The instances of a resource with for_each, by key."""
        prefix = f"{address}["
        return {at.removeprefix(prefix)[1:-2]: after for at, after in self.after.items() if at.startswith(prefix)}


def _deployments() -> list[Any]:
    return [
        pytest.param((case.out, deployment), id=deployment.folder, marks=pytest.mark.xdist_group(deployment.folder))
        for case in cases()
        for deployment in case.deployments()
    ]


@pytest.fixture(scope="session", params=_deployments())
def root(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Root:
    request.getfixturevalue("terraform")
    out, deployment = request.param
    folder = tmp_path_factory.mktemp("root") / "root"
    shutil.copytree(out / deployment.folder, folder, ignore=shutil.ignore_patterns(".terraform"))
    runner = Terraform(folder)
    return Root(deployment, folder, runner, runner.init("-backend=false", "-lockfile=readonly", "-no-color"))


def _plan_test(spec: Spec) -> str:
    nodes = [f"{spec.service.name}-{number:03}" for number in range(1, spec.redis.nodes + 1)]
    filled = {
        '"FILE_SYSTEM"': json.dumps(spec.existing.files.file_system),
        '["NODES"]': json.dumps(nodes),
        '"VPC"': json.dumps(spec.existing.vpc),
        "us-east-1": spec.aws.region,
    }
    test = (HERE / "plan.tftest.hcl").read_text()
    for placeholder, value in filled.items():
        test = test.replace(placeholder, value)
    return test


@pytest.fixture(scope="session")
def plan(root: Root, tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """The root's plan as `terraform test` makes it with a mocked provider."""
    assert root.init.code == 0, root.init.stderr
    folder = tmp_path_factory.mktemp("plan") / "root"
    shutil.copytree(root.folder, folder, symlinks=True)
    (folder / "modules/secrets/main.tf").unlink()
    shutil.copy(HERE / "secrets.tf", folder / "modules/secrets/outputs.tf")
    (folder / "plan.tftest.hcl").write_text(_plan_test(root.deployment.spec))
    ran = Terraform(folder).run("test", "-json", "-verbose")
    messages = [json.loads(line) for line in ran.stdout.splitlines()]
    problems = [
        f"{problem['summary']}: {problem['detail']}"
        for problem in (message["diagnostic"] for message in messages if message["type"] == "diagnostic")
        # plan.tftest.hcl overrides resources that only some roots have.
        if problem["summary"] != "Invalid override target"
    ]
    assert (ran.code, problems) == (0, [])
    return Plan(next(message["test_plan"]["resource_changes"] for message in messages if "test_plan" in message))
