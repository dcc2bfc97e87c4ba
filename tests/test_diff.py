"""`owscale diff`: what a change of the specs comes to, against a git revision."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from generator.cli import main
from tests.cases import GOLDEN, PROJECT
from tests.output.conftest import Project


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Project:
    """A project whose specs are committed, with the identity and the settings of nobody."""
    monkeypatch.chdir(tmp_path)
    for name, value in (("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_SYSTEM", "/dev/null")):
        monkeypatch.setenv(name, value)
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "somebody")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "somebody@example.com")
    made = Project(tmp_path, capsys)
    git("init", "-q", "-b", "main")
    commit()
    return made


def git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], check=True, capture_output=True, text=True).stdout  # noqa: S603, S607 -- in a folder of the test's


def commit() -> None:
    git("add", "-A")
    git("commit", "-qm", "…")


def told(project: Project, *arguments: str) -> str:
    assert project.run("diff", "--base", "main", *arguments) == 0, project.stderr
    return project.stdout


def as_json(project: Project) -> dict[str, object]:
    [deployment] = json.loads(told(project, "--as", "json"))["deployments"]
    assert isinstance(deployment, dict)
    return deployment


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


def test_two_revisions_and_the_working_tree_stays(project: Project) -> None:
    git("branch", "before")
    project.change_spec("instances: 2", "instances: 4")
    commit()
    project.change_spec("instances: 4", "instances: nonsense")
    assert project.run("diff", "--base", "before", "--head", "main") == 0
    assert "service.instances: 2 → 4" in project.stdout
    assert git("status", "--porcelain").split() == ["M", "spec/spec.yaml"]
    assert not project.out.exists()


def test_a_spec_that_was_not_there(project: Project) -> None:
    project.spec.rename(project.spec.with_name("other.yaml"))
    assert project.run("diff", "--base", "main", "--spec", "spec/other.yaml") == 0
    assert project.stdout.startswith("minimal/production: new")


def test_a_spec_that_cannot_be_read_today(project: Project) -> None:
    good = project.spec.read_text()
    project.spec.write_text(f"{good}nonsense: 1\n")
    commit()
    project.spec.write_text(good)
    assert project.run("diff", "--base", "main") == 1
    assert "main:spec/spec.yaml:20:1: nonsense: unknown key [S102]" in project.stderr
    assert "1 error at main: owscale " in project.stderr


def test_a_rule_of_today_does_not_judge_the_past(project: Project) -> None:
    good = project.spec.read_text()
    project.spec.write_text(good.replace("cache.t4g.small", "cache.t4g.nonsense"))
    commit()
    project.spec.write_text(good)
    assert "redis.node_type: cache.t4g.nonsense → cache.t4g.small" in told(project)


def test_no_such_revision(project: Project) -> None:
    assert project.run("diff", "--base", "nonsense") == 2
    assert "nonsense: git knows no such revision" in project.stderr
    assert project.run("diff", "--base=--output=x") == 2


def test_no_repository(project: Project) -> None:
    (project.folder / ".git").rename(project.folder / "git")
    assert project.run("diff", "--base", "main") == 1
    assert "not a git repository" in project.stderr


def test_markdown_for_a_pull_request(project: Project) -> None:
    project.change_spec("instances: 2", "instances: 4")
    project.spec.write_text(f'{project.spec.read_text()}accept: {{S353: "a | b <script> @all"}}\n')
    lines = told(project, "--as", "markdown").splitlines()
    assert lines[0] == "## minimal/production: 2 keys, 3 files; resources: 1 changed"
    assert "| `service.instances` | `2` | `4` | module.service.aws\\_ecs\\_service.this |" in lines
    assert '| `accept.S353` | `-` | `"a \\| b <script> @all"` | no resource |' in lines
    assert '> **Look at first:** accept.S353: - → "a \\| b \\<script\\> \\@all": a warning is accepted' in lines
    assert "<details><summary>Addresses: 1</summary>" in lines


def test_templates_of_the_revision_are_used_where_they_are_in_the_repository(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """In this project itself, whose history has them."""
    if not (PROJECT / ".git").exists():
        pytest.skip("not a checkout")
    spec = GOLDEN / "fixed/spec.yaml"
    assert main(["diff", "--base", "HEAD", "--spec", str(spec), "--out", str(spec.parent / "out")]) == 0
    assert "fixed/production: " in capsys.readouterr().out


# --- what an adversary found --------------------------------------------------------------------------------------


def extra(project: Project, text: str) -> None:
    """Terraform of the user's own, beside what is generated."""
    if "custom:" not in project.spec.read_text():
        project.change_spec("name: minimal", "name: minimal\ncustom: {extra: extra}")
    file = project.spec.parent / "extra/own.tf"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)


def first(project: Project) -> str:
    """What a reviewer sees first."""
    return told(project).split("Spec, against")[0].split("\n  Files")[0]


def moved(before: str, after: str) -> str:
    return f"moved {{\n  from = null_resource.{before}\n  to   = null_resource.{after}\n}}\n"


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


def test_what_the_other_side_did_since_is_not_ours(project: Project) -> None:
    git("checkout", "-q", "-b", "branch")
    project.change_spec("instances: 2", "instances: 4")
    commit()
    git("checkout", "-q", "main")
    extra(project, 'resource "null_resource" "others" {}\n')
    commit()
    git("checkout", "-q", "branch")
    said = told(project)
    assert "others" not in said
    assert "service.instances: 2 → 4" in said


def test_specs_that_were_removed(project: Project) -> None:
    project.spec.unlink()
    assert "minimal/production: gone" in told(project)


def test_no_spec_at_the_base_is_said(project: Project) -> None:
    project.spec.rename(project.folder / "spec.yaml")
    assert project.run("diff", "--base", "main", "--spec", "spec.yaml") == 0
    assert "main: no spec.yaml there, so all of it is new" in project.stderr


def test_in_a_hook_of_git(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", ".git")
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/index")
    project.change_spec("instances: 2", "instances: 4")
    assert "service.instances: 2 → 4" in told(project)


def test_a_spec_at_the_top_brings_no_more_than_its_own_folders(project: Project) -> None:
    extra(project, 'resource "null_resource" "a" {}\n')
    project.spec.rename(project.folder / "chat.yaml")
    (project.folder / "spec/extra").rename(project.folder / "extra")
    commit()
    (project.folder / "extra/own.tf").write_text('resource "null_resource" "b" {}\n')
    assert project.run("diff", "--base", "main", "--spec", "chat.yaml") == 0
    assert "null_resource.a becomes null_resource.b" in project.stdout
