"""An emulated AWS in the process of the tests."""

import functools
from collections.abc import Iterator

import pytest
from botocore.loaders import create_loader

from tests._support.discovery.account_parts import emulated_aws
from tests._support.discovery.expected import CREDENTIALS


@pytest.fixture(scope="session", autouse=True)
def one_loader() -> Iterator[None]:
    """Read the descriptions of the APIs only once, which takes longest."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("botocore.session.create_loader", functools.cache(create_loader))
        yield


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Use credentials that no AWS accepts."""
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def emulated() -> Iterator[None]:
    """Emulate AWS for one test."""
    with emulated_aws():
        yield
