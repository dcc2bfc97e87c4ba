"""Every key that holds a text or a number has a source for its limits, and is at least as strict as that source."""

import json
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import botocore.session
import pytest
import regex
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from owscale.spec.limit_sources import LIMIT_SOURCES, Member, NotSent
from owscale.workflow import reference_docs
from owscale.workflow.pipeline import load_specs
from tests._support.cases import GOLDEN

_SCHEMA = json.loads(reference_docs.json_schema().replace(r"\\p{L}\\p{N}", r"\\w"))
_MINIMAL = (GOLDEN / "minimal/spec.yaml").read_text()
_UNLIMITED = 10**9
_ANY_CHARACTER = {r"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\r\n\t]*"}
"""Patterns of the API that allow all of Unicode, in the notation of a language with UTF-16."""
_RULE_CASES: dict[str, list[Any]] = {
    "app.image": ["ghcr.io/" + "a" * 244 + ":v0.12.4", "ghcr.io/" + "a" * 245 + ":v0.12.4"],
    "load_balancer.access_logs.prefix": ["AWSLogs", "logs/AWSLogs/chat"],
    "load_balancer.slow_start_seconds": list(range(35)),
    "redis.idle_timeout_seconds": list(range(25)),
    "secrets.recovery_window_days": list(range(31)),
    "service.name": ["internal-chat", "sg-chat"],
}
"""Values that the schema allows and AWS may not: a rule must refuse those that AWS refuses."""


def _resolve(node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        node = _SCHEMA["$defs"][node["$ref"].rpartition("/")[2]] | {k: v for k, v in node.items() if k != "$ref"}
    return node


def _leaves(node: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the path and the schema of every value, and of every key that the user names."""
    node = _resolve(node)
    for alternative in node.get("anyOf", []):
        yield from _leaves(alternative, path)
    match node.get("type"):
        case "object":
            names = _resolve(node.get("propertyNames", {}))
            if names:
                yield f"{path} key", names
            for name, child in node.get("properties", {}).items():
                yield from _leaves(child, f"{path}.{name}".lstrip("."))
            for pattern, child in node.get("patternProperties", {}).items():
                yield f"{path} key", names | {"type": "string", "pattern": pattern}
                yield from _leaves(child, f"{path}.*")
            if isinstance(entry := node.get("additionalProperties"), dict):
                yield from _leaves(entry, f"{path}.*")
        case "array":
            yield from _leaves(node["items"], f"{path}[]")
        case "string" | "integer" | "number":
            yield path, node


_LEAVES = {
    path: node for path, node in _leaves(_SCHEMA) if not path.startswith("environments") and path != "accept key"
}
_SOURCES = [
    pytest.param(path, member, id=f"{path}: {member.path}")
    for path, sources in LIMIT_SOURCES.items()
    if not isinstance(sources, NotSent)
    for member in sources
]


@pytest.fixture(scope="module")
def spec_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("spec") / "spec.yaml"


@pytest.fixture(scope="module")
def aws() -> botocore.session.Session:
    return botocore.session.get_session()


def _shape(aws: botocore.session.Session, path: str) -> Any:
    """Return the member of the API model; it must exist."""
    service, operation, names = path.split()
    shape = aws.get_service_model(service).operation_model(operation).input_shape
    for name in names.split("."):
        while shape.type_name == "list":
            shape = shape.member
        shape = {"key": shape.key, "value": shape.value}[name] if shape.type_name == "map" else shape.members[name]
    while shape.type_name == "list":
        shape = shape.member
    return shape


class _Limits:
    """The limits of a member: from the API model, and from its documentation."""

    def __init__(self, shape: Any, member: Member, *, is_number: bool) -> None:
        has_length = is_number and shape.type_name == "string"  # AWS limits the length of the number as a text
        published: dict[str, Any] = {} if has_length else shape.metadata
        self.minimum = max(published.get("min", -_UNLIMITED), -_UNLIMITED if member.minimum is None else member.minimum)
        self.maximum = min(published.get("max", _UNLIMITED), _UNLIMITED if member.maximum is None else member.maximum)
        self.patterns = [p for p in (published.get("pattern", ""), member.pattern) if p and p not in _ANY_CHARACTER]
        self.one_of = set(member.one_of or published.get("enum", ()))

    def accept(self, text: str) -> bool:
        """Return whether AWS accepts a text, whose length counts where the member is a text for AWS too."""
        patterns = (pattern.replace(r"\p{Print}", r"\P{C}") for pattern in self.patterns)
        return all(regex.fullmatch(pattern, text) for pattern in patterns) and len(text) <= self.maximum


def test_every_key_has_a_source() -> None:
    assert LIMIT_SOURCES.keys() == _LEAVES.keys()


@pytest.mark.parametrize(("path", "member"), _SOURCES)
def test_key_is_at_least_as_strict_as_its_source(
    path: str, member: Member, aws: botocore.session.Session, spec_file: Path
) -> None:
    schema = _LEAVES[path]
    limits = _Limits(_shape(aws, member.path), member, is_number=schema.get("type") in {"integer", "number"})
    if "enum" in schema:
        values: set[str] = {str(value) for value in schema["enum"]}
        assert not limits.one_of or values <= limits.one_of
        assert all(limits.accept(value) for value in values)
    elif schema["type"] == "string":
        assert _longest(schema) + len(member.value.format("")) <= limits.maximum or path in _RULE_CASES
        if "pattern" in schema:
            _check_samples(path, member, limits, spec_file)
    elif not limits.patterns:
        assert limits.minimum <= schema.get("minimum", schema.get("exclusiveMinimum"))
        assert schema["maximum"] <= limits.maximum
    for value in _RULE_CASES.get(path, []):
        if not limits.accept(member.value.format(value)):  # format turns a number into text
            assert _is_refused(path, value, spec_file), f"{value}: AWS refuses it, and no rule does"


def _longest(schema: dict[str, Any]) -> int:
    """Return how long a text may be, which is no limit at all where neither a length nor the pattern is one."""
    longest = schema.get("maxLength", _UNLIMITED)
    if "pattern" in schema:
        parser: Any = import_module("re._parser")  # nothing public tells how long a match can be
        longest = min(longest, parser.parse(schema["pattern"]).getwidth()[1])
    return int(longest)


def _check_samples(path: str, member: Member, limits: _Limits, spec_file: Path) -> None:
    schema = _LEAVES[path]
    texts = st.from_regex(re.compile(schema["pattern"].removesuffix("$") + r"\Z"))

    @settings(max_examples=25, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(texts.filter(lambda text: len(text) <= schema.get("maxLength", _UNLIMITED)))
    def check(text: str) -> None:
        assert limits.accept(member.value.format(text)) or _is_refused(path, text, spec_file)

    check()


def _is_refused(path: str, value: object, spec_file: Path) -> bool:
    """Return whether a spec that is valid otherwise is an error with a value."""
    spec: dict[str, Any] = yaml.safe_load(_MINIMAL)
    *parents, name = path.split(".")
    section = spec
    for parent in parents:
        section = section.setdefault(parent, {})
    section[name] = value
    spec_file.write_text(yaml.safe_dump(spec))
    return load_specs(spec_file).report.errors > 0


@pytest.mark.parametrize(("path", "member"), _SOURCES)
def test_source_is_a_page(path: str, member: Member) -> None:
    assert member.source.startswith(("https://docs.aws.amazon.com/", "https://github.com/hashicorp/terraform/")), path
    assert member.value.count("{}") == 1
