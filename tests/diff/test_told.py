"""What a change of the specs comes to: keys, what they reach, files, figures and cost."""

import pytest

from tests.diff.repository import as_json, commit, extra, told
from tests.output.conftest import Project


def test_nothing_changed(project: Project) -> None:
    project.spec.write_text(f"# a comment\n{project.spec.read_text()}")
    assert told(project) == "minimal/production: no change\n"


def test_a_key_with_all_that_it_reaches(project: Project) -> None:
    project.change_spec("node_type: cache.t4g.small", "node_type: cache.t4g.medium")
    said = told(project)
    assert said.startswith("minimal/production: 1 key, 2 files; resources: 1 changed\n")
    assert "redis.node_type: cache.t4g.small → cache.t4g.medium   (spec/spec.yaml:19)" in said
    assert "reaches module.redis.aws_elasticache_replication_group.this\n" in said
    assert "~ module.redis.aws_elasticache_replication_group.this (node_type)\n" in said
    assert "    ~ main.tf\n" in said
    assert "ElastiCache Redis cache.t4g.medium" in said
    assert "Look at first" not in said


def test_defaults_are_written_out(project: Project) -> None:
    project.change_spec("instances: 2", "instances: 2, vcpu: 4")
    assert "service.vcpu: 2 (the default) → 4" in told(project)


def test_each_key_reaches_its_own(project: Project) -> None:
    project.change_spec("instances: 2", "instances: 4")
    project.spec.write_text(f"{project.spec.read_text()}alarms: {{memory_percent: 80}}\n")
    keys = as_json(project)["keys"]
    assert isinstance(keys, list)
    reached = {key["key"]: key["reaches"] for key in keys}
    assert reached["service.instances"] == ["module.service.aws_ecs_service.this"]
    assert reached["alarms.memory_percent"] == [
        "module.monitoring.aws_cloudwatch_dashboard.this",
        "module.monitoring.aws_cloudwatch_metric_alarm.memory",
    ]


def test_keys_that_go_together(project: Project) -> None:
    project.change_spec("vpn: {cidr: 10.8.0.0/16}", "vpn: {prefix_list: pl-11111111}")
    keys = as_json(project)["keys"]
    assert isinstance(keys, list)
    rule = ['module.network.aws_vpc_security_group_ingress_rule.load_balancer_http["vpn"]']
    assert {key["key"]: key["reaches"] for key in keys} == {
        "load_balancer.allow_from.vpn.cidr": rule,
        "load_balancer.allow_from.vpn.prefix_list": rule,
    }


def test_environments_one_by_one(project: Project) -> None:
    text = project.spec.read_text()
    staging = "{state: {key: b.tfstate}, service: {name: chat-b}}"
    project.spec.write_text(f"{text}environments: {{production: {{}}, staging: {staging}}}\n")
    said = told(project)
    assert "minimal/production: no change\n" in said
    assert "minimal/staging: new, 44 resources" in said
    commit()
    project.spec.write_text(text)
    assert "minimal/staging: gone" in told(project)
    assert "what it deployed still runs" in project.stdout


def test_markdown_for_a_pull_request(project: Project) -> None:
    project.change_spec("instances: 2", "instances: 4")
    project.spec.write_text(f'{project.spec.read_text()}accept: {{S353: "a | b <script> @all"}}\n')
    lines = told(project, "--as", "markdown").splitlines()
    assert lines[0] == "## minimal/production: 2 keys, 3 files; resources: 1 changed"
    assert "| `service.instances` | `2` | `4` | module.service.aws\\_ecs\\_service.this |" in lines
    assert '| `accept.S353` | `-` | `"a \\| b <script> @all"` | no resource |' in lines
    assert '> **Look at first:** accept.S353: - → "a \\| b \\<script\\> \\@all": a warning is accepted' in lines
    assert "<details><summary>Addresses: 1</summary>" in lines


@pytest.mark.parametrize("text", ['resource "a" "b" {\n  for_each = 5\n}\n', 'resource "x" {}\n', "moved {}\n"])
def test_blocks_that_terraform_does_not_take(project: Project, text: str) -> None:
    extra(project, text)
    assert project.run("diff", "--base", "main") in (0, 1)
    assert "Traceback" not in project.stderr


def test_no_place_of_a_temporary_folder_is_told(project: Project) -> None:
    project.change_spec("instances: 2", "instances: 2, vcpu: 4")
    commit()
    project.change_spec(", vcpu: 4", "")
    for how in ("text", "json", "markdown"):
        assert "/tmp" not in told(project, "--as", how).replace(str(project.folder), "")  # noqa: S108 -- must not be there
    assert "(main:spec/spec.yaml:15)" in told(project)
