"""The effects of a change and of a destroy on managed and existing resources."""

import json

from tests._support.emulator.account import BUCKET, KEY, LIST_OPERATIONS
from tests._support.emulator.lifecycle import WEBUI_KEY, DeploymentLifecycle
from tests._support.emulator.snapshot import NAME


def test_existing_groups_get_one_rule_each(lifecycle: DeploymentLifecycle) -> None:
    new = [
        rule
        for rule in lifecycle.created.rules
        if rule["SecurityGroupRuleId"] not in json.dumps(lifecycle.existing_before["rules"])
    ]
    [tasks] = lifecycle.created.service["networkConfiguration"]["awsvpcConfiguration"]["securityGroups"]
    groups = lifecycle.account.groups
    assert sorted((rule["GroupId"], rule["FromPort"], rule["IsEgress"]) for rule in new) == sorted(
        [(groups["database"], 5432, False), (groups["files"], 2049, False), (groups["peer"], 9099, False)]
    )
    assert {rule["ReferencedGroupInfo"]["GroupId"] for rule in new} == {tasks}


def test_state_is_locked_and_released(lifecycle: DeploymentLifecycle) -> None:
    # The remaining item is the digest of the state.
    assert lifecycle.created.locks == [f"{BUCKET}/{KEY}-md5"]


def test_change_happens_in_place(lifecycle: DeploymentLifecycle) -> None:
    before, after = lifecycle.created, lifecycle.changed
    assert after.alarms["cpu"]["Threshold"] == 80
    assert after.redis["CacheNodeType"] == "cache.t3.small"
    for attribute in ("ARN", "ReplicationGroupCreateTime"):
        assert after.redis[attribute] == before.redis[attribute]
    assert after.secrets["webui-secret-key"] == WEBUI_KEY
    assert (after.target["MinCapacity"], after.target["MaxCapacity"]) == (3, 10)
    assert lifecycle.plans["after-change"].run.code == 0, lifecycle.plans["after-change"].run.out


def test_new_token_reaches_redis_and_the_tasks(lifecycle: DeploymentLifecycle) -> None:
    before, after = lifecycle.created, lifecycle.changed
    old, new = before.secrets["redis-token"], after.secrets["redis-token"]
    assert old != new
    assert after.redis_tokens == [old, new]
    assert after.secrets["redis-url"] == before.secrets["redis-url"].replace(old, new)
    assert after.references["REDIS_URL"].endswith(f":::{after.secret_versions['redis-url']}")
    assert after.task["revision"] == before.task["revision"] + 1
    assert after.service["taskDefinition"] == after.task["taskDefinitionArn"]


def test_destroy_leaves_existing_resources(lifecycle: DeploymentLifecycle) -> None:
    assert lifecycle.existing_after == lifecycle.existing_before
    # docs/adr/0006 describes why the revisions stay.
    assert lifecycle.inventory_after - lifecycle.inventory_before == {
        f"service {NAME} INACTIVE",
        f"task definition {NAME}:1",
        f"task definition {NAME}:2",
    }
    assert lifecycle.inventory_before <= lifecycle.inventory_after
    assert [name.rpartition("-")[0] for name in lifecycle.deleted_secrets] == [
        f"{NAME}/{secret}" for secret in ("redis-token", "redis-url", "webui-secret-key")
    ]
    assert lifecycle.last_state["resources"] == []


def test_inventory_contains_every_kind(lifecycle: DeploymentLifecycle) -> None:
    """So the test of the destroy overlooks no kind of resource."""
    kinds = {entry.partition(" ")[0] for entry in lifecycle.created.inventory - lifecycle.inventory_before}
    assert kinds == {key for _, _, key, _ in LIST_OPERATIONS} | {"service", "task"}
