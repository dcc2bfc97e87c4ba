"""The changes as text and as Markdown."""

from tests._support.project import Project
from tests._support.repository import diff, review_first


def test_text_has_key_resource_file_and_cost(git_project: Project) -> None:
    git_project.change_spec("node_type: cache.t4g.small", "node_type: cache.t4g.medium")
    stdout = diff(git_project)
    assert stdout.startswith("minimal/production: 1 key, 2 files; resources: 2 changed\n")
    assert "redis.node_type: cache.t4g.small → cache.t4g.medium   (spec/spec.yaml:19)" in stdout
    assert "      connections cut: ElastiCache copies the data to new nodes" in stdout
    assert "affects module.redis.aws_elasticache_parameter_group.this" in stdout
    assert "~ module.redis.aws_elasticache_replication_group.this (node_type)\n" in stdout
    assert "    ~ main.tf\n" in stdout
    assert "ElastiCache Redis cache.t4g.medium" in stdout
    assert review_first(git_project) == ""


def test_markdown_escapes_values_of_the_spec(git_project: Project) -> None:
    git_project.change_spec("node_type: cache.t4g.small", "node_type: cache.t4g.medium")
    git_project.spec.write_text(f'{git_project.spec.read_text()}accept: {{S353: "a | b <script> @all"}}\n')
    lines = diff(git_project, "--output-format", "markdown").splitlines()
    assert lines[0] == "## minimal/production: 2 keys, 2 files; resources: 2 changed"
    [line] = (line for line in lines if line.startswith("| `redis.node_type`"))
    assert line.startswith(
        "| `redis.node_type` | `cache.t4g.small` | `cache.t4g.medium` | connections cut: ElastiCache"
    )
    assert line.endswith("module.redis.aws_elasticache_replication_group.this |")
    effect = "nothing: Only the report of owscale changes."
    assert f'| `accept.S353` | `-` | "a \\| b \\<script\\> `@all`" | {effect} | no resource |' in lines
    assert "> **Review first**" in lines
    assert '> - accept.S353: - → "a \\| b \\<script\\> `@all`": a warning is accepted' in lines
    assert "<details><summary>Resources: 2</summary>" in lines
