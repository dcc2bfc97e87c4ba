"""Documents, their places, and environments merged onto them."""

import copy
from pathlib import Path

import pytest

from generator.document import Path as KeyPath
from generator.document import dotted
from generator.errors import OwscaleError
from generator.source import find
from tests.source.reading import Read, document

OVERRIDDEN = """\
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


def test_merged(read: Read) -> None:
    base = document(read, OVERRIDDEN)
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
    assert {path: (dotted(place.path), place.key.line) for path, place in merged.places.items()} == {
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
def test_merged_with_nothing(read: Read, environment: str) -> None:
    base = document(read, OVERRIDDEN)
    merged = base.merged(("environments", environment))
    assert merged.data == {key: value for key, value in base.data.items() if key != "environments"}
    assert merged.places == {path: place for path, place in base.places.items() if path[:1] != ("environments",)}


def test_merged_shares_nothing_with_the_original(read: Read) -> None:
    base = document(read, OVERRIDDEN)
    merged = base.merged(("environments", "staging"))
    merged.data["subnets"].append("x")
    merged.data["redis"]["tags"]["c"] = "z"
    assert base == document(read, OVERRIDDEN)


def test_merged_with_a_scalar_is_a_bug_of_the_caller(read: Read) -> None:
    with pytest.raises(TypeError, match=r"environments\.wrong is not a mapping"):
        document(read, OVERRIDDEN).merged(("environments", "wrong"))


def test_locate_falls_back_to_the_nearest_ancestor(read: Read) -> None:
    base = document(read, OVERRIDDEN)
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
def test_dotted(path: KeyPath, text: str) -> None:
    assert dotted(path) == text


def test_find(tmp_path: Path) -> None:
    for name in ("b.yaml", "a.yml", "c.yaml", "schema.json", ".hidden.yaml", "d.yaml~"):
        (tmp_path / name).touch()
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "folder.yaml" / "e.yaml").touch()
    assert [path.name for path in find(tmp_path)] == ["a.yml", "b.yaml", "c.yaml"]
    assert find(tmp_path / "schema.json") == [tmp_path / "schema.json"]
    assert find(tmp_path / "missing") == [tmp_path / "missing"]


@pytest.mark.usefixtures("locked", "_nobody")
def test_find_without_permission(locked: Path) -> None:
    with pytest.raises(OwscaleError, match="Permission denied"):
        find(locked.parent)
