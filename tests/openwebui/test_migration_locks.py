"""The committed locks are those that PostgreSQL takes when the revisions run."""

import json

import pytest

from owscale.domain.openwebui.known_faults import JUDGED_UNTIL
from owscale.domain.openwebui.release_catalogue import LOCKS_FILE
from tests.openwebui import installation
from tests.openwebui.migration_locks import run_migrations

pytestmark = pytest.mark.openwebui


def test_committed_locks_are_those_of_the_newest_release() -> None:
    python = installation.python_of(JUDGED_UNTIL)
    [packages] = python.parent.parent.glob("lib/python3*/site-packages")
    assert run_migrations(packages) == json.loads(LOCKS_FILE.read_text())
