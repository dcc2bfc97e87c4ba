"""Positions of diagnostics, and documents merged with an override."""

import copy
from typing import Any

import pytest

from owscale.spec.document import Document, NodeLocation, dotted
from owscale.spec.document import Path as KeyPath
from tests._support.spec_reading import ReadSpec, read_document

SPEC = """\
name: chat
redis:
  node_type: small
  nodes: 2
subnets:
  - one
  - two
aws: {tags: {}, zones: []}
environments:
  staging:
    redis: {nodes: 1}
"""


@pytest.fixture
def document(read: ReadSpec) -> Document:
    return read_document(read, SPEC, "spec.yaml")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (("redis", "nodes"), "spec.yaml:4:10: redis.nodes"),  # a scalar: the position of the value
        (("subnets", 1), "spec.yaml:7:5: subnets[1]"),
        (("redis",), "spec.yaml:2:1: redis"),  # a mapping or a list: the position of the key
        (("subnets",), "spec.yaml:5:1: subnets"),
        (("aws", "tags"), "spec.yaml:8:7: aws.tags"),
        (("aws", "zones"), "spec.yaml:8:17: aws.zones"),
        (("redis", "engine"), "spec.yaml:2:1: redis.engine"),  # a key that the file lacks: the nearest key above
        (("redis", "log", "days"), "spec.yaml:2:1: redis.log.days"),
        (("service", "name"), "spec.yaml:1:1: service.name"),
    ],
)
def test_diagnostic_points_at_the_value_or_the_nearest_key(document: Document, path: KeyPath, expected: str) -> None:
    assert str(document.diagnostic("S999", path, "is wrong")) == f"{expected}: is wrong [S999]"


def test_diagnostic_of_the_whole_spec_has_no_path(document: Document) -> None:
    assert str(document.diagnostic("S999", (), "is wrong")) == "spec.yaml:1:1: is wrong [S999]"


def test_warning_has_a_label_and_a_hint(document: Document) -> None:
    diagnostic = document.diagnostic("S999", ("name",), "is dull", "write another", "warning")
    assert str(diagnostic) == "spec.yaml:1:7: warning: name: is dull [S999]\n  hint: write another"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (("name",), "spec.yaml:1:1: name"),
        (("redis", "nodes"), "spec.yaml:4:3: redis.nodes"),
        (("redis", "engine"), "spec.yaml:2:1: redis.engine"),
    ],
)
def test_at_key_moves_a_diagnostic_to_the_key(document: Document, path: KeyPath, expected: str) -> None:
    diagnostic = document.at_key(path, document.diagnostic("S999", path, "is wrong"))
    assert str(diagnostic) == f"{expected}: is wrong [S999]"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (("redis", "nodes"), "spec.yaml:11:20: environments.staging.redis.nodes"),
        (("redis", "node_type"), "spec.yaml:3:14: redis.node_type"),
        (("redis", "engine"), "spec.yaml:2:1: redis.engine"),
    ],
)
def test_diagnostic_of_a_merged_document_points_at_the_override(
    document: Document, path: KeyPath, expected: str
) -> None:
    merged = document.merged(("environments", "staging"))
    assert str(merged.diagnostic("S999", path, "is wrong")) == f"{expected}: is wrong [S999]"


# --- merged documents ---------------------------------------------------------------------------------------------

WITH_OVERRIDES = """\
name: chat
redis: {node_type: small, nodes: 1, tags: {a: x}}
subnets: [one, two]
alarms: {cpu: {percent: 1}}
environments:
  production: {}
  nothing:
  staging:
    redis:
      nodes: 2
      tags: {b: z}
      auth: {}
    subnets: [three]
    alarms:
    new: {key: [1]}
  wrong: 3
"""


def test_merged_has_the_values_and_locations_of_the_override(read: ReadSpec) -> None:
    base = read_document(read, WITH_OVERRIDES)
    before = copy.deepcopy(base)
    merged = base.merged(("environments", "staging"))
    assert base == before
    assert merged.file == base.file
    assert merged.data == {
        "name": "chat",
        "redis": {"node_type": "small", "nodes": 2, "tags": {"a": "x", "b": "z"}, "auth": {}},
        "subnets": ["three"],
        "alarms": None,
        "new": {"key": [1]},
    }
    assert {path: (dotted(location.path), location.key.line) for path, location in merged.locations.items()} == {
        (): ("", 1),
        ("name",): ("name", 1),
        ("redis",): ("redis", 2),
        ("redis", "node_type"): ("redis.node_type", 2),
        ("redis", "nodes"): ("environments.staging.redis.nodes", 10),
        ("redis", "tags"): ("redis.tags", 2),
        ("redis", "tags", "a"): ("redis.tags.a", 2),
        ("redis", "tags", "b"): ("environments.staging.redis.tags.b", 11),
        ("redis", "auth"): ("environments.staging.redis.auth", 12),
        ("subnets",): ("environments.staging.subnets", 13),
        ("subnets", 0): ("environments.staging.subnets[0]", 13),
        ("alarms",): ("environments.staging.alarms", 14),
        ("new",): ("environments.staging.new", 15),
        ("new", "key"): ("environments.staging.new.key", 15),
        ("new", "key", 0): ("environments.staging.new.key[0]", 15),
    }


