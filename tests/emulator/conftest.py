"""A generated deployment that the real Terraform and provider create, change and destroy in an emulated account."""

import pytest

from tests._support.emulator import server
from tests._support.emulator.account import EmulatedAccount
from tests._support.emulator.lifecycle import DeploymentLifecycle


@pytest.fixture(scope="session")
def lifecycle(terraform: str, tmp_path_factory: pytest.TempPathFactory) -> DeploymentLifecycle:  # noqa: ARG001 -- the binary must be there
    with server.running() as url, pytest.MonkeyPatch.context() as patch:
        return DeploymentLifecycle(tmp_path_factory.mktemp("lifecycle"), EmulatedAccount(url), patch)
