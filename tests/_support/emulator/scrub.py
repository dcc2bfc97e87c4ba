"""Remove from a recorded plan what differs between runs (ids, times, secret values) and what no test reads."""

import json
import re
from collections.abc import Callable
from typing import Any

import yaml

from tests._support.emulator.account import EmulatedAccount

_Replacement = Callable[[re.Match[str], int], str]

DUMMY_VALUE = "dummy-of-a-secret-value"

_UNUSED = {"after_sensitive", "before_sensitive", "depends_on", "description", "schema_version", "sensitive_values"}
_UNUSED_PARTS = {"checks", "output_changes", "relevant_attributes"}
_MAX_DRIFT = 3  # after an apply nearly every resource has drift, because the provider reads one more computed value

_IDS = r"\b(sgr|sg|subnet|vpc|fs|fsap|eni|rtb)-([0-9a-f]{17}|[0-9a-f]{8})\b"
_RANDOM_VALUES: tuple[tuple[str, _Replacement], ...] = (
    (r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.]\d+)?Z", lambda _, __: "2000-01-01T00:00:00Z"),
    (_IDS, lambda match, number: f"{match[1]}-{number:017d}"),
    (r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", lambda _, number: f"00000000-0000-4000-8000-{number:012d}"),
    (r"(?<=-)20\d{24}\b", lambda _, number: f"{number:026d}"),
    (r"(?<=:secret:)([A-Za-z0-9/_+=.@-]+)-([A-Za-z0-9]{6})\b", lambda match, number: f"{match[1]}-{number:06d}"),
    (r"\b(AROA|AIDA|AKIA)[A-Z0-9]{12,}\b", lambda match, number: f"{match[1].replace('AKIA', 'AIDA')}{number:016d}"),
    (r"(?<=[.])([a-z0-9]{6})(?=[.]use1[.]cache[.])", lambda _, number: f"{number:06d}"),
    (r"(?<=scalable-target/)[a-z0-9]{20,}", lambda _, number: f"{number:020d}"),
    (r"(?<=cidr-assoc-)[0-9a-f]+", lambda _, number: f"{number:017d}"),
    (r'(?<="id": ")\d{8,10}(?=")', lambda _, number: f"{number:010d}"),
    (r"(?<=/)[0-9a-f]{16}\b", lambda _, number: f"{number:016x}"),
)
"""Patterns of values that differ between runs, with the replacement of the n-th value of each pattern."""


class Scrubber:
    """The replacements of one run: the same value in two plans has the same replacement."""

    def __init__(self, account: EmulatedAccount) -> None:
        self._account = account
        self._numbers: dict[str, dict[str, int]] = {pattern: {} for pattern, _ in _RANDOM_VALUES}
        # The ids of existing resources get the first numbers, whatever the first plan contains.
        self._scrub(json.dumps([account.vpc, account.subnets, account.groups, account.database_url]))

    def plan(self, plan: dict[str, Any]) -> str:
        """Return the JSON text of a plan, with each resource on one line."""
        parts = {key: value for key, value in plan.items() if key not in _UNUSED_PARTS}
        parts["resource_drift"] = parts.get("resource_drift", [])[:_MAX_DRIFT]
        document = _sort_ids(json.loads(self._scrub(json.dumps(_drop_unused_keys(parts), sort_keys=True))))
        return "\n".join(_lines(document, 0)) + "\n"

    def spec(self, spec: dict[str, Any]) -> str:
        """Return the YAML text of a spec."""
        return yaml.safe_dump(json.loads(self._scrub(json.dumps(spec, sort_keys=True))))

    def _scrub(self, text: str) -> str:
        secrets = self._account.client("secretsmanager")
        for secret in secrets.list_secrets()["SecretList"]:
            text = text.replace(secrets.get_secret_value(SecretId=secret["ARN"])["SecretString"], DUMMY_VALUE)
        for pattern, replacement in _RANDOM_VALUES:
            text = re.sub(pattern, self._numbered(pattern, replacement), text)
        return text

    def _numbered(self, pattern: str, replacement: _Replacement) -> Callable[[re.Match[str]], str]:
        numbers = self._numbers[pattern]
        return lambda match: replacement(match, numbers.setdefault(match[0], len(numbers) + 1))


def _drop_unused_keys(value: Any, parent: str = "") -> Any:
    match value:
        case dict():
            # These mappings have the names of arguments as keys, and an argument may have any name.
            has_arguments = parent in {"after", "after_unknown", "before", "expressions", "values"}
            return {
                key: _drop_unused_keys(item, key) for key, item in value.items() if has_arguments or key not in _UNUSED
            }
        case list():
            return [_drop_unused_keys(item) for item in value]
    return value


def _sort_ids(value: Any) -> Any:
    """Return a value with its lists of ids sorted: the order of sets depends on the replaced ids."""
    match value:
        case dict():
            return {key: _sort_ids(item) for key, item in value.items()}
        case list() if all(isinstance(item, str) and re.match(_IDS, item) for item in value):
            return sorted(value)
        case list():
            return [_sort_ids(item) for item in value]
    return value


def _lines(value: Any, depth: int) -> list[str]:
    """Return the lines of a JSON text in which each resource is one line."""
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
