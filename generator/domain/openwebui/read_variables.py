"""The environment variables that the releases of Open WebUI read, extracted from the published packages.

`python -m owscale.workflow.openwebui_variables` writes the file; docs/facts.md describes the update. `init` reads it;
so does the rule for misspelled names, if a spec has a variable that `variables.py` lacks.
"""

import functools
import json
import re
from pathlib import Path
from typing import Any, NamedTuple

from owscale.console.versions import version_numbers
from owscale.fs import observed

FILE = Path(__file__).with_name("variables.json")

TOPICS = re.compile(
    r"(?:^|_)(?:CACHE|CONNECTIONS?|COOKIE|CORS|DATABASE|DB|DIR|DSN|ENDPOINTS?|FORWARDED|HEADERS?|HOSTS?|ORIGINS?|PATHS?"
    r"|POOL|PORT|PROXY|REDIS|SENTINEL|SESSIONS?|SOCKET|THREAD|TTL|URI|URLS?|UVICORN|WEBSOCKET|WORKERS|WS)(?:_|$)"
)
"""Words in the names of the variables that `variables.py` must handle."""


class ReadVariable(NamedTuple):
    """A variable: the releases that read it, and the module of the package that reads it first.

    In `database_settings.json`, `detail` is the setting whose first value the variable sets.
    """

    releases: tuple[str, ...]
    detail: str


def releases_read(file: Path = FILE) -> tuple[str, ...]:
    """Return the releases whose packages were read, the oldest first."""
    return tuple(_content(file)["releases"])


@functools.cache
def all_names() -> frozenset[str]:
    """Return the names of the variables that any release reads."""
    return frozenset(_content(FILE)["variables"])


def read_variables(file: Path = FILE) -> dict[str, ReadVariable]:
    """Return the variables by name."""
    releases = releases_read(file)
    variables = {}
    for name, (ranges, detail) in _content(file)["variables"].items():
        within = (version for version in releases if any(_is_within(version, *bounds) for bounds in ranges))
        variables[name] = ReadVariable(tuple(within), detail)
    return variables


def _is_within(release: str, first: str, last: str) -> bool:
    return version_numbers(first) <= version_numbers(release) <= version_numbers(last)


def _content(file: Path) -> Any:
    return json.loads(observed.read_bytes(file)) if file.exists() else {"releases": [], "variables": {}}
