"""A generated deployment, applied by the real Terraform and provider to an emulated AWS."""

import pytest

from tests.emulator import aws
from tests.emulator.story import Story
from tests.emulator.world import World


@pytest.fixture(scope="session")
def story(terraform: str, tmp_path_factory: pytest.TempPathFactory) -> Story:  # noqa: ARG001 -- the binary must be there
    with aws.running() as url, pytest.MonkeyPatch.context() as patch:
        return Story(tmp_path_factory.mktemp("story"), World(url), patch)
