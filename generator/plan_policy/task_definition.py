"""Effects of a new task definition on the users of the running tasks."""

import json
from collections.abc import Mapping
from typing import Any

from owscale.plan_policy.worsening import Comparison
from owscale.terraform.plan.model import Values

SESSION_SETTINGS = ("WEBUI_SECRET_KEY", "REDIS_URL", "REDIS_KEY_PREFIX")
"""Settings that all tasks must share: they sign sessions, and find the other tasks.

The version of REDIS_URL may differ, because Redis also accepts the previous token.

https://docs.openwebui.com/reference/env-configuration/
"""
_DATABASE_SETTING = "DATABASE_URL"
_SLOWER_CHECK = ("interval", "retries", "timeout", "startPeriod")


def _changes_sessions(before: Values, after: Values) -> bool:
    """Whether a setting changes that all tasks must share."""
    old, new = _settings(before), _settings(after)
    return any(old.get(name) != new.get(name) for name in SESSION_SETTINGS if name in old)


def _changes_data(before: Values, after: Values) -> bool:
    """Whether the tasks get another database."""
    old, new = _settings(before), _settings(after)
    return old.get(_DATABASE_SETTING) != new.get(_DATABASE_SETTING)


def _weakens_health_check(before: Values, after: Values) -> bool:
    """Whether ECS detects a hanging task later than before, or with another command."""
    old, new = _container(before).get("healthCheck"), _container(after).get("healthCheck")
    if not isinstance(old, Mapping) or old == new:
        return False
    if not isinstance(new, Mapping) or old.get("command") != new.get("command"):
        return True
    return any(_number(new.get(name)) > _number(old.get(name)) for name in _SLOWER_CHECK)


def _settings(values: Values) -> dict[Any, Any]:
    """Return the variables of the container by name, each with its value or the reference of its secret."""
    container = _container(values)
    entries = [
        entry
        for key in ("environment", "secrets")
        if isinstance(container.get(key), list)
        for entry in container[key]
        if isinstance(entry, Mapping) and isinstance(entry.get("name"), str)
    ]
    settings = {entry["name"]: entry.get("value", entry.get("valueFrom")) for entry in entries}
    if isinstance(url := settings.get("REDIS_URL"), str):
        settings["REDIS_URL"] = url.partition(":::")[0]  # the ARN of the secret, without the version
    return settings


def image_of(values: Values) -> str:
    """Return the image of the container; "" where the plan does not show it."""
    image = _container(values).get("image")
    return image if isinstance(image, str) else ""


def _container(values: Values) -> Mapping[str, Any]:
    """Return the first container; empty if the plan has none that can be read."""
    try:
        containers = json.loads(values.get("container_definitions") or "")
    except (TypeError, ValueError, RecursionError):
        return {}
    match containers:
        case [dict() as container, *_]:
            return container
    return {}


def _number(value: object) -> float:
    return value if isinstance(value, int | float) else 0


OTHER_SESSIONS = Comparison(("container_definitions",), _changes_sessions)
OTHER_DATABASE = Comparison(("container_definitions",), _changes_data)
WEAKER_HEALTH_CHECK = Comparison(("container_definitions",), _weakens_health_check)
