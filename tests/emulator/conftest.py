"""Generated deployments that the real Terraform and provider create, change and destroy in an emulated account."""

from pathlib import Path

import pytest

from tests._support.emulator import server
from tests._support.emulator.account import EmulatedAccount
from tests._support.emulator.lifecycle import (
    CreatedDeployment,
    DeploymentLifecycle,
    EmulatedDeployment,
    use_emulator,
)
from tests._support.shared_provider import shared_provider

DEPLOYMENTS = ("deployment", "lifecycle")
"""The fixtures that take minutes. All tests of one of them run on one worker."""


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if isinstance(item, pytest.Function) and item.path.is_relative_to(Path(__file__).parent):
            for name in {*DEPLOYMENTS, "bases"}.intersection(item.fixturenames):
                item.add_marker(pytest.mark.xdist_group(name))


@pytest.fixture(scope="session")
def deployment(terraform: str, tmp_path_factory: pytest.TempPathFactory) -> CreatedDeployment:  # noqa: ARG001 -- the binary must be there
    with server.running() as url, pytest.MonkeyPatch.context() as patch:
        return CreatedDeployment(tmp_path_factory.mktemp("deployment"), EmulatedAccount(url), patch)


@pytest.fixture(scope="session")
def lifecycle(terraform: str, tmp_path_factory: pytest.TempPathFactory) -> DeploymentLifecycle:  # noqa: ARG001 -- the binary must be there
    folder = tmp_path_factory.mktemp("lifecycle")
    with server.running() as url, pytest.MonkeyPatch.context() as patch:
        use_emulator(folder, url, patch)
        with shared_provider():
            return DeploymentLifecycle(folder, EmulatedAccount(url), patch)


@pytest.fixture(params=[pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in DEPLOYMENTS])
def each_deployment(request: pytest.FixtureRequest) -> EmulatedDeployment:
    """Return each of the deployments, for a test of all their plans."""
    deployment: EmulatedDeployment = request.getfixturevalue(request.param)
    return deployment
