"""Fixtures of the tests that run Open WebUI, and what they do where something is missing."""

from collections.abc import Iterator

import pytest

from tests.openwebui import stack as stacks
from tests.openwebui.installation import InstallationError
from tests.openwebui.stack import Stack


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """Run a database, a Redis and a model server for the tests of a module; a missing program fails with its name."""
    try:
        with stacks.running() as stack:
            yield stack
    except InstallationError as error:
        pytest.fail(str(error), pytrace=False)
