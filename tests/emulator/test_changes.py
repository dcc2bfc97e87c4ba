"""What plans, a change and a destroy leave as it was, and what they make new."""

import json

import pytest

from tests.emulator.snapshot import NAME
from tests.emulator.story import WEBUI_KEY, Story
from tests.emulator.world import BUCKET, KEY, LISTS

pytestmark = pytest.mark.xdist_group("emulator")


def test_existing_groups_get_one_rule_each(story: Story) -> None:
    new = [rule for rule in story.first.rules if rule["SecurityGroupRuleId"] not in json.dumps(story.before["rules"])]
    [tasks] = story.first.service["networkConfiguration"]["awsvpcConfiguration"]["securityGroups"]
    groups = story.world.groups
    assert sorted((rule["GroupId"], rule["FromPort"], rule["IsEgress"]) for rule in new) == sorted(
        [(groups["database"], 5432, False), (groups["files"], 2049, False), (groups["peer"], 9099, False)]
    )
    assert {rule["ReferencedGroupInfo"]["GroupId"] for rule in new} == {tasks}


def test_state_is_locked_and_released(story: Story) -> None:
    # What stays is the digest of the state.
    assert story.first.locks == [f"{BUCKET}/{KEY}-md5"]


def test_second_plan_is_empty(story: Story) -> None:
    told = story.plans["second"].told
    assert (told.code, "Nothing to apply." in told.err) == (0, True), told.out


def test_change_happens_in_place(story: Story) -> None:
    before, after = story.first, story.changed
    assert after.alarms["cpu"]["Threshold"] == 80
    assert after.redis["CacheNodeType"] == "cache.t3.small"
    for same in ("ARN", "ReplicationGroupCreateTime"):
        assert after.redis[same] == before.redis[same]
    assert after.secrets["webui-secret-key"] == WEBUI_KEY
    assert (after.target["MinCapacity"], after.target["MaxCapacity"]) == (3, 10)
    assert story.plans["after-change"].told.code == 0, story.plans["after-change"].told.out


def test_new_token_reaches_redis_and_the_tasks(story: Story) -> None:
    before, after = story.first, story.changed
    old, new = before.secrets["redis-token"], after.secrets["redis-token"]
    assert old != new
    assert after.redis_tokens == [old, new]
    assert after.secrets["redis-url"] == before.secrets["redis-url"].replace(old, new)
    assert after.references["REDIS_URL"].endswith(f":::{after.secret_versions['redis-url']}")
    assert after.task["revision"] == before.task["revision"] + 1
    assert after.service["taskDefinition"] == after.task["taskDefinitionArn"]


def test_destroy_is_refused_while_protected(story: Story) -> None:
    assert story.refused.code == 1
    assert "Instance cannot be destroyed" in story.refused.err
    assert "load_balancer.deletion_protection: false" in story.refused.err


def test_destroy_leaves_what_existed(story: Story) -> None:
    assert story.after == story.before
    # docs/adr/0006 tells why the revisions stay.
    assert story.left - story.stock == {
        f"service {NAME} INACTIVE",
        f"task definition {NAME}:1",
        f"task definition {NAME}:2",
    }
    assert story.stock <= story.left
    assert [name.rpartition("-")[0] for name in story.deleted_secrets] == [
        f"{NAME}/{secret}" for secret in ("redis-token", "redis-url", "webui-secret-key")
    ]
    assert story.last_state["resources"] == []


def test_inventory_sees_every_kind(story: Story) -> None:
    """Else a destroy could leave things that nobody looks for."""
    made = {entry.partition(" ")[0] for entry in story.first.inventory - story.stock}
    assert made == {key for _, _, key, _ in LISTS} | {"service", "task"}
