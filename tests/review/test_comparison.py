"""The resources and deployments that a change affects."""

import json
import re

import pytest

from tests._support.cases import own_resources
from tests._support.project import Project
from tests._support.repository import commit, diff, diff_json, moved_block, review_first, write_custom_file

_VPN_RULE = 'module.network.aws_vpc_security_group_ingress_rule.load_balancer_http["vpn"]'


def test_each_key_has_the_resources_that_it_affects(git_project: Project) -> None:
    git_project.change_spec("node_type: cache.t4g.small", "node_type: cache.t4g.medium")
    git_project.spec.write_text(f"{git_project.spec.read_text()}alarms: {{memory_percent: 80}}\n")
    affects = {key["key"]: key["affects"] for key in diff_json(git_project)["keys"]}
    assert affects["redis.node_type"] == [
        "module.redis.aws_elasticache_parameter_group.this",  # its buffers follow from the memory of a node
        "module.redis.aws_elasticache_replication_group.this",
    ]
    assert affects["alarms.memory_percent"] == [
        "module.monitoring.aws_cloudwatch_dashboard.this",
        "module.monitoring.aws_cloudwatch_metric_alarm.memory",
    ]


_SERVICE = "module.service.aws_ecs_service.this"
_USE_AUTOSCALING = "Autoscaling sets the number of tasks; use `autoscaling.min` and `autoscaling.max`."


def test_key_without_effect_has_no_resource_and_no_cost(git_project: Project) -> None:
    git_project.change_spec("instances: 2", "instances: 4")
    deployment = diff_json(git_project)
    [key] = deployment["keys"]
    assert (key["key"], key["affects"]) == ("service.instances", [])
    assert key["effect"] == {"kind": "nothing", "sentence": _USE_AUTOSCALING, "source": "plan"}
    assert deployment["resources"] == deployment["cost"] == deployment["review_first"] == []


def test_number_of_tasks_jumps_when_autoscaling_is_turned_off(git_project: Project) -> None:
    git_project.spec.write_text(f"{git_project.spec.read_text()}autoscaling: {{enabled: false}}\n")
    deployment = diff_json(git_project)
    [key] = deployment["keys"]
    assert "number of tasks to `service.instances`" in key["effect"]["sentence"]
    assert _SERVICE in key["affects"]
    [service] = (each for each in deployment["resources"] if each["address"] == _SERVICE)
    assert service["arguments"] == ["desired_count"]
    risk = "autoscaling.enabled: true (the default) → false: the number of tasks jumps"
    assert risk in deployment["review_first"][-1]


def test_number_of_tasks_has_no_resource_when_autoscaling_is_turned_on(git_project: Project) -> None:
    text = git_project.spec.read_text()
    git_project.spec.write_text(f"{text}autoscaling: {{enabled: false}}\n")
    commit()
    git_project.spec.write_text(text.replace("instances: 2", "instances: 4"))
    instances, enabled = diff_json(git_project)["keys"]
    assert (instances["key"], instances["effect"]["kind"], instances["affects"]) == ("service.instances", "nothing", [])
    assert "module.autoscaling.aws_appautoscaling_target.this" in enabled["affects"]


def test_number_of_tasks_changes_without_autoscaling(git_project: Project) -> None:
    git_project.spec.write_text(f"{git_project.spec.read_text()}autoscaling: {{enabled: false}}\n")
    commit()
    git_project.change_spec("instances: 2", "instances: 4")
    deployment = diff_json(git_project)
    assert [key["affects"] for key in deployment["keys"]] == [[_SERVICE]]
    assert deployment["cost"]


def test_default_that_is_written_down_has_no_effect(git_project: Project) -> None:
    git_project.spec.write_text(f"{git_project.spec.read_text()}alarms: {{timing: {{cpu: {{period_seconds: 60}}}}}}\n")
    [key] = diff_json(git_project)["keys"]
    assert key["effect"]["sentence"] == "The value in effect stays the same."
    assert key["affects"] == []


def test_ignored_argument_of_an_extra_file_does_not_change(git_project: Project) -> None:
    text = 'resource "aws_sns_topic" "a" {{\n  name = "{}"\n  lifecycle {{\n    ignore_changes = {}\n  }}\n}}\n'
    for ignored in ("[name]", "all"):
        write_custom_file(git_project, text.format("a", ignored))
        commit()
        write_custom_file(git_project, text.format("b", ignored))
        assert diff_json(git_project)["resources"] == []


