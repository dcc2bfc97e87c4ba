"""The schema of a release, read from its installed package without importing it."""

import re
from pathlib import Path

from tests.openwebui import installation
from tests.openwebui.stack import Database

_REVISION = re.compile(r"^(down_)?revision\b[^=\n]*=\s*(.+)$", re.MULTILINE)


def head_of(release: str) -> str:
    """Return the Alembic head of a release: the revision that no other one follows."""
    revisions: set[str] = set()
    followed: set[str] = set()
    for path in _versions(release).glob("*.py"):
        for is_down, value in _REVISION.findall(path.read_text()):
            (followed if is_down else revisions).update(re.findall(r"['\"](\w+)['\"]", value))
    [head] = revisions - followed
    return head


def head_in(database: Database, name: str) -> str:
    """Return the Alembic head of a database."""
    return database.query("SELECT version_num FROM alembic_version", name)


def _versions(release: str) -> Path:
    python = installation.python_of(release)
    [folder] = python.parent.parent.glob("lib/python3*/site-packages/open_webui/migrations/versions")
    return folder
