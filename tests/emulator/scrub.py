"""Makes a plan the same whenever it is made: without drawn ids, times, secret values, and what nobody reads."""

import json
import re
from collections.abc import Callable
from typing import Any

import yaml

from tests.emulator.world import World

DUMMY = "dummy-of-a-secret-value"

_UNREAD = {"after_sensitive", "before_sensitive", "depends_on", "description", "schema_version", "sensitive_values"}
_UNREAD_PARTS = {"checks", "output_changes", "relevant_attributes"}
_DRIFT_KEPT = 3  # after an apply the provider reads a computed value more of nearly every resource

_IDS = r"\b(sgr|sg|subnet|vpc|fs|fsap|eni)-([0-9a-f]{17}|[0-9a-f]{8})\b"
_DRAWN: tuple[tuple[str, Callable[[re.Match[str], int], str]], ...] = (
    (r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.]\d+)?Z", lambda _, __: "2000-01-01T00:00:00Z"),
    (_IDS, lambda found, number: f"{found[1]}-{number:017d}"),
    (r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", lambda _, number: f"00000000-0000-4000-8000-{number:012d}"),
    (r"(?<=-)20\d{24}\b", lambda _, number: f"{number:026d}"),
    (r"(?<=:secret:)([A-Za-z0-9/_+=.@-]+)-([A-Za-z0-9]{6})\b", lambda found, number: f"{found[1]}-{number:06d}"),
    (r"\b(AROA|AIDA|AKIA)[A-Z0-9]{12,}\b", lambda found, number: f"{found[1]}{number:016d}"),
    (r"(?<=[.])([a-z0-9]{6})(?=[.]use1[.]cache[.])", lambda _, number: f"{number:06d}"),
    (r"(?<=scalable-target/)[a-z0-9]{20,}", lambda _, number: f"{number:020d}"),
    (r"(?<=cidr-assoc-)[0-9a-f]+", lambda _, number: f"{number:017d}"),
    (r'(?<="id": ")\d{8,10}(?=")', lambda _, number: f"{number:010d}"),
    (r"(?<=/)[0-9a-f]{16}\b", lambda _, number: f"{number:016x}"),
)
"""What differs from run to run, and what stands for the n-th of its kind."""


class Scrub:
    """One run's replacements: what is the same thing in two plans stays the same."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._seen: dict[str, dict[str, int]] = {pattern: {} for pattern, _ in _DRAWN}
        self._text(json.dumps([world.vpc, world.subnets, world.groups, world.database_url]))

    def plan(self, shown: dict[str, Any]) -> str:
        """The JSON text, a resource a line."""
        kept = {key: value for key, value in shown.items() if key not in _UNREAD_PARTS}
        kept["resource_drift"] = kept.get("resource_drift", [])[:_DRIFT_KEPT]
        plan = _ordered(json.loads(self._text(json.dumps(_trimmed(kept), sort_keys=True))))
        return "\n".join(_lines(plan, 0)) + "\n"

    def spec(self, spec: dict[str, Any]) -> str:
        return yaml.safe_dump(json.loads(self._text(json.dumps(spec, sort_keys=True))))

    def _text(self, text: str) -> str:
        secrets = self._world.client("secretsmanager")
        for secret in secrets.list_secrets()["SecretList"]:
            text = text.replace(secrets.get_secret_value(SecretId=secret["ARN"])["SecretString"], DUMMY)
        for pattern, told in _DRAWN:
            text = re.sub(pattern, lambda found, p=pattern, t=told: t(found, self._number(p, found[0])), text)  # type: ignore[misc]  # defaults of a lambda
        return text

    def _number(self, pattern: str, found: str) -> int:
        seen = self._seen[pattern]
        return seen.setdefault(found, len(seen) + 1)


def _trimmed(value: Any, parent: str = "") -> Any:
    match value:
        case dict():
            # `values`, `before`, `after` and `expressions` hold arguments, whatever they are called.
            whole = parent in {"after", "after_unknown", "before", "expressions", "values"}
            return {key: _trimmed(item, key) for key, item in value.items() if whole or key not in _UNREAD}
        case list():
            return [_trimmed(item) for item in value]
    return value


def _ordered(value: Any) -> Any:
    """Sets of ids in the order of the ids that they have now."""
    match value:
        case dict():
            return {key: _ordered(item) for key, item in value.items()}
        case list() if all(isinstance(item, str) and re.match(_IDS, item) for item in value):
            return sorted(value)
        case list():
            return [_ordered(item) for item in value]
    return value


def _lines(value: Any, depth: int) -> list[str]:
    """JSON whose outer levels are spread over lines: a resource is one."""
    is_resource = isinstance(value, dict) and {"address", "type"} <= value.keys()
    if not isinstance(value, dict | list) or not value or is_resource:
        return [" " * depth + json.dumps(value, sort_keys=True, separators=(",", ":"))]
    entries = sorted(value.items()) if isinstance(value, dict) else [(None, item) for item in value]
    lines = []
    for number, (key, item) in enumerate(entries):
        inner = _lines(item, depth + 1)
        if key is not None:
            inner[0] = f"{' ' * (depth + 1)}{json.dumps(key)}: {inner[0].lstrip()}"
        if number < len(entries) - 1:
            inner[-1] += ","
        lines += inner
    first, last = "{}" if isinstance(value, dict) else "[]"
    return [" " * depth + first, *lines, " " * depth + last]
