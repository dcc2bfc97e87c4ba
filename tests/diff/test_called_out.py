"""What a reviewer must not miss stands first, and nothing else does."""

import re

import pytest

from tests.diff.repository import commit, extra, first, moved, told
from tests.output.conftest import Project


def test_an_address_that_vanishes_is_called_out(project: Project) -> None:
    project.change_spec("    vpn: {cidr: 10.8.0.0/16}", "    office: {cidr: 10.9.0.0/16}")
    said = told(project)
    gone = 'module.network.aws_vpc_security_group_ingress_rule.load_balancer_http["vpn"]'
    assert f"! {gone} vanishes: Terraform destroys it\n" in said
    assert f"    - {gone}\n" in said
    assert "! load_balancer.allow_from.office.cidr: - → 10.9.0.0/16: more addresses may connect" in said


def test_an_address_that_changes_without_a_moved_block(project: Project) -> None:
    project.change_spec("name: minimal", "name: minimal\ncustom: {extra: extra}")
    extra = project.spec.parent / "extra/topic.tf"
    extra.parent.mkdir()
    extra.write_text('resource "aws_sns_topic" "a" {\n  name = "a"\n}\n')
    commit()
    extra.write_text('resource "aws_sns_topic" "b" {\n  name = "a"\n}\n')
    assert "! aws_sns_topic.a becomes aws_sns_topic.b without a moved block" in told(project)
    extra.write_text(f"moved {{\n  from = aws_sns_topic.a\n  to = aws_sns_topic.b\n}}\n\n{extra.read_text()}")
    said = told(project)
    assert "Look at first" not in said
    assert "> aws_sns_topic.b (from aws_sns_topic.a)" in said


@pytest.mark.parametrize(
    ("section", "means"),
    [
        ("alarms: {cpu_percent: 95}", "alarm cpu: threshold 85 → 95: it fires later, or never"),
        ("secrets: {recovery_window_days: 0}", "7 (the default) → 0: a deleted secret can be restored for a shorter"),
        ('accept: {S353: "one node is enough here"}', "a warning is accepted"),
        ("keep: [main.tf]", "keep: [] (the default) → [main.tf]: a file is no longer generated"),
    ],
)
def test_a_lowered_protection_is_called_out(project: Project, section: str, means: str) -> None:
    project.spec.write_text(f"{project.spec.read_text()}{section}\n")
    first = told(project).split("Spec, against")[0]
    assert "! Look at first" in first
    assert means in first


def test_a_raised_protection_is_not(project: Project) -> None:
    project.spec.write_text(f"{project.spec.read_text()}alarms: {{cpu_percent: 80}}\n")
    assert "Look at first" not in told(project)


def test_prevent_destroy_that_goes(project: Project) -> None:
    project.change_spec("load_balancer:", "load_balancer:\n  deletion_protection: false")
    assert "! module.load_balancer.aws_lb.this loses prevent_destroy: a plan may destroy it" in told(project)


def test_moves_that_chain_and_moves_to_nowhere(project: Project) -> None:
    extra(project, 'resource "null_resource" "a" {}\n')
    commit()
    extra(project, f'{moved("a", "b")}{moved("b", "c")}resource "null_resource" "c" {{}}\n')
    assert "> null_resource.c (from null_resource.a)" in told(project)
    extra(project, moved("a", "b"))
    assert "null_resource.a vanishes: Terraform destroys it" in first(project)
    extra(project, f"{moved('a', 'b')}{moved('b', 'a')}")
    assert "vanishes" in first(project)


def test_a_removed_block_destroys_nothing(project: Project) -> None:
    extra(project, 'resource "null_resource" "a" {}\n')
    commit()
    extra(project, "removed {\n  from = null_resource.a\n  lifecycle {\n    destroy = false\n  }\n}\n")
    assert "null_resource.a is forgotten: it stays in AWS, and no Terraform knows it" in first(project)
    assert "    . null_resource.a\n" in project.stdout


@pytest.mark.parametrize(
    ("old", "new", "setting", "means"),
    [
        ("eu-west-1", "eu-central-1", 'provider "aws"', "everything is made anew in another region"),
        ("key: minimal", "key: other", 'backend "s3"', "would make everything a second time"),
    ],
)
def test_what_decides_over_everything_is_called_out(
    project: Project, old: str, new: str, setting: str, means: str
) -> None:
    project.change_spec(old, new)
    assert means in first(project)
    assert re.search(rf"reaches .*{setting}", project.stdout)
    assert f"~ {setting} (" in project.stdout


def test_a_range_that_gets_narrower_is_no_alarm(project: Project) -> None:
    project.change_spec("10.8.0.0/16", "10.8.0.0/24")
    assert "Look at first" not in told(project)
    commit()
    project.change_spec("10.8.0.0/24", "10.0.0.0/8")
    assert "load_balancer.allow_from.vpn.cidr: 10.8.0.0/24 → 10.0.0.0/8: more addresses may connect" in first(project)


@pytest.mark.parametrize(
    ("before", "after", "means"),
    [
        ("{timing: {cpu: {period_seconds: 60}}}", "{timing: {cpu: {period_seconds: 3600}}}", "fires later, or never"),
        ("{redis_memory_percent: 80}", "{}", "alarm redis_memory: is gone"),
        ("{timing: {memory: {missing_data: breaching}}}", "{timing: {memory: {missing_data: ignore}}}", "missing data"),
        ("{redis_cpu_percent: 40}", "{}", "alarm redis_cpu: threshold 40 → 45"),
    ],
)
def test_alarms_that_fire_later(project: Project, before: str, after: str, means: str) -> None:
    text = project.spec.read_text()
    project.spec.write_text(f"{text}alarms: {before}\n")
    commit()
    project.spec.write_text(f"{text}alarms: {after}\n")
    assert means in first(project)
    commit()
    project.spec.write_text(f"{text}alarms: {before}\n")
    assert "Look at first" not in told(project), "and back again is none"


def test_a_renamed_key_of_for_each_is_a_move(project: Project) -> None:
    project.change_spec("    vpn: {cidr", "    vpn_office: {cidr")
    assert "without a moved block" in first(project)
