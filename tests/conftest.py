"""What several folders of tests share."""

import os
import shutil
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session")
def terraform() -> str:
    """The path of the terraform binary; without it these tests fail in CI and are skipped elsewhere."""
    binary = shutil.which("terraform")
    if binary is None:
        message = "terraform is not on PATH: https://developer.hashicorp.com/terraform/install"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)  # a newcomer without Terraform can still run the other tests
    return binary


# What applies Terraform takes longest and mostly waits, each folder on one worker: it begins first, beside all else.
_FIRST = ("tests/emulator/", "tests/faults/", "tests/terraform/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: next((n for n, part in enumerate(_FIRST) if part in item.nodeid), len(_FIRST)))


@pytest.fixture(scope="session", autouse=True)
def caches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What the tests keep in owscale's cache is theirs alone.

    No answer is replayed to a test that runs in this process: it may have changed the program, and not on the disk.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("generator.stamp.answer.replayed", lambda _words: False)
        patch.delenv("OWSCALE_NO_CACHE", raising=False)
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("caches")))
        yield