@pytest.mark.parametrize("environment", ["production", "nothing"])
def test_merged_with_an_empty_override_is_the_common_part(read: ReadSpec, environment: str) -> None:
    base = read_document(read, WITH_OVERRIDES)
    merged = base.merged(("environments", environment))
    assert merged.data == {key: value for key, value in base.data.items() if key != "environments"}
    assert merged.locations == {
        path: location for path, location in base.locations.items() if path[:1] != ("environments",)
    }


def test_merged_shares_nothing_with_the_original(read: ReadSpec) -> None:
    base = read_document(read, WITH_OVERRIDES)
    merged = base.merged(("environments", "staging"))
    merged.data["subnets"].append("x")
    merged.data["redis"]["tags"]["c"] = "z"
    assert base == read_document(read, WITH_OVERRIDES)


def test_merged_with_a_scalar_raises_type_error(read: ReadSpec) -> None:
    with pytest.raises(TypeError, match=r"environments\.wrong is not a mapping"):
        read_document(read, WITH_OVERRIDES).merged(("environments", "wrong"))


def test_locate_returns_the_nearest_ancestor_of_a_missing_key(read: ReadSpec) -> None:
    base = read_document(read, WITH_OVERRIDES)
    assert base.locate(("redis", "nodes")).path == ("redis", "nodes")
    assert base.locate(("redis", "tags", "no", 3, "deep")).path == ("redis", "tags")
    assert base.locate(("no",)).path == ()
    merged = base.merged(("environments", "staging"))
    assert merged.locate(("alarms", "cpu", "percent")).path == ("environments", "staging", "alarms")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), ""),
        (("existing", "private_subnets", 0), "existing.private_subnets[0]"),
        (("aws", "tags", "cost center"), 'aws.tags."cost center"'),
        (("cost center", 1, "x", 2, 3), '"cost center"[1].x[2][3]'),
        (("a", 'q"\n', "ä"), r'a."q\"\n".ä'),
        (("",), '""'),
        ((0,), "[0]"),
    ],
)
def test_dotted_quotes_keys_that_are_no_identifiers(path: KeyPath, text: str) -> None:
    assert dotted(path) == text


def test_related_key_that_the_file_lacks_is_a_default(document: Document) -> None:
    assert str(document.related(("redis", "nodes"))) == "spec.yaml:4:10: redis.nodes"
    assert str(document.related(("redis", "engine"))) == "spec.yaml:2:1: redis.engine (the default)"


def test_data_that_no_file_contains_has_every_path_but_no_position(document: Document) -> None:
    applied = document.with_data({"redis": {"nodes": [1, 2]}})
    assert applied.file == document.file
    assert set(applied.locations) == {(), ("redis",), ("redis", "nodes"), ("redis", "nodes", 0), ("redis", "nodes", 1)}
    assert str(applied.diagnostic("S999", ("redis", "nodes"), "is wrong")) == "spec.yaml: redis.nodes: is wrong [S999]"


OTHER = """\
redis: {nodes: 3, engine: valkey}
subnets: {a: one}
aws: {tags: {Owner: platform}}
name: null
"""
KEYS: list[KeyPath] = [
    ("redis",),
    ("redis", "nodes"),
    ("redis", "engine"),
    ("redis", "node_type"),
    ("subnets",),
    ("subnets", "a"),
    ("aws", "tags"),
    ("aws", "tags", "Owner"),
    ("aws", "zones"),
    ("name",),
    ("name", "below", "a scalar"),
    ("nothing",),
    ("environments", "staging", "redis", "nodes"),
]


@pytest.mark.parametrize("key", KEYS, ids=dotted)
@pytest.mark.parametrize("from_other", [True, False], ids=["with_key_of", "without"])
def test_data_and_locations_change_together(read: ReadSpec, key: KeyPath, *, from_other: bool) -> None:
    document, other = read_document(read, SPEC), read_document(read, OTHER)
    before = copy.deepcopy((document.data, other.data)), dict(document.locations), dict(other.locations)
    changed = document.with_key_of(other, key) if from_other else document.without(key)
    assert set(changed.locations) == set(_locations_of(changed.data))
    value = _value(other.data, key) if from_other else None
    assert _value(changed.data, key) == value
    assert ((document.data, other.data), document.locations, other.locations) == before


def test_a_key_of_another_document_has_its_location_there(read: ReadSpec) -> None:
    document, other = read_document(read, SPEC), read_document(read, OTHER)
    changed = document.with_key_of(other, ("redis", "nodes"))
    assert changed.data["redis"] == {"node_type": "small", "nodes": 3}
    assert changed.locations[("redis", "nodes")] == other.locations[("redis", "nodes")]
    assert changed.locations[("redis", "node_type")] == document.locations[("redis", "node_type")]
    assert changed.without(("redis", "nodes")).locate(("redis", "nodes")) == document.locations[("redis",)]


def test_a_document_is_immutable(document: Document) -> None:
    locations: Any = document.locations
    with pytest.raises(TypeError):
        locations[("new",)] = NodeLocation(("new",), document.locate(()).key, document.locate(()).key)
    for name in ("data", "locations"):
        with pytest.raises(AttributeError):
            setattr(document, name, {})


def _locations_of(value: object, path: KeyPath = ()) -> list[KeyPath]:
    entries: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        entries = list(value.items())
    elif isinstance(value, list):
        entries = list(enumerate(value))
    return [path, *(below for key, item in entries for below in _locations_of(item, (*path, key)))]


def _value(data: Any, path: KeyPath) -> object:
    for segment in path:
        data = data.get(segment) if isinstance(data, dict) else None
    return data
