"""Fixtures with the real Terraform: generated root modules with mocked plans, and a small deployment to apply."""

import itertools
import json
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from owscale.domain.terraform import aws_provider
from owscale.spec.deployment import Deployment
from owscale.spec.models import Spec
from owscale.terraform.runner import CommandOutput, Terraform
from tests._support.cases import cases
from tests._support.disturbing_proxy import DisturbingProxy
from tests._support.emulator import server
from tests._support.emulator.account import EmulatedAccount
from tests._support.emulator.lifecycle import use_emulator
from tests._support.shared_provider import VARIABLE, running_provider, shared_provider
from tests._support.small_deployment import SmallDeployment

HERE = Path(__file__).parent
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Root:
    """A copy of a generated root module, initialized with the real provider and without its backend."""

    deployment: Deployment
    folder: Path
    terraform: Terraform
    init: CommandOutput


class Plan:
    """The planned values and actions of the managed resources, by address."""

    def __init__(self, changes: list[dict[str, Any]]) -> None:
        managed = {change["address"]: change["change"] for change in changes if change["mode"] == "managed"}
        self.after: dict[str, dict[str, Any]] = {address: change["after"] for address, change in managed.items()}
        self.actions: dict[str, list[str]] = {address: change["actions"] for address, change in managed.items()}

    def __getitem__(self, address: str) -> dict[str, Any]:
        return self.after[address]

    def __contains__(self, address: str) -> bool:
        return address in self.after

    def under(self, address: str) -> dict[str, dict[str, Any]]:
        """Return the instances of a resource with `for_each`, by key."""
        prefix = f"{address}["
        return {full.removeprefix(prefix)[1:-2]: after for full, after in self.after.items() if full.startswith(prefix)}


_COVERED = ("minimal/production", "everything/staging")
"""Deployments whose Terraform differs from another one only by values and by omitted resources."""


def _deployments() -> list[Any]:
    return [
        pytest.param((case.out, deployment), id=deployment.folder, marks=pytest.mark.xdist_group(deployment.folder))
        for case in cases()
        for deployment in case.deployments()
        if deployment.folder not in _COVERED
        if aws_provider(deployment.spec).has_lock_file  # no registry of the tests has the binary of another one
    ]


@pytest.fixture(scope="session", params=_deployments())
def root(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Root:
    request.getfixturevalue("terraform")
    out, deployment = request.param
    folder = tmp_path_factory.mktemp("root") / "root"
    shutil.copytree(out / deployment.folder, folder, ignore=shutil.ignore_patterns(".terraform"))
    runner = Terraform(folder)
    return Root(deployment, folder, runner, runner.init("-backend=false"))


def _plan_test(spec: Spec) -> str:
    nodes = [f"{spec.service.name}-{number:03}" for number in range(1, spec.redis.nodes + 1)]
    values = {
        '"DATABASE"': json.dumps(spec.existing.database.security_group),
        '"FILE_SYSTEM"': json.dumps(spec.existing.files.file_system),
        '["NODES"]': json.dumps(nodes),
        '"VPC"': json.dumps(spec.existing.vpc),
        "us-east-1": spec.aws.region,
    }
    test = (HERE / "plan.tftest.hcl").read_text()
    for placeholder, value in values.items():
        test = test.replace(placeholder, value)
    return test


@pytest.fixture(scope="session")
def plan(root: Root, tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """Return the plan of the root module that `terraform test` makes with a mocked provider."""
    assert root.init.code == 0, root.init.stderr
    folder = tmp_path_factory.mktemp("plan") / "root"
    shutil.copytree(root.folder, folder, symlinks=True)
    (folder / "modules/secrets/main.tf").unlink()
    shutil.copy(HERE / "secrets.tf", folder / "modules/secrets/outputs.tf")
    (folder / "plan.tftest.hcl").write_text(_plan_test(root.deployment.spec))
    with shared_provider():
        output = Terraform(folder).run("test", "-json", "-verbose")
    messages = [json.loads(line) for line in output.stdout.splitlines()]
    diagnostics = [
        f"{diagnostic['summary']}: {diagnostic['detail']}"
        for diagnostic in (message["diagnostic"] for message in messages if message["type"] == "diagnostic")
        # plan.tftest.hcl overrides resources that only some root modules have.
        if diagnostic["summary"] != "Invalid override target"
    ]
    assert (output.code, diagnostics) == (0, [])
    return Plan(next(message["test_plan"]["resource_changes"] for message in messages if "test_plan" in message))


@pytest.fixture(scope="module")
def account(terraform: str) -> Iterator[EmulatedAccount]:  # noqa: ARG001 -- the binary must be there
    with server.running() as url:
        yield EmulatedAccount(url)


@pytest.fixture(scope="module")
def running_proxy(account: EmulatedAccount) -> Iterator[DisturbingProxy]:
    proxy = DisturbingProxy(account.url)
    with proxy.running():
        yield proxy


@pytest.fixture
def proxy(running_proxy: DisturbingProxy) -> DisturbingProxy:
    running_proxy.reset()
    return running_proxy


@pytest.fixture(scope="module")
def provider(
    account: EmulatedAccount, running_proxy: DisturbingProxy, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Run a provider that reaches the emulator through the proxy, and yield the value of its variable."""
    with ExitStack() as stack:
        with pytest.MonkeyPatch.context() as patch:
            use_emulator(tmp_path_factory.mktemp("provider"), account.url, patch)
            patch.setenv("AWS_ENDPOINT_URL", running_proxy.url)
            value = stack.enter_context(running_provider())
        yield value


@pytest.fixture
def small(
    tmp_path: Path, account: EmulatedAccount, proxy: DisturbingProxy, provider: str, monkeypatch: pytest.MonkeyPatch
) -> SmallDeployment:
    """Return a generated small deployment in the current directory, which reaches the emulator through the proxy."""
    use_emulator(tmp_path, account.url, monkeypatch)
    monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.url)
    monkeypatch.setenv(VARIABLE, provider)
    monkeypatch.chdir(tmp_path)
    return SmallDeployment(tmp_path, account, f"small-{next(_numbers)}")
