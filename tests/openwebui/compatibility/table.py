"""The file of the measured pairs."""

import json
from pathlib import Path
from typing import Any

from owscale.console.versions import version_numbers
from tests.openwebui.compatibility import filling
from tests.openwebui.compatibility.migration import ATTEMPTS, OPTIONS

PATH = Path(__file__).parents[3] / "generator/domain/openwebui/compatibility.json"

CONDITIONS = {
    "application": "open-webui from PyPI, Python 3.11, one process for each release, with the environment of the "
    "rendered task; a release that owscale refuses has the environment of the newest one",
    "database": "PostgreSQL 18 with pgvector and its default settings, fsync=off, on the same machine",
    "machine": "two cores, shared with the clients, and at times with a program of lower priority",
    "migration": f"python -c 'import open_webui.config' with PGOPTIONS='{OPTIONS}', repeated after a failure, at most "
    f"{ATTEMPTS} times; seconds include the start of Python, 5 to 10 s for each attempt",
    "filled": f"{filling.CHATS:,} chats of 1 to 12 kB with 2 to 8 messages, {filling.USERS:,} users, 50,000 files, "
    "20,000 notes, 20,000 folders, 100,000 messages of channels, 500 models, and knowledge, tags, prompts, tools, "
    "functions, skills, groups and grants, made by SQL from rows of the old release",
    "writers": "users who sign in, create, read and change chats, and create folders, notes and files, without a pause,"
    " through the old release; after the migration, through both releases",
    "locks": "of tables that existed before, seen every 0.05 s: the strongest mode that stops others, and how long one "
    "attempt held it",
}


def write_pair(entry: dict[str, Any]) -> None:
    """Write the entry of a pair, in the place of an older one, and keep the pairs in the order of their releases."""
    known = json.loads(PATH.read_text())["pairs"] if PATH.exists() else []
    pairs = [pair for pair in known if (pair["from"], pair["to"]) != (entry["from"], entry["to"])]
    pairs.append(entry)
    pairs.sort(key=lambda pair: (version_numbers(pair["from"]), version_numbers(pair["to"])))
    PATH.write_text(json.dumps({"conditions": CONDITIONS, "pairs": pairs}, indent=1, ensure_ascii=False) + "\n")
