"""Values that the user gives with `--set KEY=VALUE` or types in a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from owscale.discovery.draft import has_secret
from owscale.discovery.spec_check import CheckedText
from owscale.errors import UsageError
from owscale.spec.document import Path, dotted
from owscale.spec.text_file import UnreadableError
from owscale.spec.yaml_parser import YamlParser

_WRONG_TYPE = "S107"
_SECRETS = {"S304", "S330"}
"""The codes of a secret in a value."""

Check = Callable[[dict[Path, Any]], CheckedText]
"""Checks a spec with given values."""


def parse_assignment(text: str) -> tuple[Path, str]:
    """Return the key and the text of `KEY=VALUE`. Raises UsageError if the text has another form."""
    key, sign, value = text.partition("=")
    path: Path = tuple(key.strip().split("."))
    is_text = text.isprintable()  # no control character, and no byte that is not UTF-8
    if not sign or not all(path) or not value.strip() or not is_text:
        hint = "write it as `--set existing.vpc=vpc-0123456789abcdef0`"
        raise UsageError(f"--set {text}: not a key and a value", hint=hint)
    return path, value.strip()


def interpret(path: Path, text: str, given: dict[Path, Any], check: Check) -> Any:
    """Return the value of a text for a key by the schema. Raises UsageError if no reading of the text is valid."""
    name = dotted(path)
    if has_secret(text, str(path[-1])):
        hint = "store it in Secrets Manager, and give its ARN for a key of app.secrets"
        raise UsageError(f"{name}: the value contains a secret", hint=hint)
    problems = []
    for value in _meanings(text):
        checked = check(given | {path: value})
        errors = (each for each in checked.errors if each.code.startswith("S1") or each.code in _SECRETS)
        problem = next((each for each in errors if _concerns(each.path, name)), None)
        if problem is None:
            return value
        problems.append(problem)
    problem = next((each for each in problems if each.code != _WRONG_TYPE), problems[0])
    raise UsageError(f"{name}: {problem.message}", hint=problem.hint or f"run `owscale explain {name}`")


def _meanings(text: str) -> Iterator[Any]:
    """Yield the possible values of a text: the text, its value in YAML, and the list of its parts between commas."""
    yield text
    try:
        parser = YamlParser(f"value: {text}\n", "--set")
        value = parser.parse().get("value")
        if not parser.diagnostics:
            yield value
    except UnreadableError:
        pass
    yield [part.strip() for part in text.split(",") if part.strip()]


def _concerns(key: str, name: str) -> bool:
    return key == name or key.startswith((f"{name}.", f"{name}[")) or name.startswith((f"{key}.", f"{key}["))
