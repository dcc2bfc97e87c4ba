"""What several folders of tests share."""

import os
import shutil
import tempfile
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


def pytest_configure(config: pytest.Config) -> None:
    """What the tests keep in owscale's cache is theirs alone; some render while they are collected."""
    caches = tempfile.TemporaryDirectory()
    config.add_cleanup(caches.cleanup)
    os.environ.pop("OWSCALE_NO_CACHE", None)
    os.environ["XDG_CACHE_HOME"] = caches.name


@pytest.fixture(scope="session", autouse=True)
def nothing_replayed() -> Iterator[None]:
    """To a test that runs in this process: it may have changed the program, and not on the disk."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("generator.stamp.answer.replayed", lambda _words: False)
        yield
