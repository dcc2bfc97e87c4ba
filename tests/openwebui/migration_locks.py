"""Record what each revision of Open WebUI's database locks and fills, in `domain/openwebui/migration_locks.json`.

`python -m tests.openwebui.migration_locks WHEEL` takes the wheel of the newest release. It runs the revisions against a
PostgreSQL with a few rows in every table, so it tells which tables a revision holds, and not for how long.
"""

import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from owscale.domain.openwebui.release_catalogue import LOCKS_FILE, schemas
from owscale.domain.openwebui.releases import OLDEST
from owscale.fs.files import atomic_write
from tests.openwebui import installation, stack


def main(wheel: str, file: Path = LOCKS_FILE) -> None:
    """Write what the revisions of a wheel did."""
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(wheel) as archive:
            paths = [path for path in archive.namelist() if path.startswith("open_webui/migrations/")]
            archive.extractall(folder, paths)
        recorded = run_migrations(Path(folder))
    lines = (f"  {json.dumps(revision)}: {json.dumps(values)}" for revision, values in recorded["revisions"].items())
    text = f'{{\n "postgresql": "{recorded["postgresql"]}",\n "revisions": {{\n' + ",\n".join(lines) + "\n }\n}\n"
    atomic_write(file, text.encode())


def run_migrations(folder: Path) -> dict[str, Any]:
    """Run the revisions after those of the oldest supported release, and return what they did.

    `folder` has the package `open_webui`.
    """
    with stack.running() as services:
        words = [str(installation.python_with_alembic()), str(Path(__file__).with_name("record_migrations.py"))]
        words += [services.database.create("migrations"), str(folder), schemas()[OLDEST].head]
        result = subprocess.run(words, capture_output=True, text=True, check=False, timeout=600)
    if result.returncode:
        raise SystemExit(result.stderr)
    recorded: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    return recorded


if __name__ == "__main__":
    main(sys.argv[1])