def test_keys_that_must_change_together_affect_the_same_resources(git_project: Project) -> None:
    git_project.change_spec("vpn: {cidr: 10.8.0.0/16}", "vpn: {prefix_list: pl-11111111}")
    assert {key["key"]: key["affects"] for key in diff_json(git_project)["keys"]} == {
        "load_balancer.allow_from.vpn.cidr": [_VPN_RULE],
        "load_balancer.allow_from.vpn.prefix_list": [_VPN_RULE],
    }


def test_renamed_folder_of_custom_files_is_compared(git_project: Project) -> None:
    write_custom_file(git_project, 'resource "aws_sns_topic" "a" {\n  name = "a"\n}\n')
    commit()
    git_project.change_spec("custom: {extra: extra}", "custom: {extra: renamed}")
    (git_project.spec.parent / "extra").rename(git_project.spec.parent / "renamed")
    deployment = diff_json(git_project)
    assert [(key["key"], key["affects"]) for key in deployment["keys"]] == [("custom.extra", None)]
    assert deployment["resources"] == []
    assert "affects the resources of its files\n" in diff(git_project)


def test_new_and_removed_environments_are_reported(git_project: Project) -> None:
    text = git_project.spec.read_text()
    staging = f"{{state: {{key: b.tfstate}}, service: {{name: chat-b}}, existing: {own_resources('staging')}}}"
    git_project.spec.write_text(f"{text}environments: {{production: {{}}, staging: {staging}}}\n")
    stdout = diff(git_project)
    assert "minimal/production: no change\n" in stdout
    assert "minimal/staging: new, 46 resources" in stdout
    commit()
    git_project.spec.write_text(text)
    assert "minimal/staging: removed" in diff(git_project)
    assert "its resources keep running" in git_project.stdout


def test_removed_address_is_to_be_reviewed_first(git_project: Project) -> None:
    git_project.change_spec("    vpn: {cidr: 10.8.0.0/16}", "    office: {cidr: 10.9.0.0/16}")
    lines = review_first(git_project)
    assert f"! {_VPN_RULE} is removed: Terraform destroys it\n" in lines
    assert "! load_balancer.allow_from.office.cidr: - → 10.9.0.0/16: more addresses can connect" in lines
    assert f"    - {_VPN_RULE}\n" in git_project.stdout


def test_renamed_resource_without_a_moved_block_is_to_be_reviewed_first(git_project: Project) -> None:
    write_custom_file(git_project, 'resource "aws_sns_topic" "a" {\n  name = "a"\n}\n')
    commit()
    renamed = 'resource "aws_sns_topic" "b" {\n  name = "a"\n}\n'
    write_custom_file(git_project, renamed)
    assert "! aws_sns_topic.a becomes aws_sns_topic.b without a moved block" in review_first(git_project)
    moved = "moved {\n  from = aws_sns_topic.a\n  to = aws_sns_topic.b\n}\n"
    write_custom_file(git_project, f"{moved}\n{renamed}")
    assert review_first(git_project) == ""
    assert "> aws_sns_topic.b (from aws_sns_topic.a)" in git_project.stdout


def test_renamed_key_of_for_each_is_a_renamed_resource(git_project: Project) -> None:
    git_project.change_spec("    vpn: {cidr", "    vpn_office: {cidr")
    assert "without a moved block" in review_first(git_project)


def test_lost_prevent_destroy_is_to_be_reviewed_first(git_project: Project) -> None:
    git_project.change_spec("load_balancer:", "load_balancer:\n  deletion_protection: false")
    assert "! module.load_balancer.aws_lb.this loses prevent_destroy: a plan can destroy it" in review_first(
        git_project
    )


def test_moved_blocks_are_followed_to_an_existing_resource(git_project: Project) -> None:
    write_custom_file(git_project, 'resource "null_resource" "a" {}\n')
    commit()
    chain = moved_block("a", "b") + moved_block("b", "c")
    write_custom_file(git_project, f'{chain}resource "null_resource" "c" {{}}\n')
    assert "> null_resource.c (from null_resource.a)" in diff(git_project)
    write_custom_file(git_project, moved_block("a", "b"))
    assert "null_resource.a is removed: Terraform destroys it" in review_first(git_project)
    write_custom_file(git_project, moved_block("a", "b") + moved_block("b", "a"))
    assert "is removed" in review_first(git_project)


def test_removed_block_destroys_nothing(git_project: Project) -> None:
    write_custom_file(git_project, 'resource "null_resource" "a" {}\n')
    commit()
    write_custom_file(git_project, "removed {\n  from = null_resource.a\n  lifecycle {\n    destroy = false\n  }\n}\n")
    assert (
        "null_resource.a is removed from the state: it stays in AWS, and Terraform no longer manages it"
        in review_first(git_project)
    )
    assert "    . null_resource.a\n" in git_project.stdout


