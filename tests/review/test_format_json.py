"""The changes as JSON."""

from tests._support.project import Project
from tests._support.repository import diff_json


def test_json_has_every_part_of_a_change(git_project: Project) -> None:
    git_project.change_spec("node_type: cache.t4g.small", "node_type: cache.t4g.medium")
    deployment = diff_json(git_project)
    effect = deployment["keys"][0].pop("effect")
    assert list(effect) == ["kind", "sentence", "source"]
    assert effect["kind"] == "connections cut"
    buffers, address = (f"module.redis.aws_elasticache_{name}_group.this" for name in ("parameter", "replication"))
    cost = deployment.pop("cost")
    assert deployment == {
        "folder": "minimal/production",
        "previous_folder": None,
        "state": "changed",
        "release": None,
        "review_first": [],
        "keys": [
            {
                "key": "redis.node_type",
                "before": "cache.t4g.small",
                "after": "cache.t4g.medium",
                "location": "spec/spec.yaml:19",
                "affects": [buffers, address],
            }
        ],
        "files": [{"change": "changed", "path": "README.md"}, {"change": "changed", "path": "main.tf"}],
        "resources": [
            {"change": "changed", "address": changed, "previous_address": None, "arguments": arguments}
            for changed, arguments in ((buffers, ["parameter"]), (address, ["node_type"]))
        ],
        "derived_values": [],
    }
    assert [(row["component"], list(row["difference_usd"])) for row in cost] == [
        (f"ElastiCache Redis cache.t4g.{size}", ["minimum", "expected", "maximum"]) for size in ("small", "medium")
    ]
