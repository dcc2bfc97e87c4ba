"""Variables that set only the first value of a setting in Open WebUI's database: a later change has no effect.

The file is extracted from the published packages; docs/facts.md describes the update.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from owscale.console.versions import version_numbers
from owscale.domain.openwebui import releases
from owscale.fs import observed

if TYPE_CHECKING:
    from owscale.spec.models import Spec

FILE = Path(__file__).with_name("database_settings.json")

OAUTH = "oauth."
"""Settings below this path follow their variables, unless ENABLE_OAUTH_PERSISTENT_CONFIG is on."""

PER_KEY_SINCE = "0.10.0"
"""The first release that stores each setting in a row of its own (open_webui/models/config.py)."""


@functools.cache
def _settings() -> dict[str, Any]:
    variables: dict[str, Any] = json.loads(observed.read_bytes(FILE))["variables"]
    return variables


def seeded_setting(spec: Spec, variable: str) -> str | None:
    """Return the setting whose first value a variable sets, such as `webui.url`; None if the variable itself counts.

    An image of an unknown release counts as new.
    """
    ranges, setting = _settings().get(variable, ((), ""))
    release = releases.release(spec.app.image)
    if not any(_covers(first, last, release) for first, last in ranges):
        return None
    if setting.startswith(OAUTH) and not _is_on(spec, "ENABLE_OAUTH_PERSISTENT_CONFIG", default="false"):
        return None
    return setting if _is_on(spec, "ENABLE_PERSISTENT_CONFIG", default="true") else None


def _covers(first: str, last: str, release: str | None) -> bool:
    newest = releases_read()[-1]
    if release is None or version_numbers(release) > version_numbers(newest):
        return last == newest
    return version_numbers(first) <= version_numbers(release) <= version_numbers(last)


@functools.cache
def releases_read() -> tuple[str, ...]:
    """Return the releases whose packages were read, the oldest first."""
    return tuple(json.loads(observed.read_bytes(FILE))["releases"])


def _is_on(spec: Spec, variable: str, *, default: str) -> bool:
    return spec.app.environment.get(variable, default).lower() == "true"