@pytest.mark.parametrize(
    ("old", "new", "setting", "consequence"),
    [
        ("eu-west-1", "eu-central-1", 'provider "aws"', "all resources are created anew in another region"),
        ("key: minimal", "key: other", 'backend "s3"', "would create all resources a second time"),
    ],
)
def test_change_of_provider_or_backend_is_to_be_reviewed_first(
    git_project: Project, old: str, new: str, setting: str, consequence: str
) -> None:
    git_project.change_spec(old, new)
    assert consequence in review_first(git_project)
    assert re.search(rf"affects .*{setting}", git_project.stdout)
    assert f"~ {setting} (" in git_project.stdout


@pytest.mark.parametrize("text", ['resource "a" "b" {\n  for_each = 5\n}\n', 'resource "x" {}\n', "moved {}\n"])
def test_invalid_block_is_no_bug(git_project: Project, text: str) -> None:
    write_custom_file(git_project, text)
    assert git_project.run("diff", "--base", "main") in (0, 1)
    assert "Traceback" not in git_project.stderr


def test_renamed_spec_is_a_rename(git_project: Project) -> None:
    git_project.change_spec("name: minimal", "name: renamed")
    summary = diff(git_project).splitlines()[0]
    assert summary.startswith("renamed/production: renamed from minimal/production, with the same state; 1 key, ")
    assert "destroy" not in git_project.stdout
    assert "removed" not in git_project.stdout
    deployment = diff_json(git_project)
    assert (deployment["state"], deployment["previous_folder"]) == ("renamed", "minimal/production")
    assert {resource["change"] for resource in deployment["resources"]} == {"changed"}


def test_renamed_environment_in_another_file_with_another_change_is_a_rename(git_project: Project) -> None:
    git_project.change_spec("instances: 2", "instances: 4")
    text = git_project.spec.read_text()
    git_project.spec.unlink()
    git_project.spec.with_name("moved.yaml").write_text(f"{text}environments: {{live: {{}}}}\n")
    deployment = diff_json(git_project)
    assert (deployment["folder"], deployment["previous_folder"]) == ("minimal/live", "minimal/production")
    assert [key["key"] for key in deployment["keys"]] == ["environments", "service.instances"]


def test_renamed_environment_has_its_effect(git_project: Project) -> None:
    git_project.spec.write_text(f"{git_project.spec.read_text()}environments: {{live: {{}}}}\n")
    lines = diff(git_project).splitlines()
    start = lines.index("    environments: production → live   (spec/spec.yaml)")
    assert lines[start + 1].startswith("      in place: Only the tags Environment of the resources change.")
    assert lines[start + 2] == '      affects provider "aws"'


def test_two_deployments_that_swap_their_names_are_renamed(git_project: Project) -> None:
    second = git_project.add_spec("second")
    commit()
    git_project.change_spec("name: minimal", "name: second")
    second.write_text(second.read_text().replace("name: second\n", "name: minimal\n"))
    deployments = json.loads(diff(git_project, "--output-format", "json"))["deployments"]
    assert [(each["folder"], each["previous_folder"]) for each in deployments] == [
        ("minimal/production", "second/production"),
        ("second/production", "minimal/production"),
    ]
    assert all({resource["change"] for resource in each["resources"]} == {"changed"} for each in deployments)


def test_changed_state_under_the_same_name_is_no_rename(git_project: Project) -> None:
    git_project.change_spec("key: minimal.tfstate", "key: other.tfstate")
    deployment = diff_json(git_project)
    assert (deployment["state"], deployment["previous_folder"]) == ("changed", None)


def test_name_that_changes_with_its_state_is_not_to_be_destroyed(git_project: Project) -> None:
    git_project.change_spec("name: minimal", "name: renamed")
    git_project.change_spec("minimal.tfstate", "renamed.tfstate")
    stdout = diff(git_project)
    assert "keep running, and Terraform creates new ones for renamed/production; if it is the same deployment" in stdout
    assert "tf destroy" not in stdout


def test_removed_deployment_whose_state_another_one_has_is_not_to_be_destroyed(git_project: Project) -> None:
    copy = git_project.add_spec("second")
    copy.write_text(copy.read_text().replace("second.tfstate", "minimal.tfstate"))
    commit()
    copy.unlink()
    stdout = diff(git_project)
    assert "resources belong to minimal/production, which has the same state: do not destroy them" in stdout
    assert "tf destroy" not in stdout
