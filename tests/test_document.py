"""Where a diagnostic stands; what merging does to places is in source/test_merged.py and test_deployment.py."""

from pathlib import Path

import pytest

from generator import source
from generator.document import Document
from generator.document import Path as KeyPath
from generator.errors import Report

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
def document(tmp_path: Path) -> Document:
    path = tmp_path / "spec.yaml"
    path.write_text(SPEC)
    report = Report()
    document = source.read(path, "spec.yaml", report)
    assert list(report) == []
    assert document is not None
    return document


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (("redis", "nodes"), "spec.yaml:4:10: redis.nodes"),  # a value: where it stands
        (("subnets", 1), "spec.yaml:7:5: subnets[1]"),
        (("redis",), "spec.yaml:2:1: redis"),  # a mapping or a list: its key
        (("subnets",), "spec.yaml:5:1: subnets"),
        (("aws", "tags"), "spec.yaml:8:7: aws.tags"),
        (("aws", "zones"), "spec.yaml:8:17: aws.zones"),
        (("redis", "engine"), "spec.yaml:2:1: redis.engine"),  # not written out: the nearest key above
        (("redis", "log", "days"), "spec.yaml:2:1: redis.log.days"),
        (("service", "name"), "spec.yaml:1:1: service.name"),
    ],
)
def test_the_place_of_a_diagnostic(document: Document, path: KeyPath, said: str) -> None:
    assert str(document.diagnostic("S999", path, "is wrong")) == f"{said}: is wrong [S999]"


def test_the_whole_spec(document: Document) -> None:
    assert str(document.diagnostic("S999", (), "is wrong")) == "spec.yaml:1:1: is wrong [S999]"


def test_a_warning_with_a_hint(document: Document) -> None:
    told = document.diagnostic("S999", ("name",), "is dull", "write another", "warning")
    assert str(told) == "spec.yaml:1:7: warning: name: is dull [S999]\n  hint: write another"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (("name",), "spec.yaml:1:1: name"),
        (("redis", "nodes"), "spec.yaml:4:3: redis.nodes"),
        (("redis", "engine"), "spec.yaml:2:1: redis.engine"),
    ],
)
def test_a_diagnostic_of_the_key_itself(document: Document, path: KeyPath, said: str) -> None:
    told = document.at_key(path, document.diagnostic("S999", path, "is wrong"))
    assert str(told) == f"{said}: is wrong [S999]"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (("redis", "nodes"), "spec.yaml:11:20: environments.staging.redis.nodes"),
        (("redis", "node_type"), "spec.yaml:3:14: redis.node_type"),
        (("redis", "engine"), "spec.yaml:2:1: redis.engine"),
    ],
)
def test_the_place_after_a_merge(document: Document, path: KeyPath, said: str) -> None:
    merged = document.merged(("environments", "staging"))
    assert str(merged.diagnostic("S999", path, "is wrong")) == f"{said}: is wrong [S999]"
